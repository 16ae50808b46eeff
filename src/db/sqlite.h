// The parts of the SQLite engine.
#pragma once
#include "db/engine.h"
#include <sqlite3.h>

// What the functions need to know of their connection.
typedef struct {
    when transaction; // when the current transaction began: now()
    arena *scratch;   // for one call; emptied by the function that uses it
} sqlite_state;

// Registers the functions of sqlite_functions.c and the set tables of sqlite_sets.c. Returns an SQLite result code.
int sqlite_add_functions(sqlite3 *, sqlite_state *);
int sqlite_add_sets(sqlite3 *);
// Ties a list to a parameter that stands in ids() or strs(); the lists must live until the statement is reset.
int sqlite_bind_set(sqlite3_stmt *, int index, const param *);

// f_unaccent: letters without their accents, as PostgreSQL's unaccent dictionary does it. NULL when the text stays as it is.
const char *unaccent(uint32_t code_point);
