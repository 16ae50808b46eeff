// See location.h.
#include "app/location.h"

static const int64_t LOCATION_LOCK = 700; // spec 05, 7.5

// Before the location was stored, Immich used to live in one of these.
static str older_default(const settings *s, str sample)
{
    if (s->media_given) return s->media;
    return str_starts(sample, S("upload/")) ? S("upload") : S("/usr/src/app/upload");
}

// Every column that holds a path below the media location. `from` and `to` end with a slash.
static int64_t move_all(db *db, str from, str to)
{
    int64_t n = 0;
    n += db_exec(
        db, "update asset set \"originalPath\" = $2 || substr(\"originalPath\", length($1) + 1) where starts_with(\"originalPath\", $1)",
        STR(from), STR(to));
    n += db_exec(db, "update asset_file set path = $2 || substr(path, length($1) + 1) where starts_with(path, $1)", STR(from), STR(to));
    n += db_exec(
        db,
        "update person set \"thumbnailPath\" = $2 || substr(\"thumbnailPath\", length($1) + 1) where starts_with(\"thumbnailPath\", $1)",
        STR(from), STR(to));
    n += db_exec(db,
                 "update \"user\" set \"profileImagePath\" = $2 || substr(\"profileImagePath\", length($1) + 1) "
                 "where starts_with(\"profileImagePath\", $1)",
                 STR(from), STR(to));
    return n;
}

// "/data/" gives "/data".
static str without_slash(str path)
{
    return path.n > 1 && str_ends(path, S("/")) ? str_slice(path, 0, path.n - 1) : path;
}

static void check_paths(ctx *c, db *db, const settings *s, str stored, str current, str sample)
{
    str previous = without_slash(stored.n ? stored : older_default(s, sample));
    if (str_eq(previous, current)) return;
    str from = str_cat(c->mem, previous, S("/")), to = str_cat(c->mem, current, S("/"));
    if (!str_starts(sample, from)) {
        fail_hint(c, 500, "Set IMMICH_MEDIA_LOCATION to the folder in which the files really are.",
                  "Detected an inconsistent media location. For more information, see "
                  "https://docs.immich.app/errors#inconsistent-media-location (configured: %.*s, previously: %.*s, a file: %.*s)",
                  PR(current), PR(previous), PR(sample));
    }
    log_warn("The media location has moved from %.*s to %.*s; changing the paths in the database", PR(previous), PR(current));
    log_warn("%lld paths were changed", (long long)move_all(db, from, to));
}

void location_check(ctx *c, const settings *s, app *app)
{
    db *db = db_begin(c, app->pool, DB_WRITE);
    db_lock(db, LOCATION_LOCK);
    str current = storage_root(app->storage);
    str stored = db_str(db, "select value->>'location' from system_metadata where key = 'MediaLocation'");
    str sample = db_str(db, "select path from asset_file limit 1");
    if (sample.at) check_paths(c, db, s, stored, current, sample);
    if (!str_eq(stored, current)) {
        json_writer w = json_writer_on(c->mem);
        json_open(&w);
        json_key(&w, S("location"));
        json_str(&w, current);
        json_close(&w);
        db_exec(
            db,
            "insert into system_metadata (key, value) values ('MediaLocation', $1) on conflict (key) do update set value = excluded.value",
            STR(buf_str(&w.out)));
    }
    db_commit(db);
}
