// Values of a row as the types of the caller. A wrong type is a mistake of ours and fails, on both engines alike.
#include "db/pool.h"
#include "db/postgres.h"

static cell value(row *r, int column)
{
    if (column < 0 || column >= r->columns) fail(r->db->ctx, 500, "there is no column %d: %s", column, r->sql);
    if (r->kept) return r->kept[column];
    if (!r->cursor) fail(r->db->ctx, 500, "the row is gone: %s", r->sql);
    return r->db->pool->engine->value(r->cursor, column);
}

_Noreturn static void mismatch(row *r, int column, const char *wanted)
{
    log_error("database: column %d is not %s: %s", column, wanted, r->sql);
    fail(r->db->ctx, 500, "Internal server error");
}

bool col_null(row *r, int column)
{
    return value(r, column).type == CELL_NULL;
}

int64_t col_int(row *r, int column)
{
    cell v = value(r, column);
    if (v.type == CELL_INT || v.type == CELL_BOOL) return v.i;
    if (v.type == CELL_FLOAT) return (int64_t)v.f;
    if (v.type == CELL_NULL) return 0;
    mismatch(r, column, "a number");
}

double col_float(row *r, int column)
{
    cell v = value(r, column);
    if (v.type == CELL_FLOAT) return v.f;
    if (v.type == CELL_INT) return (double)v.i;
    if (v.type == CELL_NULL) return 0;
    mismatch(r, column, "a number");
}

bool col_bool(row *r, int column)
{
    cell v = value(r, column);
    if (v.type == CELL_BOOL || v.type == CELL_INT) return v.i != 0;
    if (v.type == CELL_NULL) return false;
    mismatch(r, column, "a truth value");
}

str col_str(row *r, int column)
{
    cell v = value(r, column);
    if (v.type == CELL_TEXT) return bytes_str(v.bytes);
    if (v.type == CELL_NULL) return (str){0};
    mismatch(r, column, "text");
}

bytes col_bytes(row *r, int column)
{
    cell v = value(r, column);
    if (v.type == CELL_BYTES) return v.bytes;
    if (v.type == CELL_NULL) return (bytes){0};
    mismatch(r, column, "bytes");
}

uuid col_uuid(row *r, int column)
{
    cell v = value(r, column);
    uuid u = {0};
    if (v.type == CELL_NULL) return u;
    if ((v.type != CELL_UUID && v.type != CELL_BYTES) || v.bytes.n != sizeof u) mismatch(r, column, "a uuid");
    memcpy(&u, v.bytes.at, sizeof u);
    return u;
}

when col_when(row *r, int column)
{
    cell v = value(r, column);
    if (v.type == CELL_WHEN || v.type == CELL_INT) return v.i;
    if (v.type == CELL_NULL) return WHEN_NONE;
    mismatch(r, column, "a time");
}

// The elements of an array as texts: SQLite has JSON, PostgreSQL its binary form.
strs col_strs(row *r, int column)
{
    cell v = value(r, column);
    arena *mem = r->db->ctx->mem;
    strs out = {0};
    if (v.type == CELL_NULL) return out;
    if (v.type == CELL_ARRAY && postgres_array(mem, v.bytes, &out)) return out;
    json *list = v.type == CELL_TEXT ? json_parse(mem, bytes_str(v.bytes), NULL) : NULL;
    if (!list || list->type != JSON_ARRAY) mismatch(r, column, "a list");
    for (json *e = list->first; e; e = e->next) *push(mem, out) = e->text;
    return out;
}

ids col_ids(row *r, int column)
{
    ids out = {0};
    strs texts = col_strs(r, column);
    each (t, texts)
        if (!uuid_parse(*t, push(r->db->ctx->mem, out))) mismatch(r, column, "a list of uuids");
    return out;
}

db_ints col_ints(row *r, int column)
{
    db_ints out = {0};
    strs texts = col_strs(r, column);
    each (t, texts)
        if (!str_to_int(*t, push(r->db->ctx->mem, out))) mismatch(r, column, "a list of integers");
    return out;
}

db_floats col_floats(row *r, int column)
{
    cell v = value(r, column);
    arena *mem = r->db->ctx->mem;
    db_floats out = {0};
    if (v.type == CELL_NULL) return out;
    if (v.type == CELL_VECTOR) return postgres_vector(mem, v.bytes);
    if (v.type != CELL_BYTES || v.bytes.n % sizeof(float)) mismatch(r, column, "a vector");
    size_t n = v.bytes.n / sizeof(float);
    out = (db_floats){new_n(mem, float, n), n, n};
    memcpy(out.at, v.bytes.at, v.bytes.n);
    return out;
}
