// Looking at assets and changing what people may change.                                                 spec 02, sections 6 and 7
#include "features/app.h"
#include "features/assets/assets.h"
#include "media/types.h"

// A link that shows no metadata gets the bare picture (spec 02, 6.3).
static void answer_sanitised(request *rq, const AssetResponseDto *a)
{
    json_writer w = json_writer_on(rq->mem);
    json_open(&w);
    json_key(&w, S("id"));
    json_str(&w, uuid_text(rq->mem, a->id));
    json_key(&w, S("type"));
    json_str(&w, AssetTypeEnum_text(a->type));
    json_key(&w, S("originalMimeType"));
    json_str(&w, a->originalMimeType);
    json_key(&w, S("thumbhash"));
    json_str(&w, a->thumbhash);
    json_key(&w, S("localDateTime"));
    json_str(&w, when_iso(rq->mem, a->localDateTime));
    json_key(&w, S("duration"));
    a->duration.has ? json_int(&w, a->duration.v) : json_null(&w);
    json_key(&w, S("livePhotoVideoId"));
    json_str(&w, a->livePhotoVideoId.v);
    json_key(&w, S("hasMetadata"));
    json_bool(&w, false);
    json_key(&w, S("width"));
    a->width.has ? json_int(&w, a->width.v) : json_null(&w);
    json_key(&w, S("height"));
    a->height.has ? json_int(&w, a->height.v) : json_null(&w);
    json_close(&w);
    answer_json(rq->http, 200, buf_str(&w.out));
    rq->answered = true;
}

HANDLER(getAssetInfo)
{
    access_require_one(rq, ASSET_READ, in->id);
    bool link = rq->auth.kind == AUTH_SHARED_LINK;
    asset_objects found = asset_objects_of(rq, one_id(in->id),
                                           (asset_view){
                                               .exif = true,
                                               .tags = true,
                                               .people = !link,
                                               .owner = !link,
                                               .stack = true,
                                               .viewer = rq->auth.user_id,
                                           });
    if (!found.n) fail(rq, 400, "Asset not found");
    if (link && !rq->auth.link.show_exif) answer_sanitised(rq, found.at);
    else *out = found.at[0];
}

HANDLER(getAssetStatistics)
{
    if (in->visibility == ASSET_VISIBILITY_LOCKED) require_elevated(rq);
    db_rows (r, db,
             "select type, count(*) from asset where \"ownerId\" = $1 "
             "and (visibility = $2 or ($2 is null and visibility in ('archive', 'timeline'))) and ($3 is null or \"isFavorite\" = $3) "
             "and (case when $4 then \"deletedAt\" is not null and status <> 'deleted' else \"deletedAt\" is null end) group by type",
             UUID(rq->auth.user_id), STR(AssetVisibility_text(in->visibility)), OPT(BOOL, in->isFavorite), BOOL(in->isTrashed.v)) {
        int64_t count = col_int(r, 1);
        out->total += count;
        if (str_is(col_str(r, 0), "IMAGE")) out->images = count;
        if (str_is(col_str(r, 0), "VIDEO")) out->videos = count;
    }
}

// ---- changing --------------------------------------------------------------------------------------------------------------------

RULE(UpdateAssetDto)
{
    if (it->latitude.has != it->longitude.has) refuse(c, "", "Latitude and longitude must be provided together");
}

RULE(AssetBulkUpdateDto)
{
    if (it->latitude.has != it->longitude.has) refuse(c, "", "Latitude and longitude must be provided together");
    if (it->dateTimeRelative.has && it->dateTimeOriginal.at) refuse(c, "", "dateTimeRelative cannot exist alongside dateTimeOriginal");
}

// EXIF values that people may set; what is set is locked until the sidecar carries it.
typedef struct {
    str description, time_zone;
    when taken;
    opt_double latitude, longitude;
    opt_int rating;
} exif_change;

