// Previews, thumbnails, full sizes and thumbhashes.                                        spec 05, section 1.6; spec 06, sections 7.1 to 7.8
//
// Everything of one asset comes from one decode in the worker's caged decoder. The database is let go while that runs: what was read before is
// only used to write what the asset still allows afterwards.
#include "features/app.h"
#include "media/media.h"
#include <errno.h>
#include <stdlib.h>

typedef struct {
    uuid id, owner;
    str path;
    bytes thumbhash;
    bool hidden, panorama;
    bool full_size;  // one is wanted, since browsers cannot show the original
    bool edited;     // there are edits; crop and turn are what they come to
    render as_it_is; // the decode of the original, without outputs
    box crop;
    int turn;
} original;

typedef struct {
    const char *type;
    bool edited, progressive, transparent;
    storage_file *file; // not yet in its place
    str path;
} generated;
typedef LIST(generated) generated_list;

// ---- what there is ---------------------------------------------------------------------------------------------------------------

// The list of edits as one cut and one turning. The cut comes first in every list (spec 06, 7.9).
static void read_edits(request *rq, original *o)
{
    o->turn = 1;
    db_rows (r, rq->db, "select action, parameters from asset_edit where \"assetId\" = $1 order by sequence", UUID(o->id)) {
        str action = col_str(r, 0);
        const json *p = json_parse(rq->mem, col_str(r, 1), NULL);
        int64_t numbers[5] = {0};
        static const char *const names[] = {"x", "y", "width", "height", "angle"};
        for (size_t i = 0; i < countof(names); i++) {
            const json *n = json_get(p, names[i]);
            if (n && n->type == JSON_NUMBER) numbers[i] = (int64_t)n->number;
        }
        if (str_is(action, "crop")) o->crop = (box){numbers[0], numbers[1], numbers[2], numbers[3]};
        if (str_is(action, "rotate"))
            o->turn = turn_then(o->turn, numbers[4] == 90 ? 6 : numbers[4] == 180 ? 3 : numbers[4] == 270 ? 8 : 1);
        if (str_is(action, "mirror")) o->turn = turn_then(o->turn, str_is(json_get_str(p, "axis"), "vertical") ? 4 : 2);
        o->edited = true;
    }
}

// Everything that is needed of an asset with its EXIF row. False: it has none, or is neither image nor video.
static bool read_original(request *rq, uuid id, original *o)
{
    row *r = db_one(rq->db,
                    "select a.\"ownerId\", a.type, a.visibility, a.\"originalPath\", a.\"originalFileName\", a.thumbhash, e.orientation, "
                    "e.\"projectionType\", e.colorspace, e.\"profileDescription\", e.\"bitsPerSample\" "
                    "from asset a join asset_exif e on e.\"assetId\" = a.id where a.id = $1",
                    UUID(id));
    if (!r) return false;
    const AdminConfigDto *config = config_get(rq);
    const char *tolerant = getenv("IMMICH_PROCESS_INVALID_IMAGES");
    str type = col_str(r, 1), name = col_str(r, 4);
    int64_t orientation = 0;
    str_to_int(col_str(r, 6), &orientation);
    *o = (original){
        .id = id,
        .owner = col_uuid(r, 0),
        .path = col_str(r, 3),
        .thumbhash = col_bytes(r, 5),
        .hidden = str_is(col_str(r, 2), "hidden"),
        .panorama = str_is(col_str(r, 7), "EQUIRECTANGULAR"),
        .as_it_is =
            {
                .name = name,
                .video = str_is(type, "VIDEO") || str_ieq(storage_extension(name), S(".gif")),
                .tolerant = tolerant && !strcmp(tolerant, "true"),
                .p3 = config->image.colorspace == COLORSPACE_P3 && media_wants_p3(col_str(r, 8), col_str(r, 9), (int)col_int(r, 10)),
                .embedded = config->image.extractEmbedded,
                .embedded_min = (int)config->image.preview.size,
                .orientation = (int)orientation,
                .tonemap = ToneMapping_text(config->ffmpeg.tonemap),
                .thumbhash = true,
            },
    };
    if (!str_is(type, "VIDEO") && !str_is(type, "IMAGE")) return false;
    if (o->as_it_is.video) return true;
    o->full_size = (config->image.fullsize.enabled || o->panorama) && !file_type_has(name, TYPE_WEB);
    read_edits(rq, o);
    return true;
}

// ---- making --------------------------------------------------------------------------------------------------------------------

static void discard(void *file)
{
    storage_discard(file);
}

typedef struct {
    const char *type;
    ImageFormat format;
    int64_t size, quality; // size 0: the full size
    bool progressive;
} wanted;

