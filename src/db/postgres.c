// The PostgreSQL engine, on libpq. Statements are prepared once per connection; parameters and results travel in binary form.
//
// Nobody waits for an answer that says nothing: what begins a transaction leaves together with its first statement, and the end of one that
// only read is not waited for.
#include "db/postgres.h"
#include "db/dialect.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    statement base;
    char name[24];
    int n;
    Oid *types; // what it was prepared with; 0: the server decided
    bool is_prepared;
} prepared;

enum { AHEAD_MOST = 4 };

struct connection {
    PGconn *pg;
    char ahead[AHEAD_MOST][64]; // commands that leave with the next statement
    int ahead_n;
    bool only_reads;
    bool answer_due; // to the last commit
    statement_cache cache;
    int names; // given so far, to statements and cursors
    Oid vector_type;
};

struct cursor {
    connection *c;
    PGresult *result;
    int row;
    char fetch[48]; // the statement that brings the next part; "" when there are no parts
};

static const int statements_kept = 300, rows_per_part = 1000;

// ---- problems --------------------------------------------------------------------------------------------------------------------

static problem_kind kind_of(const char *state)
{
    static const struct {
        const char *prefix;
        problem_kind kind;
    } kinds[] = {
        {"23505", PROBLEM_DUPLICATE}, {"23503", PROBLEM_MISSING_PARENT}, {"40001", PROBLEM_BUSY},
        {"40P01", PROBLEM_BUSY},      {"55P03", PROBLEM_BUSY},           {"57014", PROBLEM_BUSY},
        {"53100", PROBLEM_FULL},      {"53300", PROBLEM_LOST},           {"08", PROBLEM_LOST},
        {"57P", PROBLEM_LOST},        {"XX001", PROBLEM_DAMAGED},
    };
    for (size_t i = 0; i < countof(kinds); i++)
        if (strncmp(state, kinds[i].prefix, strlen(kinds[i].prefix)) == 0) return kinds[i].kind;
    return PROBLEM_OTHER;
}

static void say(problem *p, const char *text)
{
    int n = (int)strcspn(text, "\n"); // libpq ends its messages with one
    snprintf(p->message, sizeof p->message, "%.*s", n, text);
}

static void note(problem *p, connection *c, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    p->kind = PQstatus(c->pg) == CONNECTION_BAD ? PROBLEM_LOST : state ? kind_of(state) : PROBLEM_OTHER;
    if (state && strncmp(state, "22", 2) == 0) snprintf(p->message, sizeof p->message, "a value has the wrong form (%s)", state);
    else say(p, text ? text : PQerrorMessage(c->pg));
}

