// Taking over a database that Immich made.
#include "db_test.h"
#include <libpq-fe.h>

static void migrate(ctx *c, void *options)
{
    db_pool *pool = db_open(c, *(db_options *)options);
    defer(c, (void (*)(void *))db_close, pool);
    db_migrate(c, pool);
}

static void run_script(str database, const char *sql)
{
    PGconn *pg = PQconnectdb(database.at);
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        test_failed(__FILE__, __LINE__, "%s", PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
}

static str answer(arena *mem, str database, const char *sql)
{
    PGconn *pg = PQconnectdb(database.at);
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) test_failed(__FILE__, __LINE__, "%s", PQerrorMessage(pg));
    str out = PQntuples(result) ? str_dup(mem, str_of(PQgetvalue(result, 0, 0))) : S("");
    PQclear(result);
    PQfinish(pg);
    return out;
}

// From our schema back to that of Immich 3.1.0 (spec 12, 10.2 to 10.5, read backwards).
static const char to_3_1[] =
    "drop table calotype_migration, calotype_job, calotype_queue, calotype_worker, calotype_cron, calotype_month; drop schema calotype cascade;"
    "delete from kysely_migrations where name > '1784836013770-MinFacePreferenceMigration';"
    "delete from migration_overrides where name in ('function_album_user_delete', 'function_person_group_delete_audit', 'trigger_album_user_delete',"
    " 'trigger_asset_ocr_updatedAt', 'trigger_cluster_group_updatedAt', 'trigger_person_group_delete_audit', 'trigger_person_group_updatedAt',"
    " 'index_asset_face_personGroupId_assetId_notDeleted_isVisible_idx');"
    "insert into migration_overrides values ('index_asset_face_personId_assetId_notDeleted_isVisible_idx', '{}');"
    "update \"user\" set password = ''; alter table \"user\" alter password set not null, alter password set default '';"
    "update album set description = ''; alter table album alter description set not null, alter description set default '';"
    "drop trigger album_user_delete on album_user; drop function album_user_delete;"
    "drop table workflow_log; alter table workflow drop logging;"
    "drop trigger \"asset_ocr_updatedAt\" on asset_ocr; alter table asset_ocr drop \"updatedAt\";"
    "drop trigger person_delete_audit on person; drop function person_delete_audit;"
    "alter table asset_face drop constraint \"asset_face_personGroupId_fkey\"; alter table asset_face rename \"personGroupId\" to \"personId\";"
    "drop index \"asset_face_assetId_personGroupId_idx\", \"asset_face_personGroupId_assetId_idx\","
    " \"asset_face_personGroupId_assetId_notDeleted_isVisible_idx\";"
    "alter table person drop constraint person_pkey, drop constraint \"person_personGroupId_fkey\"; drop index \"person_personGroupId_idx\";"
    "alter table person rename \"personGroupId\" to id; alter table person alter id set default uuid_generate_v4(), add primary key (id);"
    "create index \"person_ownerId_idx\" on person (\"ownerId\");"
    "alter table asset_face add foreign key (\"personId\") references person on delete set null on update cascade;"
    "create index \"asset_face_assetId_personId_idx\" on asset_face (\"assetId\", \"personId\");"
    "create index \"asset_face_personId_assetId_idx\" on asset_face (\"personId\", \"assetId\");"
    "create index \"asset_face_personId_assetId_notDeleted_isVisible_idx\" on asset_face (\"personId\", \"assetId\")"
    " where \"deletedAt\" is null and \"isVisible\" is true;"
    "alter table person_audit rename \"personGroupId\" to \"personId\";"
    "alter index \"person_audit_personGroupId_idx\" rename to \"person_audit_personId_idx\";"
    "create function person_delete_audit() returns trigger language plpgsql as $$ begin"
    " insert into person_audit (\"personId\", \"ownerId\") select id, \"ownerId\" from old; return null; end $$;"
    "create trigger person_delete_audit after delete on person referencing old table as old for each statement"
    " when (pg_trigger_depth() = 0) execute function person_delete_audit();"
    "alter table \"user\" drop \"clusterGroupId\"; drop table person_group, person_group_audit, cluster_group_request, cluster_group;"
    "drop function person_group_delete_audit;";

