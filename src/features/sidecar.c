// Sidecars: XMP files beside the originals, where photo programs and this server write what people say of a photo.   spec 06, section 5
#include "features/app.h"
#include "media/tags.h"
#include "media/zone.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static str without_extension(str path)
{
    return str_slice(path, 0, path.n - storage_extension(path).n);
}

static bool readable(arena *mem, str path)
{
    struct stat st;
    char *file = cstr(mem, path);
    return path.n && !stat(file, &st) && S_ISREG(st.st_mode) && !access(file, R_OK);
}

static void set_sidecar(request *rq, uuid asset, str path)
{
    db_exec(rq->db,
            "insert into asset_file (\"assetId\", type, path) values ($1, 'sidecar', $2) "
            "on conflict (\"assetId\", type, \"isEdited\") do update set path = excluded.path",
            UUID(asset), STR(path));
}

// ---- looking for them ------------------------------------------------------------------------------------------------------------
#define SELECT_SIDECAR                                                                                                                     \
    "select a.\"originalPath\", f.path from asset a left join asset_file f on f.\"assetId\" = a.id and f.type = 'sidecar' "                \
    "and f.\"isEdited\" = false where a.id = $1"

// The known one, IMG.jpg.xmp, IMG.xmp: the first that can be read.
JOB(SidecarCheck)
{
    row *r = db_one(db, SELECT_SIDECAR, UUID(in->id));
    if (!r) return JOB_FAILED;
    str original = col_str(r, 0), known = col_str(r, 1), found = {0};
    str candidates[] = {known, str_cat(mem, original, S(".xmp")), str_cat(mem, without_extension(original), S(".xmp"))};
    for (size_t i = 0; i < countof(candidates) && !found.n; i++)
        if (readable(mem, candidates[i])) found = candidates[i];
    if (str_eq(known, found)) return JOB_SKIPPED;
    if (found.n) set_sidecar(rq, in->id, found);
    else db_exec(db, "delete from asset_file where \"assetId\" = $1 and type = 'sidecar' and \"isEdited\" = false", UUID(in->id));
    return JOB_SUCCESS;
}

// All, even trashed ones, or only those without a sidecar.
JOB(SidecarQueueAll)
{
    job_push_found(rq, JOB_SidecarCheck,
                   "select a.id from asset a where (a.id > $2 or $2 is null) and ($1 or not exists (select 1 from asset_file f "
                   "where f.\"assetId\" = a.id and f.type = 'sidecar')) order by a.id limit $3",
                   in->force);
    return JOB_SUCCESS;
}

// ---- writing them ----------------------------------------------------------------------------------------------------------------
static bool locked(strs names, const char *name)
{
    each (n, names)
        if (str_is(*n, name)) return true;
    return false;
}

// 2023-11-21T22:56:12.196-06:00: what the clocks showed in this zone; in UTC if it is none.
static str zoned(arena *mem, when instant, str zone_name)
{
    const zone *z = zone_load(mem, zone_name);
    int seconds = z ? zone_offset(z, instant) : 0;
    str local = when_iso(mem, instant + seconds * SECOND);
    int minutes = abs(seconds) / 60;
    return str_fmt(mem, "%.*s%c%02d:%02d", (int)local.n - 1, local.at, seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

typedef struct {
    str path; // of the sidecar, there or not
    bool known;
    strs locks;
    uuid version; // of the row that the edit was made from
    sidecar_edit edit;
} writing;

static bool load(request *rq, uuid id, writing *w)
{
    arena *mem = rq->mem;
    row *r = db_one(
        rq->db,
        "select a.\"originalPath\", f.path, e.\"lockedProperties\", e.description, e.\"dateTimeOriginal\", e.\"timeZone\", e.latitude, e.longitude, "
        "e.rating, e.tags, e.\"updateId\" from asset a join asset_exif e on e.\"assetId\" = a.id left join asset_file f on f.\"assetId\" = a.id "
        "and f.type = 'sidecar' and f.\"isEdited\" = false where a.id = $1",
        UUID(id));
    if (!r) return false;
    *w = (writing){
        .known = col_str(r, 1).n, .locks = col_strs(r, 2), .version = col_uuid(r, 10), .edit = {.latitude = NAN, .longitude = NAN}};
    w->path = w->known ? col_str(r, 1) : str_cat(mem, col_str(r, 0), S(".xmp"));
    sidecar_edit *edit = &w->edit;
    if (locked(w->locks, "description")) edit->description = col_str(r, 3);
    if (locked(w->locks, "dateTimeOriginal") && !col_null(r, 4)) edit->date = zoned(mem, col_when(r, 4), col_str(r, 5));
    if (locked(w->locks, "latitude") && !col_null(r, 6)) edit->latitude = col_float(r, 6);
    if (locked(w->locks, "longitude") && !col_null(r, 7)) edit->longitude = col_float(r, 7);
    if (locked(w->locks, "rating")) edit->rating = str_fmt(mem, "%lld", (long long)col_int(r, 8));
    edit->has_tags = locked(w->locks, "tags");
    if (edit->has_tags) edit->tags = col_strs(r, 9);
    return true;
}

static bool is_empty(const sidecar_edit *e)
{
    return !e->description.at && !e->date.at && isnan(e->latitude) && isnan(e->longitude) && !e->rating.at && !e->has_tags;
}

static void discard(void *file)
{
    storage_discard(file);
}

// Through a new file, so that a full disk or a crash leaves the old one.
static void write_file(request *rq, const writing *w)
{
    int old = readable(rq->mem, w->path) ? storage_read(&rq->ctx, w->path) : -1;
    storage_file *file = storage_create(rq->mem, rq->app->storage, false);
    if (!file) fail(rq, 500, "cannot create a temporary file: %s", strerror(errno));
    defer(&rq->ctx, discard, file);
    media_sidecar_write(&rq->ctx, rq->app->cage, old, file->fd, w->edit);
    storage_keep(&rq->ctx, file, w->path, WHEN_NONE);
}

// A failed write fails the job: what was edited stays locked, and no extraction overwrites it with the old.
JOB(SidecarWrite)
{
    writing w;
    db_set_mode(db, DB_READ);
    bool found = load(rq, in->id, &w);
    db_commit(db);
    db_set_mode(db, DB_WRITE);
    if (!found) return JOB_FAILED;
    if (is_empty(&w.edit)) return JOB_SKIPPED;
    write_file(rq, &w);
    if (!w.known) set_sidecar(rq, in->id, w.path);
    // Somebody may have edited again meanwhile: then all stays locked and is written once more.
    if (!db_exec(
            db,
            "update asset_exif set \"lockedProperties\" = array_minus(\"lockedProperties\", $2) where \"assetId\" = $1 and \"updateId\" = $3",
            UUID(in->id), STRS(w.locks), UUID(w.version)))
        job_push(rq, SidecarWrite, .id = in->id);
    return JOB_SUCCESS;
}
