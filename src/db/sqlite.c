// The embedded engine: one file in write-ahead mode. Many readers, one writer; a commit is on the disk before it returns.
#include "db/sqlite.h"
#include "db/dialect.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    statement base;
    sqlite3_stmt *handle;
    int parameters;
    bool *used_as_set; // per parameter
} prepared;

struct connection {
    sqlite3 *db;
    sqlite_state state;
    statement_cache cache;
    sqlite3_stmt *begin, *begin_immediate, *commit; // one of each in every request
    db_mode mode;
    bool relaxed; // commits are not synced at the moment
};

struct cursor {
    connection *c;
    prepared *statement;
};

static const int busy_ms = 30000, statements_kept = 300;

static void note(problem *p, sqlite3 *db)
{
    int code = sqlite3_extended_errcode(db);
    p->kind = PROBLEM_OTHER;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: p->kind = PROBLEM_BUSY; break;
    case SQLITE_FULL: p->kind = PROBLEM_FULL; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: p->kind = PROBLEM_DAMAGED; break;
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) p->kind = PROBLEM_DUPLICATE;
        if (code == SQLITE_CONSTRAINT_FOREIGNKEY) p->kind = PROBLEM_MISSING_PARENT;
        break;
    }
    snprintf(p->message, sizeof p->message, "%s", sqlite3_errmsg(db));
}

// Other processes hold the lock for a moment, or for some milliseconds when they wait for the disk. Short waits of random length share it out
// fairly, unlike SQLite's own growing ones.
static int wait_for_lock(void *arg, int calls)
{
    enum { BRIEF_CALLS = 20, BRIEF_US = 100, STEP_US = 1000 };
    if (calls > BRIEF_CALLS + busy_ms) return 0;
    int step = calls < BRIEF_CALLS ? BRIEF_US : STEP_US;
    usleep(step / 2 + random() % step);
    return 1;
}

// collate "C", which SQLite knows as "binary".
static int compare_bytes(void *arg, int n, const void *a, int m, const void *b)
{
    return str_cmp((str){(char *)a, (size_t)n}, (str){(char *)b, (size_t)m});
}

static void forget(statement *s)
{
    sqlite3_finalize(((prepared *)s)->handle);
    free(((prepared *)s)->used_as_set);
    free(s);
}

static void sqlite_disconnect(connection *c)
{
    for (statement *s; (s = statement_surplus(&c->cache, 0));) forget(s);
    sqlite3_finalize(c->begin);
    sqlite3_finalize(c->begin_immediate);
    sqlite3_finalize(c->commit);
    sqlite3_close(c->db);
    arena_free(c->state.scratch);
    free(c);
}

static bool keep(connection *c, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK;
}

static connection *sqlite_connect(const db_options *options, problem *p)
{
    connection *c = calloc(1, sizeof *c);
    if (!c) log_die("out of memory");
    c->state.scratch = arena_new();

    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    bool fine = sqlite3_open_v2(options->sqlite_path.at, &c->db, flags, NULL) == SQLITE_OK;
    if (fine) {
        sqlite3_busy_handler(c->db, wait_for_lock, NULL);
        // A mistyped "column" must be an error, not the text "column".
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        fine =
            sqlite3_exec(c->db,
                         "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma recursive_triggers = off;"
                         "pragma mmap_size = 2147418112; pragma cache_size = -2000; pragma journal_size_limit = 67108864;"
                         "pragma secure_delete = off",
                         NULL, NULL, NULL) == SQLITE_OK &&
            sqlite3_create_collation(c->db, "C", SQLITE_UTF8, NULL, compare_bytes) == SQLITE_OK &&
            sqlite_add_functions(c->db, &c->state) == SQLITE_OK && sqlite_add_sets(c->db) == SQLITE_OK && keep(c, "begin", &c->begin) &&
            keep(c, "begin immediate", &c->begin_immediate) && keep(c, "commit", &c->commit);
    }
    if (fine) return c;
    note(p, c->db);
    sqlite_disconnect(c);
    return NULL;
}