static bool is_fine(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

// Takes the result; true if the command worked.
static bool done(connection *c, PGresult *result, problem *p)
{
    bool fine = is_fine(result);
    if (!fine && p) note(p, c, result);
    PQclear(result);
    return fine;
}

// Commands without parameters, one or several.
static bool run(connection *c, const char *sql, problem *p)
{
    int n = c->ahead_n;
    c->ahead_n = 0;
    for (int i = 0; i < n; i++)
        if (!done(c, PQexec(c->pg, c->ahead[i]), p)) return false;
    return done(c, PQexec(c->pg, sql), p);
}

typedef struct {
    Oid *types;
    const char **values;
    int *lengths, *formats;
} wires;

// A prepared statement by its name, or a text.
typedef struct {
    const char *prepared, *text;
    int n;
    const wires *given;
} command;

static bool send(connection *c, const command *k)
{
    const wires *w = k->given;
    return k->prepared ? PQsendQueryPrepared(c->pg, k->prepared, k->n, w->values, w->lengths, w->formats, 1)
                       : PQsendQueryParams(c->pg, k->text, k->n, w->types, w->values, w->lengths, w->formats, 1);
}

// The command, and in one pipeline with it what leaves ahead. The result of the first that fails, or else the command's.
static PGresult *execute(connection *c, command k)
{
    int n = c->ahead_n;
    c->ahead_n = 0;
    bool sent = !n || PQenterPipelineMode(c->pg);
    for (int i = 0; i < n; i++) sent = sent && PQsendQueryParams(c->pg, c->ahead[i], 0, NULL, NULL, NULL, NULL, 1);
    sent = sent && send(c, &k) && (!n || PQpipelineSync(c->pg));
    PGresult *result = NULL;
    for (int i = 0; i <= n && sent; i++) {
        PGresult *next = PQgetResult(c->pg);
        PQclear(PQgetResult(c->pg)); // the NULL that ends each command's results
        bool wanted = !result || is_fine(result);
        PQclear(wanted ? result : next);
        if (wanted) result = next;
    }
    if (n) {
        PQclear(PQgetResult(c->pg)); // of the synchronisation
        PQexitPipelineMode(c->pg);
    }
    return result ? result : PQmakeEmptyPGresult(c->pg, PGRES_FATAL_ERROR);
}

// ---- connections -----------------------------------------------------------------------------------------------------------------

static void on_notice(void *arg, const PGresult *notice)
{
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    log_debug("database: %s", text ? text : "");
}

static void forget(statement *s)
{
    free(((prepared *)s)->types);
    free(s);
}

static void postgres_disconnect(connection *c)
{
    for (statement *s; (s = statement_surplus(&c->cache, 0));) forget(s);
    PQfinish(c->pg);
    free(c);
}

static connection *postgres_connect(const db_options *options, problem *p)
{
    connection *c = calloc(1, sizeof *c);
    if (!c) log_die("out of memory");
    const char *names[] = {"connect_timeout", "application_name", "client_encoding", "keepalives_idle", "tcp_user_timeout", "dbname", NULL};
    const char *values[] = {"5", "calotype", "UTF8", "30", "30000", options->postgres_url.at, NULL};
    c->pg = PQconnectdbParams(names, values, 1);
    if (PQstatus(c->pg) == CONNECTION_OK) {
        PQsetNoticeReceiver(c->pg, on_notice, NULL);
        // Compiling plans costs more than it brings to queries of a few milliseconds. An Immich that is started by mistake waits for 621.
        if (run(c, "set time zone 'UTC'; set jit = off; select pg_try_advisory_lock_shared(621)", p)) return c;
    } else {
        p->kind = PROBLEM_LOST;
        say(p, PQerrorMessage(c->pg));
    }
    postgres_disconnect(c);
    return NULL;
}

static void go_ahead(connection *c, const char *command)
{
    snprintf(c->ahead[c->ahead_n++], sizeof *c->ahead, "%s", command);
}

// Takes the answer to the last commit, and sees whether the server has hung up since.
static bool is_alive(connection *c)
{
    bool fine = PQstatus(c->pg) == CONNECTION_OK;
    for (PGresult *r; c->answer_due && (r = PQgetResult(c->pg)); PQclear(r)) fine = fine && is_fine(r);
    c->answer_due = false;
    struct pollfd p = {.fd = PQsocket(c->pg), .events = POLLIN};
    while (fine && poll(&p, 1, 0) > 0) fine = PQconsumeInput(c->pg);
    return fine;
}

static bool postgres_begin(connection *c, db_mode mode, problem *p)
{
    if (!is_alive(c)) {
        *p = (problem){.kind = PROBLEM_LOST};
        say(p, PQerrorMessage(c->pg));
        return false;
    }
    c->only_reads = mode == DB_READ;
    c->ahead_n = 0;
    go_ahead(c, c->only_reads ? "begin read only" : "begin");
    if (mode == DB_RELAXED) go_ahead(c, "set local synchronous_commit = off");
    return true;
}

// What was to go ahead of a statement that never came has no effect.
static bool has_begun(connection *c)
{
    c->ahead_n = 0;
    return PQtransactionStatus(c->pg) != PQTRANS_IDLE;
}

static bool postgres_commit(connection *c, problem *p)
{
    if (!has_begun(c)) return true;
    if (!c->only_reads) return run(c, "commit", p);
    c->answer_due = PQsendQuery(c->pg, "commit");
    if (!c->answer_due) *p = (problem){.kind = PROBLEM_LOST}, say(p, PQerrorMessage(c->pg));
    return c->answer_due;
}

static bool postgres_rollback(connection *c)
{
    return !has_begun(c) || (run(c, "rollback", NULL) && PQtransactionStatus(c->pg) == PQTRANS_IDLE);
}

static bool postgres_savepoint(connection *c, problem *p)
{
    return run(c, "savepoint attempt", p);
}

static bool postgres_release(connection *c, bool undo, problem *p)
{
    return run(c, undo ? "rollback to savepoint attempt; release savepoint attempt" : "release savepoint attempt", p);
}

static bool postgres_lock(connection *c, int64_t number, problem *p)
{
    char sql[sizeof *c->ahead];
    snprintf(sql, sizeof sql, "select pg_advisory_xact_lock(%lld)", (long long)number);
    if (c->ahead_n == AHEAD_MOST) return run(c, sql, p);
    go_ahead(c, sql);
    return true;
}

// ---- statements ------------------------------------------------------------------------------------------------------------------

static wires encode(arena *mem, params given)
{
    wires w = {new_n(mem, Oid, given.n), new_n(mem, const char *, given.n), new_n(mem, int, given.n), new_n(mem, int, given.n)};
    for (size_t i = 0; i < given.n; i++) {
        wire one = postgres_encode(mem, &given.at[i]);
        w.types[i] = one.type;
        w.values[i] = one.at;
        w.lengths[i] = one.n;
        w.formats[i] = one.binary;
    }
    return w;
}

// A NULL fits whatever type the statement was prepared with; a value needs its own.
static bool fits(const prepared *s, const wires *w)
{
    for (int i = 0; i < s->n; i++)
        if (w->values[i] && w->types[i] != s->types[i]) return false;
    return true;
}

static char *translated(arena *mem, const char *sql, problem *p)
{
    param_flags sets = {0};
    char *text = dialect_translate(mem, DB_POSTGRES, sql, &sets);
    if (!text) *p = (problem){PROBLEM_OTHER, "the statement has an unclosed quote"};
    return text;
}

static bool deallocate(connection *c, prepared *s, problem *p)
{
    char sql[48];
    snprintf(sql, sizeof sql, "deallocate %s", s->name);
    return run(c, sql, p);
}

// The statement, prepared for these types. One that met only NULLs so far, or other types, is prepared again.
static prepared *prepare(connection *c, arena *mem, const char *sql, int n, const wires *w, problem *p)
{
    uint64_t hash = statement_hash(sql);
    prepared *s = (prepared *)statement_find(&c->cache, sql, hash);
    if (s && s->is_prepared && s->n == n && fits(s, w)) return s;

    char *text = translated(mem, sql, p);
    if (!text || (s && s->is_prepared && !deallocate(c, s, p))) return NULL;
    bool is_new = !s;
    if (is_new) {
        s = calloc(1, sizeof *s);
        if (!s) log_die("out of memory");
        statement_add(&c->cache, &s->base, sql, hash);
    }
    Oid *types = calloc((size_t)n + 1, sizeof *types);
    if (!types) log_die("out of memory");
    for (int i = 0; i < n; i++) types[i] = w->values[i] ? w->types[i] : i < s->n ? s->types[i] : 0;
    free(s->types);
    s->types = types;
    s->n = n;
    snprintf(s->name, sizeof s->name, "s%d", ++c->names);
    s->is_prepared = done(c, PQprepare(c->pg, s->name, text, n, types), p);
    if (!s->is_prepared) return NULL;
    for (statement *old; is_new && (old = statement_surplus(&c->cache, statements_kept));) {
        bool gone = !((prepared *)old)->is_prepared || deallocate(c, (prepared *)old, p);
        forget(old);
        if (!gone) return NULL;
    }
    return s;
}

static bool fetch(cursor *k, problem *p)
{
    PQclear(k->result);
    k->result = PQexecParams(k->c->pg, k->fetch, 0, NULL, NULL, NULL, NULL, 1);
    k->row = -1;
    if (!is_fine(k->result)) note(p, k->c, k->result);
    return is_fine(k->result);
}

static cursor *postgres_query(connection *c, arena *mem, const char *sql, params given, bool in_parts, problem *p)
{
    wires w = encode(mem, given);
    cursor *k = new (mem, cursor);
    *k = (cursor){.c = c, .row = -1};
    if (in_parts) {
        char *text = translated(mem, sql, p);
        if (!text) return NULL;
        int name = ++c->names;
        str declare = str_fmt(mem, "declare c%d no scroll cursor for %s", name, text);
        if (!done(c, execute(c, (command){.text = declare.at, .n = (int)given.n, .given = &w}), p)) return NULL;
        snprintf(k->fetch, sizeof k->fetch, "fetch %d from c%d", rows_per_part, name);
        if (fetch(k, p)) return k;
        PQclear(k->result);
        return NULL;
    }
    prepared *s = prepare(c, mem, sql, (int)given.n, &w, p);
    if (!s) return NULL;
    k->result = execute(c, (command){.prepared = s->name, .n = (int)given.n, .given = &w});
    if (is_fine(k->result)) return k;
    note(p, c, k->result);
    PQclear(k->result);
    return NULL;
}

static bool postgres_next(cursor *k, problem *p)
{
    if (++k->row < PQntuples(k->result)) return true;
    if (!*k->fetch || PQntuples(k->result) < rows_per_part) return false;
    return fetch(k, p) && ++k->row < PQntuples(k->result);
}

static int postgres_columns(cursor *k)
{
    return PQnfields(k->result);
}

// Types of extensions get their numbers when the extension is created. All results so far are complete, so the connection is free to ask.
static Oid vector_type(connection *c)
{
    if (!c->vector_type) {
        PGresult *result = PQexec(c->pg, "select oid from pg_type where typname = 'vector'");
        c->vector_type = is_fine(result) && PQntuples(result) ? (Oid)strtoul(PQgetvalue(result, 0, 0), NULL, 10) : 0;
        PQclear(result);
    }
    return c->vector_type;
}

static cell postgres_value(cursor *k, int column)
{
    enum { FIRST_NOT_BUILT_IN = 16384 };
    if (PQgetisnull(k->result, k->row, column)) return (cell){0};
    Oid type = PQftype(k->result, column);
    bytes b = {(uint8_t *)PQgetvalue(k->result, k->row, column), (size_t)PQgetlength(k->result, k->row, column)};
    if (type >= FIRST_NOT_BUILT_IN && type == vector_type(k->c)) return (cell){CELL_VECTOR, .bytes = b};
    return postgres_decode(type, b);
}

static bool postgres_writes(cursor *k)
{
    return false; // all has happened when the result is here
}

static int64_t postgres_changed(cursor *k)
{
    return strtoll(PQcmdTuples(k->result), NULL, 10);
}

static void postgres_close(cursor *k)
{
    PQclear(k->result);
    if (*k->fetch && PQtransactionStatus(k->c->pg) == PQTRANS_INTRANS) {
        char sql[48];
        snprintf(sql, sizeof sql, "close %s", strrchr(k->fetch, ' ') + 1);
        run(k->c, sql, NULL);
    }
}

const engine engine_postgres = {
    .id = DB_POSTGRES,
    .connect = postgres_connect,
    .disconnect = postgres_disconnect,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .query = postgres_query,
    .next = postgres_next,
    .columns = postgres_columns,
    .value = postgres_value,
    .writes = postgres_writes,
    .changed = postgres_changed,
    .close = postgres_close,
    .savepoint = postgres_savepoint,
    .release = postgres_release,
    .lock = postgres_lock,
    .script = run,
};
