// Brings the schema up to date, or says why it will not. All pending migrations run in one transaction, under a lock: all or none.
#include "db/migrate.h"

static const int64_t migration_lock = 200; // the number that Immich uses for the same (spec 09, 9.1)

static const embedded *own_migrations(db *d)
{
    return db_engine_of(d) == DB_SQLITE ? migrations_sqlite : migrations_postgres;
}

bool migrate_has_table(db *d, const char *name)
{
    return db_has(d,
                  db_engine_of(d) == DB_SQLITE ? "select 1 from sqlite_schema where type = 'table' and name = $1"
                                               : "select 1 from pg_tables where schemaname = 'public' and tablename = $1",
                  STR(str_of(name)));
}

static bool is_empty(db *d)
{
    return !db_has(d, db_engine_of(d) == DB_SQLITE
                          ? "select 1 from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' limit 1"
                          : "select 1 from pg_tables where schemaname = 'public' limit 1");
}

void migrate_run(db *d, const embedded *m)
{
    problem p = {0};
    if (!db_script(d, m->text, &p))
        fail_hint(d->ctx, 500, "Nothing was changed. The log of the database server may say more.", "Migration %s failed: %s", m->name,
                  p.message);
}

static void record(db *d, const embedded *m)
{
    db_exec(d, "insert into calotype_migration (name) values ($1)", STR(str_of(m->name)));
}

// After a crash the write-ahead log is still there. It is replayed safely, but the crash may have had a cause that broke the file too.
static void check_file(ctx *c, db *d, db_pool *pool)
{
    if (!pool->was_left_open) return;
    log_info("The database was not closed cleanly; checking it");
    str verdict = db_str(d, "pragma quick_check(1)");
    if (!str_is(verdict, "ok"))
        fail_hint(c, 500, "Restore the latest backup from the backups folder.", "The database %.*s is damaged: %.*s",
                  PR(pool->options.sqlite_path), PR(verdict));
}

// The first start on this database: it must be empty, or one of Immich's.
static void claim(ctx *c, db *d)
{
    bool adopt = db_engine_of(d) == DB_POSTGRES && migrate_has_table(d, "kysely_migrations");
    if (!adopt && !is_empty(d))
        fail_hint(c, 500, "Give Calotype an empty database, one that it made itself, or one of Immich.",
                  "The database contains tables of another program. Nothing was changed");
    if (adopt) immich_adopt(c, d);
    db_exec(
        d,
        db_engine_of(d) == DB_SQLITE
            ? "create table calotype_migration (name text not null primary key, applied integer not null default (clock_timestamp())) strict"
            : "create table calotype_migration (name varchar primary key, applied timestamptz not null default clock_timestamp())");
    for (const embedded *m = own_migrations(d); adopt && m->name; m++)
        if (immich_has(m->name)) record(d, m);
}

static void refuse_newer(ctx *c, db *d)
{
    strs applied = db_strs(d, "select name from calotype_migration order by name");
    each (name, applied) {
        bool known = false;
        for (const embedded *m = own_migrations(d); m->name; m++) known |= str_is(*name, m->name);
        if (!known)
            fail_hint(c, 500, "Start the newer version again, or restore a backup from before the update.",
                      "The database was made by a newer version of Calotype (it has the migration \"%.*s\"). Nothing was changed",
                      PR(*name));
    }
}

// Until 23 November 2026 the first migrations themselves were changed, as nothing had been released. What they made before has other tables.
static void refuse_unsettled(ctx *c, db *d)
{
    if (db_engine_of(d) == DB_POSTGRES || !migrate_has_table(d, "asset")) return;
    if (db_has(d, "select 1 from pragma_table_info('asset') where name = 'number'")) return;
    fail_hint(c, 500, "The originals are untouched in the media folder: start with a new data directory and upload them from there.",
              "The database was made by a development version of before 23 November 2026, with other tables. Nothing was changed");
}

void db_migrate(ctx *c, db_pool *pool)
{
    db *d = db_begin(c, pool, DB_WRITE);
    bool postgres = db_engine_of(d) == DB_POSTGRES;
    db_lock(d, migration_lock);
    if (!postgres) check_file(c, d, pool);
    if (!migrate_has_table(d, "calotype_migration")) claim(c, d);
    refuse_newer(c, d);
    refuse_unsettled(c, d);
    if (postgres) postgres_extensions(c, d, pool);

    int ran = 0;
    for (const embedded *m = own_migrations(d); m->name; m++) {
        if (db_has(d, "select 1 from calotype_migration where name = $1", STR(str_of(m->name)))) continue;
        migrate_run(d, m);
        record(d, m);
        ran++;
    }
    if (postgres) {
        if (!db_has(d, "select 1 from kysely_migrations")) immich_bookkeeping(d);
        postgres_vector_indexes(d);
    }
    db_commit(d);
    if (ran) log_info("Database schema brought up to date (%d migrations)", ran);
}
