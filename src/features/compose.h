// Composed queries: text and bound values grow together, so that no value ever gets into the text.
//
//     query q = query_on(mem);
//     sql(&q, "select id from asset where \"ownerId\" = ");
//     bind(&q, UUID(owner));
//     query_rows (r, db, &q) { … }
#pragma once
#include "db/db.h"

typedef struct {
    arena *mem;
    buf text;
    param_list params;
} query;

static inline query query_on(arena *mem)
{
    return (query){.mem = mem, .text = {.mem = mem}};
}

static inline void sql(query *q, const char *text)
{
    buf_add(&q->text, str_of(text));
}

static inline void bind(query *q, param p)
{
    sql_bind(&q->text, q->mem, &q->params, p);
}

// "= $1" or "in ids($1)": the former lets the planner know that it is one.
static inline void bind_one_of(query *q, ids wanted)
{
    sql(q, wanted.n == 1 ? " = " : " in ids(");
    bind(q, wanted.n == 1 ? UUID(wanted.at[0]) : IDS(wanted));
    if (wanted.n != 1) sql(q, ")");
}

// Before all that ever was. "x is not null" as "x > EVER", since SQLite finds along an index only what is compared.
#define EVER WHEN(when_of((civil){.year = 1, .month = 1, .day = 1}))

// Joins e, the row of asset_exif that belongs to asset a. In SQLite the two have the same number, which spares the search for an id.
static inline void join_exif(query *q, db *d)
{
    sql(q, " join asset_exif e on e.\"assetId\" = a.id");
    if (db_engine_of(d) == DB_SQLITE) sql(q, " and e.number = a.number");
}

#define query_rows(r, db, q)                                                                                                               \
    for (row *r DB_CLOSE_ = db_query_((db), db_sql((db), buf_str(&(q)->text)), (params){(q)->params.at, (q)->params.n}); row_next(r);)
