// From a tree to a struct, collecting every issue on the way.
#include "contract/reader.h"
#include <math.h>

static const double SAFE = 9007199254740991;
enum { ENOUGH_ISSUES = 1000 }; // a list full of mistakes is not read to its end, for each mistake may take kilobytes to tell
char empty_list_[sizeof(void *)];

static void read_value(const reader *r, const field *f, const schema *s, const json *j, void *at, const path *p);

str enum_text(const enum_values *values, int value)
{
    return value > 0 && (uint32_t)value <= values->n ? values->text[value - 1] : (str){0};
}

int enum_parse(const enum_values *values, str text)
{
    for (uint32_t i = 0; i < values->n; i++) {
        if (str_eq(values->text[i], text)) return (int)i + 1;
    }
    return 0;
}

// ---- numbers ---------------------------------------------------------------------------------------------------------------------

static bool js_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Number(text) of JavaScript; NAN where it says NaN.
static double text_number(str s)
{
    while (s.n && js_blank(*s.at)) s = str_slice(s, 1, s.n);
    while (s.n && js_blank(s.at[s.n - 1])) s.n--;
    if (!s.n) return 0;
    if (s.n > 2 && s.at[0] == '0') {
        char letter = s.at[1] | 0x20;
        int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
        double value = 0;
        for (size_t i = 2; base && i < s.n; i++) {
            char c = s.at[i] | 0x20;
            int digit = c >= '0' && c <= '9' && s.at[i] == c ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
            if (digit >= base) return NAN;
            value = value * base + digit;
        }
        if (base) return value;
    }
    if (str_is(s, "Infinity") || str_is(s, "+Infinity")) return INFINITY;
    if (str_is(s, "-Infinity")) return -INFINITY;
    double value;
    return str_to_double(s, &value) ? value : NAN;
}

// Number(value): what the reference's coerced fields do to any JSON value.
static double coerced_number(const json *j)
{
    if (!j) return NAN;
    switch (j->type) {
    case JSON_NULL: return 0;
    case JSON_BOOL: return j->boolean;
    case JSON_NUMBER: return j->number;
    case JSON_STRING: return text_number(j->text);
    case JSON_ARRAY: return j->count == 0 ? 0 : j->count == 1 && j->first->type != JSON_BOOL ? coerced_number(j->first) : NAN;
    case JSON_OBJECT: return NAN;
    }
    return NAN;
}

static void read_number(const reader *r, const field *f, const schema *s, const json *j, void *at, const path *p)
{
    bool coerce = f->flags & FIELD_COERCE || r->source != FROM_JSON;
    if (!coerce && (!j || j->type != JSON_NUMBER)) {
        issue_type(r, p, "number", j);
        return;
    }
    double value = coerce ? coerced_number(j) : j->number;
    if (isnan(value)) {
        issue_nan(r, p);
        return;
    }
    if (isinf(value)) {
        issue_type(r, p, "number", &(json){.type = JSON_NUMBER});
        return;
    }
    if (s->kind == SCHEMA_INT) {
        if (value != trunc(value)) {
            issue_fraction(r, p);
            return;
        }
        if (fabs(value) > SAFE) issue_unsafe(r, p, value > 0);
    }
    if (s->has_minimum && (s->above ? value <= s->minimum : value < s->minimum)) issue_small(r, p, s);
    if (s->has_maximum && value > s->maximum) issue_big(r, p, s);
    if (s->kind == SCHEMA_DOUBLE) *(double *)at = value;
    else if (fabs(value) <= SAFE) *(int64_t *)at = (int64_t)value;
}

static void read_bool(const reader *r, const field *f, const json *j, void *at, const path *p)
{
    if (j && j->type == JSON_STRING && (r->source != FROM_JSON || f->flags & FIELD_COERCE)) {
        bool yes = str_is(j->text, "true");
        if (yes || str_is(j->text, "false")) *(bool *)at = yes;
        else if (r->source == FROM_JSON) issue_type(r, p, "boolean", j);
        else issue_text_bool(r, p);
    } else if (r->source != FROM_JSON) {
        issue_type(r, p, "string", j);
    } else if (!j || j->type != JSON_BOOL) {
        issue_type(r, p, "boolean", j);
    } else {
        *(bool *)at = j->boolean;
    }
}

// ---- texts -----------------------------------------------------------------------------------------------------------------------

// No database takes a NUL in a text, and nobody means one; so it is dropped, as utf8_clean() does in multipart fields.
static str without_nul(const reader *r, str text)
{
    return text.n && memchr(text.at, 0, text.n) ? utf8_clean(r->mem, text) : text;
}

// The same for a free-form object, as a copy.
static json *tree_without_nul(const reader *r, const json *j)
{
    json *copy = new (r->mem, json), **end = &copy->first;
    *copy = *j;
    copy->key = without_nul(r, j->key);
    copy->text = without_nul(r, j->text);
    copy->next = NULL;
    for (const json *child = j->first; child; child = child->next) {
        *end = tree_without_nul(r, child);
        end = &(*end)->next;
    }
    return copy;
}

