// What SQLite lacks and we add: `like` and `ilike` as a slow, plain matcher has them, letters and lists, on any text. The input is a pattern, a line end, and
// the text to be searched.
#include "db/sqlite.h"
#include "fuzz.h"

static str ask(arena *mem, const char *sql, str a, str b)
{
    static sqlite3 *db;
    static sqlite_state state;
    if (!db) {
        state.scratch = arena_new();
        must(!sqlite3_open(":memory:", &db) && !sqlite_add_functions(db, &state));
    }
    sqlite3_stmt *s;
    must(!sqlite3_prepare_v2(db, sql, -1, &s, NULL));
    sqlite3_bind_text(s, 1, a.at ? a.at : "", (int)a.n, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, b.at ? b.at : "", (int)b.n, SQLITE_STATIC);
    must(sqlite3_step(s) == SQLITE_ROW);
    str answer = str_dup(mem, (str){(char *)sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0)});
    sqlite3_finalize(s);
    return answer;
}

static bool plain_like(str text, str pattern)
{
    if (!pattern.n) return !text.n;
    uint32_t want = utf8_next(&pattern);
    bool literal = want == '\\' && pattern.n;
    if (literal) want = utf8_next(&pattern);
    if (want == '%' && !literal) {
        for (;; utf8_next(&text)) {
            if (plain_like(text, pattern)) return true;
            if (!text.n) return false;
        }
    }
    return text.n && ((utf8_next(&text) == want) | (want == '_' && !literal)) && plain_like(text, pattern);
}

FUZZ
{
    char *end = input.n ? memchr(input.at, '\n', input.n) : NULL;
    if (!end || input.n > 300) return;
    str pattern = utf8_clean(mem, str_slice(input, 0, (size_t)(end - input.at))),
        text = utf8_clean(mem, str_slice(input, (size_t)(end - input.at) + 1, input.n));
    int stars = 0;
    for (size_t i = 0; i < pattern.n; i++) stars += pattern.at[i] == '%';
    bool matches = str_is(ask(mem, "select ?2 like ?1", pattern, text), "1");
    if (stars <= 4) must(matches == plain_like(text, pattern));
    must(!matches || str_is(ask(mem, "select ?2 regexp ?1", pattern, text), "1"));

    str lower = ask(mem, "select lower(?1)", text, text), bare = ask(mem, "select f_unaccent(?1)", text, text);
    must(utf8_valid(lower) && utf8_length(lower) == utf8_length(text) && utf8_valid(bare));
    must(str_eq(ask(mem, "select lower(?1)", lower, text), lower));
    must(str_is(ask(mem, "select starts_with(?1 || ?2, ?1)", pattern, text), "1"));
    must(!text.n || !str_is(ask(mem, "select strpos(?1 || ?2, ?2)", pattern, text), "0"));

    // Lists: a text that is none has nothing in it.
    str list = ask(mem, "select array_union(?2, json_array(?1))", pattern, text);
    must(str_is(ask(mem, "select array_has(?2, ?1)", pattern, list), "1"));
    must(str_is(ask(mem, "select coalesce(array_has(array_minus(?2, json_array(?1)), ?1), 0)", pattern, list), "0"));
    must(utf8_valid(ask(mem, "select coalesce(?2 ->> ?1, '')", pattern, text)));
}
