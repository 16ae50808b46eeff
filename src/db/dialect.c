// A scanner over words, quotes and parentheses: enough to replace a few calls, without understanding SQL.
#include "db/dialect.h"
#include <ctype.h>

typedef struct {
    const char *name;
    int arguments;
    const char *text; // %1, %2, %3: the arguments
} template;

static const template postgres_templates[] = {
    {"uuid_v4", 0, "uuid_generate_v4()"},
    {"uuid_v7", 0, "immich_uuid_v7()"},
    {"uuid_v7", 1, "immich_uuid_v7(%1)"},
    {"date_trunc_month", 1, "(date_trunc('MONTH', %1 AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')"},
    {"date_of", 1, "((%1 AT TIME ZONE 'UTC')::date)"},
    {"array_has", 2, "(%2 = any(%1))"},
    {"array_union", 2, "(select array_agg(distinct e_ collate \"C\") from unnest(%1::text[] || %2::text[]) as e_)"},
    {"array_minus", 2,
     "(select array_agg(distinct e_ collate \"C\") from unnest(%1::text[]) as e_ where e_ <> all(coalesce(%2::text[], '{}')))"},
    {"cosine_distance", 2, "(%1 <=> %2)"},
    {"substr", 2, "substr(%1, (%2)::int4)"}, // integers are bound as int8
    {"substr", 3, "substr(%1, (%2)::int4, (%3)::int4)"},
};

typedef struct {
    arena *mem;
    db_engine engine;
    buf out;
    param_flags *sets;
    bool broken;
} scan;

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && isspace((unsigned char)*p)) p++;
    return p;
}

static str word_at(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && word_char(*q)) q++;
    return (str){(char *)p, q - p};
}

// Behind a quoted string or name, or a comment, that begins at p; p itself if none does. NULL when it isn't closed.
static const char *skip_quoted(const char *p, const char *end)
{
    if (p + 1 < end && p[0] == '-' && p[1] == '-') {
        while (p < end && *p != '\n') p++;
        return p;
    }
    if (*p != '\'' && *p != '"') return p;
    for (char quote = *p++; p < end; p++) {
        if (*p != quote) continue;
        if (p + 1 < end && p[1] == quote) p++;
        else return p + 1;
    }
    return NULL;
}

// `ids($3)` or `strs($3)` at p: writes the kind and the number, returns what follows; NULL if it is something else.
static const char *match_set(const char *p, const char *end, str *kind, int64_t *number)
{
    p = skip_blanks(p, end);
    *kind = word_at(p, end);
    if (!str_is(*kind, "ids") && !str_is(*kind, "strs")) return NULL;
    p = skip_blanks(p + kind->n, end);
    if (p == end || *p++ != '(') return NULL;
    p = skip_blanks(p, end);
    if (p == end || *p++ != '$') return NULL;
    str digits = word_at(p, end);
    if (!str_to_int(digits, number) || *number < 1) return NULL;
    p = skip_blanks(p + digits.n, end);
    return p < end && *p == ')' ? p + 1 : NULL;
}

static void mark_set(scan *s, int64_t number)
{
    while ((int64_t)s->sets->n < number) *push(s->mem, *s->sets) = false;
    s->sets->at[number - 1] = true;
}

// A set among the tables of a PostgreSQL query: unnest() under the alias that follows, or under its own name.
static const char *postgres_set_table(scan *s, const char *p, const char *end, str kind, int64_t number)
{
    static const char *const follows[] = {"where", "join",  "left",   "inner", "cross", "on",     "order",  "group",
                                          "limit", "union", "except", "full",  "right", "having", "offset", "returning"};
    const char *q = skip_blanks(p, end);
    str alias = word_at(q, end);
    if (str_ieq(alias, S("as"))) {
        q = skip_blanks(q + alias.n, end);
        alias = word_at(q, end);
    } else {
        for (size_t i = 0; i < countof(follows); i++)
            if (str_ieq(alias, str_of(follows[i]))) alias.n = 0;
    }
    bool uuids = str_is(kind, "ids");
    buf_fmt(&s->out, "unnest($%lld::%s[]) as %.*s(%s)", (long long)number, uuids ? "uuid" : "text", PR(alias.n ? alias : kind),
            uuids ? "id" : "text");
    return alias.n ? q + alias.n : p;
}

static void translate(scan *, const char *p, const char *end);

