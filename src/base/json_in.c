// Reading JSON: recursive descent over the whole text, strict RFC 8259. The words of the errors are those that clients know from JSON.parse().
#include "base/json.h"
#include <math.h>
#include <stdlib.h>

enum { MAX_DEPTH = 512, MANY_KEYS = 16 };

typedef struct {
    arena *mem;
    const char *begin, *at, *end;
    const char *complaint; // instead of "Unexpected …"
    int depth;
} parser;

static json *value(parser *);

static void skip_blanks(parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t')) p->at++;
}

static bool next_is(parser *p, char c)
{
    return p->at < p->end && *p->at == c;
}

static bool take(parser *p, char c)
{
    if (!next_is(p, c)) return false;
    p->at++;
    return true;
}

static bool take_word(parser *p, str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (!take(p, word.at[i])) return false;
    return true;
}

// ---- strings ---------------------------------------------------------------------------------------------------------------------

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) return to[0] = (char)c, 1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i; i--, c >>= 6) to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)((0xf00 >> n) | c);
    return n;
}

static bool take_hex4(parser *p, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        if (p->at == p->end) return false;
        int digit = hex_digit(*p->at);
        if (digit < 0) return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

// After a backslash. A surrogate without its other half becomes U+FFFD.
static bool take_escape(parser *p, uint32_t *point)
{
    if (p->at == p->end) return false;
    const char *at = strchr("\"\\/bfnrt", *p->at);
    if (*p->at && at) {
        *point = (uint8_t) "\"\\/\b\f\n\r\t"[at - "\"\\/bfnrt"];
        p->at++;
        return true;
    }
    if (!take(p, 'u') || !take_hex4(p, point)) return false;
    if (*point < 0xd800 || *point > 0xdfff) return true;
    const char *behind = p->at;
    uint32_t high = *point, low;
    if (high < 0xdc00 && take(p, '\\') && take(p, 'u') && take_hex4(p, &low) && low >= 0xdc00 && low <= 0xdfff) {
        *point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    } else {
        *point = 0xfffd;
        p->at = behind; // what follows is read for itself
    }
    return true;
}

// The text of a string that starts here, decoded.
static bool string(parser *p, str *out)
{
    if (!take(p, '"')) return false;
    bool plain = true;
    const char *close = p->at;
    for (; close < p->end && *close != '"'; close++) {
        if ((uint8_t)*close < 0x20) return p->at = close, false;
        if (*close & 0x80) plain = false;
        if (*close == '\\') {
            plain = false;
            if (++close == p->end) break;
        }
    }
    if (close >= p->end) return p->at = p->end, false;
    str raw = {(char *)p->at, (size_t)(close - p->at)};
    if (plain) {
        *out = str_dup(p->mem, raw);
    } else {
        // No escape is shorter than what it stands for, but an invalid byte becomes the three bytes of U+FFFD.
        str text = {arena_alloc_raw(p->mem, (utf8_valid(raw) ? 1 : 3) * raw.n + 1), 0};
        while (p->at < close) {
            uint32_t point;
            if (take(p, '\\')) {
                if (!take_escape(p, &point)) return false;
            } else {
                str rest = {(char *)p->at, (size_t)(close - p->at)};
                point = utf8_next(&rest);
                p->at = rest.at;
            }
            text.n += put_utf8(text.at + text.n, point);
        }
        text.at[text.n] = 0;
        *out = text;
    }
    p->at = close + 1;
    return true;
}

// ---- numbers ---------------------------------------------------------------------------------------------------------------------

static bool take_digits(parser *p)
{
    const char *from = p->at;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
    return p->at > from;
}

static bool number(parser *p, json *v)
{
    const char *from = p->at;
    take(p, '-');
    if (!take(p, '0') && !take_digits(p)) return false;
    if (take(p, '.') && !take_digits(p)) return false;
    if (take(p, 'e') || take(p, 'E')) {
        if (!take(p, '+')) take(p, '-');
        if (!take_digits(p)) return false;
    }
    v->type = JSON_NUMBER;
    v->text = str_dup(p->mem, (str){(char *)from, (size_t)(p->at - from)});
    str_to_double(v->text, &v->number);
    v->is_integer = fabs(v->number) < 0x1p53 && v->number == (double)(int64_t)v->number;
    if (v->is_integer) v->integer = (int64_t)v->number;
    return true;
}

// ---- arrays and objects ----------------------------------------------------------------------------------------------------------

static bool array(parser *p, json *v)
{
    v->type = JSON_ARRAY;
    skip_blanks(p);
    if (take(p, ']')) return true;
    for (json **link = &v->first;; link = &(*link)->next) {
        if (!(*link = value(p))) return false;
        v->count++;
        if (take(p, ']')) return true;
        if (!take(p, ',')) return false;
    }
}

typedef struct {
    json *v;
    size_t position;
} member;

static int member_cmp(const void *a, const void *b)
{
    const member *x = a, *y = b;
    int order = str_cmp(x->v->key, y->v->key);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

static bool surely_distinct(const json *object)
{
    if (object->count > MANY_KEYS) return false;
    for (const json *a = object->first; a; a = a->next)
        for (const json *b = a->next; b; b = b->next)
            if (str_eq(a->key, b->key)) return false;
    return true;
}

// Of members with the same key the last one takes the place of the first, as in JavaScript. By sorting, so that no choice of keys makes it slow.
static void drop_duplicates(arena *mem, json *object)
{
    if (surely_distinct(object)) return;
    size_t n = object->count;
    member *members = new_n(mem, member, n);
    bool *dropped = new_n(mem, bool, n);
    json **in_order = new_n(mem, json *, n);
    for (json *v = object->first; v; v = v->next) {
        size_t i = (size_t)(object->count - n--);
        in_order[i] = v;
        members[i] = (member){v, i};
    }
    n = object->count;
    qsort(members, n, sizeof *members, member_cmp);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && str_eq(members[to].v->key, members[from].v->key); to++) dropped[members[to].position] = true;
        in_order[members[from].position] = members[to - 1].v;
    }
    json **link = &object->first;
    object->count = 0;
    for (size_t i = 0; i < n; i++) {
        if (dropped[i]) continue;
        *link = in_order[i];
        link = &in_order[i]->next;
        object->count++;
    }
    *link = NULL;
}

