// Tests that run on both engines. BOTH("…") { } has at hand: c (the context), pool, d (a hold that writes, rolled back afterwards) and mem.
//
// The databases are made once per program, with the whole schema. PostgreSQL takes part when CALOTYPE_TEST_POSTGRES_URL is set (tools/postgres start);
// the program makes a database of its own there and drops it at the end.
#pragma once
#include "db/db.h"
#include "test.h"

typedef void both_body(ctx *c, db_pool *pool, db *d, arena *mem);
void run_on(arena *mem, db_engine, both_body *);

#define BOTH(name)                                                                                                                         \
    static both_body TEST_CAT(body_, __LINE__);                                                                                            \
    static void TEST_CAT(on_sqlite_, __LINE__)(arena * mem)                                                                                \
    {                                                                                                                                      \
        run_on(mem, DB_SQLITE, TEST_CAT(body_, __LINE__));                                                                                 \
    }                                                                                                                                      \
    static void TEST_CAT(on_postgres_, __LINE__)(arena * mem)                                                                              \
    {                                                                                                                                      \
        run_on(mem, DB_POSTGRES, TEST_CAT(body_, __LINE__));                                                                               \
    }                                                                                                                                      \
    __attribute__((constructor)) static void TEST_CAT(add_, __LINE__)(void)                                                                \
    {                                                                                                                                      \
        test_add(name " (SQLite)", TEST_CAT(on_sqlite_, __LINE__));                                                                        \
        if (has_postgres()) test_add(name " (PostgreSQL)", TEST_CAT(on_postgres_, __LINE__));                                              \
    }                                                                                                                                      \
    static void TEST_CAT(body_, __LINE__)(ctx * c __attribute__((unused)), db_pool * pool __attribute__((unused)),                         \
                                          db * d __attribute__((unused)), arena * mem __attribute__((unused)))

bool has_postgres(void);       // says once that it is skipped
db_pool *test_pool(db_engine); // migrated
str test_folder(void);         // removed at the end, with what is in it
// A new, empty PostgreSQL database, dropped at the end: its connection string.
str new_postgres_database(arena *);
// Whether work fails, and with which words.
str failure_of(arena *mem, void (*work)(ctx *, void *), void *arg);

uuid new_user(db *);
uuid new_asset(db *, uuid owner);
uuid new_album(db *, uuid owner); // with its owner's row
int64_t rows_of(db *, const char *table);
