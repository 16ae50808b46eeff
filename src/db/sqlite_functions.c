// What PostgreSQL has and SQLite lacks, as SQL functions. Each does what its PostgreSQL namesake does, as far as db.h promises it.
// They run inside SQLite and never fail a context: a wrong argument gives NULL or an SQL error.
#include "db/sqlite.h"
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <wctype.h>

typedef sqlite3_context out_t;

static sqlite_state *state(out_t *out)
{
    return sqlite3_user_data(out);
}

static bool is_null(sqlite3_value *v)
{
    return sqlite3_value_type(v) == SQLITE_NULL;
}

static str text_of(sqlite3_value *v)
{
    char *at = (char *)sqlite3_value_text(v);
    return (str){at, sqlite3_value_bytes(v)};
}

static void give_text(out_t *out, str s)
{
    if (s.at) sqlite3_result_text64(out, s.at, s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void give_uuid(out_t *out, uuid u)
{
    sqlite3_result_blob(out, u.b, sizeof u, SQLITE_TRANSIENT);
}

// ---- time and ids ----------------------------------------------------------------------------------------------------------------

static void fn_now(out_t *out, int argc, sqlite3_value **argv)
{
    sqlite3_result_int64(out, state(out)->transaction);
}

static void fn_clock_timestamp(out_t *out, int argc, sqlite3_value **argv)
{
    sqlite3_result_int64(out, now());
}

static void fn_uuid_v4(out_t *out, int argc, sqlite3_value **argv)
{
    give_uuid(out, uuid_v4());
}

static void fn_uuid_v7(out_t *out, int argc, sqlite3_value **argv)
{
    give_uuid(out, argc ? uuid_v7_at(sqlite3_value_int64(argv[0])) : uuid_v7());
}

static void fn_date_trunc_month(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0])) return;
    civil c = civil_of(sqlite3_value_int64(argv[0]));
    sqlite3_result_int64(out, when_of((civil){.year = c.year, .month = c.month, .day = 1}));
}

static void fn_date_of(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0])) return;
    int64_t t = sqlite3_value_int64(argv[0]);
    sqlite3_result_int64(out, t - ((t % DAY) + DAY) % DAY);
}

// ---- text ------------------------------------------------------------------------------------------------------------------------

// The C library knows the case of all letters in this locale, whatever the environment says.
static locale_t utf8_locale;

