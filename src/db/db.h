// The database: one interface, two engines (sqlite.c, postgres.c).
//
// A `db` is one piece of work's hold on the database: it takes a connection from the pool at the first statement, opens a
// transaction, and gives both back at db_commit() or db_rollback(). A failed statement fails the context that the db belongs to.
//
// Queries are written once, in PostgreSQL's dialect as far as both engines understand it: "quoted" camelCase names, $1 $2 …, `returning`,
// `on conflict`, `->` and `->>`, CTEs, window functions, `filter`, `for update skip locked`. What is rewritten stands in dialect.h.
//     db_exec(db, "update album set \"albumName\" = $2 where id = $1", UUID(id), STR(name));
//     db_rows (r, db, "select id, \"createdAt\" from asset where \"ownerId\" = $1", UUID(owner)) {
//         uuid id = col_uuid(r, 0);
//         when created = col_when(r, 1);
//     }
// Sets: `id in ids($2)`, `id not in ids($2)` with IDS(list), `name in strs($2)` with STRS(list); `from ids($2)` has one column `id`, `from strs($2)`
// one `text`, both may have an alias.
// Functions that both engines have:
//     now() (when the transaction began), clock_timestamp(), date_trunc_month(t) and date_of(t) (first instant of the month, of the day, UTC)
//     uuid_v4(), uuid_v7(), uuid_v7(t)
//     lower, upper, length, substr, strpos, starts_with, concat_ws, f_unaccent, a like b (minds the case), a ilike b; \ escapes in both
//     coalesce, nullif, greatest, least, count, sum, min, max, avg, bool_or, bool_and, string_agg(text, separator), decode(text, 'hex')
//     array_has(a, x), array_union(a, b), array_minus(a, b) (sorted, without duplicates, null when nothing is left), cardinality(a)
//     cosine_distance(v, w); `order by cosine_distance(embedding, $1) limit n` uses PostgreSQL's vector index
// To mind:
//     - no `::casts`, no intervals (compute times in C), no `distinct on`, no statements that write inside a CTE
//     - `insert … select … on conflict` needs a `where true` before `on conflict`; `update t as a` needs the `as`
//     - SQLite's `returning` shows a row before its triggers: read "updatedAt" and "updateId" of an updated row with a select
//     - nulls sort last in PostgreSQL and first in SQLite, texts by the database's collation and by bytes: say `nulls last`, `collate "C"`
//     - a set, and a list stored in a column, need parameters of their own
// Storage classes in SQLite: uuid = BLOB(16), timestamptz and date = INTEGER microseconds since 1970, bool = 0/1, jsonb = TEXT, arrays = JSON TEXT,
// bytea = BLOB, vector = BLOB of floats.
#pragma once
#include "base/base.h"

typedef struct db_pool db_pool;
typedef struct db db;
typedef struct row row;
typedef enum { DB_SQLITE, DB_POSTGRES } db_engine;

typedef struct {
    str sqlite_path;      // used when postgres_url is {0}
    str postgres_url;     // a libpq connection string or URL
    int connections;      // at most; 0 = 10
    str vector_extension; // PostgreSQL: DB_VECTOR_EXTENSION (pgvector, vectorchord); {0}: the first that the server offers
    bool alone; // SQLite: no other process uses the file, so a log that is still there means a crash: db_migrate() checks the file
} db_options;

// Opens the pool; fails the context when the file is unusable. PostgreSQL may be absent: see db_wait().
db_pool *db_open(ctx *, db_options);
void db_close(db_pool *);
db_engine db_pool_engine(db_pool *);
// Waits until the database answers, logging once that it waits; false after timeout_ms (-1: forever).
bool db_wait(db_pool *, int timeout_ms);
// Brings the schema to this version, under a lock (spec 09, 9 and 11). Fails with a clear message when the database is newer, foreign or damaged.
void db_migrate(ctx *, db_pool *);