// Two users, one of them with a person, a face and a memory that shows an asset of the other; and an album that lost its owner.
static const char family[] =
    "insert into \"user\" (id, email, password) values ('00000000-0000-4000-8000-000000000001', 'a@example.com', ''),"
    " ('00000000-0000-4000-8000-000000000002', 'b@example.com', 'x');"
    "insert into asset (id, \"ownerId\", type, \"originalPath\", \"fileCreatedAt\", \"fileModifiedAt\", \"localDateTime\", checksum,"
    " \"originalFileName\", \"checksumAlgorithm\") select ('00000000-0000-4000-8000-00000000001' || n)::uuid,"
    " ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'IMAGE', '/x', now(), now(), now(), '\\x00', 'x', 'sha1' from generate_series(1, 2) n;"
    "insert into person (id, \"ownerId\", name) values"
    " ('00000000-0000-4000-8000-000000000021', '00000000-0000-4000-8000-000000000001', 'Grandma');"
    "insert into asset_face (\"assetId\", \"personId\") values"
    " ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000021');"
    "insert into memory (id, \"ownerId\", type, data, \"memoryAt\") values"
    " ('00000000-0000-4000-8000-000000000031', '00000000-0000-4000-8000-000000000001', 'on_this_day', '{}', now());"
    "insert into memory_asset (\"memoriesId\", \"assetId\") select '00000000-0000-4000-8000-000000000031', id from asset;"
    "insert into album (description) values (''), ('Summer');"
    "insert into album_user (\"albumId\", \"userId\", role) select id, '00000000-0000-4000-8000-000000000001', 'owner' from album"
    " where description = 'Summer';";

static db_options database_of_3_1(arena *mem)
{
    db_options options = {.postgres_url = new_postgres_database(mem)};
    check_str(failure_of(mem, migrate, &options), S(""));
    run_script(options.postgres_url, to_3_1);
    run_script(options.postgres_url, family);
    return options;
}

// Everything that has a name or a definition in the schema.
static const char catalogue[] =
    "select string_agg(line, E'\\n' order by line collate \"C\") from ("
    " select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as line"
    "  from information_schema.columns where table_schema = 'public'"
    " union all select indexdef from pg_indexes where schemaname = 'public'"
    " union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint"
    "  where connamespace = 'public'::regnamespace and conrelid <> 0"
    " union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal"
    " union all select pg_get_functiondef(p.oid) from pg_proc p where pronamespace = 'public'::regnamespace and not exists"
    "  (select 1 from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')"
    " union all select name from kysely_migrations union all select name from migration_overrides"
    " union all select name from calotype_migration) lines";

TEST("a database of Immich 3.1.0 becomes one of 3.2.2, with all that is in it")
{
    if (!has_postgres()) return;
    db_options fresh = {.postgres_url = new_postgres_database(mem)}, old = database_of_3_1(mem);
    check_str(failure_of(mem, migrate, &fresh), S(""));
    check_str(failure_of(mem, migrate, &old), S(""));

    str want = answer(mem, fresh.postgres_url, catalogue), got = answer(mem, old.postgres_url, catalogue);
    strs want_lines = str_split(mem, want, '\n'), got_lines = str_split(mem, got, '\n');
    check_int(got_lines.n, want_lines.n);
    for (size_t i = 0; i < got_lines.n && i < want_lines.n; i++) {
        check_str(got_lines.at[i], want_lines.at[i]);
        if (!str_eq(got_lines.at[i], want_lines.at[i])) break;
    }

    str url = old.postgres_url;
    check_str(answer(mem, url, "select count(distinct \"clusterGroupId\") from \"user\""), S("2"));
    check_str(answer(mem, url, "select count(*) from \"user\" where password is null"), S("1"));
    check_str(answer(mem, url, "select name || \"ownerId\" from person where \"personGroupId\" = '00000000-0000-4000-8000-000000000021'"),
              S("Grandma00000000-0000-4000-8000-000000000001"));
    check_str(answer(mem, url, "select \"personGroupId\" from asset_face"), S("00000000-0000-4000-8000-000000000021"));
    check_str(
        answer(mem, url,
               "select \"clusterGroupId\" = (select \"clusterGroupId\" from \"user\" where email = 'a@example.com') from person_group"),
        S("t"));
    check_str(answer(mem, url, "select count(*) from memory_asset"), S("1"));
    check_str(answer(mem, url, "select string_agg(description, ',') from album"), S("Summer"));
    check_str(failure_of(mem, migrate, &old), S(""));
}

TEST("a database of Immich that is in use, too old or too new is left alone")
{
    if (!has_postgres()) return;
    db_options options = database_of_3_1(mem);
    str url = options.postgres_url;
    PGconn *immich = PQconnectdb(url.at);
    PQclear(PQexec(immich, "select pg_advisory_lock(600)"));
    check_str(failure_of(mem, migrate, &options), S("Immich is running on this database. Nothing was changed"));
    PQfinish(immich);

    run_script(url, "insert into system_metadata values ('maintenance-mode', '{\"isMaintenanceMode\": true}')");
    check_str(failure_of(mem, migrate, &options), S("The database is in Immich's maintenance mode. Nothing was changed"));
    run_script(url, "delete from system_metadata; insert into kysely_migrations values ('1999999999999-Future', 'Z')");
    check(str_starts(failure_of(mem, migrate, &options), S("The database was made by another version of Immich")));
    run_script(url, "delete from kysely_migrations where name > '1784'");
    check(str_starts(failure_of(mem, migrate, &options), S("The database was made by an older version of Immich")));
    check_str(answer(mem, url, "select count(*) from pg_tables where tablename like 'calotype%' or tablename = 'cluster_group'"), S("0"));
}