static void open_locale(void)
{
    utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static void add_code_point(buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_char(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    buf_char(out, (char)(lead[more] | c >> 6 * more));
    while (more--) buf_char(out, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

static uint32_t lower_of(uint32_t c)
{
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return utf8_locale ? (uint32_t)towlower_l((wint_t)c, utf8_locale) : c;
}

static uint32_t upper_of(uint32_t c)
{
    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    return utf8_locale ? (uint32_t)towupper_l((wint_t)c, utf8_locale) : c;
}

static void map_letters(out_t *out, sqlite3_value *v, uint32_t (*map)(uint32_t))
{
    if (is_null(v)) return;
    arena *mem = state(out)->scratch;
    buf b = {.mem = mem};
    for (str rest = text_of(v); rest.n;) add_code_point(&b, map(utf8_next(&rest)));
    give_text(out, buf_str(&b));
    arena_reset(mem);
}

static void fn_lower(out_t *out, int argc, sqlite3_value **argv)
{
    map_letters(out, argv[0], lower_of);
}

static void fn_upper(out_t *out, int argc, sqlite3_value **argv)
{
    map_letters(out, argv[0], upper_of);
}

// Only for 'hex': a text that is none gives null.
static void fn_decode(out_t *out, int argc, sqlite3_value **argv)
{
    arena *mem = state(out)->scratch;
    bytes raw;
    if (!is_null(argv[0]) && hex_decode(mem, text_of(argv[0]), &raw)) sqlite3_result_blob(out, raw.at, (int)raw.n, SQLITE_TRANSIENT);
    arena_reset(mem);
}

static void fn_f_unaccent(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0])) return;
    arena *mem = state(out)->scratch;
    buf b = {.mem = mem};
    for (str rest = text_of(argv[0]); rest.n;) {
        uint32_t c = utf8_next(&rest);
        const char *plain = c < 0x80 ? NULL : unaccent(c);
        if (plain) buf_add(&b, str_of(plain));
        else add_code_point(&b, c);
    }
    give_text(out, buf_str(&b));
    arena_reset(mem);
}

// SQL's like: % any text, _ one character, and an escape character. fold: applied to both sides.
static bool like(str text, str pattern, uint32_t escape, uint32_t (*fold)(uint32_t))
{
    str star_text = {0}, star_pattern = {0}; // where to go on after the last %, if what follows it doesn't fit here
    for (;;) {
        str p = pattern, t = text;
        uint32_t want = p.n ? utf8_next(&p) : 0;
        bool literal = pattern.n && want == escape && p.n;
        if (literal) want = utf8_next(&p);
        if (pattern.n && !literal && want == '%') {
            if (!p.n) return true;
            star_pattern = pattern = p;
            star_text = text;
            continue;
        }
        bool fits = !text.n == !pattern.n;
        if (text.n && pattern.n) {
            uint32_t is = utf8_next(&t);
            fits = (want == '_' && !literal) || is == want || (fold && fold(is) == fold(want));
        }
        if (fits && !text.n) return true;
        if (fits) {
            text = t;
            pattern = p;
        } else {
            if (!star_pattern.at || !star_text.n) return false;
            utf8_next(&star_text);
            text = star_text;
            pattern = star_pattern;
        }
    }
}

// a like b [escape c]: minds the case, as in PostgreSQL; a backslash escapes.
static void fn_like(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0]) || is_null(argv[1])) return;
    uint32_t escape = '\\';
    if (argc == 3) {
        str e = text_of(argv[2]);
        escape = e.n ? utf8_next(&e) : UINT32_MAX;
    }
    sqlite3_result_int(out, like(text_of(argv[1]), text_of(argv[0]), escape, NULL));
}

// a ilike b, which dialect.c writes as `a regexp b`.
static void fn_ilike(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0]) || is_null(argv[1])) return;
    sqlite3_result_int(out, like(text_of(argv[1]), text_of(argv[0]), '\\', lower_of));
}

static void fn_starts_with(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0]) || is_null(argv[1])) return;
    sqlite3_result_int(out, str_starts(text_of(argv[0]), text_of(argv[1])));
}

static void fn_strpos(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0]) || is_null(argv[1])) return;
    str text = text_of(argv[0]);
    ptrdiff_t at = str_find(text, text_of(argv[1]));
    sqlite3_result_int64(out, at < 0 ? 0 : (int64_t)utf8_length(str_slice(text, 0, at)) + 1);
}

static void fn_concat_ws(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0])) return;
    arena *mem = state(out)->scratch;
    buf b = {.mem = mem};
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (is_null(argv[i])) continue;
        if (any) buf_add(&b, text_of(argv[0]));
        buf_add(&b, text_of(argv[i]));
        any = true;
    }
    give_text(out, buf_str(&b));
    arena_reset(mem);
}

// ---- order -----------------------------------------------------------------------------------------------------------------------

static int compare(sqlite3_value *a, sqlite3_value *b)
{
    int type = sqlite3_value_type(a);
    if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        str x = {(char *)sqlite3_value_blob(a), sqlite3_value_bytes(a)}, y = {(char *)sqlite3_value_blob(b), sqlite3_value_bytes(b)};
        return str_cmp(x, y);
    }
    if (type == SQLITE_INTEGER && sqlite3_value_type(b) == SQLITE_INTEGER) {
        int64_t x = sqlite3_value_int64(a), y = sqlite3_value_int64(b);
        return (x > y) - (x < y);
    }
    double x = sqlite3_value_double(a), y = sqlite3_value_double(b);
    return (x > y) - (x < y);
}

