// The parts of the PostgreSQL engine.
#pragma once
#include "db/engine.h"
#include <libpq-fe.h>

// A parameter as libpq wants it. Numbers, uuids and times travel in binary form under their own type. Texts, text lists and vectors travel as text
// without a type, so that the server takes the type of the column they meet: an enum, jsonb, varchar[], vector.
typedef struct {
    Oid type; // 0: the server decides
    const char *at;
    int n;
    int binary;
} wire;
wire postgres_encode(arena *, const param *);

// One value of a result in binary form. Types that are not built in are taken for text; the caller sorts out vectors.
cell postgres_decode(Oid type, bytes);

// The elements of a one-dimensional array in binary form, as texts. False if it is something else.
bool postgres_array(arena *, bytes binary, strs *out);
// The elements of a pgvector value in binary form.
db_floats postgres_vector(arena *, bytes binary);