// Times are kept to the millisecond, as the clients know them.
static bool read_when(str text, when *out)
{
    if (!when_parse(text, out)) return false;
    const when ms = SECOND / 1000;
    *out -= (*out % ms + ms) % ms;
    return true;
}

static void read_text(const reader *r, const schema *s, const json *j, void *at, const path *p)
{
    if (!j || j->type != JSON_STRING) {
        issue_format_type(r, p, s->format, j);
        return;
    }
    str text = without_nul(r, j->text);
    if (s->format && !s->format->matches(text)) {
        issue_format(r, p, s->format);
        return;
    }
    if (s->at_least && utf16_length(text) < s->at_least) issue_small(r, p, s);
    switch (s->kind) {
    case SCHEMA_UUID: uuid_parse(text, at); break;
    case SCHEMA_WHEN: read_when(text, at); break;
    case SCHEMA_DATE:
        if (!date_parse(text, at)) read_when(text, at);
        break;
    default: *(str *)at = s->lower ? str_lower(r->mem, text) : text; break;
    }
}

static void read_enum(const reader *r, const schema *s, const json *j, void *at, const path *p)
{
    bool fits = j && j->type == (s->values->numbers && r->source == FROM_JSON ? JSON_NUMBER : JSON_STRING);
    int value = fits ? enum_parse(s->values, j->text) : 0;
    if (!value) issue_enum(r, p, s->values);
    *(int *)at = value;
}

// ---- lists and objects -----------------------------------------------------------------------------------------------------------

typedef LIST(char) any_list;

static const json *split_commas(arena *mem, const json *j)
{
    json *list = new (mem, json), **end = &list->first;
    list->type = JSON_ARRAY;
    strs parts = j->text.n ? str_split(mem, j->text, ',') : (strs){0};
    each (part, parts) {
        *end = new (mem, json);
        **end = (json){.type = JSON_STRING, .text = *part};
        end = &(*end)->next;
    }
    list->count = parts.n;
    return list;
}

static void read_list(const reader *r, const schema *s, const json *j, any_list *list, const path *p)
{
    if (r->source == FROM_FORM && j && j->type == JSON_STRING) j = split_commas(r->mem, j);
    if (!j || j->type != JSON_ARRAY) {
        issue_type(r, p, "array", j);
        return;
    }
    const field *item = s->fields;
    size_t step = item->of->size;
    if (item->flags & FIELD_OPT) step = item->of->kind == SCHEMA_DOUBLE ? sizeof(opt_double) : sizeof(opt_int);
    list->at = arena_alloc(r->mem, j->count * step);
    list->n = list->cap = j->count;
    char *at = list->at;
    path here = {.up = p};
    for (const json *child = j->first; child && r->issues->n < ENOUGH_ISSUES; child = child->next, at += step, here.index++) {
        read_field(r, item, child, at, &here);
    }

    if (s->at_least && j->count < s->at_least) issue_small(r, p, s);
    if (s->at_most && j->count > s->at_most) issue_big(r, p, s);
}

void rule_register(const schema *s, schema_rule *rule)
{
    if (*s->rule) log_die("There are two RULE(%s).", s->name);
    *s->rule = rule;
}

void run_rule(const reader *r, const schema *s, const json *given, const void *value, const path *p)
{
    if (!s->rule || !*s->rule) return;
    check c = {.mem = r->mem, .given = given, .issues = r->issues, .path = p};
    (*s->rule)(&c, value);
}

str field_name(const field *f)
{
    return (str){(char *)f->key + 2, f->key_n - 4u};
}

static void read_object(const reader *r, const schema *s, const json *j, void *at, const path *p)
{
    if (!j || j->type != JSON_OBJECT) {
        issue_type(r, p, "object", j);
        return;
    }
    // Clients mostly send the fields in one order, so the search goes on where the last one was found.
    const json *found[s->n + 1];
    memset(found, 0, sizeof found);
    strs unknown = {0};
    uint32_t known = 0, next = 0;
    for (const json *child = j->first; child; child = child->next) {
        uint32_t tried = 0;
        while (tried < s->n && !str_eq(field_name(&s->fields[next]), child->key)) {
            next = next + 1 < s->n ? next + 1 : 0;
            tried++;
        }
        if (tried < s->n) found[next] = child, known++;
        else if (s->closed) *push(r->mem, unknown) = child->key;
    }

    size_t before = r->issues->n;
    path here = {.up = p};
    for (uint32_t i = 0; i < s->n; i++) {
        here.key = field_name(&s->fields[i]);
        read_field(r, &s->fields[i], found[i], at, &here);
    }
    if (unknown.n) issue_unknown_keys(r, p, unknown);
    if (r->issues->n > before) return;
    if (s->one_of && !known) issue_custom(r, p, str_of(s->one_of));
    else run_rule(r, s, j, at, p);
}