// DB_RELAXED writes too, but its commit does not wait for the disk: a power cut may take it back, up to the last other commit before it.
typedef enum { DB_READ, DB_WRITE, DB_RELAXED } db_mode;
// A hold on the pool for work under this context; lives on its arena. Takes nothing yet. DB_WRITE takes SQLite's write lock at its first statement,
// so that a transaction that reads before it writes never has to be repeated.
db *db_begin(ctx *, db_pool *, db_mode);
// Ends the transaction and gives the connection back. The db may be used again: the next statement opens a new transaction.
// Use db_commit in the middle of a handler before slow work (password hashing, file copies).
void db_commit(db *);
void db_rollback(db *); // never fails; for clean-ups
db_engine db_engine_of(db *);
arena *db_memory(db *); // the arena of the context that it belongs to
// Switches the mode for the next transaction (only between transactions).
void db_set_mode(db *, db_mode);

// ---- parameters ------------------------------------------------------------------------------------------------------------------
typedef enum { P_NULL, P_INT, P_FLOAT, P_BOOL, P_STR, P_BYTES, P_UUID, P_WHEN, P_IDS, P_STRS, P_INTS, P_FLOATS } param_type;
typedef struct {
    param_type type;
    union {
        int64_t i;
        double f;
        bool b;
        str s;
        bytes bytes;
        uuid u;
        when w;
        ids ids;
        strs strs;
        struct {
            const int64_t *at;
            size_t n;
        } ints;
        struct {
            const float *at;
            size_t n;
        } floats;
    };
} param;

#define INT(x) ((param){.type = P_INT, .i = (x)})
#define FLOAT(x) ((param){.type = P_FLOAT, .f = (x)})
#define BOOL(x) ((param){.type = P_BOOL, .b = (x)})
#define STR(x) param_str(x)                            // {0} is NULL; also for enums, jsonb and any other text-like column
#define BYTES(x) param_bytes(x)                        // {0} is NULL
#define UUID(x) param_uuid(x)                          // nil is NULL
#define WHEN(x) param_when(x)                          // WHEN_NONE is NULL
#define IDS(x) ((param){.type = P_IDS, .ids = (x)})    // a set of uuid, or a uuid[] value
#define STRS(x) ((param){.type = P_STRS, .strs = (x)}) // a set of text, or a text[] value
#define INTS(p, count) ((param){.type = P_INTS, .ints = {(p), (count)}})       // an int[] value
#define FLOATS(p, count) ((param){.type = P_FLOATS, .floats = {(p), (count)}}) // a vector
#define NUL ((param){.type = P_NULL})
// An optional number or bool of the contract: OPT(INT, in->body.rating)
#define OPT(TYPE, o) ((o).has && !(o).null ? TYPE((o).v) : NUL)

static inline param param_str(str s)
{
    return s.at ? (param){.type = P_STR, .s = s} : NUL;
}
static inline param param_bytes(bytes s)
{
    return s.at ? (param){.type = P_BYTES, .bytes = s} : NUL;
}
static inline param param_uuid(uuid u)
{
    return uuid_nil(u) ? NUL : (param){.type = P_UUID, .u = u};
}
static inline param param_when(when w)
{
    return w == WHEN_NONE ? NUL : (param){.type = P_WHEN, .w = w};
}

typedef struct {
    const param *at;
    size_t n;
} params;
#define PARAMS(...)                                                                                                                        \
    ((params){(const param[]){NUL __VA_OPT__(, ) __VA_ARGS__} + 1,                                                                         \
              sizeof((const param[]){NUL __VA_OPT__(, ) __VA_ARGS__}) / sizeof(param) - 1})

