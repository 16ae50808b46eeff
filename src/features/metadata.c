// Metadata extraction: the first job of every photo and video.                                              spec 06, sections 3 and 4
#include "features/metadata.h"
#include "features/app.h"
#include "features/assets/assets.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static bool load(request *rq, uuid id, extraction *e)
{
    row *r = db_one(
        rq->db,
        "select a.\"ownerId\", a.\"libraryId\", a.type, a.\"originalPath\", a.\"originalFileName\", a.\"fileCreatedAt\", a.\"isExternal\", f.path "
        "from asset a left join asset_file f on f.\"assetId\" = a.id and f.type = 'sidecar' and f.\"isEdited\" = false where a.id = $1",
        UUID(id));
    if (!r) return false;
    *e = (extraction){.id = id,
                      .owner = col_uuid(r, 0),
                      .library = col_uuid(r, 1),
                      .video = str_is(col_str(r, 2), "VIDEO"),
                      .path = col_str(r, 3),
                      .name = col_str(r, 4),
                      .created = col_when(r, 5),
                      .external = col_bool(r, 6),
                      .sidecar = col_str(r, 7)};
    return true;
}

static when stamp(struct statx_timestamp t)
{
    return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static void look_at_file(request *rq, extraction *e)
{
    struct statx st;
    if (statx(AT_FDCWD, cstr(rq->mem, e->path), AT_STATX_SYNC_AS_STAT, STATX_SIZE | STATX_MTIME | STATX_BTIME, &st))
        fail_hint(rq, 500, "Was the file moved or deleted outside of Calotype?", "cannot read %.*s: %s", PR(e->path), strerror(errno));
    e->size = (int64_t)st.stx_size;
    e->modified = stamp(st.stx_mtime);
    e->born = st.stx_mask & STATX_BTIME && stamp(st.stx_btime) > 0 ? stamp(st.stx_btime) : WHEN_NONE;
}

// ---- reading ---------------------------------------------------------------------------------------------------------------------
typedef struct {
    cage *decoder;
    str path;
    file_tags tags;
} reading;

static void read_original(ctx *c, void *arg)
{
    reading *r = arg;
    r->tags = media_tags(c, r->decoder, storage_read(c, r->path), storage_extension(r->path));
}

static void read_sidecar(ctx *c, void *arg)
{
    reading *r = arg;
    r->tags.tags = media_sidecar_tags(c, r->decoder, storage_read(c, r->path));
}

// A file that can't be understood has no tags; that is no reason to fail. A decoder that died may have died of something else, say of the machine's
// lack of memory: since nobody would ever look again, it gets a second try.
static file_tags read_or_warn(request *rq, void (*read)(ctx *, void *), str path)
{
    reading r = {.decoder = rq->app->cage, .path = path};
    bool done = try(&rq->ctx, read, &r) || (rq->ctx.status == CAGE_BROKEN && try(&rq->ctx, read, &r));
    if (!done) log_warn("cannot read the metadata of %.*s: %.*s", PR(path), PR(rq->ctx.message));
    return r.tags;
}

static file_tags read_tags(request *rq, const extraction *e)
{
    if (!e->video && !str_ieq(storage_extension(e->path), S(".gif"))) return read_or_warn(rq, read_original, e->path);
    reading r = {.decoder = rq->app->cage, .path = e->path};
    read_original(&rq->ctx, &r);
    if (!r.tags.probe.ok) fail(rq, 422, "cannot probe %.*s: it is no video that can be read", PR(e->path));
    return r.tags;
}

// ---- the whole -------------------------------------------------------------------------------------------------------------------
typedef struct {
    request *rq;
    const extraction *extraction;
    const facts *facts;
} motion;

static void extract_motion(ctx *c, void *arg)
{
    motion *m = arg;
    metadata_motion(m->rq, m->extraction, m->facts);
}

bool metadata_extract(request *rq, uuid id, str source)
{
    // Decoding is slow and needs no database: no transaction is open meanwhile.
    db *db = rq->db;
    extraction e;
    db_set_mode(db, DB_READ);
    bool found = load(rq, id, &e);
    db_commit(db);
    db_set_mode(db, DB_WRITE);
    if (!found) return false;

    look_at_file(rq, &e);
    file_tags original = read_tags(rq, &e), sidecar = e.sidecar.n ? read_or_warn(rq, read_sidecar, e.sidecar) : (file_tags){0};
    facts f = facts_of(rq->mem, (facts_input){.name = e.path,
                                              .size = e.size,
                                              .modified = e.modified,
                                              .born = e.born,
                                              .created = e.created,
                                              .original = &original,
                                              .sidecar = e.sidecar.n ? &sidecar.tags : NULL});
    if (!metadata_store(rq, &e, &f, &original.probe)) return false;
    db_commit(db);

    if (!e.video && f.motion.length && !try(&rq->ctx, extract_motion, &(motion){rq, &e, &f})) {
        db_rollback(db);
        log_warn("cannot extract the video of the motion photo %.*s: %.*s", PR(e.path), PR(rq->ctx.message));
    }

    db_exec(db,
            "insert into asset_job_status (\"assetId\", \"metadataExtractedAt\") values ($1, $2) "
            "on conflict (\"assetId\") do update set \"metadataExtractedAt\" = excluded.\"metadataExtractedAt\"",
            UUID(id), WHEN(now()));
    job_push(rq, StorageTemplateMigrationSingle, .id = id, .source = source);
    if (str_is(source, "sidecar-write")) {
        str object = asset_event_json(rq, id, (asset_view){.exif = true, .tags = true, .people = true, .viewer = e.owner});
        if (object.at) emit(rq, e.owner, "on_asset_update", object);
    }
    return true;
}

JOB(AssetExtractMetadata)
{
    metadata_extract(rq, in->id, in->source);
    return JOB_SUCCESS;
}

// Everything that is not in the trash, or only what was never extracted.
JOB(AssetExtractMetadataQueueAll)
{
    job_push_found(rq, JOB_AssetExtractMetadata,
                   "select a.id from asset a left join asset_job_status s on s.\"assetId\" = a.id where a.\"deletedAt\" is null "
                   "and ($1 or s.\"metadataExtractedAt\" is null) and (a.id > $2 or $2 is null) order by a.id limit $3",
                   in->force);
    return JOB_SUCCESS;
}
