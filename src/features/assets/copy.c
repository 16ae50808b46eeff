// Copying what people made of one asset to another, for replacing a file with a better one.                    spec 02, section 7.6
#include "features/app.h"
#include "features/assets/assets.h"
#include <errno.h>

// Two stacks become the target's.
static void copy_stack(request *rq, uuid source, uuid target)
{
    uuid from = db_uuid(rq->db, "select \"stackId\" from asset where id = $1", UUID(source));
    uuid to = db_uuid(rq->db, "select \"stackId\" from asset where id = $1", UUID(target));
    if (uuid_nil(from) || uuid_eq(from, to)) return;
    if (uuid_nil(to)) {
        db_exec(rq->db, "update asset set \"stackId\" = $2 where id = $1", UUID(target), UUID(from));
        return;
    }
    db_exec(rq->db, "update asset set \"stackId\" = $2 where \"stackId\" = $1", UUID(from), UUID(to));
    db_exec(rq->db, "delete from stack where id = $1", UUID(from));
}

static void copy_file(request *rq, str from, str to)
{
    int in = storage_read(&rq->ctx, from);
    storage_file *out = storage_create(rq->mem, rq->app->storage, false);
    static const char trouble[] = "cannot copy %.*s: %s";
    if (!out) fail(rq, 500, trouble, PR(from), strerror(errno));
    if (!storage_copy(out, in, 0, -1)) {
        int error = errno;
        storage_discard(out);
        fail(rq, 500, trouble, PR(from), strerror(error));
    }
    storage_keep(&rq->ctx, out, to, WHEN_NONE);
}

static const char sidecar[] = "select path from asset_file where \"assetId\" = $1 and type = 'sidecar' and \"isEdited\" = false";

// The target gets a copy of the source's sidecar, which lies beside its original from now on.
static void copy_sidecar(request *rq, uuid source, uuid target)
{
    db *db = rq->db;
    str from = db_str(db, sidecar, UUID(source)), old = db_str(db, sidecar, UUID(target));
    if (!from.n) return;
    str to = str_cat(rq->mem, db_str(db, "select \"originalPath\" from asset where id = $1", UUID(target)), S(".xmp"));
    db_commit(db); // files are copied without holding the database
    copy_file(rq, from, to);
    db_exec(db,
            "insert into asset_file (\"assetId\", type, path) values ($1, 'sidecar', $2) "
            "on conflict (\"assetId\", type, \"isEdited\") do update set path = excluded.path",
            UUID(target), STR(to));
    strs replaced = {.at = &old, .n = 1};
    if (old.n && !str_eq(old, to)) job_push(rq, FileDelete, .files = replaced);
    job_push(rq, AssetExtractMetadata, .id = target);
}

HANDLER(copyAsset)
{
    const AssetCopyDto *b = &in->body;
    uuid source = b->sourceId, target = b->targetId;
    access_require(rq, ASSET_COPY, (ids){.at = (uuid[]){source, target}, .n = 2});
    if (uuid_eq(source, target)) fail(rq, 400, "Source and target id must be distinct");
    if (b->sidecar) copy_sidecar(rq, source, target);
    if (b->albums)
        db_exec(db,
                "insert into album_asset (\"albumId\", \"assetId\") select \"albumId\", $2 from album_asset where \"assetId\" = $1 "
                "on conflict do nothing",
                UUID(source), UUID(target));
    if (b->sharedLinks)
        db_exec(db,
                "insert into shared_link_asset (\"sharedLinkId\", \"assetId\") select \"sharedLinkId\", $2 from shared_link_asset "
                "where \"assetId\" = $1 on conflict do nothing",
                UUID(source), UUID(target));
    if (b->stack) copy_stack(rq, source, target);
    if (b->favorite)
        db_exec(db, "update asset set \"isFavorite\" = (select s.\"isFavorite\" from asset s where s.id = $1) where id = $2", UUID(source),
                UUID(target));
}
