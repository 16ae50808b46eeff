// Into the trash, out of it, and gone for good.                                                             spec 02, section 10
#include "features/app.h"
#include "features/assets/assets.h"

static str ids_json(arena *mem, ids list)
{
    json_writer w = json_writer_on(mem);
    json_open_array(&w);
    each (id, list) json_str(&w, uuid_text(mem, *id));
    json_close_array(&w);
    return buf_str(&w.out);
}

// Whatever has a date of deletion; $1 is EVER.
#define IN_TRASH "\"deletedAt\" > $1 and "

void assets_trash(request *rq, ids wanted, bool for_ever)
{
    if (!wanted.n) return;
    db_exec(rq->db, "update asset set \"deletedAt\" = $2, status = $3 where id in ids($1)", IDS(wanted), WHEN(now()),
            STR(for_ever ? S("deleted") : S("trashed")));
    if (for_ever) job_push(rq, AssetEmptyTrash);
    else emit(rq, rq->auth.user_id, "on_asset_trash", ids_json(rq->mem, wanted));
}

HANDLER(deleteAssets)
{
    access_require(rq, ASSET_DELETE, in->body.ids);
    assets_trash(rq, in->body.ids, in->body.force.v);
}

HANDLER(emptyTrash)
{
    out->count = db_exec(db, "update asset set status = 'deleted' where " IN_TRASH "\"ownerId\" = $2 and status = 'trashed'", EVER,
                         UUID(rq->auth.user_id));
    if (out->count) job_push(rq, AssetEmptyTrash);
}

HANDLER(restoreTrash)
{
    out->count =
        db_exec(db, "update asset set status = 'active', \"deletedAt\" = null where " IN_TRASH "\"ownerId\" = $2 and status = 'trashed'",
                EVER, UUID(rq->auth.user_id));
}

HANDLER(restoreAssets)
{
    access_require(rq, ASSET_DELETE, in->body.ids);
    out->count = (int64_t)in->body.ids.n;
    if (!in->body.ids.n) return;
    db_exec(db, "update asset set status = 'active', \"deletedAt\" = null where id in ids($1) and status = 'trashed'", IDS(in->body.ids));
    emit(rq, rq->auth.user_id, "on_asset_restore", ids_json(mem, in->body.ids));
}

// ---- jobs ------------------------------------------------------------------------------------------------------------------------

enum { BATCH = 1000 };

typedef struct {
    ids assets;
    bool on_disk;
} deletions;

static void push_batch(request *rq, void *arg)
{
    const deletions *d = arg;
    job_push_each(rq, JOB_AssetDelete, d->assets, (job_data){.delete_on_disk = d->on_disk});
}

// One job per asset. Each batch is a piece of work of its own: there may be hundreds of thousands, and others want to write too.
static void push_deletions(request *rq, ids assets, bool on_disk)
{
    db_commit(rq->db);
    for (size_t from = 0; from < assets.n; from += BATCH) {
        deletions d = {{.at = assets.at + from, .n = assets.n - from < BATCH ? assets.n - from : BATCH}, on_disk};
        arena *own = arena_new();
        str error = {0};
        bool fine = app_work(rq->app, own, push_batch, &d, &error);
        if (!fine) error = str_dup(rq->mem, error);
        arena_free(own);
        if (!fine) fail(rq, 500, "cannot queue the deletion of assets: %.*s", PR(error));
    }
}

JOB(AssetEmptyTrash)
{
    db_set_mode(db, DB_READ);
    push_deletions(rq, db_ids(db, "select id from asset where " IN_TRASH "status = 'deleted'", EVER), true);
    return JOB_SUCCESS;
}

// Whatever has been in the trash for long enough, and what should be gone already, whose job was given up. Of what a library scan found missing,
// there is nothing on disk to delete.
JOB(AssetDeleteCheck)
{
    const AdminConfigTrashDto *trash = &config_get(rq)->trash;
    when before = now() - (trash->enabled ? trash->days : 0) * DAY;
    db_commit(db);
    db_set_mode(db, DB_READ);
    static const char due[] = "select id from asset where " IN_TRASH "(\"deletedAt\" <= $2 or status = 'deleted') and \"isOffline\" = $3";
    ids online = db_ids(db, due, EVER, WHEN(before), BOOL(false)), offline = db_ids(db, due, EVER, WHEN(before), BOOL(true));
    push_deletions(rq, online, true);
    push_deletions(rq, offline, false);
    return JOB_SUCCESS;
}

