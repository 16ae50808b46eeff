// The pool, transactions and statements: everything that is the same for both engines.
#include "db/db.h"
#include "db/engine.h"
#include "db/pool.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// How long a piece of work waits for a connection or for the write lock before it gives up.
static const int64_t patience_ms = 30000;

// ---- the pool --------------------------------------------------------------------------------------------------------------------

db_pool *db_open(ctx *c, db_options options)
{
    db_pool *pool = calloc(1, sizeof *pool);
    if (!pool) log_die("out of memory");
    bool postgres = options.postgres_url.at;
    pool->mem = arena_new();
    pool->engine = postgres ? &engine_postgres : &engine_sqlite;
    pool->options = (db_options){
        .sqlite_path = str_dup(pool->mem, options.sqlite_path),
        .postgres_url = str_dup(pool->mem, options.postgres_url),
        .vector_extension = str_dup(pool->mem, options.vector_extension),
        .connections = options.connections > 0 ? options.connections : 10,
    };
    pthread_mutex_init(&pool->mutex, NULL);
    gate_init(&pool->places, pool->options.connections);
    gate_init(&pool->write_lock, 1);
    if (postgres) return pool; // may be down yet: db_wait()

    // Only the owner may read it. Never opened when it exists: closing it again would drop SQLite's locks of this process.
    int created = open(pool->options.sqlite_path.at, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (created >= 0) close(created);
    struct stat log;
    char *log_path = str_fmt(pool->mem, "%.*s-wal", PR(options.sqlite_path)).at;
    pool->was_left_open = options.alone && stat(log_path, &log) == 0 && log.st_size > 0;
    problem p = {0};
    pool->writer = pool->engine->connect(&pool->options, &p);
    if (pool->writer) return pool;
    db_close(pool);
    fail_hint(c, 500, "Look at the file, its folder's permissions and the free space.", "cannot open the database %.*s: %s",
              PR(options.sqlite_path), p.message);
}

void db_close(db_pool *pool)
{
    if (!pool) return;
    if (pool->writer) pool->engine->disconnect(pool->writer);
    for (int i = 0; i < pool->idle_count; i++) pool->engine->disconnect(pool->idle[i]);
    free(pool->idle);
    arena_free(pool->mem);
    free(pool);
}

db_engine db_pool_engine(db_pool *pool)
{
    return pool->engine->id;
}

// The way back after the database was lost: at most one attempt per pause, and the pauses grow from 100 ms to 5 s.
static connection *connect_if_due(db_pool *pool, problem *p)
{
    pthread_mutex_lock(&pool->mutex);
    bool too_early = pool->pause && monotonic() < pool->next_attempt;
    pthread_mutex_unlock(&pool->mutex);
    if (too_early) {
        *p = (problem){PROBLEM_LOST, "waiting before the next attempt to connect"};
        return NULL;
    }
    connection *c = pool->engine->connect(&pool->options, p);
    pthread_mutex_lock(&pool->mutex);
    if (c) {
        if (pool->pause) log_info("The database answers again");
        pool->pause = 0;
    } else {
        if (!pool->pause) log_error("The database does not answer: %s", p->message);
        pool->pause = pool->pause ? pool->pause * 2 : SECOND / 10;
        if (pool->pause > 5 * SECOND) pool->pause = 5 * SECOND;
        pool->next_attempt = monotonic() + pool->pause;
    }
    pthread_mutex_unlock(&pool->mutex);
    return c;
}

// SQLite's writers queue up before they take a connection of their own, so that they never keep readers from theirs.
static bool is_sqlite_writer(db *d)
{
    return d->pool->writer && d->mode != DB_READ;
}

static connection *take(db *d, bool *is_fresh, problem *p)
{
    db_pool *pool = d->pool;
    *is_fresh = false;
    if (!gate_enter(is_sqlite_writer(d) ? &pool->write_lock : &pool->places, patience_ms)) {
        *p = (problem){PROBLEM_BUSY, "no connection became free in time"};
        return NULL;
    }
    if (is_sqlite_writer(d)) return pool->writer;

    pthread_mutex_lock(&pool->mutex);
    connection *c = pool->idle_count ? pool->idle[--pool->idle_count] : NULL;
    pthread_mutex_unlock(&pool->mutex);
    if (c) return c;
    *is_fresh = true;
    c = connect_if_due(pool, p);
    if (!c) gate_leave(&pool->places);
    return c;
}

static void give_back(db *d, connection *c, bool usable)
{
    db_pool *pool = d->pool;
    if (is_sqlite_writer(d)) {
        gate_leave(&pool->write_lock);
        return;
    }
    if (usable) {
        pthread_mutex_lock(&pool->mutex);
        if (!pool->idle) pool->idle = calloc(pool->options.connections, sizeof(*pool->idle));
        if (!pool->idle) log_die("out of memory");
        pool->idle[pool->idle_count++] = c;
        pthread_mutex_unlock(&pool->mutex);
    } else {
        pool->engine->disconnect(c);
    }
    gate_leave(&pool->places);
}

bool db_wait(db_pool *pool, int timeout_ms)
{
    int64_t until = monotonic() + (int64_t)timeout_ms * 1000;
    for (bool told = false;; told = true) {
        problem p = {0};
        connection *c = pool->engine->connect(&pool->options, &p);
        if (c) {
            pool->engine->disconnect(c);
            return true;
        }
        if (!told) log_info("Waiting for the database: %s", p.message);
        if (timeout_ms >= 0 && monotonic() >= until) return false;
        usleep(200000);
    }
}

// ---- failing ---------------------------------------------------------------------------------------------------------------------

// The client never sees SQL; the log has it, with the database's own words but without the parameters.
_Noreturn static void fail_with(db *d, const problem *p, const char *sql)
{
    d->failed = true;
    if (p->kind == PROBLEM_LOST) {
        if (d->connection) log_warn("The database was lost: %s", p->message); // otherwise connect_if_due() has said so
        fail(d->ctx, 503, "The database is not reachable, try again in a moment");
    }
    if (p->kind == PROBLEM_BUSY) {
        log_warn("database busy: %s: %s", p->message, sql);
        fail(d->ctx, 503, "The database is busy, try again in a moment");
    }
    log_error("database: %s: %s", p->message, sql);
    if (p->kind == PROBLEM_FULL) fail_hint(d->ctx, 500, "Free some space on the database's disk.", "The disk of the database is full");
    fail(d->ctx, 500, "Internal server error");
}

// ---- transactions ----------------------------------------------------------------------------------------------------------------

static void end(void *d)
{
    db_rollback(d);
}

db *db_begin(ctx *c, db_pool *pool, db_mode mode)
{
    db *d = new (c->mem, db);
    *d = (db){.ctx = c, .pool = pool, .mode = mode};
    if (c->way_out) defer(c, end, d);
    return d;
}

// The connection with its transaction, begun at the first statement. A pooled connection that broke while it was idle is replaced silently.
static connection *ready(db *d, const char *sql)
{
    if (d->failed) fail(d->ctx, 500, "a statement after a failed one, without a rollback: %s", sql);
    while (!d->connection) {
        problem p = {0};
        bool is_fresh;
        connection *c = take(d, &is_fresh, &p);
        if (!c) fail_with(d, &p, "begin");
        if (d->pool->engine->begin(c, d->mode, &p)) {
            d->connection = c;
        } else {
            give_back(d, c, false);
            if (is_fresh || p.kind != PROBLEM_LOST) fail_with(d, &p, "begin");
        }
    }
    return d->connection;
}

static void close_row(row *r)
{
    if (!r->cursor) return;
    r->db->pool->engine->close(r->cursor);
    r->cursor = NULL;
    *(r->previous ? &r->previous->next : &r->db->open) = r->next;
    if (r->next) r->next->previous = r->previous;
}

void db_commit(db *d)
{
    if (d->failed) fail(d->ctx, 500, "a commit after a failed statement");
    if (!d->connection) return;
    while (d->open) close_row(d->open);
    problem p = {0};
    connection *c = d->connection;
    if (!d->pool->engine->commit(c, &p)) {
        db_rollback(d);
        fail_with(d, &p, "commit");
    }
    d->connection = NULL;
    give_back(d, c, true);
}

void db_rollback(db *d)
{
    d->failed = false;
    if (!d->connection) return;
    while (d->open) close_row(d->open);
    connection *c = d->connection;
    d->connection = NULL;
    give_back(d, c, d->pool->engine->rollback(c));
}

db_engine db_engine_of(db *d)
{
    return d->pool->engine->id;
}

arena *db_memory(db *d)
{
    return d->ctx->mem;
}

void db_set_mode(db *d, db_mode mode)
{
    if (d->connection) fail(d->ctx, 500, "the mode of a transaction cannot change while it runs");
    d->mode = mode;
}

void db_lock(db *d, int64_t number)
{
    problem p = {0};
    if (!d->pool->engine->lock(ready(d, "lock"), number, &p)) fail_with(d, &p, "lock");
}

bool db_script(db *d, const char *sql, problem *p)
{
    bool fine = d->pool->engine->script(ready(d, sql), sql, p);
    if (!fine) d->failed = true;
    return fine;
}

// ---- statements ------------------------------------------------------------------------------------------------------------------

static row *start(db *d, const char *sql, params given, bool in_parts)
{
    problem p = {0};
    connection *c = ready(d, sql);
    cursor *k = d->pool->engine->query(c, d->ctx->mem, sql, given, in_parts, &p);
    if (!k) fail_with(d, &p, sql);
    row *r = new (d->ctx->mem, row);
    *r = (row){.db = d, .cursor = k, .sql = sql, .columns = d->pool->engine->columns(k), .next = d->open};
    if (d->open) d->open->previous = r;
    d->open = r;
    return r;
}

row *db_query_(db *d, const char *sql, params given)
{
    return start(d, sql, given, false);
}

row *db_stream_(db *d, const char *sql, params given)
{
    return start(d, sql, given, true);
}

// Like row_next, but the cursor stays open at the end.
static bool step(row *r)
{
    problem p = {0};
    if (r->db->pool->engine->next(r->cursor, &p)) return true;
    if (p.kind) {
        close_row(r);
        fail_with(r->db, &p, r->sql);
    }
    return false;
}

bool row_next(row *r)
{
    if (!r->cursor) return false;
    if (step(r)) return true;
    close_row(r);
    return false;
}

void row_close_(row **r)
{
    close_row(*r);
}

int64_t db_exec_(db *d, const char *sql, params given)
{
    row *r = start(d, sql, given, false);
    while (step(r)) {}
    int64_t changed = d->pool->engine->changed(r->cursor);
    close_row(r);
    return changed;
}

// A copy of the value on the arena; texts get a NUL behind them.
static cell keep(arena *mem, cell v)
{
    if (v.type < CELL_TEXT || v.type == CELL_WHEN) return v;
    uint8_t *copy = arena_alloc_raw(mem, v.bytes.n + 1);
    memcpy(copy, v.bytes.at, v.bytes.n);
    copy[v.bytes.n] = 0;
    v.bytes.at = copy;
    return v;
}

row *db_one_(db *d, const char *sql, params given)
{
    row *r = start(d, sql, given, false);
    if (!row_next(r)) return NULL;
    r->kept = new_n(d->ctx->mem, cell, r->columns);
    for (int i = 0; i < r->columns; i++) r->kept[i] = keep(d->ctx->mem, d->pool->engine->value(r->cursor, i));
    while (d->pool->engine->writes(r->cursor) && step(r)) {} // constraints are checked at the end
    close_row(r);
    return r;
}

ids db_ids_(db *d, const char *sql, params given)
{
    ids out = {0};
    for (row *r DB_CLOSE_ = db_query_(d, sql, given); row_next(r);) *push(d->ctx->mem, out) = col_uuid(r, 0);
    return out;
}

strs db_strs_(db *d, const char *sql, params given)
{
    strs out = {0};
    for (row *r DB_CLOSE_ = db_query_(d, sql, given); row_next(r);) *push(d->ctx->mem, out) = str_dup(d->ctx->mem, col_str(r, 0));
    return out;
}

int64_t db_int_(db *d, const char *sql, params given)
{
    row *r = db_one_(d, sql, given);
    return r ? col_int(r, 0) : 0;
}

str db_str_(db *d, const char *sql, params given)
{
    row *r = db_one_(d, sql, given);
    return r ? col_str(r, 0) : (str){0};
}

uuid db_uuid_(db *d, const char *sql, params given)
{
    row *r = db_one_(d, sql, given);
    return r ? col_uuid(r, 0) : (uuid){0};
}

bool db_has_(db *d, const char *sql, params given)
{
    return db_one_(d, sql, given) != NULL;
}

db_result db_try_(db *d, const char *sql, params given)
{
    const engine *e = d->pool->engine;
    problem p = {0};
    connection *c = ready(d, sql);
    if (e->savepoint && !e->savepoint(c, &p)) fail_with(d, &p, sql);
    cursor *k = e->query(c, d->ctx->mem, sql, given, false, &p);
    if (k) {
        while (e->next(k, &p)) {}
        e->close(k);
    }
    bool refused = p.kind == PROBLEM_DUPLICATE || p.kind == PROBLEM_MISSING_PARENT;
    if (p.kind && !refused) fail_with(d, &p, sql);
    problem on_release = {0};
    if (e->release && !e->release(c, refused, &on_release)) fail_with(d, &on_release, sql);
    return p.kind == PROBLEM_DUPLICATE ? DB_DUPLICATE : refused ? DB_MISSING_PARENT : DB_DONE;
}

// ---- composed queries ------------------------------------------------------------------------------------------------------------

// Statements are found again by their text (statements.c), so a text only has to live as long as its use.
const char *db_sql(db *d, str text)
{
    return cstr(d->ctx->mem, text);
}

void sql_bind(buf *sql, arena *mem, param_list *list, param p)
{
    *push(mem, *list) = p;
    buf_fmt(sql, "$%zu", list->n);
}
