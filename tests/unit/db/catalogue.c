// The two schemas side by side.
#include "db_test.h"

static strs columns_of(db *d)
{
    return db_strs(
        d, db_engine_of(d) == DB_SQLITE
               ? "select t.name || '.' || c.name || case when c.\"notnull\" then ' not null' else '' end "
                 "from sqlite_schema t, pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite\\_%' "
                 "and not (c.name = 'number' and c.pk) order by 1"
               : "select (table_name || '.' || column_name || case is_nullable when 'NO' then ' not null' else '' end) collate \"C\" "
                 "from information_schema.columns where table_schema = 'public' "
                 "and table_name not in ('kysely_migrations', 'kysely_migrations_lock', 'migration_overrides') order by 1");
}

// Foreign keys that no index of the child begins with: deleting a parent would read the whole child table.
static strs bare_foreign_keys(db *d)
{
    return db_strs(
        d, db_engine_of(d) == DB_SQLITE
               ? "select t.name || '.' || f.\"from\" from sqlite_schema t, pragma_foreign_key_list(t.name) f where t.type = 'table' "
                 "and not exists (select 1 from pragma_index_list(t.name) i, pragma_index_info(i.name) c "
                 "where c.seqno = 0 and c.name = f.\"from\" and not i.partial) order by 1"
               : "select k.conrelid::regclass::text || '.' || k.conkey[1] from pg_constraint k where k.contype = 'f' and not exists "
                 "(select 1 from pg_index i where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1] and i.indpred is null) order by 1");
}

BOTH("every foreign key of a table has an index")
{
    strs bare = bare_foreign_keys(d);
    each (key, bare) test_failed(__FILE__, __LINE__, "%.*s has no index", PR(*key));
}

BOTH("all tables of Immich 3.2.2 are there, and Calotype's own")
{
    strs columns = columns_of(d);
    check(columns.n > 500);
    int64_t tables = db_int(d, db_engine_of(d) == DB_SQLITE
                                   ? "select count(*) from sqlite_schema where type = 'table' and name not like 'sqlite\\_%'"
                                   : "select count(*) from pg_tables where schemaname = 'public' and tablename not like 'kysely%' "
                                     "and tablename <> 'migration_overrides'");
    check_int(tables, 68 + 6);
}

static void read_columns(ctx *c, void *arg)
{
    strs *out = arg;
    for (db_engine e = DB_SQLITE; e <= DB_POSTGRES; e++) out[e] = columns_of(db_begin(c, test_pool(e), DB_READ));
}

TEST("both engines have the same tables and columns, null and not null alike")
{
    if (!has_postgres()) return;
    strs columns[2];
    ctx c = {.mem = mem};
    check(try(&c, read_columns, columns));
    size_t a = 0, b = 0;
    strs lite = columns[DB_SQLITE], full = columns[DB_POSTGRES];
    while (a < lite.n || b < full.n) {
        int order = a == lite.n ? 1 : b == full.n ? -1 : str_cmp(lite.at[a], full.at[b]);
        if (order < 0) test_failed(__FILE__, __LINE__, "only in SQLite: %.*s", PR(lite.at[a]));
        if (order > 0) test_failed(__FILE__, __LINE__, "only in PostgreSQL: %.*s", PR(full.at[b]));
        a += order <= 0;
        b += order >= 0;
    }
}
