// See mounts.h.
#include "app/mounts.h"

static const int64_t MOUNT_LOCK = 300; // spec 05, 7.5

typedef struct {
    app *app;
    bool *known;
} checking;

static void verify(ctx *c, void *arg)
{
    checking *k = arg;
    storage_verify(c, k->app->storage, k->known);
}

// {"mountChecks":{"upload":true,…}}; other flags stay as they are.
static str flags_text(arena *mem, const json *old, const bool known[FOLDER_COUNT])
{
    json_writer w = json_writer_on(mem);
    json_open(&w);
    for (const json *j = old ? old->first : NULL; j; j = j->next) {
        if (str_is(j->key, "mountChecks")) continue;
        json_key(&w, j->key);
        json_value(&w, j);
    }
    json_key(&w, S("mountChecks"));
    json_open(&w);
    for (storage_folder f = 0; f < FOLDER_COUNT; f++) {
        if (!known[f]) continue;
        json_key(&w, str_of(storage_folder_name(f)));
        json_bool(&w, true);
    }
    json_close(&w);
    json_close(&w);
    return buf_str(&w.out);
}

void mounts_check(ctx *c, const settings *s, app *app)
{
    db *db = db_begin(c, app->pool, DB_WRITE);
    db_lock(db, MOUNT_LOCK);
    str text = db_str(db, "select value from system_metadata where key = 'system-flags'");
    const json *flags = text.at ? json_parse(c->mem, text, NULL) : NULL, *checks = json_get(flags, "mountChecks");
    bool known[FOLDER_COUNT], was_known[FOLDER_COUNT];
    for (storage_folder f = 0; f < FOLDER_COUNT; f++) {
        const json *j = json_get(checks, storage_folder_name(f));
        known[f] = was_known[f] = j && j->boolean;
    }
    log_verbose("Verifying system mount folder checks, current state: %.*s", PR(text.at ? text : S("{}")));

    ctx inner = {.mem = c->mem};
    if (!try(&inner, verify, &(checking){app, known})) {
        if (!s->ignore_mount_checks) fail_hint(c, 500, inner.hint.at, "%.*s", PR(inner.message));
        log_error("%.*s", PR(inner.message));
        log_warn("Ignoring mount folder errors");
    } else if (memcmp(known, was_known, sizeof known) != 0) {
        db_exec(
            db,
            "insert into system_metadata (key, value) values ('system-flags', $1) on conflict (key) do update set value = excluded.value",
            STR(flags_text(c->mem, flags, known)));
        log_info("Successfully enabled system mount folders checks");
    }
    db_commit(db);
}
