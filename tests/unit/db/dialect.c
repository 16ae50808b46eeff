// What becomes of a text before it is prepared.
#include "db/dialect.h"
#include "db_test.h"

static str translated(arena *mem, db_engine engine, const char *sql)
{
    param_flags sets = {0};
    return str_of(dialect_translate(mem, engine, sql, &sets));
}

TEST("what both engines understand stays as it is, strings and names above all")
{
    const char *sql = "select 'uuid_v4() $1 in ids($1) it''s', \"ilike\"\"$2\" -- $3 for update\nfrom t where a -> 'b' ->> 'c' = 1.5e3";
    check_str(translated(mem, DB_SQLITE, sql), str_of(sql));
    check_str(translated(mem, DB_POSTGRES, sql), str_of(sql));
    check(!dialect_translate(mem, DB_SQLITE, "select 'open", &(param_flags){0}));
}

TEST("SQLite gets numbered parameters, regexp for ilike, and no locks")
{
    check_str(translated(mem, DB_SQLITE, "a = $1 and b not ilike $12 or c in ids($2)"), S("a = ?1 and b not regexp ?12 or c in ids(?2)"));
    check_str(translated(mem, DB_SQLITE, "(select 1 from a for update of a skip locked) union select 2 for share"),
              S("(select 1 from a ) union select 2 "));
    param_flags sets = {0};
    dialect_translate(mem, DB_SQLITE, "insert into t select $1, $2 from strs( $3 )", &sets);
    check_int(sets.n, 3);
    check(!sets.at[0] && !sets.at[1] && sets.at[2]);
}

TEST("PostgreSQL gets arrays for sets, and the expressions of its indexes")
{
    check_str(translated(mem, DB_POSTGRES, "a in ids($1) and b NOT IN strs($2)"), S("a = any($1) and b <> all($2)"));
    check_str(translated(mem, DB_POSTGRES, "from ids($1) where x"), S("from unnest($1::uuid[]) as ids(id) where x"));
    check_str(translated(mem, DB_POSTGRES, "from strs($1) as t join u"), S("from unnest($1::text[]) as t(text) join u"));
    check_str(translated(mem, DB_POSTGRES, "from ids($1) w, b"), S("from unnest($1::uuid[]) as w(id), b"));
    check_str(translated(mem, DB_POSTGRES, "uuid_v4(), uuid_v7( ), uuid_v7(now())"),
              S("uuid_generate_v4(), immich_uuid_v7(), immich_uuid_v7(now())"));
    check_str(translated(mem, DB_POSTGRES, "date_of(coalesce(a, greatest(uuid_v4(), 'x,)')))"),
              S("((coalesce(a, greatest(uuid_generate_v4(), 'x,)')) AT TIME ZONE 'UTC')::date)"));
}
