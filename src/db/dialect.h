// One SQL text for both engines: what is rewritten when a statement is prepared. Strings, "names" and comments are left alone.
//
//     written                         SQLite                          PostgreSQL
//     $1                              ?1                              $1
//     x in ids($1)                    x in ids(?1)                    x = any($1)
//     x not in strs($1)               x not in strs(?1)               x <> all($1)
//     from ids($1), from strs($1) t   from ids(?1), from strs(?1) t   from unnest($1::uuid[]) as ids(id), … as t(text)
//     a ilike b                       a regexp b                      a ilike b
//     string_agg(a, b)                group_concat(a, b)              string_agg(a, b)
//     substr(a, b, c)                 substr(a, b, c)                 substr(a, (b)::int4, (c)::int4)
//     for update skip locked          (nothing: there is one writer)  for update skip locked
//     uuid_v4(), uuid_v7()            functions (sqlite_functions.c)  templates (dialect.c): the functions of the schema, and the
//     date_trunc_month(t), date_of(t)                                 very expressions of its indexes, so that they are used
//     array_has(a, x), array_union(a, b), array_minus(a, b)
//     cosine_distance(v, w)
//
// In SQLite `ids(?1)` is a table-valued function over the caller's list, which is bound as a pointer (sqlite_sets.c).
#pragma once
#include "db/db.h"

typedef LIST(bool) param_flags;

// The text for the engine, on the arena. used_as_set: for each parameter, whether it stands in ids() or strs().
// NULL when the text is broken (an unclosed quote or parenthesis).
char *dialect_translate(arena *, db_engine, const char *sql, param_flags *used_as_set);