// A stack that loses a member gets another primary, or ends when fewer than two are left.
static void repair_stack(request *rq, uuid asset, uuid stack, uuid primary)
{
    ids members = db_ids(rq->db,
                         "select id from asset where \"stackId\" = $1 and id <> $2 and id <> $3 and visibility = 'timeline' "
                         "and status <> 'deleted' order by \"fileCreatedAt\"",
                         UUID(stack), UUID(asset), UUID(primary));
    bool is_primary = uuid_eq(primary, asset);
    if (members.n + !is_primary < 2) db_exec(rq->db, "delete from stack where id = $1", UUID(stack));
    else if (is_primary) db_exec(rq->db, "update stack set \"primaryAssetId\" = $2 where id = $1", UUID(stack), UUID(members.at[0]));
}

// What is to be unlinked when the asset is gone.
static strs files_of(request *rq, uuid asset, str original, bool on_disk)
{
    strs files =
        db_strs(rq->db, "select path from asset_file where \"assetId\" = $1 and (type <> 'sidecar' or $2)", UUID(asset), BOOL(on_disk));
    // Two libraries may show the same folder: while another asset needs the file, it stays.
    bool shared = db_has(rq->db, "select 1 from asset where \"originalPath\" = $1 and id <> $2", STR(original), UUID(asset));
    if (on_disk && !shared) *push(rq->mem, files) = original;
    return files;
}

// Deletes the row first, in one transaction with the job that unlinks its files: a file without a row is found by the integrity check, a row without
// its file is a lost photo. What was restored after this job was queued is left alone; a motion part was never in the trash, it goes with its still.
JOB(AssetDelete)
{
    row *a = db_one(db,
                    "select a.\"ownerId\", a.\"originalPath\", a.\"livePhotoVideoId\", a.\"isOffline\", a.\"libraryId\", a.\"stackId\", "
                    "s.\"primaryAssetId\", e.\"fileSizeInByte\", a.\"deletedAt\" is null and a.visibility <> 'hidden' "
                    "from asset a left join stack s on s.id = a.\"stackId\" left join asset_exif e on e.\"assetId\" = a.id where a.id = $1 "
                    "for update of a",
                    UUID(in->id));
    if (!a) return JOB_FAILED;
    if (col_bool(a, 8)) return JOB_SKIPPED;
    uuid owner = col_uuid(a, 0), motion = col_uuid(a, 2);
    strs files = files_of(rq, in->id, col_str(a, 1), in->delete_on_disk && !col_bool(a, 3));
    if (!col_null(a, 6)) repair_stack(rq, in->id, col_uuid(a, 5), col_uuid(a, 6));

    db_exec(db, "delete from asset where id = $1", UUID(in->id));
    if (col_null(a, 4))
        db_exec(
            db,
            "update \"user\" set \"quotaUsageInBytes\" = (case when \"quotaUsageInBytes\" > $2 then \"quotaUsageInBytes\" - $2 else 0 end) "
            "where id = $1",
            UUID(owner), INT(col_int(a, 7)));
    db_exec(db, "delete from move_history where \"entityId\" = $1", UUID(in->id));
    emit(rq, owner, "on_asset_delete", str_fmt(mem, "\"%.*s\"", PR(uuid_text(mem, in->id))));

    if (!uuid_nil(motion) && !db_has(db, "select 1 from asset where \"livePhotoVideoId\" = $1", UUID(motion)))
        job_push(rq, AssetDelete, .id = motion, .delete_on_disk = in->delete_on_disk);
    if (files.n) job_push(rq, FileDelete, .files = files);
    return JOB_SUCCESS;
}

JOB(FileDelete)
{
    each (path, in->files) {
        if (path->n) storage_delete(*path);
    }
    return JOB_SUCCESS;
}
