// Statements, parameters and sets.
#include "db/db.h"
#include "test.h"
#include <stdlib.h>
#include <unistd.h>

static void work(ctx *c, void *path)
{
    db_pool *pool = db_open(c, (db_options){.sqlite_path = str_of(path)});
    db_migrate(c, pool);
    db *d = db_begin(c, pool, DB_WRITE);
    uuid group = db_uuid(d, "insert into cluster_group default values returning id");
    const char *add = "insert into \"user\" (email, \"clusterGroupId\") values ($1, $2) returning id";
    uuid user = db_uuid(d, add, STR(S("a@example.com")), UUID(group));
    check(!uuid_nil(user));
    check_int(db_try(d, add, STR(S("a@example.com")), UUID(group)), DB_DUPLICATE);
    ids users = {0};
    ids_add(c->mem, &users, user);
    check_int(db_int(d, "select count(*) from \"user\" where id in ids($1)", IDS(users)), 1);
    check_int(db_int(d, "select count(*) from ids($1) join \"user\" on \"user\".id = ids.id", IDS(users)), 1);
    db_commit(d);
    db_close(pool);
}

TEST("a new database takes a user, and refuses a second one with the same address")
{
    char folder[] = "/tmp/calotype-db-XXXXXX";
    check(mkdtemp(folder) != NULL);
    str path = str_fmt(mem, "%s/test.sqlite", folder);
    ctx c = {.mem = mem};
    if (!try(&c, work, path.at)) test_failed(__FILE__, __LINE__, "%.*s", PR(c.message));
    unlink(path.at);
    rmdir(folder);
}
