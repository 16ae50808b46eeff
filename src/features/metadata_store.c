// Facts into rows: the asset, its EXIF, its streams, its tags, the faces drawn in it, and its other half.   spec 06, 4.7 to 4.12
#include "features/metadata.h"
#include "features/tag_paths.h"
#include <math.h>
#include <stdlib.h>

static param real(double x)
{
    return isnan(x) ? NUL : FLOAT(x);
}
static param integer(int64_t x)
{
    return x == NO_NUMBER ? NUL : INT(x);
}
static param positive(int x)
{
    return x ? INT(x) : NUL;
}
static param not_negative(int x)
{
    return x < 0 ? NUL : INT(x);
}
static int64_t narrow(int64_t x)
{
    return x > INT32_MAX ? INT32_MAX : x;
}

// ---- asset -----------------------------------------------------------------------------------------------------------------------
// An edited asset keeps the size of its edit.
static bool store_asset(request *rq, const extraction *e, const facts *f)
{
    return db_exec(rq->db,
                   "update asset set duration = $2, \"fileCreatedAt\" = $3, \"localDateTime\" = $4, \"fileModifiedAt\" = $5, "
                   "width = case when \"isEdited\" and width is not null then width else $6 end, "
                   "height = case when \"isEdited\" and height is not null then height else $7 end where id = $1",
                   UUID(e->id), integer(f->duration), WHEN(f->taken), WHEN(f->local), WHEN(e->modified), positive(f->width),
                   positive(f->height)) > 0;
}

// ---- EXIF ------------------------------------------------------------------------------------------------------------------------
static bool lockable(const char *column)
{
    static const char *const names[] = {"description", "dateTimeOriginal", "latitude", "longitude", "rating", "timeZone", "tags"};
    for (size_t i = 0; i < countof(names); i++)
        if (!strcmp(column, names[i])) return true;
    return false;
}

// One upsert. A column that the user edited, and that is not in a sidecar yet, is locked and keeps its value.
static void store_exif(request *rq, const extraction *e, const facts *f)
{
    const struct {
        const char *name;
        param value;
    } columns[] = {
        {"assetId", UUID(e->id)},
        {"make", STR(f->make)},
        {"model", STR(f->model)},
        {"exifImageWidth", positive(f->exif_width)},
        {"exifImageHeight", positive(f->exif_height)},
        {"fileSizeInByte", INT(e->size)},
        {"orientation", f->orientation < 0 ? NUL : STR(str_fmt(rq->mem, "%d", f->orientation))},
        {"dateTimeOriginal", WHEN(f->taken)},
        {"modifyDate", WHEN(e->modified)},
        {"lensModel", STR(f->lens)},
        {"fNumber", real(f->f_number)},
        {"focalLength", real(f->focal_length)},
        {"iso", integer(f->iso)},
        {"latitude", real(f->latitude)},
        {"longitude", real(f->longitude)},
        // These follow the position that was just read; there is no gazetteer to look it up in.
        {"city", NUL},
        {"state", NUL},
        {"country", NUL},
        {"description", STR(f->description)},
        {"fps", real(f->fps)},
        {"exposureTime", STR(f->exposure_time)},
        {"livePhotoCID", STR(f->live_photo_cid)},
        {"timeZone", STR(f->time_zone)},
        {"projectionType", STR(f->projection)},
        {"profileDescription", STR(f->profile)},
        {"colorspace", STR(f->colorspace)},
        {"bitsPerSample", integer(f->bits_per_sample)},
        {"autoStackId", STR(f->auto_stack_id)},
        {"rating", integer(f->rating)},
        {"tags", f->tags.n ? STRS(f->tags) : NUL},
    };
    buf sql = {.mem = rq->mem}, values = {.mem = rq->mem}, updates = {.mem = rq->mem};
    param_list bound = {0};
    buf_add(&sql, S("insert into asset_exif ("));
    for (size_t i = 0; i < countof(columns); i++) {
        const char *name = columns[i].name, *comma = i ? ", " : "";
        buf_fmt(&sql, "%s\"%s\"", comma, name);
        buf_add(&values, str_of(comma));
        sql_bind(&values, rq->mem, &bound, columns[i].value);
        if (!i) continue;
        buf_fmt(&updates, i > 1 ? ", \"%s\" = " : "\"%s\" = ", name);
        if (lockable(name))
            buf_fmt(&updates, "case when array_has(asset_exif.\"lockedProperties\", '%s') then asset_exif.\"%s\" else excluded.\"%s\" end",
                    name, name, name);
        else buf_fmt(&updates, "excluded.\"%s\"", name);
    }
    buf_fmt(&sql, ") values (%.*s) on conflict (\"assetId\") do update set %.*s", (int)values.n, values.at, (int)updates.n, updates.at);
    db_exec_(rq->db, db_sql(rq->db, buf_str(&sql)), (params){bound.at, bound.n});
}

