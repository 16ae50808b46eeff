// Transactions: what is kept, what is undone, and what happens when others write too or the database goes away.
#include "db_test.h"
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void mistake(ctx *c, void *arg)
{
    db *d = db_begin(c, arg, DB_WRITE);
    db_exec(d, "insert into album (id, \"albumName\") values ($1, 'lost')", UUID(uuid_v4()));
    db_exec(d, "select nonsense from album where \"albumName\" = $1", STR(S("secret")));
}

static void write_while_reading(ctx *c, void *arg)
{
    db *d = db_begin(c, arg, DB_READ);
    db_exec(d, "insert into album (\"albumName\") values ('lost')");
}

static void mistyped_column(ctx *c, void *arg)
{
    db_has(db_begin(c, arg, DB_READ), "select 1 from album where \"albumTitle\" = 'x'");
}

static void wrong_type(ctx *c, void *arg)
{
    col_uuid(db_one(db_begin(c, arg, DB_READ), "select 'text'"), 0);
}

BOTH("a failed statement undoes its transaction, and the client sees no SQL")
{
    check_str(failure_of(mem, mistake, pool), S("Internal server error"));
    check_str(failure_of(mem, write_while_reading, pool), S("Internal server error"));
    check_str(failure_of(mem, mistyped_column, pool), S("Internal server error"));
    check_str(failure_of(mem, wrong_type, pool), S("Internal server error"));
    check_int(db_int(d, "select count(*) from album where \"albumName\" = 'lost'"), 0);
}

BOTH("a commit keeps, a rollback does not, and the hold can go on")
{
    uuid user = new_user(d);
    db_commit(d);
    check(db_has(d, "select 1 from \"user\" where id = $1", UUID(user)));
    new_asset(d, user);
    db_rollback(d);
    check_int(db_int(d, "select count(*) from asset where \"ownerId\" = $1", UUID(user)), 0);
    db_exec(d, "delete from \"user\" where id = $1", UUID(user));
    db_lock(d, 100);
    db_commit(d);
    check(!db_has(d, "select 1 from \"user\" where id = $1", UUID(user)));
}

typedef struct {
    db_pool *pool;
    uuid user;
    int failures;
} writer;

static void add_some(ctx *c, void *arg)
{
    writer *w = arg;
    db *d = db_begin(c, w->pool, DB_WRITE);
    for (int i = 0; i < 25; i++) {
        // Reading before writing is what makes naive SQLite code fail under load.
        int64_t used = db_int(d, "select \"quotaUsageInBytes\" from \"user\" where id = $1 for update", UUID(w->user));
        db_exec(d, "update \"user\" set \"quotaUsageInBytes\" = $2 where id = $1", UUID(w->user), INT(used + 1));
        db_commit(d);
    }
}

static void *write_thread(void *arg)
{
    arena *mem = arena_new();
    ctx c = {.mem = mem};
    if (!try(&c, add_some, arg)) __atomic_add_fetch(&((writer *)arg)->failures, 1, __ATOMIC_SEQ_CST);
    arena_free(mem);
    return NULL;
}

BOTH("eight writers at once lose nothing")
{
    writer w = {.pool = pool, .user = new_user(d)};
    db_commit(d);
    pthread_t threads[8];
    for (size_t i = 0; i < countof(threads); i++) pthread_create(&threads[i], NULL, write_thread, &w);
    for (size_t i = 0; i < countof(threads); i++) pthread_join(threads[i], NULL);
    check_int(w.failures, 0);
    check_int(db_int(d, "select \"quotaUsageInBytes\" from \"user\" where id = $1", UUID(w.user)), 200);
    db_exec(d, "delete from \"user\" where id = $1", UUID(w.user));
    db_commit(d);
}

static void add_in_own_pool(ctx *c, void *arg)
{
    writer *w = arg;
    w->pool = db_open(c, (db_options){.sqlite_path = str_fmt(c->mem, "%.*s/test.sqlite", PR(test_folder()))});
    add_some(c, w);
}

