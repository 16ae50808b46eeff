// The PostgreSQL engine: not in this build yet; every connection is refused with these words.
#include "db/postgres.h"
#include "db/migrate.h"

const embedded migrations_postgres[1];

static connection *refuse(const db_options *options, problem *p)
{
    *p = (problem){PROBLEM_LOST, "PostgreSQL is not supported by this build"};
    return NULL;
}

const engine engine_postgres = {.id = DB_POSTGRES, .connect = refuse};

bool postgres_array(arena *mem, bytes binary, strs *out)
{
    return false;
}

db_floats postgres_vector(arena *mem, bytes binary)
{
    return (db_floats){0};
}