static bool run(connection *c, const char *sql, problem *p)
{
    if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK) return true;
    if (p) note(p, c->db);
    return false;
}

static bool run_kept(connection *c, sqlite3_stmt *statement, problem *p)
{
    bool fine = sqlite3_step(statement) == SQLITE_DONE;
    if (!fine) note(p, c->db);
    sqlite3_reset(statement);
    return fine;
}

static prepared *prepare(connection *c, arena *mem, const char *sql, problem *p)
{
    uint64_t hash = statement_hash(sql);
    prepared *s = (prepared *)statement_find(&c->cache, sql, hash);
    if (s) return s;

    param_flags sets = {0};
    const char *text = dialect_translate(mem, DB_SQLITE, sql, &sets);
    sqlite3_stmt *handle = NULL;
    if (!text) {
        *p = (problem){PROBLEM_OTHER, "the statement has an unclosed quote"};
        return NULL;
    }
    if (sqlite3_prepare_v3(c->db, text, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL) != SQLITE_OK) {
        note(p, c->db);
        return NULL;
    }
    s = calloc(1, sizeof *s);
    if (!s) log_die("out of memory");
    *s = (prepared){.handle = handle, .parameters = sqlite3_bind_parameter_count(handle)};
    s->used_as_set = calloc(s->parameters + 1, sizeof *s->used_as_set);
    if (!s->used_as_set) log_die("out of memory");
    for (size_t i = 0; i < sets.n && (int)i < s->parameters; i++) s->used_as_set[i] = sets.at[i];
    statement_add(&c->cache, &s->base, sql, hash);
    for (statement *old; (old = statement_surplus(&c->cache, statements_kept));) forget(old);
    return s;
}

// A list that is stored in a column: JSON text.
static str json_list(arena *mem, const param *p)
{
    json_writer w = json_writer_on(mem);
    json_open_array(&w);
    if (p->type == P_IDS)
        each (id, p->ids) json_str(&w, uuid_text(mem, *id));
    else if (p->type == P_STRS)
        each (s, p->strs) json_str(&w, *s);
    else
        for (size_t i = 0; i < p->ints.n; i++) json_int(&w, p->ints.at[i]);
    json_close_array(&w);
    return buf_str(&w.out);
}

static int bind(arena *mem, prepared *s, int index, const param *p)
{
    switch (p->type) {
    case P_NULL: return sqlite3_bind_null(s->handle, index);
    case P_INT: return sqlite3_bind_int64(s->handle, index, p->i);
    case P_FLOAT: return sqlite3_bind_double(s->handle, index, p->f);
    case P_BOOL: return sqlite3_bind_int(s->handle, index, p->b);
    case P_WHEN: return sqlite3_bind_int64(s->handle, index, p->w);
    case P_STR: return sqlite3_bind_text64(s->handle, index, p->s.at, p->s.n, SQLITE_STATIC, SQLITE_UTF8);
    case P_BYTES: return sqlite3_bind_blob64(s->handle, index, p->bytes.at, p->bytes.n, SQLITE_STATIC);
    case P_FLOATS: return sqlite3_bind_blob64(s->handle, index, p->floats.at, p->floats.n * sizeof *p->floats.at, SQLITE_STATIC);
    case P_UUID: return sqlite3_bind_blob64(s->handle, index, p->u.b, sizeof p->u, SQLITE_TRANSIENT);
    case P_IDS:
    case P_STRS:
    case P_INTS: {
        if (s->used_as_set[index - 1]) {
            param *copy = new (mem, param);
            *copy = *p;
            return sqlite_bind_set(s->handle, index, copy);
        }
        str text = json_list(mem, p);
        return sqlite3_bind_text64(s->handle, index, text.at, text.n, SQLITE_STATIC, SQLITE_UTF8);
    }
    }
    return SQLITE_MISUSE;
}

static void sqlite_close(cursor *k)
{
    sqlite3_reset(k->statement->handle);
    sqlite3_clear_bindings(k->statement->handle);
    k->statement->base.busy = false;
}

