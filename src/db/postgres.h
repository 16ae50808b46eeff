// The parts of the PostgreSQL engine.
#pragma once
#include "db/engine.h"

// The elements of a one-dimensional array in binary form, as texts. False if it is something else.
bool postgres_array(arena *, bytes binary, strs *out);
// The elements of a pgvector value in binary form.
db_floats postgres_vector(arena *, bytes binary);