// Every choice that fits is filled in; a rule may pick by another field.
static void read_union(const reader *r, const schema *s, const json *j, void *at, const path *p)
{
    issues refused[s->n];
    memset(refused, 0, sizeof refused);
    bool fits = false;
    for (uint32_t i = 0; i < s->n; i++) {
        reader trial = {.mem = r->mem, .source = r->source, .issues = &refused[i]};
        const field *choice = &s->fields[i];
        void *value = arena_alloc(r->mem, choice->of->size);
        read_object(&trial, choice->of, j, value, NULL);
        if (refused[i].n) continue;
        *(void **)((char *)at + choice->offset) = value;
        fits = true;
    }
    if (!fits) issue_union(r, p, s, refused);
}

static void read_json_text(const reader *r, const field *f, const json *j, void *at, const path *p)
{
    if (j->type != JSON_STRING) {
        issue_type(r, p, "string", j);
        return;
    }
    const json *tree = json_parse(r->mem, j->text, NULL);
    if (tree) read_value(&(reader){.mem = r->mem, .issues = r->issues}, f, f->of, tree, at, p);
    else issue_not_json(r, p);
}

// ---- one value -------------------------------------------------------------------------------------------------------------------

static void read_value(const reader *r, const field *f, const schema *s, const json *j, void *at, const path *p)
{
    switch (s->kind) {
    case SCHEMA_STR:
    case SCHEMA_UUID:
    case SCHEMA_WHEN:
    case SCHEMA_DATE: read_text(r, s, j, at, p); break;
    case SCHEMA_INT:
    case SCHEMA_DOUBLE: read_number(r, f, s, j, at, p); break;
    case SCHEMA_BOOL: read_bool(r, f, j, at, p); break;
    case SCHEMA_ENUM: read_enum(r, s, j, at, p); break;
    case SCHEMA_JSON:
        if (j && j->type == JSON_OBJECT) ((json_any *)at)->tree = tree_without_nul(r, j);
        else issue_type(r, p, s->record ? "record" : "object", j);
        break;
    case SCHEMA_OBJECT: read_object(r, s, j, at, p); break;
    case SCHEMA_LIST: read_list(r, s, j, at, p); break;
    case SCHEMA_UNION: read_union(r, s, j, at, p); break;
    }
}

// Where opt_… has its flags, behind the value.
static bool *opt_flags(const field *f, void *slot)
{
    return (bool *)((char *)slot + (f->flags & FIELD_POINTER ? sizeof(void *) : f->of->size));
}

// The struct was zeroed, so only times need a word.
static void set_none(const field *f, void *slot)
{
    if (f->of->kind == SCHEMA_WHEN || f->of->kind == SCHEMA_DATE) *(when *)slot = WHEN_NONE;
}

static void set_default(const field *f, void *slot)
{
    switch (f->of->kind) {
    case SCHEMA_STR: *(str *)slot = str_of(f->fallback.s); break;
    case SCHEMA_INT: *(int64_t *)slot = f->fallback.i; break;
    case SCHEMA_BOOL: *(bool *)slot = f->fallback.i; break;
    default: *(int *)slot = (int)f->fallback.i; break; // enums: contract.py makes no other defaults
    }
}

void read_field(const reader *r, const field *f, const json *j, void *base, const path *up)
{
    void *slot = (char *)base + f->offset;
    if (!j && !(f->flags & FIELD_REQUIRED)) {
        set_none(f, slot);
        if (f->flags & FIELD_DEFAULT) set_default(f, slot);
        return;
    }
    if (j && j->type == JSON_NULL && f->flags & FIELD_NULLABLE) {
        set_none(f, slot);
        if (f->flags & FIELD_OPT) memset(opt_flags(f, slot), true, 2);
        return;
    }
    if (f->flags & FIELD_OPT) *opt_flags(f, slot) = true;
    if (f->flags & FIELD_POINTER) slot = *(void **)slot = arena_alloc(r->mem, f->of->size);
    if (f->flags & FIELD_JSON_TEXT && j && r->source != FROM_JSON) read_json_text(r, f, j, slot, up);
    else if (f->flags & FIELD_STRICT) read_value(&(reader){.mem = r->mem, .issues = r->issues}, f, f->of, j, slot, up);
    else read_value(r, f, f->of, j, slot, up);
}

bool schema_read(arena *mem, const schema *s, const json *j, schema_source source, void *out, issues *list)
{
    size_t before = list->n;
    field whole = {.flags = FIELD_REQUIRED, .of = s};
    read_value(&(reader){.mem = mem, .source = source, .issues = list}, &whole, s, j, out, NULL);
    return list->n == before;
}

bool was_given(const check *c, const char *name)
{
    return json_get(c->given, name);
}

void schema_clear(const schema *s, void *value)
{
    for (uint32_t i = 0; s->kind == SCHEMA_OBJECT && i < s->n; i++) {
        const field *f = &s->fields[i];
        void *slot = (char *)value + f->offset;
        set_none(f, slot);
        if (f->of->kind == SCHEMA_OBJECT && !(f->flags & FIELD_POINTER)) schema_clear(f->of, slot);
    }
}
