// After a crash: files that were in their place before their rows were.                                              DESIGN, section 5
#include "features/app.h"

// A process that died may have sent its commit before. PostgreSQL is then still at it, and until it is done, the rows cannot be seen.
// What waits for a table lock waits for that transaction too.
static void wait_for_the_dead(db *db)
{
    if (db_engine_of(db) != DB_POSTGRES) return;
    static const char *const statements[] = {"lock table asset in share mode", "lock table asset_file in share mode",
                                             "lock table \"user\" in share mode", "lock table person in share mode"};
    for (size_t i = 0; i < countof(statements); i++) {
        db_exec(db, statements[i]);
        db_commit(db);
    }
}

static bool among(strs list, str text)
{
    each (s, list) {
        if (str_eq(*s, text)) return true;
    }
    return false;
}

static void settle(request *rq, void *unused)
{
    (void)unused;
    storage_doubts doubts = storage_look_for_doubts(&rq->ctx, rq->app->storage);
    if (!doubts.n) return;
    wait_for_the_dead(rq->db);
    strs paths = {0};
    each (d, doubts) *push(rq->mem, paths) = (*d)->path;
    strs known = db_strs(rq->db,
                         "select \"originalPath\" from asset where \"originalPath\" in strs($1) "
                         "union all select path from asset_file where path in strs($1) "
                         "union all select \"profileImagePath\" from \"user\" where \"profileImagePath\" in strs($1) "
                         "union all select \"thumbnailPath\" from person where \"thumbnailPath\" in strs($1)",
                         STRS(paths));
    int removed = 0;
    each (d, doubts) removed += storage_resolve(*d, among(known, (*d)->path));
    if (removed) log_info("Removed files that a crash had left without their rows: %d", removed);
}

void leftovers_settle(app *app)
{
    arena *mem = arena_new();
    str error = {0};
    if (!app_work(app, mem, settle, NULL, &error)) log_warn("cannot look after files that a crash may have left: %.*s", PR(error));
    arena_free(mem);
}
