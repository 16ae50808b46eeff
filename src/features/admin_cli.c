// `calotype admin …`: what an administrator does without the web app.                                             spec 01, section 14
#include "features/app.h"
#include "features/users.h"
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

// Reads one line from the terminal; not shown while typed when secret. {0} at the end of the input.
static str ask(arena *mem, const char *question, bool secret)
{
    struct termios shown, hidden;
    bool terminal = secret && tcgetattr(STDIN_FILENO, &shown) == 0;
    printf("%s", question);
    fflush(stdout);
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    char line[1024];
    bool read = fgets(line, sizeof line, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        puts("");
    }
    return read ? str_dup(mem, str_slice(str_of(line), 0, strcspn(line, "\r\n"))) : (str){0};
}

static void list_users(request *rq, void *unused)
{
    (void)unused;
    db_rows (r, rq->db,
             "select u.email, u.name, u.id, u.\"isAdmin\", u.status, u.\"createdAt\" from \"user\" u order by u.\"createdAt\" desc")
        printf("%.*s\t%.*s\t%.*s\t%s\t%.*s\t%.*s\n", PR(col_str(r, 0)), PR(col_str(r, 1)), PR(uuid_text(rq->mem, col_uuid(r, 2))),
               col_bool(r, 3) ? "admin" : "user", PR(col_str(r, 4)), PR(when_iso(rq->mem, col_when(r, 5))));
}

static void reset_admin_password(request *rq, void *unused)
{
    (void)unused;
    row *r = db_one(rq->db, "select id, \"oauthId\", email, name from \"user\" where \"isAdmin\" = true and \"deletedAt\" is null "
                            "order by \"createdAt\" limit 1");
    if (!r) fail(rq, 404, "Admin account does not exist");
    uuid id = col_uuid(r, 0);
    printf("Found Admin:\n- ID=%.*s\n- OAuth ID=%.*s\n- Email=%.*s\n- Name=%.*s\n", PR(uuid_text(rq->mem, id)), PR(col_str(r, 1)),
           PR(col_str(r, 2)), PR(col_str(r, 3)));
    db_commit(rq->db); // nobody waits for the database while somebody thinks
    str given = ask(rq->mem, "Please choose a new password (optional) ", true);
    str keep = ask(rq->mem, "Invalidate existing sessions? [Y/n] ", false);
    str password = given.n ? given : token_new(rq->mem);
    str hash = password_hash(rq->mem, password);

    db_exec(rq->db, "update \"user\" set password = $2 where id = $1", UUID(id), STR(hash));
    if (!keep.n || keep.at[0] == 'y' || keep.at[0] == 'Y') db_exec(rq->db, "delete from session where \"userId\" = $1", UUID(id));
    db_commit(rq->db);
    if (given.n) puts("The admin password has been updated.");
    else printf("The admin password has been updated to:\n%.*s\n", PR(password));
}

static void set_admin(request *rq, bool admin)
{
    str email = ask(rq->mem, "Please enter the user email: ", false);
    int64_t changed = db_exec(rq->db, "update \"user\" set \"isAdmin\" = $2 where email = $1 and \"deletedAt\" is null",
                              STR(email.at ? email : S("")), BOOL(admin));
    if (!changed) fail(rq, 404, "User does not exist");
    db_commit(rq->db);
    printf("Admin access has been %s %.*s\n", admin ? "granted to" : "revoked from", PR(email));
}

static void grant_admin(request *rq, void *unused)
{
    (void)unused;
    set_admin(rq, true);
}

static void revoke_admin(request *rq, void *unused)
{
    (void)unused;
    set_admin(rq, false);
}

static const struct {
    const char *name;
    void (*run)(request *, void *);
    const char *failure;
} commands[] = {
    {"list-users", list_users, "Unable to load users"},
    {"reset-admin-password", reset_admin_password, "Unable to reset admin password"},
    {"grant-admin", grant_admin, "Unable to grant admin access to user"},
    {"revoke-admin", revoke_admin, "Unable to revoke admin access from user"},
};

int admin_main(app *app, int argc, char **argv)
{
    for (size_t i = 0; argc && i < countof(commands); i++) {
        if (strcmp(argv[0], commands[i].name) != 0) continue;
        arena *mem = arena_new();
        str error = {0};
        bool good = app_work(app, mem, commands[i].run, NULL, &error);
        if (!good) fprintf(stderr, "%s: %.*s\n", commands[i].failure, PR(error));
        arena_free(mem);
        return good ? 0 : 1;
    }
    fprintf(stderr, "calotype: unknown admin command \"%s\" (calotype admin help lists them)\n", argc ? argv[0] : "");
    return 64;
}