// ---- statements ------------------------------------------------------------------------------------------------------------------
// `sql` is a literal or comes from db_sql(). Statements are prepared once per connection and found again by their text; the 300 used last are kept.
#define db_exec(db, sql, ...) db_exec_(db, sql, PARAMS(__VA_ARGS__)) // rows changed
#define db_one(db, sql, ...) db_one_(db, sql, PARAMS(__VA_ARGS__))   // the first row, or NULL; its values are copied and stay valid
#define db_ids(db, sql, ...) db_ids_(db, sql, PARAMS(__VA_ARGS__))   // first column of all rows
#define db_strs(db, sql, ...) db_strs_(db, sql, PARAMS(__VA_ARGS__))
#define db_int(db, sql, ...) db_int_(db, sql, PARAMS(__VA_ARGS__))   // first column of the first row; 0 when there is none or NULL
#define db_str(db, sql, ...) db_str_(db, sql, PARAMS(__VA_ARGS__))   // {0} when there is none or NULL
#define db_uuid(db, sql, ...) db_uuid_(db, sql, PARAMS(__VA_ARGS__)) // nil when there is none or NULL
#define db_has(db, sql, ...) db_has_(db, sql, PARAMS(__VA_ARGS__))   // is there any row

// Walks over all rows. Values are views, valid until the next row: str_dup() what must stay. break and return are fine; other statements may run
// inside. db_stream is for results of many thousand rows: they are fetched in parts (PostgreSQL: through a cursor, two round trips more).
#define db_rows(r, db, sql, ...) for (row *r DB_CLOSE_ = db_query_(db, sql, PARAMS(__VA_ARGS__)); row_next(r);)
#define db_stream(r, db, sql, ...) for (row *r DB_CLOSE_ = db_stream_(db, sql, PARAMS(__VA_ARGS__)); row_next(r);)
#define DB_CLOSE_ __attribute__((cleanup(row_close_)))

int64_t db_exec_(db *, const char *sql, params);
row *db_one_(db *, const char *sql, params);
ids db_ids_(db *, const char *sql, params);
strs db_strs_(db *, const char *sql, params);
int64_t db_int_(db *, const char *sql, params);
str db_str_(db *, const char *sql, params);
uuid db_uuid_(db *, const char *sql, params);
bool db_has_(db *, const char *sql, params);
row *db_query_(db *, const char *sql, params);
row *db_stream_(db *, const char *sql, params);
bool row_next(row *);
void row_close_(row **);

// Like db_exec, but a violated unique or foreign key is an answer instead of a failure (the transaction stays usable).
typedef enum { DB_DONE, DB_DUPLICATE, DB_MISSING_PARENT } db_result;
#define db_try(db, sql, ...) db_try_(db, sql, PARAMS(__VA_ARGS__))
db_result db_try_(db *, const char *sql, params);

// A composed query: build the text in a buf, the parameters in a list, then run with db_exec_/db_query_(db, db_sql(db, text), params).
// Equal texts share one prepared statement. Never put values into the text.
const char *db_sql(db *, str text);
typedef LIST(param) param_list;
// Appends the parameter and writes its placeholder: sql_bind(&sql, &p, UUID(id)) adds "$3".
void sql_bind(buf *sql, arena *, param_list *, param);

typedef LIST(int64_t) db_ints;
typedef LIST(float) db_floats;

// ---- columns ---------------------------------------------------------------------------------------------------------------------
bool col_null(row *, int);
int64_t col_int(row *, int); // 0 for NULL
double col_float(row *, int);
bool col_bool(row *, int);
str col_str(row *, int); // {0} for NULL
bytes col_bytes(row *, int);
uuid col_uuid(row *, int);        // nil for NULL
when col_when(row *, int);        // WHEN_NONE for NULL
strs col_strs(row *, int);        // text[]; on the context's arena, like the next three
ids col_ids(row *, int);          // uuid[]
db_ints col_ints(row *, int);     // int[]
db_floats col_floats(row *, int); // a vector

// ---- locks and waiting -----------------------------------------------------------------------------------------------------------
// A named lock for the rest of the transaction, held by one piece of work on all hosts (PostgreSQL: advisory; SQLite: the write lock).
void db_lock(db *, int64_t number);