static bool object(parser *p, json *v)
{
    v->type = JSON_OBJECT;
    skip_blanks(p);
    if (take(p, '}')) return true;
    for (json **link = &v->first;; link = &(*link)->next) {
        str key;
        skip_blanks(p);
        if (!string(p, &key)) return false;
        skip_blanks(p);
        if (!take(p, ':') || !(*link = value(p))) return false;
        (*link)->key = key;
        v->count++;
        if (take(p, '}')) return drop_duplicates(p->mem, v), true;
        if (!take(p, ',')) return false;
    }
}

// One value with the blanks around it; NULL if there is none at p->at.
static json *value(parser *p)
{
    skip_blanks(p);
    if (p->depth == MAX_DEPTH) return p->complaint = "Too deeply nested", NULL;
    p->depth++;
    json *v = new (p->mem, json);
    bool fine;
    if (take(p, '{')) {
        fine = object(p, v);
    } else if (take(p, '[')) {
        fine = array(p, v);
    } else if (next_is(p, '"')) {
        v->type = JSON_STRING;
        fine = string(p, &v->text);
    } else if (next_is(p, 't') || next_is(p, 'f')) {
        v->type = JSON_BOOL;
        v->boolean = next_is(p, 't');
        fine = take_word(p, v->boolean ? S("true") : S("false"));
    } else if (next_is(p, 'n')) {
        fine = take_word(p, S("null"));
    } else {
        fine = number(p, v);
    }
    p->depth--;
    if (!fine) return NULL;
    skip_blanks(p);
    return v;
}

// Positions count as JavaScript does, in UTF-16 units.
static str complaint(const parser *p)
{
    if (!p->complaint && p->at >= p->end) return S("Unexpected end of JSON input");
    size_t position = utf16_length((str){(char *)p->begin, (size_t)(p->at - p->begin)});
    str rest = {(char *)p->at, (size_t)(p->end - p->at)}, token = rest;
    utf8_next(&rest);
    token.n -= rest.n;
    if (p->complaint) return str_fmt(p->mem, "%s in JSON at position %zu", p->complaint, position);
    if (token.at[0] == '"') return str_fmt(p->mem, "Unexpected string in JSON at position %zu", position);
    if (token.at[0] == '-' || (token.at[0] >= '0' && token.at[0] <= '9'))
        return str_fmt(p->mem, "Unexpected number in JSON at position %zu", position);
    return str_fmt(p->mem, "Unexpected token %s in JSON at position %zu", utf8_clean(p->mem, token).at, position);
}

json *json_parse(arena *mem, str text, str *error)
{
    if (!text.at) text = S("");
    parser p = {.mem = mem, .begin = text.at, .at = text.at, .end = text.at + text.n};
    json *v = value(&p);
    if (v && p.at == p.end) return v;
    if (error) *error = complaint(&p);
    return NULL;
}

json *json_get(const json *object, const char *key)
{
    if (!object || object->type != JSON_OBJECT) return NULL;
    str wanted = str_of(key);
    for (json *v = object->first; v; v = v->next)
        if (str_eq(v->key, wanted)) return v;
    return NULL;
}

str json_get_str(const json *object, const char *key)
{
    const json *v = json_get(object, key);
    return v && v->type == JSON_STRING ? v->text : (str){0};
}