// ---- streams ---------------------------------------------------------------------------------------------------------------------
static param ints(arena *mem, int32s list)
{
    int64_t *wide = new_n(mem, int64_t, list.n);
    for (size_t i = 0; i < list.n; i++) wide[i] = list.at[i];
    return INTS(wide, list.n);
}

static void store_video(request *rq, uuid id, const probe *p)
{
    const video_stream *v = p->video.n ? p->video.at : NULL;
    if (!v || !v->codec.n || !v->time_base || !p->format.n || !p->format_long.n) return;
    db_exec(
        rq->db,
        "insert into asset_video (\"assetId\", bitrate, \"frameCount\", \"timeBase\", \"index\", profile, level, \"colorPrimaries\", \"colorTransfer\", "
        "\"colorMatrix\", \"dvProfile\", \"dvLevel\", \"dvBlSignalCompatibilityId\", \"codecName\", \"formatName\", \"formatLongName\", \"pixelFormat\") "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        UUID(id), INT(narrow(v->bitrate)), INT(narrow(v->frame_count)), INT(v->time_base), INT(v->index), not_negative(v->profile),
        INT(v->level), INT(v->primaries), INT(v->transfer), INT(v->matrix), not_negative(v->dv_profile), not_negative(v->dv_level),
        not_negative(v->dv_compatibility), STR(v->codec), STR(p->format), STR(p->format_long), STR(v->pixel_format));
    if (!p->packets.packets || !p->packets.pts.n) return;
    db_exec(
        rq->db,
        "insert into asset_keyframe (\"assetId\", pts, \"accDuration\", \"ownDuration\", \"totalDuration\", \"packetCount\", \"outputFrames\") "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        UUID(id), ints(rq->mem, p->packets.pts), ints(rq->mem, p->packets.accumulated), ints(rq->mem, p->packets.own),
        INT(narrow(p->packets.duration)), INT(narrow(p->packets.packets)), INT(narrow(p->packets.output_frames)));
}

static void store_streams(request *rq, uuid id, const probe *p)
{
    db *db = rq->db;
    db_exec(db, "delete from asset_audio where \"assetId\" = $1", UUID(id));
    db_exec(db, "delete from asset_video where \"assetId\" = $1", UUID(id));
    db_exec(db, "delete from asset_keyframe where \"assetId\" = $1", UUID(id));
    const audio_stream *a = p->audio.n ? p->audio.at : NULL;
    if (a && a->codec.n)
        db_exec(db, "insert into asset_audio (\"assetId\", bitrate, \"index\", profile, \"codecName\") values ($1, $2, $3, $4, $5)",
                UUID(id), INT(narrow(a->bitrate)), INT(a->index), not_negative(a->profile), STR(a->codec));
    store_video(rq, id, p);
}

// ---- tags ------------------------------------------------------------------------------------------------------------------------
static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

// What the row says now, which may be the user's. Sorted, so that two extractions which make the same new tags don't wait for each other.
static void apply_tags(request *rq, const extraction *e)
{
    row *r = db_one(rq->db, "select tags from asset_exif where \"assetId\" = $1", UUID(e->id));
    strs paths = r ? col_strs(r, 0) : (strs){0};
    if (paths.n) qsort(paths.at, paths.n, sizeof *paths.at, by_text);
    tags_replace(rq, e->id, tag_paths_upsert(rq, e->owner, paths));
}

// ---- faces -----------------------------------------------------------------------------------------------------------------------
static uuid new_person(request *rq, uuid owner, str name)
{
    uuid group = uuid_v4();
    db_exec(rq->db, "insert into person_group (id, \"clusterGroupId\") select $1, \"clusterGroupId\" from \"user\" where id = $2",
            UUID(group), UUID(owner));
    db_exec(rq->db, "insert into person (\"ownerId\", \"personGroupId\", name) values ($1, $2, $3)", UUID(owner), UUID(group), STR(name));
    job_push(rq, PersonGenerateThumbnail, .owner_id = owner, .person_group_id = group);
    return group;
}