static size_t wanted_files(request *rq, const original *o, bool edited, wanted out[RENDER_OUTPUTS])
{
    const AdminConfigImageDto *c = &config_get(rq)->image;
    size_t n = 0;
    out[n++] = (wanted){"preview", c->preview.format, c->preview.size, c->preview.quality, c->preview.progressive.v};
    out[n++] = (wanted){"thumbnail", c->thumbnail.format, c->thumbnail.size, c->thumbnail.quality, c->thumbnail.progressive.v};
    if (o->full_size || edited) out[n++] = (wanted){"fullsize", c->fullsize.format, 0, c->fullsize.quality, c->fullsize.progressive.v};
    return n;
}

typedef struct {
    cage *cage;
    render job;
    render_result result;
} rendering;

static void run_render(ctx *c, void *arg)
{
    rendering *r = arg;
    r->result = media_render(c, r->cage, r->job);
}

// Decodes the original once and writes its files under temporary names. Returns the thumbhash.
static bytes generate(request *rq, const original *o, bool edited, generated_list *out)
{
    wanted want[RENDER_OUTPUTS];
    size_t n = wanted_files(rq, o, edited, want);
    render r = o->as_it_is;
    r.fd = storage_read(&rq->ctx, o->path);
    if (edited) r.crop = o->crop, r.turn = o->turn;

    storage_file *files[RENDER_OUTPUTS];
    for (size_t i = 0; i < n; i++) {
        files[i] = storage_create(rq->mem, rq->app->storage, false);
        if (!files[i]) fail(rq, 500, "cannot create a thumbnail: %s", strerror(errno));
        defer(&rq->ctx, discard, files[i]);
        r.outputs[r.n++] = (render_output){
            .fd = files[i]->fd,
            .size = (int)want[i].size,
            .format = want[i].format == IMAGE_FORMAT_WEBP ? PICTURE_WEBP : PICTURE_JPEG,
            .quality = (int)want[i].quality,
            .progressive = want[i].progressive && !r.video,
            .gpano = o->panorama && strcmp(want[i].type, "thumbnail") != 0,
        };
    }
    rendering decoded = {.cage = rq->app->cage, .job = r};
    if (!try(&rq->ctx, run_render, &decoded)) {
        str reason = rq->ctx.message; // says what, but not of which file
        fail(rq, rq->ctx.status, "%.*s: %.*s", PR(o->path), PR(reason));
    }
    render_result result = decoded.result;

    str id = uuid_text(rq->mem, o->id);
    for (size_t i = 0; i < n; i++) {
        const render_output *as = &r.outputs[i];
        picture_format format = result.outputs[i].copied ? PICTURE_JPEG : as->format;
        str name = str_fmt(rq->mem, "%.*s_%s%s%s", PR(id), want[i].type, edited ? "_edited" : "", picture_extension(format));
        *push(rq->mem, *out) = (generated){
            .type = want[i].type,
            .edited = edited,
            .progressive = as->progressive && format == PICTURE_JPEG,
            .transparent = result.transparent,
            .file = files[i],
            .path = storage_nested(rq->app->storage, rq->mem, FOLDER_THUMBS, o->owner, name),
        };
    }
    return result.thumbhash;
}

// ---- telling the database --------------------------------------------------------------------------------------------------------

typedef struct {
    str type, path;
    bool edited, progressive, transparent;
} known;

// Gives the new files their places and rows. Rows of files that are not made any more go, and so do files that were replaced by others
// under another name (spec 06, 7.7).
static void settle_files(request *rq, const original *o, generated_list made)
{
    LIST(known) before = {0};
    db_rows (r, rq->db,
             "select type, path, \"isEdited\", \"isProgressive\", \"isTransparent\" from asset_file "
             "where \"assetId\" = $1 and type in ('preview', 'thumbnail', 'fullsize')",
             UUID(o->id))
        *push(rq->mem, before) =
            (known){str_dup(rq->mem, col_str(r, 0)), str_dup(rq->mem, col_str(r, 1)), col_bool(r, 2), col_bool(r, 3), col_bool(r, 4)};

    strs old = {0};
    each (b, before) {
        const generated *now = NULL;
        each (g, made)
            if (g->edited == b->edited && str_is(b->type, g->type)) now = g;
        if (!now || !str_eq(now->path, b->path)) *push(rq->mem, old) = b->path;
        if (!now)
            db_exec(rq->db, "delete from asset_file where \"assetId\" = $1 and type = $2 and \"isEdited\" = $3", UUID(o->id), STR(b->type),
                    BOOL(b->edited));
    }
    each (g, made) {
        storage_place(&rq->ctx, g->file, g->path);
        bool same = false;
        each (b, before)
            same |= g->edited == b->edited && str_is(b->type, g->type) && str_eq(g->path, b->path) && g->progressive == b->progressive &&
                    g->transparent == b->transparent;
        if (same) continue;
        db_exec(
            rq->db,
            "insert into asset_file (\"assetId\", type, path, \"isEdited\", \"isProgressive\", \"isTransparent\") values ($1, $2, $3, $4, $5, $6) "
            "on conflict (\"assetId\", type, \"isEdited\") do update set path = excluded.path, \"isProgressive\" = excluded.\"isProgressive\", "
            "\"isTransparent\" = excluded.\"isTransparent\"",
            UUID(o->id), STR(str_of(g->type)), STR(g->path), BOOL(g->edited), BOOL(g->progressive), BOOL(g->transparent));
    }
    if (old.n) job_push(rq, FileDelete, .files = old);
}

