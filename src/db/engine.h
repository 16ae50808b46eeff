// What an engine gives to db.c. Nothing in here fails a context: problems are recorded, and db.c fails when the engine has returned.
#pragma once
#include "db/db.h"
#include <pthread.h>

typedef struct connection connection; // one engine's connection to its database, used by one thread at a time
typedef struct cursor cursor;         // a running statement

typedef enum {
    PROBLEM_NONE,
    PROBLEM_DUPLICATE,      // a unique key is violated
    PROBLEM_MISSING_PARENT, // a foreign key is violated
    PROBLEM_BUSY,           // a lock wasn't given in time, or a deadlock was broken
    PROBLEM_LOST,           // the database is not there (any more)
    PROBLEM_FULL,           // no space left
    PROBLEM_DAMAGED,        // not a database, or a broken one
    PROBLEM_OTHER,
} problem_kind;

typedef struct {
    problem_kind kind;
    char message[500]; // the database's own words
} problem;

// A value as the engine holds it; columns.c makes the caller's type of it.
typedef enum { CELL_NULL, CELL_INT, CELL_FLOAT, CELL_BOOL, CELL_TEXT, CELL_BYTES, CELL_UUID, CELL_WHEN, CELL_ARRAY, CELL_VECTOR } cell_type;
typedef struct {
    cell_type type;
    int64_t i;
    double f;
    bytes bytes; // CELL_TEXT, CELL_BYTES, CELL_UUID; CELL_ARRAY and CELL_VECTOR: PostgreSQL's binary form
} cell;

typedef struct {
    db_engine id;
    // NULL on a problem. The options' texts end with a NUL. A connection may come back although nothing answers there any more: begin() finds out.
    connection *(*connect)(const db_options *, problem *);
    void (*disconnect)(connection *);
    bool (*begin)(connection *, db_mode, problem *); // may leave with the first statement: false only when it is known to fail
    bool (*commit)(connection *, problem *);
    bool (*rollback)(connection *); // false: the connection is of no further use
    // Starts a statement; NULL on a problem. Memory of the cursor and of what it needs comes from the arena.
    // in_parts: the result may be large; don't hold it whole.
    cursor *(*query)(connection *, arena *, const char *sql, params, bool in_parts, problem *);
    bool (*next)(cursor *, problem *); // false at the end, and on a problem
    int (*columns)(cursor *);
    cell (*value)(cursor *, int column);
    bool (*writes)(cursor *);     // more than next() has to happen before all its effects are checked
    int64_t (*changed)(cursor *); // rows that the statement inserted, updated or deleted; after the last next()
    void (*close)(cursor *);
    // Marks a point to come back to when a statement fails, where a failed statement spoils the transaction. May be NULL.
    bool (*savepoint)(connection *, problem *);
    bool (*release)(connection *, bool undo, problem *);
    bool (*lock)(connection *, int64_t number, problem *); // holds from the next statement on
    // Runs a script of several statements, for migrations.
    bool (*script)(connection *, const char *sql, problem *);
} engine;

extern const engine engine_sqlite, engine_postgres;

// A fair, counted gate: at most `places` threads are inside, the others wait in order of arrival.
typedef struct gate_waiter gate_waiter;
typedef struct {
    pthread_mutex_t mutex;
    int places;
    gate_waiter *first, *last;
} gate;
void gate_init(gate *, int places);
bool gate_enter(gate *, int64_t timeout_ms); // false: nobody left in time
void gate_leave(gate *);

// Prepared statements of one connection by their text, least recently used last. An engine's statement begins with this struct.
typedef struct statement statement;
struct statement {
    uint64_t hash;
    char *sql; // as the caller wrote it; malloc
    bool busy;
    statement *newer, *older, *chain;
};
typedef struct {
    statement *buckets[256];
    statement *newest, *oldest;
    int count;
} statement_cache;
uint64_t statement_hash(const char *sql);
statement *statement_find(statement_cache *, const char *sql, uint64_t hash); // an idle one, made newest; NULL if there is none
void statement_add(statement_cache *, statement *, const char *sql, uint64_t hash);
statement *statement_surplus(statement_cache *, int keep); // unlinks and returns an idle one when there are more than `keep`; frees its sql