// Faces that photo programs drew replace those of the last extraction; a new name becomes a person, whose feature face this is.
static void import_faces(request *rq, const extraction *e, const facts *f)
{
    db *db = rq->db;
    uuid *known = new_n(rq->mem, uuid, f->faces.n);
    // All names are looked up before any is made: two faces of one new name are two people.
    for (size_t i = 0; i < f->faces.n; i++)
        known[i] = db_uuid(
            db, "select \"personGroupId\" from person where \"ownerId\" = $1 and lower(name) = lower($2) order by \"createdAt\" limit 1",
            UUID(e->owner), STR(f->faces.at[i].name));
    db_exec(db, "delete from asset_face where \"assetId\" = $1 and \"sourceType\" = 'exif' and \"isVisible\"", UUID(e->id));
    for (size_t i = 0; i < f->faces.n; i++) {
        const face_region *r = &f->faces.at[i];
        uuid face = uuid_v4(), group = uuid_nil(known[i]) ? new_person(rq, e->owner, r->name) : known[i];
        db_exec(
            db,
            "insert into asset_face (id, \"assetId\", \"personGroupId\", \"imageWidth\", \"imageHeight\", \"boundingBoxX1\", \"boundingBoxY1\", "
            "\"boundingBoxX2\", \"boundingBoxY2\", \"sourceType\") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'exif')",
            UUID(face), UUID(e->id), UUID(group), INT(r->image_width), INT(r->image_height), INT(r->x1), INT(r->y1), INT(r->x2),
            INT(r->y2));
        if (uuid_nil(known[i]))
            db_exec(db, "update person set \"faceAssetId\" = $3 where \"ownerId\" = $1 and \"personGroupId\" = $2", UUID(e->owner),
                    UUID(group), UUID(face));
    }
}

// ---- live photos -----------------------------------------------------------------------------------------------------------------
// The two halves of a live photo are often extracted at the same time; the second waits for the first to be stored, so that it finds it.
static void lock_live_photo(request *rq, const facts *f)
{
    enum { LIVE_PHOTO_LOCK = 0x6c697665 };
    sha1 hash = sha1_of(str_bytes(f->live_photo_cid));
    db_lock(rq->db, (int64_t)LIVE_PHOTO_LOCK << 32 | hash.b[0] << 8 | hash.b[1]);
}

// A photo and a video of one owner with one identifier belong together; the video steps back behind the photo.
static void link_live_photo(request *rq, const extraction *e, const facts *f)
{
    db *db = rq->db;
    if (!f->live_photo_cid.n) return;
    uuid other =
        db_uuid(db,
                "select a.id from asset_exif e join asset a on a.id = e.\"assetId\" where e.\"livePhotoCID\" = $1 and a.\"ownerId\" = $2 "
                "and a.type = $3 and a.id <> $4 limit 1",
                STR(f->live_photo_cid), UUID(e->owner), STR(e->video ? S("IMAGE") : S("VIDEO")), UUID(e->id));
    if (uuid_nil(other)) return;
    uuid photo = e->video ? other : e->id, video = e->video ? e->id : other;
    db_exec(db, "update asset set \"livePhotoVideoId\" = $2 where id = $1", UUID(photo), UUID(video));
    db_exec(db, "update asset set visibility = 'hidden' where id = $1", UUID(video));
    db_exec(db, "delete from album_asset where \"assetId\" = $1", UUID(video));
    emit(rq, e->owner, "on_asset_hidden", str_fmt(rq->mem, "\"%s\"", uuid_text(rq->mem, video).at));
}

bool metadata_store(request *rq, const extraction *e, const facts *f, const probe *p)
{
    if (f->live_photo_cid.n) lock_live_photo(rq, f);
    if (!store_asset(rq, e, f)) return false;
    store_exif(rq, e, f);
    if (p->ok) store_streams(rq, e->id, p);
    apply_tags(rq, e);
    if (config_get(rq)->metadata.faces.import) import_faces(rq, e, f);
    link_live_photo(rq, e, f);
    return true;
}