// Processes that share the file have only SQLite's own lock between them.
TEST("three processes that write to one file lose nothing")
{
    ctx c = {.mem = mem};
    db *d = db_begin(&c, test_pool(DB_SQLITE), DB_WRITE);
    writer w = {.user = new_user(d)};
    db_commit(d);
    pid_t children[3];
    for (size_t i = 0; i < countof(children); i++) {
        children[i] = fork();
        if (children[i] == 0) {
            ctx own = {.mem = arena_new()};
            _exit(!try(&own, add_in_own_pool, &w));
        }
    }
    for (size_t i = 0; i < countof(children); i++) {
        int status;
        waitpid(children[i], &status, 0);
        check_int(status, 0);
    }
    check_int(db_int(d, "select \"quotaUsageInBytes\" from \"user\" where id = $1", UUID(w.user)), 75);
    db_rollback(d);
}

static void cut_off(ctx *c, void *arg)
{
    db_pool *pool = arg;
    db *other = db_begin(c, pool, DB_READ), *d = db_begin(c, pool, DB_READ);
    db_has(d, "select 1");
    db_has(other, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()");
    db_has(d, "select 2");
}

TEST("a lost connection is an answer of 503 in a transaction, and unnoticed before one")
{
    if (!has_postgres()) return;
    ctx c = {.mem = mem};
    check(!try(&c, cut_off, test_pool(DB_POSTGRES)));
    check_int(c.status, 503);
    db *d = db_begin(&c, test_pool(DB_POSTGRES), DB_READ);
    for (int i = 0; i < 20; i++) {
        check_int(db_int(d, "select 1"), 1);
        db_commit(d);
    }
}

static void fill(ctx *c, void *pool)
{
    db *d = db_begin(c, pool, DB_WRITE);
    for (int i = 0; i < 1000; i++) new_asset(d, db_uuid(d, "select id from \"user\" limit 1"));
}

TEST("a full disk undoes the transaction and says so")
{
    ctx c = {.mem = mem};
    db_pool *pool = test_pool(DB_SQLITE);
    db *d = db_begin(&c, pool, DB_WRITE);
    uuid user = new_user(d);
    db_commit(d);
    db_one(d, "pragma max_page_count = 1"); // that is, as large as it is now
    db_commit(d);
    check_str(failure_of(mem, fill, pool), S("The disk of the database is full"));
    db_one(d, "pragma max_page_count = 1073741823");
    check_int(rows_of(d, "asset"), 0);
    db_exec(d, "delete from \"user\" where id = $1", UUID(user));
    db_commit(d);
}

static void die_after_commit(ctx *c, void *path)
{
    db_pool *pool = db_open(c, (db_options){.sqlite_path = str_of(path)});
    db_migrate(c, pool);
    db *d = db_begin(c, pool, DB_WRITE);
    new_user(d);
    db_commit(d);
    new_user(d);
    kill(getpid(), SIGKILL);
}

static void count_after_crash(ctx *c, void *path)
{
    struct stat s;
    check(stat(path, &s) == 0 && (s.st_mode & 0777) == 0600);
    db_pool *pool = db_open(c, (db_options){.sqlite_path = str_of(path), .alone = true});
    defer(c, (void (*)(void *))db_close, pool);
    db_migrate(c, pool);
    check_int(rows_of(db_begin(c, pool, DB_READ), "\"user\""), 1);
}

TEST("what was committed survives a kill, and what was not leaves no trace")
{
    str path = str_fmt(mem, "%.*s/killed.sqlite", PR(test_folder()));
    pid_t child = fork();
    if (child == 0) {
        ctx own = {.mem = arena_new()};
        try(&own, die_after_commit, path.at);
        _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    check(WIFSIGNALED(status));
    check_str(failure_of(mem, count_after_crash, path.at), S(""));
}

BOTH("a relaxed transaction writes like any other, and the next one is synced again")
{
    db_set_mode(d, DB_RELAXED);
    new_user(d);
    int64_t users = rows_of(d, "\"user\"");
    bool off = db_engine_of(d) == DB_SQLITE ? db_int(d, "pragma synchronous") == 1 : str_is(db_str(d, "show synchronous_commit"), "off");
    check(off);
    db_commit(d);
    db_set_mode(d, DB_WRITE);
    check_int(rows_of(d, "\"user\""), users);
    if (db_engine_of(d) == DB_SQLITE) check_int(db_int(d, "pragma synchronous"), 2);
    db_exec(d, "delete from \"user\"");
    db_commit(d);
}
