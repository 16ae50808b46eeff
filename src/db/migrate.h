// The parts of a migration, and the embedded texts that tools/embed.py makes of sql/.
#pragma once
#include "db/pool.h"

typedef struct {
    const char *name; // without folder and extension
    const char *text;
} embedded;

// Closed by an empty entry each.
extern const embedded migrations_sqlite[], migrations_postgres[];
extern const embedded immich_upgrades[]; // from Immich 3.1.0 to 3.2.2, under Immich's own names
extern const embedded immich_overrides[];

// Runs the script of a migration; a failure says which one it was.
void migrate_run(db *, const embedded *);
bool migrate_has_table(db *, const char *name);

// PostgreSQL: checks the server's version and brings its vector extension in place (spec 05, 7.2).
void postgres_extensions(ctx *, db *, db_pool *);
// Creates the two vector indexes, or makes them anew when they were made for the other extension.
void postgres_vector_indexes(db *);

// Immich's bookkeeping in a database that Calotype has just created.
void immich_bookkeeping(db *);
// Takes over a database of Immich 3.1.0 to 3.2.2 (spec 09, 11): checks that nobody uses it, and brings it to 3.2.2.
void immich_adopt(ctx *, db *);
// Whether this migration describes what an adopted database has already.
bool immich_has(const char *migration);
