// Values on the wire to and from PostgreSQL, in its binary forms (big-endian). Source: the send and recv functions of PostgreSQL's types and of
// pgvector's vector.
#include "db/postgres.h"
#include <endian.h>
#include <math.h>

// Type numbers of pg_type.dat; they never change.
enum {
    BOOL_TYPE = 16,
    BYTEA = 17,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    OID_TYPE = 26,
    FLOAT4 = 700,
    FLOAT8 = 701,
    DATE = 1082,
    TIMESTAMP = 1114,
    TIMESTAMPTZ = 1184,
    NUMERIC = 1700,
    UUID_TYPE = 2950,
    UUID_ARRAY = 2951,
    JSONB = 3802,
    INT2_ARRAY = 1005,
    INT4_ARRAY = 1007,
    TEXT_ARRAY = 1009,
    VARCHAR_ARRAY = 1015,
    INT8_ARRAY = 1016,
};

static const int64_t from_1970_to_2000 = 10957 * DAY;

// ---- out -------------------------------------------------------------------------------------------------------------------------

static void add_be32(buf *b, uint32_t v)
{
    v = htobe32(v);
    buf_add(b, (str){(char *)&v, sizeof v});
}

static wire binary64(arena *mem, Oid type, uint64_t v)
{
    uint64_t *at = new (mem, uint64_t);
    *at = htobe64(v);
    return (wire){type, (char *)at, sizeof *at, 1};
}

static wire text(str s)
{
    return (wire){0, s.at, (int)s.n, 0};
}

static wire uuid_array(arena *mem, ids list)
{
    buf b = {.mem = mem};
    add_be32(&b, list.n ? 1 : 0); // dimensions
    add_be32(&b, 0);              // no nulls
    add_be32(&b, UUID_TYPE);
    if (list.n) {
        add_be32(&b, (uint32_t)list.n);
        add_be32(&b, 1); // index of the first
    }
    each (id, list) {
        add_be32(&b, sizeof *id);
        buf_add(&b, (str){(char *)id->b, sizeof *id});
    }
    return (wire){UUID_ARRAY, b.at, (int)b.n, 1};
}

// PostgreSQL has no NUL in texts; libpq would cut the text there.
static str without_nul(arena *mem, str s)
{
    if (!memchr(s.at, 0, s.n)) return str_dup(mem, s);
    buf b = {.mem = mem};
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i]) buf_char(&b, s.at[i]);
    return buf_str(&b);
}

static str text_array(arena *mem, strs list)
{
    buf b = {.mem = mem};
    buf_char(&b, '{');
    each (s, list) {
        if (s > list.at) buf_char(&b, ',');
        if (!s->at) {
            buf_add(&b, S("NULL"));
            continue;
        }
        buf_char(&b, '"');
        for (size_t i = 0; i < s->n; i++) {
            if (s->at[i] == '"' || s->at[i] == '\\') buf_char(&b, '\\');
            if (s->at[i]) buf_char(&b, s->at[i]);
        }
        buf_char(&b, '"');
    }
    buf_char(&b, '}');
    return buf_str(&b);
}

wire postgres_encode(arena *mem, const param *p)
{
    switch (p->type) {
    case P_NULL: break;
    case P_INT: return binary64(mem, INT8, (uint64_t)p->i);
    case P_WHEN: return binary64(mem, TIMESTAMPTZ, (uint64_t)(p->w - from_1970_to_2000));
    case P_FLOAT: {
        uint64_t bits;
        memcpy(&bits, &p->f, sizeof bits);
        return binary64(mem, FLOAT8, bits);
    }
    case P_BOOL: return (wire){BOOL_TYPE, p->b ? "\1" : "\0", 1, 1};
    case P_STR: return text(without_nul(mem, p->s));
    case P_BYTES: return (wire){BYTEA, (char *)p->bytes.at, (int)p->bytes.n, 1};
    case P_UUID: return (wire){UUID_TYPE, (char *)p->u.b, sizeof p->u, 1};
    case P_IDS: return uuid_array(mem, p->ids);
    case P_STRS: return text(text_array(mem, p->strs));
    case P_INTS: {
        buf b = {.mem = mem};
        buf_char(&b, '{');
        for (size_t i = 0; i < p->ints.n; i++) buf_fmt(&b, "%s%lld", i ? "," : "", (long long)p->ints.at[i]);
        buf_char(&b, '}');
        return text(buf_str(&b));
    }
    case P_FLOATS: {
        buf b = {.mem = mem};
        buf_char(&b, '[');
        for (size_t i = 0; i < p->floats.n; i++) buf_fmt(&b, "%s%.9g", i ? "," : "", p->floats.at[i]);
        buf_char(&b, ']');
        return text(buf_str(&b));
    }
    }
    return (wire){0};
}

// ---- in --------------------------------------------------------------------------------------------------------------------------

