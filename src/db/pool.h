// The inside of pools, holds and rows, for db.c, columns.c and the migrations.
#pragma once
#include "db/engine.h"

struct db_pool {
    arena *mem;
    const engine *engine;
    db_options options;
    gate places;           // one per connection
    gate write_lock;       // SQLite: one writer at a time, in order of arrival
    connection *writer;    // SQLite: the connection of whoever holds the write lock
    bool was_left_open;    // SQLite: there was a write-ahead log to replay
    pthread_mutex_t mutex; // guards what follows
    connection **idle;
    int idle_count;
    int64_t pause;        // PostgreSQL is down: microseconds between two attempts to connect; 0 = it is up
    int64_t next_attempt; // monotonic
};

struct db {
    ctx *ctx;
    db_pool *pool;
    db_mode mode;
    connection *connection; // NULL between transactions
    bool failed;            // a statement failed: only a rollback helps
    row *open;              // rows that are being walked over
};

struct row {
    db *db;
    cursor *cursor; // NULL: closed
    const char *sql;
    cell *kept; // of db_one: copies that outlive the cursor
    int columns;
    row *next, *previous; // in db->open
};

// Runs a script of several statements in the db's transaction; false with the reason in *p.
bool db_script(db *, const char *sql, problem *p);