JOB(AssetGenerateThumbnails)
{
    original o;
    db_set_mode(db, DB_READ);
    bool found = read_original(rq, in->id, &o);
    db_commit(db);
    if (!found) return JOB_FAILED;
    if (o.hidden) return JOB_SKIPPED;

    generated_list made = {0};
    bytes hash = generate(rq, &o, false, &made);
    if (o.edited) hash = generate(rq, &o, true, &made);

    db_set_mode(db, DB_WRITE);
    if (!db_has(db, "select 1 from asset where id = $1", UUID(o.id))) return JOB_FAILED; // deleted in the meantime
    settle_files(rq, &o, made);
    if (hash.n != o.thumbhash.n || memcmp(hash.at, o.thumbhash.at, hash.n) != 0)
        db_exec(db, "update asset set thumbhash = $2 where id = $1", UUID(o.id), BYTES(hash));
    return JOB_SUCCESS;
}

// ---- all of them -----------------------------------------------------------------------------------------------------------------

enum { BATCH = 1000 };

typedef LIST(job_options) job_list;

static void add(request *rq, job_list *jobs, job_name name, job_data data)
{
    if (job_known(name)) *push(rq->mem, *jobs) = (job_options){.name = name, .data = data};
}

// One page of assets in the order of their ids, carried by the primary key: which of them lack something, or all with force. Returns the last id.
static uuid queue_assets(request *rq, uuid after, bool force, job_list *jobs)
{
    bool full_size = config_get(rq)->image.fullsize.enabled;
    uuid last = {0};
    jobs->n = 0;
    db_rows (
        r, rq->db,
        "select a.id, a.\"isEdited\", a.\"originalFileName\", a.thumbhash is null "
        "or not exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'preview') "
        "or not exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'thumbnail') "
        "or (a.\"isEdited\" and not exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'fullsize' and f.\"isEdited\")), "
        "exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'fullsize'), "
        "exists (select 1 from asset_job_status s where s.\"assetId\" = a.id) "
        "from asset a where a.id > $1 and a.\"deletedAt\" is null and a.visibility <> 'hidden' order by a.id limit $2",
        (param){.type = P_UUID, .u = after}, INT(BATCH)) {
        last = col_uuid(r, 0);
        bool edited = col_bool(r, 1);
        const file_type *type = file_type_of(col_str(r, 2));
        bool lacks_full_size = full_size && !col_bool(r, 4) && type && type->type == MEDIA_IMAGE && !(type->traits & TYPE_WEB);
        if (!force && (!col_bool(r, 5) || (!col_bool(r, 3) && !lacks_full_size))) continue;
        if (!edited || force) add(rq, jobs, JOB_AssetGenerateThumbnails, (job_data){.id = last});
        if (edited) add(rq, jobs, JOB_AssetEditThumbnailGeneration, (job_data){.id = last});
    }
    job_push_all(rq, jobs->at, jobs->n);
    return last;
}

// People without a picture, or all. Who has no face to show gets the first visible one.
static void queue_people(request *rq, bool force)
{
    if (!job_known(JOB_PersonGenerateThumbnail)) return;
    db_exec(rq->db,
            "update person set \"faceAssetId\" = (select f.id from asset_face f join asset a on a.id = f.\"assetId\" "
            "where f.\"personGroupId\" = person.\"personGroupId\" and a.\"ownerId\" = person.\"ownerId\" and a.\"deletedAt\" is null "
            "and f.\"deletedAt\" is null and f.\"isVisible\" order by f.id limit 1) "
            "where \"faceAssetId\" is null and ($1 or \"thumbnailPath\" = '')",
            BOOL(force));
    job_list jobs = {0};
    db_rows (r, rq->db,
             "select \"ownerId\", \"personGroupId\" from person where \"faceAssetId\" is not null and ($1 or \"thumbnailPath\" = '')",
             BOOL(force))
        add(rq, &jobs, JOB_PersonGenerateThumbnail, (job_data){.owner_id = col_uuid(r, 0), .person_group_id = col_uuid(r, 1)});
    job_push_all(rq, jobs.at, jobs.n);
}

JOB(AssetGenerateThumbnailsQueueAll)
{
    // A transaction for each page, so that a large library does not keep everybody else from writing.
    job_list jobs = {0};
    for (uuid last = queue_assets(rq, (uuid){0}, in->force, &jobs); !uuid_nil(last); last = queue_assets(rq, last, in->force, &jobs))
        db_commit(db);
    queue_people(rq, in->force);
    return JOB_SUCCESS;
}
