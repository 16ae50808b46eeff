// Death at a step of a migration, loaded with LD_PRELOAD: each statement is a step, those within a script too (of SQLite), and so is each write to
// the disk meanwhile.
//
// $CALOTYPE_STEP_FROM: in the text of the first statement that counts; the last is the commit after it. $CALOTYPE_STEP: the step before which the
// whole process group is killed. $CALOTYPE_STEPS: the file to which each step is written before it is taken.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static enum { BEFORE, WITHIN, COMMITTING, AFTER } state;
static int steps;

static void step(const char *what)
{
    const char *path = getenv("CALOTYPE_STEPS"), *wanted = getenv("CALOTYPE_STEP");
    FILE *to = path ? fopen(path, "ae") : NULL;
    if (!to) return;
    what += strspn(what, " \n");
    fprintf(to, "%d %.*s\n", ++steps, (int)strcspn(what, "\n"), what);
    fclose(to);
    if (wanted && atoi(wanted) == steps) kill(0, SIGKILL);
}

static void statement(const char *sql)
{
    const char *from = getenv("CALOTYPE_STEP_FROM");
    // A migration that takes more than one transaction goes on.
    if (state == COMMITTING && strncmp(sql, "begin", 5) != 0) state = strstr(sql, "calotype_migration") ? WITHIN : AFTER;
    if (state == BEFORE && from && strstr(sql, from)) state = WITHIN;
    if (state != WITHIN) return;
    if (!strncmp(sql, "commit", 6)) state = COMMITTING;
    step(sql);
}

// ---- SQLite ------------------------------------------------------------------------------------------------------------------------
static int traced(unsigned what, void *unused, void *prepared, void *sql)
{
    (void)what, (void)unused, (void)prepared;
    statement(sql);
    return 0;
}

int sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs)
{
    int rc = REAL(sqlite3_open_v2)(path, db, flags, vfs);
    if (rc == SQLITE_OK) sqlite3_trace_v2(*db, SQLITE_TRACE_STMT, traced, NULL);
    return rc;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
    if (state == WITHIN || state == COMMITTING) step("(a write)");
    return REAL(pwrite64)(fd, data, n, at);
}

int fdatasync(int fd)
{
    if (state == WITHIN || state == COMMITTING) step("(a sync)");
    return REAL(fdatasync)(fd);
}

// ---- PostgreSQL --------------------------------------------------------------------------------------------------------------------
PGresult *PQexec(PGconn *pg, const char *sql)
{
    statement(sql);
    return REAL(PQexec)(pg, sql);
}

PGresult *PQexecParams(PGconn *pg, const char *sql, int n, const Oid *types, const char *const *values, const int *lengths,
                       const int *formats, int format)
{
    statement(sql);
    return REAL(PQexecParams)(pg, sql, n, types, values, lengths, formats, format);
}

// Before its first execution.
PGresult *PQprepare(PGconn *pg, const char *name, const char *sql, int n, const Oid *types)
{
    statement(sql);
    return REAL(PQprepare)(pg, name, sql, n, types);
}

int PQsendQuery(PGconn *pg, const char *sql)
{
    statement(sql);
    return REAL(PQsendQuery)(pg, sql);
}

int PQsendQueryParams(PGconn *pg, const char *sql, int n, const Oid *types, const char *const *values, const int *lengths,
                      const int *formats, int format)
{
    statement(sql);
    return REAL(PQsendQueryParams)(pg, sql, n, types, values, lengths, formats, format);
}
