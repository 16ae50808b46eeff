// The databases of the tests, and the few rows that most of them need.
#include "db_test.h"
#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static arena *forever;
static struct {
    db_pool *pool;
    str postgres_url;
} engines[2];
static strs databases;

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
    return remove(path);
}

static void drop_databases(void)
{
    PGconn *pg = PQconnectdb(getenv("CALOTYPE_TEST_POSTGRES_URL"));
    each (name, databases) PQclear(PQexec(pg, str_fmt(forever, "drop database if exists %.*s with (force)", PR(*name)).at));
    PQfinish(pg);
}

static void clean_up(void)
{
    for (size_t i = 0; i < countof(engines); i++) db_close(engines[i].pool);
    nftw(test_folder().at, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    if (databases.n) drop_databases();
    arena_free(forever);
}

static void set_up(void)
{
    if (forever) return;
    forever = arena_new();
    atexit(clean_up);
}

bool has_postgres(void)
{
    static bool told;
    bool has = getenv("CALOTYPE_TEST_POSTGRES_URL") != NULL;
    if (!has && !told) printf("skipped: PostgreSQL (CALOTYPE_TEST_POSTGRES_URL is not set)\n");
    told = true;
    return has;
}

str test_folder(void)
{
    static char folder[64];
    set_up();
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/calotype-db-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        if (!mkdtemp(folder)) log_die("cannot make a folder for the tests");
    }
    return str_of(folder);
}

str new_postgres_database(arena *mem)
{
    set_up();
    const char *url = getenv("CALOTYPE_TEST_POSTGRES_URL");
    PGconn *pg = PQconnectdb(url);
    str name = str_fmt(forever, "calotype_test_%d_%zu", getpid(), databases.n);
    PGresult *result = PQexec(pg, str_fmt(mem, "create database %.*s", PR(name)).at);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) log_die("cannot create a database for the tests: %s", PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
    *push(forever, databases) = name;

    buf out = {.mem = mem};
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (o->val && strcmp(o->keyword, "dbname") != 0) buf_fmt(&out, "%s='%s' ", o->keyword, o->val);
    PQconninfoFree(options);
    buf_fmt(&out, "dbname=%.*s", PR(name));
    return buf_str(&out);
}

static void open_and_migrate(ctx *c, void *engine)
{
    db_options options = {.connections = 16};
    if (*(db_engine *)engine == DB_POSTGRES) options.postgres_url = new_postgres_database(c->mem);
    else options.sqlite_path = str_fmt(c->mem, "%.*s/test.sqlite", PR(test_folder()));
    engines[*(db_engine *)engine].pool = db_open(c, options);
    db_migrate(c, engines[*(db_engine *)engine].pool);
}

db_pool *test_pool(db_engine engine)
{
    set_up();
    if (!engines[engine].pool) {
        ctx c = {.mem = forever};
        if (!try(&c, open_and_migrate, &engine)) log_die("no database for the tests: %.*s", PR(c.message));
    }
    return engines[engine].pool;
}

typedef struct {
    db_pool *pool;
    both_body *body;
} both_work;

static void run_body(ctx *c, void *arg)
{
    both_work *w = arg;
    w->body(c, w->pool, db_begin(c, w->pool, DB_WRITE), c->mem);
}

void run_on(arena *mem, db_engine engine, both_body *body)
{
    ctx c = {.mem = mem};
    both_work w = {test_pool(engine), body};
    if (!try(&c, run_body, &w)) test_failed(c.file, c.line, "%.*s", PR(c.message));
}

str failure_of(arena *mem, void (*work)(ctx *, void *), void *arg)
{
    ctx c = {.mem = mem};
    return try(&c, work, arg) ? (str){0} : c.message;
}

uuid new_user(db *d)
{
    static int count;
    char email[40];
    snprintf(email, sizeof email, "user%d@example.com", ++count);
    uuid group = db_uuid(d, "insert into cluster_group default values returning id");
    return db_uuid(d, "insert into \"user\" (email, \"clusterGroupId\") values ($1, $2) returning id", STR(str_of(email)), UUID(group));
}

uuid new_asset(db *d, uuid owner)
{
    uuid checksum = uuid_v4();
    return db_uuid(
        d,
        "insert into asset (\"ownerId\", type, \"originalPath\", \"fileCreatedAt\", \"fileModifiedAt\", \"localDateTime\", checksum,"
        " \"originalFileName\", \"checksumAlgorithm\") values ($1, 'IMAGE', '/photo.jpg', $2, $2, $2, $3, 'photo.jpg', 'sha1')"
        " returning id",
        UUID(owner), WHEN(now()), BYTES(((bytes){checksum.b, sizeof checksum})));
}

uuid new_album(db *d, uuid owner)
{
    uuid album = db_uuid(d, "insert into album default values returning id");
    db_exec(d, "insert into album_user (\"albumId\", \"userId\", role) values ($1, $2, 'owner')", UUID(album), UUID(owner));
    return album;
}

int64_t rows_of(db *d, const char *table)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select count(*) from %s", table);
    return db_int(d, sql);
}