// "2023-11-20T01:11:00+05:30" gives the instant and "UTC+5:30"; without an offset the text counts as UTC and the zone stays.
static void take_date(request *rq, str text, exif_change *change)
{
    change->taken = WHEN_NONE;
    if (!text.at) return;
    bool zoned = when_parse(text, &change->taken);
    if (!zoned && !when_parse(str_cat(rq->mem, text, S("Z")), &change->taken) && !date_parse(text, &change->taken))
        fail(rq, 500, "unreadable date %.*s", PR(text));
    if (!zoned || str_find(text, S("T")) < 0) return;
    char last = text.at[text.n - 1];
    if (last == 'Z' || last == 'z') {
        change->time_zone = S("UTC");
        return;
    }
    str offset = str_slice(text, text.n - 6, text.n); // +hh:mm
    int hours = (offset.at[1] - '0') * 10 + (offset.at[2] - '0'), minutes = (offset.at[4] - '0') * 10 + (offset.at[5] - '0');
    if (!hours && !minutes) change->time_zone = S("UTC");
    else if (minutes) change->time_zone = str_fmt(rq->mem, "UTC%c%d:%02d", offset.at[0], hours, minutes);
    else change->time_zone = str_fmt(rq->mem, "UTC%c%d", offset.at[0], hours);
}

static strs names_of(arena *mem, const exif_change *c)
{
    strs names = {0};
    if (c->description.at) *push(mem, names) = S("description");
    if (c->taken != WHEN_NONE) *push(mem, names) = S("dateTimeOriginal");
    if (c->latitude.has) *push(mem, names) = S("latitude");
    if (c->longitude.has) *push(mem, names) = S("longitude");
    if (c->rating.has) *push(mem, names) = S("rating");
    if (c->time_zone.at) *push(mem, names) = S("timeZone");
    return names;
}

// Adds names to a row's lockedProperties, each once.
static void lock_properties(request *rq, uuid asset, strs names)
{
    row *r = db_one(rq->db, "select \"lockedProperties\" from asset_exif where \"assetId\" = $1", UUID(asset));
    if (!r) return;
    strs locked = col_strs(r, 0);
    each (name, names) {
        bool there = false;
        each (old, locked) there |= str_eq(*old, *name);
        if (!there) *push(rq->mem, locked) = *name;
    }
    db_exec(rq->db, "update asset_exif set \"lockedProperties\" = $2 where \"assetId\" = $1", UUID(asset), STRS(locked));
}

static bool change_exif(request *rq, ids assets, const exif_change *c)
{
    strs names = names_of(rq->mem, c);
    if (!names.n) return false;
    db_exec(rq->db,
            "update asset_exif set description = coalesce($2, description), \"dateTimeOriginal\" = coalesce($3, \"dateTimeOriginal\"), "
            "latitude = coalesce($4, latitude), longitude = coalesce($5, longitude), "
            "rating = (case when $6 then $7 else rating end), \"timeZone\" = coalesce($8, \"timeZone\") where \"assetId\" in ids($1)",
            IDS(assets), STR(c->description), WHEN(c->taken), OPT(FLOAT, c->latitude), OPT(FLOAT, c->longitude), BOOL(c->rating.has),
            OPT(INT, c->rating), STR(c->time_zone));
    each (id, assets) lock_properties(rq, *id, names);
    return true;
}

// The motion part becomes a video of its own again (spec 02, 7.3).
static void live_photo_unlink(request *rq, uuid still, str visibility)
{
    row *r = db_one(rq->db, "select v.id, v.\"originalPath\" from asset a join asset v on v.id = a.\"livePhotoVideoId\" where a.id = $1",
                    UUID(still));
    if (!r) return;
    str folder = str_fmt(rq->mem, "%.*s/%s/", PR(storage_root(rq->app->storage)), storage_folder_name(FOLDER_ENCODED_VIDEO));
    if (str_starts(col_str(r, 1), folder)) fail(rq, 400, "Cannot unlink Android motion photos");
    str inherited = visibility.at ? visibility : db_str(rq->db, "select visibility from asset where id = $1", UUID(still));
    db_exec(rq->db, "update asset set visibility = $2 where id = $1", UUID(col_uuid(r, 0)), STR(inherited));
    job_push(rq, AssetGenerateThumbnails, .id = col_uuid(r, 0), .notify = true);
}