static void pick(out_t *out, int argc, sqlite3_value **argv, int sign)
{
    sqlite3_value *best = NULL;
    for (int i = 0; i < argc; i++)
        if (!is_null(argv[i]) && (!best || compare(argv[i], best) * sign > 0)) best = argv[i];
    if (best) sqlite3_result_value(out, best);
}

static void fn_greatest(out_t *out, int argc, sqlite3_value **argv)
{
    pick(out, argc, argv, 1);
}

static void fn_least(out_t *out, int argc, sqlite3_value **argv)
{
    pick(out, argc, argv, -1);
}

// ---- lists (arrays as JSON text) and JSON ----------------------------------------------------------------------------------------

static json *json_of(arena *mem, sqlite3_value *v)
{
    return is_null(v) ? NULL : json_parse(mem, text_of(v), NULL);
}

static bool list_has(const json *list, str what)
{
    for (const json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(e->text, what)) return true;
    return false;
}

static void fn_array_has(out_t *out, int argc, sqlite3_value **argv)
{
    if (is_null(argv[0]) || is_null(argv[1])) return;
    arena *mem = state(out)->scratch;
    sqlite3_result_int(out, list_has(json_of(mem, argv[0]), text_of(argv[1])));
    arena_reset(mem);
}

static void fn_cardinality(out_t *out, int argc, sqlite3_value **argv)
{
    arena *mem = state(out)->scratch;
    json *list = json_of(mem, argv[0]);
    if (list) sqlite3_result_int64(out, (int64_t)list->count);
    arena_reset(mem);
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

// The distinct texts in byte order; NULL when there are none.
static void give_list(out_t *out, arena *mem, strs all)
{
    if (!all.n) return;
    qsort(all.at, all.n, sizeof *all.at, by_text);
    json_writer w = json_writer_on(mem);
    json_open_array(&w);
    for (size_t i = 0; i < all.n; i++)
        if (i == 0 || !str_eq(all.at[i], all.at[i - 1])) json_str(&w, all.at[i]);
    json_close_array(&w);
    give_text(out, buf_str(&w.out));
}

static void fn_array_union(out_t *out, int argc, sqlite3_value **argv)
{
    arena *mem = state(out)->scratch;
    strs all = {0};
    for (int i = 0; i < 2; i++) {
        json *list = json_of(mem, argv[i]);
        for (json *e = list ? list->first : NULL; e; e = e->next) *push(mem, all) = e->text;
    }
    give_list(out, mem, all);
    arena_reset(mem);
}

static void fn_array_minus(out_t *out, int argc, sqlite3_value **argv)
{
    arena *mem = state(out)->scratch;
    json *list = json_of(mem, argv[0]), *without = json_of(mem, argv[1]);
    strs all = {0};
    for (json *e = list ? list->first : NULL; e; e = e->next)
        if (!list_has(without, e->text)) *push(mem, all) = e->text;
    give_list(out, mem, all);
    arena_reset(mem);
}

// document ->> key or index, always as text like PostgreSQL (SQLite's own gives numbers, and 1 for true).
static void fn_json_text(out_t *out, int argc, sqlite3_value **argv)
{
    arena *mem = state(out)->scratch;
    json *j = json_of(mem, argv[0]);
    if (j && sqlite3_value_type(argv[1]) == SQLITE_INTEGER && j->type == JSON_ARRAY) {
        int64_t index = sqlite3_value_int64(argv[1]);
        if (index < 0) index += (int64_t)j->count;
        json *e = index < 0 ? NULL : j->first;
        while (e && index--) e = e->next;
        j = e;
    } else if (j && !is_null(argv[1])) {
        char *key = cstr(mem, text_of(argv[1]));
        j = json_get(j, key);
    } else {
        j = NULL;
    }
    if (j && j->type == JSON_STRING) give_text(out, j->text.at ? j->text : S(""));
    else if (j && j->type != JSON_NULL) {
        buf b = {.mem = mem};
        json_text(&b, j);
        give_text(out, buf_str(&b));
    }
    arena_reset(mem);
}

// ---- vectors ---------------------------------------------------------------------------------------------------------------------

static void fn_cosine_distance(out_t *out, int argc, sqlite3_value **argv)
{
    int n = sqlite3_value_bytes(argv[0]) / (int)sizeof(float);
    const float *a = sqlite3_value_blob(argv[0]), *b = sqlite3_value_blob(argv[1]);
    if (!a || !b) return;
    if (sqlite3_value_bytes(argv[1]) / (int)sizeof(float) != n) {
        sqlite3_result_error(out, "different vector dimensions", -1);
        return;
    }
    double dot = 0, aa = 0, bb = 0;
    for (int i = 0; i < n; i++) {
        dot += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    sqlite3_result_double(out, 1 - dot / sqrt(aa * bb));
}

// ---- aggregates of truth values --------------------------------------------------------------------------------------------------

typedef struct {
    bool any, truth;
} truth_sum;

static void truth_step(out_t *out, sqlite3_value *v, bool is_or)
{
    truth_sum *t = sqlite3_aggregate_context(out, sizeof *t);
    if (!t || is_null(v)) return;
    bool truth = sqlite3_value_int(v);
    t->truth = !t->any ? truth : is_or ? t->truth || truth : t->truth && truth;
    t->any = true;
}

static void step_bool_or(out_t *out, int argc, sqlite3_value **argv)
{
    truth_step(out, argv[0], true);
}

static void step_bool_and(out_t *out, int argc, sqlite3_value **argv)
{
    truth_step(out, argv[0], false);
}

static void final_bool(out_t *out)
{
    truth_sum *t = sqlite3_aggregate_context(out, 0);
    if (t && t->any) sqlite3_result_int(out, t->truth);
}

// ----------------------------------------------------------------------------------------------------------------------------------

int sqlite_add_functions(sqlite3 *db, sqlite_state *s)
{
    enum { PURE = SQLITE_DETERMINISTIC };
    static const struct {
        const char *name;
        int arguments, flags;
        void (*call)(out_t *, int, sqlite3_value **);
    } functions[] = {
        {"now", 0, 0, fn_now},
        {"clock_timestamp", 0, 0, fn_clock_timestamp},
        {"uuid_v4", 0, 0, fn_uuid_v4},
        {"uuid_v7", 0, 0, fn_uuid_v7},
        {"uuid_v7", 1, 0, fn_uuid_v7},
        {"date_trunc_month", 1, PURE, fn_date_trunc_month},
        {"date_of", 1, PURE, fn_date_of},
        {"lower", 1, PURE, fn_lower},
        {"upper", 1, PURE, fn_upper},
        {"decode", 2, PURE, fn_decode},
        {"f_unaccent", 1, PURE, fn_f_unaccent},
        {"like", 2, PURE, fn_like},
        {"like", 3, PURE, fn_like},
        {"regexp", 2, PURE, fn_ilike},
        {"starts_with", 2, PURE, fn_starts_with},
        {"strpos", 2, PURE, fn_strpos},
        {"concat_ws", -1, PURE, fn_concat_ws},
        {"greatest", -1, PURE, fn_greatest},
        {"least", -1, PURE, fn_least},
        {"array_has", 2, PURE, fn_array_has},
        {"cardinality", 1, PURE, fn_cardinality},
        {"array_union", 2, PURE, fn_array_union},
        {"array_minus", 2, PURE, fn_array_minus},
        {"->>", 2, PURE, fn_json_text},
        {"cosine_distance", 2, PURE, fn_cosine_distance},
    };
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_locale);
    int rc = SQLITE_OK;
    for (size_t i = 0; i < countof(functions) && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function(db, functions[i].name, functions[i].arguments, SQLITE_UTF8 | SQLITE_INNOCUOUS | functions[i].flags, s,
                                     functions[i].call, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_create_function(db, "bool_or", 1, SQLITE_UTF8 | PURE, s, NULL, step_bool_or, final_bool);
    if (rc == SQLITE_OK) rc = sqlite3_create_function(db, "bool_and", 1, SQLITE_UTF8 | PURE, s, NULL, step_bool_and, final_bool);
    return rc;
}