// The arguments of a call, p behind its "(". Returns what follows the ")"; NULL if there is none.
static const char *arguments(scan *s, const char *p, const char *end, strs *out)
{
    const char *start = p;
    for (int depth = 0; p < end; p++) {
        const char *q = skip_quoted(p, end);
        if (!q) return NULL;
        if (q > p) {
            p = q - 1;
        } else if (*p == '(') {
            depth++;
        } else if ((*p == ',' || *p == ')') && depth == 0) {
            str piece = str_trim((str){(char *)start, p - start});
            if (piece.n || out->n || *p == ',') *push(s->mem, *out) = piece;
            if (*p == ')') return p + 1;
            start = p + 1;
        } else if (*p == ')') {
            depth--;
        }
    }
    return NULL;
}

// Expands a call that has a template. Returns what follows it; NULL if there is no such template.
static const char *expand(scan *s, str name, const char *p, const char *end)
{
    const template *named = NULL;
    for (const template *t = postgres_templates; t < postgres_templates + countof(postgres_templates); t++)
        if (str_is(name, t->name)) named = t;
    p = skip_blanks(p, end);
    if (!named || p == end || *p != '(') return NULL;
    strs given = {0};
    const char *rest = arguments(s, p + 1, end, &given);
    if (!rest) return NULL;
    const template *t = postgres_templates;
    while (t < postgres_templates + countof(postgres_templates) && !(str_is(name, t->name) && t->arguments == (int)given.n)) t++;
    if (t == postgres_templates + countof(postgres_templates)) return NULL;
    for (const char *c = t->text; *c; c++) {
        if (*c != '%') buf_char(&s->out, *c);
        else {
            str argument = given.at[*++c - '1'];
            translate(s, argument.at, argument.at + argument.n);
        }
    }
    return rest;
}

// Behind a locking clause (`for update of t skip locked`); NULL if p, behind `for`, is not in one.
static const char *skip_locking(const char *p, const char *end)
{
    static const char *const words[] = {"update", "share", "no", "key", "of", "skip", "locked", "nowait"};
    bool any = false, is_name = false;
    for (;;) {
        const char *q = skip_blanks(p, end);
        str word = word_at(q, end);
        bool known = is_name && word.n;
        for (size_t i = 0; i < countof(words); i++) known |= str_ieq(word, str_of(words[i]));
        if (!known) return any ? p : NULL;
        is_name = str_ieq(word, S("of"));
        any = true;
        p = q + word.n;
    }
}

// One word at p that is neither quoted nor a number. Returns what follows.
static const char *translate_word(scan *s, const char *p, const char *end)
{
    str word = word_at(p, end);
    const char *rest = p + word.n, *after;
    str kind;
    int64_t number;
    if (s->engine == DB_SQLITE) {
        if (match_set(p, end, &kind, &number)) mark_set(s, number); // its text needs no change
        if (str_ieq(word, S("string_agg"))) return buf_add(&s->out, S("group_concat")), rest;
        if (str_ieq(word, S("ilike"))) return buf_add(&s->out, S("regexp")), rest;
        if (str_ieq(word, S("for")) && (after = skip_locking(rest, end))) return after;
    } else {
        bool not = str_ieq(word, S("not"));
        const char *in = not ? skip_blanks(rest, end) : p;
        str in_word = word_at(in, end);
        if (str_ieq(in_word, S("in")) && (after = match_set(in + in_word.n, end, &kind, &number))) {
            mark_set(s, number);
            buf_fmt(&s->out, "%s($%lld)", not ? "<> all" : "= any", (long long)number);
            return after;
        }
        if ((after = match_set(p, end, &kind, &number))) {
            mark_set(s, number);
            return postgres_set_table(s, after, end, kind, number);
        }
        if ((after = expand(s, word, rest, end))) return after;
    }
    buf_add(&s->out, word);
    return rest;
}

static void translate(scan *s, const char *p, const char *end)
{
    while (p < end) {
        const char *q = skip_quoted(p, end);
        if (!q) {
            s->broken = true;
            return;
        }
        if (q > p) {
            buf_add(&s->out, (str){(char *)p, q - p});
            p = q;
        } else if (*p == '$' && s->engine == DB_SQLITE) {
            buf_char(&s->out, '?');
            p++;
        } else if (isalpha((unsigned char)*p) || *p == '_') {
            p = translate_word(s, p, end);
        } else if (word_char(*p)) { // a number
            str digits = word_at(p, end);
            buf_add(&s->out, digits);
            p += digits.n;
        } else {
            buf_char(&s->out, *p++);
        }
    }
}

char *dialect_translate(arena *mem, db_engine engine, const char *sql, param_flags *used_as_set)
{
    scan s = {.mem = mem, .engine = engine, .out = {.mem = mem}, .sets = used_as_set};
    translate(&s, sql, sql + strlen(sql));
    return s.broken ? NULL : buf_str(&s.out).at;
}