static cursor *sqlite_query(connection *c, arena *mem, const char *sql, params given, bool in_parts, problem *p)
{
    prepared *s = prepare(c, mem, sql, p);
    if (!s) return NULL;
    if ((int)given.n != s->parameters) {
        *p = (problem){.kind = PROBLEM_OTHER};
        snprintf(p->message, sizeof p->message, "the statement has %d parameters, %zu are given", s->parameters, given.n);
        return NULL;
    }
    if (c->mode == DB_READ && !sqlite3_stmt_readonly(s->handle)) {
        *p = (problem){PROBLEM_OTHER, "cannot write in a read-only transaction"};
        return NULL;
    }
    for (int i = 0; i < s->parameters; i++)
        if (bind(mem, s, i + 1, &given.at[i]) != SQLITE_OK) {
            note(p, c->db);
            return NULL;
        }
    s->base.busy = true;
    cursor *k = new (mem, cursor);
    *k = (cursor){.c = c, .statement = s};
    return k;
}

static bool sqlite_next(cursor *k, problem *p)
{
    int rc = sqlite3_step(k->statement->handle);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) note(p, k->c->db);
    return rc == SQLITE_ROW;
}

static int sqlite_columns(cursor *k)
{
    return sqlite3_column_count(k->statement->handle);
}

static cell sqlite_value(cursor *k, int column)
{
    sqlite3_value *v = sqlite3_column_value(k->statement->handle, column);
    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER: return (cell){CELL_INT, .i = sqlite3_value_int64(v)};
    case SQLITE_FLOAT: return (cell){CELL_FLOAT, .f = sqlite3_value_double(v)};
    case SQLITE_TEXT: {
        uint8_t *at = (uint8_t *)sqlite3_value_text(v);
        return (cell){CELL_TEXT, .bytes = {at, (size_t)sqlite3_value_bytes(v)}};
    }
    case SQLITE_BLOB: {
        uint8_t *at = (uint8_t *)sqlite3_value_blob(v); // NULL when empty
        return (cell){CELL_BYTES, .bytes = {at ? at : (uint8_t *)"", (size_t)sqlite3_value_bytes(v)}};
    }
    }
    return (cell){0};
}

static bool sqlite_writes(cursor *k)
{
    return !sqlite3_stmt_readonly(k->statement->handle);
}

static int64_t sqlite_changed(cursor *k)
{
    return sqlite_writes(k) ? sqlite3_changes64(k->c->db) : 0;
}

static bool sqlite_begin(connection *c, db_mode mode, problem *p)
{
    c->mode = mode;
    c->state.transaction = now();
    if (mode == DB_READ) return run_kept(c, c->begin, p);
    bool relaxed = mode == DB_RELAXED;
    if (relaxed != c->relaxed && !run(c, relaxed ? "pragma synchronous = normal" : "pragma synchronous = full", p)) return false;
    c->relaxed = relaxed;
    return run_kept(c, c->begin_immediate, p);
}

static bool sqlite_commit(connection *c, problem *p)
{
    return run_kept(c, c->commit, p);
}

static bool sqlite_rollback(connection *c)
{
    // An I/O error may have rolled the transaction back already.
    return sqlite3_get_autocommit(c->db) || run(c, "rollback", NULL);
}

// The write lock is the only one there is, and a writing transaction has it.
static bool sqlite_lock(connection *c, int64_t number, problem *p)
{
    if (c->mode != DB_READ) return true;
    *p = (problem){PROBLEM_OTHER, "a lock needs a writing transaction"};
    return false;
}

static bool sqlite_script(connection *c, const char *sql, problem *p)
{
    return run(c, sql, p);
}

const engine engine_sqlite = {
    .id = DB_SQLITE,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .query = sqlite_query,
    .next = sqlite_next,
    .columns = sqlite_columns,
    .value = sqlite_value,
    .writes = sqlite_writes,
    .changed = sqlite_changed,
    .close = sqlite_close,
    .lock = sqlite_lock,
    .script = sqlite_script,
};