HANDLER(updateAsset)
{
    access_require_one(rq, ASSET_UPDATE, in->id);
    const UpdateAssetDto *b = &in->body;
    uuid id = in->id;
    ids one = one_id(id);
    str visibility = AssetVisibility_text(b->visibility);
    bool link = b->livePhotoVideoId.has && !b->livePhotoVideoId.null, unlink = b->livePhotoVideoId.has && b->livePhotoVideoId.null;
    if (link) live_photo_link(rq, b->livePhotoVideoId.v);
    if (unlink) live_photo_unlink(rq, id, visibility);

    exif_change change = {.description = b->description, .latitude = b->latitude, .longitude = b->longitude, .rating = b->rating};
    take_date(rq, b->dateTimeOriginal, &change);
    if (change_exif(rq, one, &change)) job_push(rq, SidecarWrite, .id = id);

    db_exec(db,
            "update asset set \"isFavorite\" = coalesce($2, \"isFavorite\"), visibility = coalesce($3, visibility), "
            "\"livePhotoVideoId\" = (case when $4 then $5 else \"livePhotoVideoId\" end) where id = $1",
            UUID(id), OPT(BOOL, b->isFavorite), STR(visibility), BOOL(b->livePhotoVideoId.has), UUID(b->livePhotoVideoId.v));
    asset_objects found = asset_objects_of(rq, one, (asset_view){.exif = true, .people = true, .viewer = rq->auth.user_id});
    if (!found.n) fail(rq, 400, "Asset not found");
    *out = found.at[0];
}

// Moves the time taken by minutes, or names another zone for it, asset by asset since each has its own.
static void shift_dates(request *rq, ids assets, int64_t minutes, str zone)
{
    strs names = {0};
    *push(rq->mem, names) = S("dateTimeOriginal");
    *push(rq->mem, names) = S("timeZone");
    each (id, assets) {
        row *r = db_one(rq->db, "select \"dateTimeOriginal\" from asset_exif where \"assetId\" = $1", UUID(*id));
        if (!r) continue;
        when taken = col_when(r, 0);
        if (taken != WHEN_NONE) taken += minutes * MINUTE;
        db_exec(rq->db, "update asset_exif set \"dateTimeOriginal\" = $2, \"timeZone\" = coalesce($3, \"timeZone\") where \"assetId\" = $1",
                UUID(*id), WHEN(taken), STR(zone));
        lock_properties(rq, *id, names);
    }
}

HANDLER(updateAssets)
{
    const AssetBulkUpdateDto *b = &in->body;
    access_require(rq, ASSET_UPDATE, b->ids);
    if (!b->ids.n) return;

    exif_change change = {.description = b->description, .latitude = b->latitude, .longitude = b->longitude, .rating = b->rating};
    take_date(rq, b->dateTimeOriginal, &change);
    change_exif(rq, b->ids, &change);
    if (b->dateTimeRelative.v || b->timeZone.at) shift_dates(rq, b->ids, b->dateTimeRelative.v, b->timeZone);

    str visibility = AssetVisibility_text(b->visibility);
    uuid duplicate = {0};
    if (b->duplicateId.has && !b->duplicateId.null && !uuid_parse(b->duplicateId.v, &duplicate)) fail(rq, 500, "duplicateId is no UUID");
    db_exec(db,
            "update asset set \"isFavorite\" = coalesce($2, \"isFavorite\"), visibility = coalesce($3, visibility), "
            "\"duplicateId\" = (case when $4 then $5 else \"duplicateId\" end) where id in ids($1)",
            IDS(b->ids), OPT(BOOL, b->isFavorite), STR(visibility), BOOL(b->duplicateId.has), UUID(duplicate));
    if (b->visibility == ASSET_VISIBILITY_LOCKED) db_exec(db, "delete from album_asset where \"assetId\" in ids($1)", IDS(b->ids));

    LIST(job_options) jobs = {0};
    each (id, b->ids) *push(mem, jobs) = (job_options){.name = JOB_SidecarWrite, .data = {.id = *id}};
    job_push_all(rq, jobs.at, jobs.n);
}

// Queues work on single assets; without the follow-ups of an upload.
HANDLER(runAssetJobs)
{
    static const struct {
        AssetJobName name;
        job_name job;
    } known[] = {
        {ASSET_JOB_NAME_REFRESH_FACES, JOB_AssetDetectFaces},
        {ASSET_JOB_NAME_REFRESH_METADATA, JOB_AssetExtractMetadata},
        {ASSET_JOB_NAME_REGENERATE_THUMBNAIL, JOB_AssetGenerateThumbnails},
        {ASSET_JOB_NAME_TRANSCODE_VIDEO, JOB_AssetEncodeVideo},
    };
    access_require(rq, ASSET_UPDATE, in->body.assetIds);
    LIST(job_options) jobs = {0};
    for (size_t i = 0; i < countof(known); i++) {
        if (known[i].name != in->body.name) continue;
        each (id, in->body.assetIds) *push(mem, jobs) = (job_options){.name = known[i].job, .data = {.id = *id}};
    }
    job_push_all(rq, jobs.at, jobs.n);
}
