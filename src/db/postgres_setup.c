// What the PostgreSQL server must offer, and the vector indexes, whose form depends on the extension it has (spec 05, 7.2; spec 09, 2 and 10).
#include "db/migrate.h"

typedef struct {
    const char *setting; // value of DB_VECTOR_EXTENSION
    const char *extension, *name;
    const char *from, *below, *range; // supported versions
    const char *method;               // of its indexes
} vector_extension;

static const vector_extension vector_extensions[] = {
    {"vectorchord", "vchord", "VectorChord", "0.3", "2", ">=0.3 <2", "vchordrq"},
    {"pgvector", "vector", "pgvector", "0.5", "1", ">=0.5 <1", "hnsw"},
};

static bool is_below(db *d, str version, str limit)
{
    return db_has(d, "select 1 where string_to_array($1, '.')::int[] < string_to_array($2, '.')::int[]", STR(version), STR(limit));
}

// The version that the server has to offer; {0} if it hasn't the extension.
static str offered(db *d, const vector_extension *v)
{
    return db_str(d, "select default_version from pg_available_extensions where name = $1", STR(str_of(v->extension)));
}

static str installed(db *d, const vector_extension *v)
{
    return db_str(d, "select extversion from pg_extension where extname = $1", STR(str_of(v->extension)));
}

static const vector_extension *choose(ctx *c, db *d, str setting)
{
    for (size_t i = 0; i < countof(vector_extensions); i++) {
        const vector_extension *v = &vector_extensions[i];
        if (setting.n && !str_is(setting, v->setting)) continue;
        if (offered(d, v).n) return v;
        if (setting.n)
            fail_hint(c, 500, "Install it on the database server, or choose the other one with DB_VECTOR_EXTENSION.",
                      "The %s extension is not available in this Postgres instance.", v->name);
    }
    fail_hint(c, 500, "Install the package postgresql-<version>-pgvector on the database server (docs/postgres.md).",
              "No vector extension found. Available extensions: vchord, vector");
}

static void require_supported(ctx *c, db *d, const vector_extension *v, str version)
{
    if (str_is(version, "0.0.0")) fail(c, 500, "The %s extension version is 0.0.0, which means it is a nightly release.", v->name);
    if (is_below(d, version, str_of(v->from)) || !is_below(d, version, str_of(v->below)))
        fail(c, 500, "The %s extension version is %.*s, but Immich only supports %s.", v->name, PR(version), v->range);
}

void postgres_extensions(ctx *c, db *d, db_pool *pool)
{
    if (db_int(d, "select current_setting('server_version_num')::int8") < 140000)
        fail(c, 500, "Invalid PostgreSQL version. Found %.*s, but needed >=14.0.0. Please use a supported version.",
             PR(db_str(d, "select current_setting('server_version')")));

    const vector_extension *v = choose(c, d, pool->options.vector_extension);
    str available = offered(d, v), present = installed(d, v);
    require_supported(c, d, v, available);
    embedded create = {"extension", str_fmt(d->ctx->mem, "create extension if not exists %s cascade", v->extension).at};
    embedded update = {
        "extension",
        str_fmt(d->ctx->mem, "drop index if exists clip_index; drop index if exists face_index; alter extension %s update", v->extension)
            .at};
    if (!present.n) migrate_run(d, &create);
    else if (is_below(d, available, present))
        fail(c, 500, "The database currently has %s %.*s activated, but the Postgres instance only has %.*s available.", v->name,
             PR(present), PR(available));
    else if (is_below(d, present, available)) migrate_run(d, &update);
}

// How many lists a VectorChord index of this many rows has (spec 09, 10).
static int64_t lists_for(int64_t rows)
{
    int64_t lists = 1;
    if (rows < 128000) return lists;
    if (rows < 2048000) {
        while (lists <= rows / 1000) lists *= 2;
        return lists;
    }
    while (lists * lists <= rows) lists *= 2;
    return lists * 2;
}

static void create_index(db *d, const vector_extension *v, const char *index, const char *table)
{
    arena *mem = d->ctx->mem;
    str sql;
    if (str_is(str_of(v->method), "hnsw")) {
        sql = str_fmt(mem, "create index %s on %s using hnsw (embedding vector_cosine_ops) with (ef_construction = 300, m = 16)", index,
                      table);
    } else {
        int64_t rows = db_int(d, db_sql(d, str_fmt(mem, "select count(*) from %s", table)));
        sql = str_fmt(mem,
                      "create index %s on %s using vchordrq (embedding vector_cosine_ops) with (options = $$\n"
                      "residual_quantization = false\n[build.internal]\nlists = [%lld]\nspherical_centroids = true\n"
                      "build_threads = 4\nsampling_factor = 1024\n$$)",
                      index, table, (long long)lists_for(rows));
    }
    log_info("Creating the index %s", index);
    migrate_run(d, &(embedded){index, sql.at});
}

void postgres_vector_indexes(db *d)
{
    static const struct {
        const char *index, *table;
    } indexes[] = {{"clip_index", "smart_search"}, {"face_index", "face_search"}};
    const vector_extension *v = installed(d, &vector_extensions[0]).n ? &vector_extensions[0] : &vector_extensions[1];
    for (size_t i = 0; i < countof(indexes); i++) {
        str method = db_str(d, "select amname from pg_class join pg_am on pg_am.oid = pg_class.relam where relname = $1 and relkind = 'i'",
                            STR(str_of(indexes[i].index)));
        if (str_is(method, v->method)) continue;
        if (method.n) migrate_run(d, &(embedded){indexes[i].index, str_fmt(d->ctx->mem, "drop index %s", indexes[i].index).at});
        create_index(d, v, indexes[i].index, indexes[i].table);
    }
}
