// Motion photos: the video that stands behind a photo in the same file becomes a hidden asset of its own.   spec 06, 4.11
#include "features/app.h"
#include "features/metadata.h"
#include <errno.h>
#include <unistd.h>

static void discard(void *file)
{
    storage_discard(file);
}

// The bytes of the video in a temporary file, hashed on the way; it is gone at the end of the try unless it was kept.
static storage_file *cut_out(request *rq, const extraction *e, const facts *f)
{
    int fd = storage_read(&rq->ctx, e->path);
    char head[8] = {0};
    // A photo that a program has cut or saved anew may still speak of the video that it had.
    if (pread(fd, head, sizeof head, f->motion.offset) != sizeof head || memcmp(head + 4, "ftyp", 4) != 0)
        fail(rq, 422, "there is no video where it should be");
    storage_file *out = storage_create(rq->mem, rq->app->storage, true);
    if (!out) fail(rq, 500, "cannot create a temporary file: %s", strerror(errno));
    defer(&rq->ctx, discard, out);
    if (!storage_copy(out, fd, f->motion.offset, f->motion.length)) fail(rq, 500, "cannot copy the video: %s", strerror(errno));
    return out;
}

typedef struct {
    uuid id;
    str path, visibility;
} motion_asset;

static bool find(request *rq, const extraction *e, bytes checksum, motion_asset *m)
{
    row *r = db_one(rq->db,
                    "select id, \"originalPath\", visibility from asset where \"ownerId\" = $1 and checksum = $2 "
                    "and (\"libraryId\" = $3 or ($3 is null and \"libraryId\" is null))",
                    UUID(e->owner), BYTES(checksum), UUID(e->library));
    if (r) *m = (motion_asset){col_uuid(r, 0), col_str(r, 1), col_str(r, 2)};
    return r;
}

static motion_asset create(request *rq, const extraction *e, const facts *f, bytes checksum)
{
    db *db = rq->db;
    motion_asset m = {.id = uuid_v4(), .visibility = S("hidden")};
    m.path = storage_nested(rq->app->storage, rq->mem, FOLDER_ENCODED_VIDEO, e->owner,
                            str_fmt(rq->mem, "%s-MP.mp4", uuid_text(rq->mem, m.id).at));
    str name = str_fmt(rq->mem, "%.*s.mp4", PR(str_slice(e->name, 0, e->name.n - storage_extension(e->name).n)));
    db_result result = db_try(
        db,
        "insert into asset (id, \"ownerId\", \"libraryId\", type, checksum, \"checksumAlgorithm\", \"originalPath\", \"originalFileName\", "
        "\"fileCreatedAt\", \"localDateTime\", \"fileModifiedAt\", visibility) "
        "values ($1, $2, $3, 'VIDEO', $4, 'sha1', $5, $6, $7, $8, $9, 'hidden')",
        UUID(m.id), UUID(e->owner), UUID(e->library), BYTES(checksum), STR(m.path), STR(name), WHEN(f->taken), WHEN(f->local),
        WHEN(e->modified));
    if (result != DB_DONE) {
        if (!find(rq, e, checksum, &m)) fail(rq, 500, "the video's asset came and went");
        return m;
    }
    if (!e->external)
        db_exec(db, "update \"user\" set \"quotaUsageInBytes\" = \"quotaUsageInBytes\" + $2 where id = $1", UUID(e->owner),
                INT(f->motion.length));
    return m;
}

// The photo shows this video from now on; one that it showed before has no other use.
static void show(request *rq, const extraction *e, const motion_asset *m)
{
    db *db = rq->db;
    if (str_is(m->visibility, "timeline")) db_exec(db, "update asset set visibility = 'hidden' where id = $1", UUID(m->id));
    uuid before = db_uuid(db, "select \"livePhotoVideoId\" from asset where id = $1", UUID(e->id));
    if (uuid_eq(before, m->id)) return;
    db_exec(db, "update asset set \"livePhotoVideoId\" = $2 where id = $1", UUID(e->id), UUID(m->id));
    if (!uuid_nil(before)) job_push(rq, AssetDelete, .id = before, .delete_on_disk = true);
}

void metadata_motion(request *rq, const extraction *e, const facts *f)
{
    db *db = rq->db;
    storage_file *video = cut_out(rq, e, f);
    sha1 *hash = new (rq->mem, sha1);
    *hash = sha1_end(video->hash);
    bytes checksum = {hash->b, sizeof hash->b};
    motion_asset m;
    if (!find(rq, e, checksum, &m)) m = create(rq, e, f, checksum);
    show(rq, e, &m);
    if (storage_exists(m.path)) {
        db_commit(db);
        return;
    }
    storage_keep(&rq->ctx, video, m.path, e->modified);
    job_push(rq, AssetEncodeVideo, .id = m.id);
    db_commit(db);
    storage_settle(&rq->ctx);
    metadata_extract(rq, m.id, (str){0});
}
