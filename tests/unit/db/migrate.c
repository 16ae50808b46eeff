// Which databases are taken, brought up to date, or refused.
#include "db_test.h"
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <unistd.h>

static void open_and_migrate(ctx *c, void *options)
{
    db_pool *pool = db_open(c, *(db_options *)options);
    defer(c, (void (*)(void *))db_close, pool);
    db_migrate(c, pool);
}

static bool starts(str text, const char *with)
{
    return str_starts(text, str_of(with));
}

static db_options file(arena *mem, const char *name)
{
    return (db_options){.sqlite_path = str_fmt(mem, "%.*s/%s", PR(test_folder()), name), .alone = true};
}

static void write_file(str path, const char *text, size_t n)
{
    int fd = open(path.at, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    check(fd >= 0 && write(fd, text, n) == (ssize_t)n);
    close(fd);
}

BOTH("migrating twice changes nothing")
{
    int64_t ran = rows_of(d, "calotype_migration");
    db_commit(d);
    db_migrate(c, pool);
    check_int(rows_of(d, "calotype_migration"), ran);
    db_commit(d);
}

static void run_on_new(ctx *c, void *arg)
{
    struct {
        db_options options;
        const char *sql;
    } *a = arg;
    db_pool *pool = db_open(c, a->options);
    defer(c, (void (*)(void *))db_close, pool);
    db *d = db_begin(c, pool, DB_WRITE);
    db_exec(d, a->sql);
    db_commit(d);
}

static void prepare(arena *mem, db_options options, const char *sql)
{
    struct {
        db_options options;
        const char *sql;
    } a = {options, sql};
    check_str(failure_of(mem, run_on_new, &a), S(""));
}

TEST("a newer database is refused")
{
    db_options lite = file(mem, "newer.sqlite");
    check_str(failure_of(mem, open_and_migrate, &lite), S(""));
    prepare(mem, lite, "insert into calotype_migration (name) values ('9999-future')");
    check(starts(failure_of(mem, open_and_migrate, &lite), "The database was made by a newer version of Calotype"));
    if (!has_postgres()) return;
    db_options full = {.postgres_url = new_postgres_database(mem)};
    check_str(failure_of(mem, open_and_migrate, &full), S(""));
    prepare(mem, full, "insert into calotype_migration (name) values ('9999-future')");
    check(starts(failure_of(mem, open_and_migrate, &full), "The database was made by a newer version of Calotype"));
}

TEST("a database from before the tables were settled is refused with words and not by failing queries")
{
    db_options lite = file(mem, "unsettled.sqlite");
    check_str(failure_of(mem, open_and_migrate, &lite), S(""));
    prepare(mem, lite, "alter table asset rename column number to rowid_of_old");
    check(starts(failure_of(mem, open_and_migrate, &lite), "The database was made by a development version"));
}

TEST("a database of another program is refused and left alone")
{
    db_options lite = file(mem, "foreign.sqlite");
    prepare(mem, lite, "create table recipes (name text)");
    check(starts(failure_of(mem, open_and_migrate, &lite), "The database contains tables of another program"));
    if (!has_postgres()) return;
    db_options full = {.postgres_url = new_postgres_database(mem)};
    prepare(mem, full, "create table recipes (name text)");
    check(starts(failure_of(mem, open_and_migrate, &full), "The database contains tables of another program"));
}

TEST("a file that is no database, or a broken one, is refused")
{
    db_options options = file(mem, "text.sqlite");
    char text[4096] = "This is a letter to my grandmother.";
    write_file(options.sqlite_path, text, sizeof text);
    check(starts(failure_of(mem, open_and_migrate, &options), "cannot open the database"));

    // A crash is a write-ahead log that is still there; the file beside it is damaged in the middle.
    options = file(mem, "broken.sqlite");
    check_str(failure_of(mem, open_and_migrate, &options), S(""));
    int fd = open(options.sqlite_path.at, O_WRONLY);
    for (int page = 20; page < 60; page++) check(pwrite(fd, text, sizeof text, page * 4096) == sizeof text);
    close(fd);
    write_file(str_fmt(mem, "%.*s-wal", PR(options.sqlite_path)), text, 32);
    str failure = failure_of(mem, open_and_migrate, &options);
    check(str_ends(failure, S("malformed")) || str_find(failure, S("is damaged")) >= 0);
}

static void use_server(ctx *c, void *pool)
{
    db_has(db_begin(c, pool, DB_READ), "select 1");
}

TEST("a server that is not there is waited for, and then the answer is 503")
{
    ctx c = {.mem = mem};
    db_pool *pool = db_open(&c, (db_options){.postgres_url = S("host=/nowhere dbname=x")});
    check(!db_wait(pool, 1));
    for (int i = 0; i < 3; i++) {
        check(!try(&c, use_server, pool));
        check_int(c.status, 503);
        check_str(c.message, S("The database is not reachable, try again in a moment"));
    }
    db_close(pool);
}