static uint16_t be16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t be32(const uint8_t *at)
{
    return (uint32_t)be16(at) << 16 | be16(at + 2);
}

static uint64_t be64(const uint8_t *at)
{
    return (uint64_t)be32(at) << 32 | be32(at + 4);
}

static float float_of(const uint8_t *at)
{
    uint32_t bits = be32(at);
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

// Digits to the base of 10000: what sum() and avg() of integers give. An integer stays one as long as it fits.
static cell numeric(bytes b)
{
    int digits = be16(b.at), weight = (int16_t)be16(b.at + 2), sign = be16(b.at + 4);
    double value = 0;
    int64_t integer = 0;
    bool whole = digits <= weight + 1;
    for (int i = 0; i < digits || (whole && i <= weight); i++) {
        int digit = i < digits ? be16(b.at + 8 + 2 * i) : 0;
        value = value * 10000 + digit;
        whole = whole && !__builtin_mul_overflow(integer, 10000, &integer) && !__builtin_add_overflow(integer, digit, &integer);
    }
    if (whole) return (cell){CELL_INT, .i = sign == 0x4000 ? -integer : integer};
    if (digits > weight + 1) value *= pow(10000, weight + 1 - digits);
    return (cell){CELL_FLOAT, .f = sign == 0x4000 ? -value : sign == 0xc000 ? NAN : value};
}

// PostgreSQL's infinities stay far away; they don't wrap.
static when time_of(int64_t since_2000)
{
    when w;
    if (__builtin_add_overflow(since_2000, from_1970_to_2000, &w)) return INT64_MAX;
    return w;
}

cell postgres_decode(Oid type, bytes b)
{
    switch (type) {
    case BOOL_TYPE: return (cell){CELL_BOOL, .i = b.at[0] != 0};
    case INT2: return (cell){CELL_INT, .i = (int16_t)be16(b.at)};
    case INT4: return (cell){CELL_INT, .i = (int32_t)be32(b.at)};
    case OID_TYPE: return (cell){CELL_INT, .i = be32(b.at)};
    case INT8: return (cell){CELL_INT, .i = (int64_t)be64(b.at)};
    case FLOAT4: return (cell){CELL_FLOAT, .f = float_of(b.at)};
    case FLOAT8: {
        uint64_t bits = be64(b.at);
        double f;
        memcpy(&f, &bits, sizeof f);
        return (cell){CELL_FLOAT, .f = f};
    }
    case NUMERIC: return numeric(b);
    case DATE: return (cell){CELL_WHEN, .i = (int32_t)be32(b.at) * DAY + from_1970_to_2000};
    case TIMESTAMP:
    case TIMESTAMPTZ: return (cell){CELL_WHEN, .i = time_of((int64_t)be64(b.at))};
    case UUID_TYPE: return (cell){CELL_UUID, .bytes = b};
    case BYTEA: return (cell){CELL_BYTES, .bytes = b};
    case JSONB: return (cell){CELL_TEXT, .bytes = {b.at + 1, b.n - 1}}; // behind a version byte
    case UUID_ARRAY:
    case INT2_ARRAY:
    case INT4_ARRAY:
    case INT8_ARRAY:
    case TEXT_ARRAY:
    case VARCHAR_ARRAY: return (cell){CELL_ARRAY, .bytes = b};
    }
    return (cell){CELL_TEXT, .bytes = b};
}

bool postgres_array(arena *mem, bytes b, strs *out)
{
    if (b.n < 12) return false;
    uint32_t dimensions = be32(b.at), type = be32(b.at + 8);
    if (dimensions == 0) return true;
    if (dimensions > 1 || b.n < 20) return false;
    const uint8_t *at = b.at + 20, *end = b.at + b.n;
    for (uint32_t left = be32(b.at + 12); left; left--) {
        if (end - at < 4) return false;
        int32_t n = (int32_t)be32(at);
        at += 4;
        if (n > end - at) return false;
        str *s = push(mem, *out);
        if (n < 0) continue;
        cell v = postgres_decode(type, (bytes){(uint8_t *)at, (size_t)n});
        if (v.type == CELL_INT) {
            *s = str_fmt(mem, "%lld", (long long)v.i);
        } else if (v.type == CELL_UUID) {
            uuid u;
            memcpy(&u, v.bytes.at, sizeof u);
            *s = uuid_text(mem, u);
        } else {
            *s = str_dup(mem, bytes_str(v.bytes));
        }
        at += n;
    }
    return true;
}

db_floats postgres_vector(arena *mem, bytes b)
{
    size_t n = b.n < 4 ? 0 : be16(b.at);
    if (b.n < 4 + 4 * n) n = 0;
    db_floats out = {new_n(mem, float, n), n, n};
    for (size_t i = 0; i < n; i++) out.at[i] = float_of(b.at + 4 + 4 * i);
    return out;
}
