// Changing what people may change of an asset.                                                             spec 02, sections 7.1 to 7.5
//
// A changed EXIF value is locked, so that extraction leaves it alone until the sidecar job has written it beside the file.
#include "features/app.h"
#include "features/assets/assets.h"

static void check_rating(check *c, opt_int rating)
{
    if (rating.has && !rating.null && !rating.v)
        refuse(c, "rating", "Rating must be -1 (rejected), 1–5 (starred), or null (unrated); 0 is not valid");
}

RULE(UpdateAssetDto)
{
    check_rating(c, it->rating);
    if (it->latitude.has != it->longitude.has) refuse(c, "", "Latitude and longitude must be provided together");
}

RULE(AssetBulkUpdateDto)
{
    check_rating(c, it->rating);
    if (it->latitude.has != it->longitude.has) refuse(c, "", "Latitude and longitude must be provided together");
    if (it->dateTimeRelative.has && it->dateTimeOriginal.at) refuse(c, "", "dateTimeRelative cannot exist alongside dateTimeOriginal");
}

typedef struct {
    str description, time_zone;
    when taken;
    opt_double latitude, longitude;
    opt_int rating;
    int64_t shift; // minutes
    bool dates;    // date and zone are locked, whatever they are
} exif_change;

// "2023-11-20T01:11:00+05:30" gives the instant and "UTC+5:30"; without an offset the text counts as UTC and the zone stays.
static void take_date(request *rq, str text, exif_change *change)
{
    change->taken = WHEN_NONE;
    if (!text.at) return;
    bool zoned = when_parse(text, &change->taken);
    if (!zoned && !when_parse(str_cat(rq->mem, text, S("Z")), &change->taken) && !date_parse(text, &change->taken))
        fail(rq, 400, "Unreadable date: %.*s", PR(text));
    change->taken -= (change->taken % 1000 + 1000) % 1000; // to the millisecond
    if (!zoned) return;
    str offset = text.at[text.n - 1] == 'Z' ? S("+00:00") : str_slice(text, text.n - 6, text.n); // +hh:mm
    int hours = (offset.at[1] - '0') * 10 + (offset.at[2] - '0'), minutes = (offset.at[4] - '0') * 10 + (offset.at[5] - '0');
    if (!hours && !minutes) change->time_zone = S("UTC");
    else if (minutes) change->time_zone = str_fmt(rq->mem, "UTC%c%d:%02d", offset.at[0], hours, minutes);
    else change->time_zone = str_fmt(rq->mem, "UTC%c%d", offset.at[0], hours);
}

static strs changed_names(arena *mem, const exif_change *c)
{
    strs names = {0};
    if (c->description.at) *push(mem, names) = S("description");
    if (c->taken != WHEN_NONE || c->dates) *push(mem, names) = S("dateTimeOriginal");
    if (c->latitude.has) *push(mem, names) = S("latitude");
    if (c->longitude.has) *push(mem, names) = S("longitude");
    if (c->rating.has) *push(mem, names) = S("rating");
    if (c->time_zone.at || c->dates) *push(mem, names) = S("timeZone");
    return names;
}

// Sets the values on all these assets and locks them. False: there was nothing to set.
static bool change_exif(request *rq, ids assets, const exif_change *c)
{
    strs names = changed_names(rq->mem, c);
    if (!names.n) return false;
#define SET(shifted)                                                                                                                       \
    "update asset_exif set description = coalesce($2, description), \"dateTimeOriginal\" = coalesce($3, " shifted "), "                    \
    "latitude = coalesce($4, latitude), longitude = coalesce($5, longitude), rating = (case when $6 then $7 else rating end), "            \
    "\"timeZone\" = coalesce($8, \"timeZone\"), \"lockedProperties\" = array_union(\"lockedProperties\", $9) where \"assetId\" in ids($1)"
    db_exec(rq->db,
            db_engine_of(rq->db) == DB_POSTGRES ? SET("\"dateTimeOriginal\" + $10 * interval '1 minute'")
                                                : SET("\"dateTimeOriginal\" + $10 * 60000000"),
            IDS(assets), STR(c->description), WHEN(c->taken), OPT(FLOAT, c->latitude), OPT(FLOAT, c->longitude), BOOL(c->rating.has),
            OPT(INT, c->rating), STR(c->time_zone), STRS(names), INT(c->shift));
    return true;
}

// The motion part becomes a video of its own again (spec 02, 7.3).
static void live_photo_unlink(request *rq, uuid still, str visibility)
{
    row *r = db_one(rq->db,
                    "select v.id, v.\"originalPath\", a.visibility from asset a join asset v on v.id = a.\"livePhotoVideoId\" "
                    "where a.id = $1",
                    UUID(still));
    if (!r) return;
    str folder = str_fmt(rq->mem, "%.*s/%s/", PR(storage_root(rq->app->storage)), storage_folder_name(FOLDER_ENCODED_VIDEO));
    if (str_starts(col_str(r, 1), folder)) fail(rq, 400, "Cannot unlink Android motion photos");
    db_exec(rq->db, "update asset set visibility = $2 where id = $1", UUID(col_uuid(r, 0)),
            STR(visibility.at ? visibility : col_str(r, 2)));
    job_push(rq, AssetGenerateThumbnails, .id = col_uuid(r, 0), .notify = true);
}

HANDLER(updateAsset)
{
    access_require_one(rq, ASSET_UPDATE, in->id);
    const UpdateAssetDto *b = &in->body;
    ids one = one_id(in->id);
    str visibility = AssetVisibility_text(b->visibility);
    uuid video = b->livePhotoVideoId.v;
    live_photo_check(rq, video);
    if (!uuid_nil(video)) live_photo_hide(rq, video);
    if (b->livePhotoVideoId.null) live_photo_unlink(rq, in->id, visibility);

    exif_change change = {.description = b->description, .latitude = b->latitude, .longitude = b->longitude, .rating = b->rating};
    take_date(rq, b->dateTimeOriginal, &change);
    if (change_exif(rq, one, &change)) job_push(rq, SidecarWrite, .id = in->id);

    if (b->isFavorite.has || visibility.at || b->livePhotoVideoId.has)
        db_exec(db,
                "update asset set \"isFavorite\" = coalesce($2, \"isFavorite\"), visibility = coalesce($3, visibility), "
                "\"livePhotoVideoId\" = (case when $4 then $5 else \"livePhotoVideoId\" end) where id = $1",
                UUID(in->id), OPT(BOOL, b->isFavorite), STR(visibility), BOOL(b->livePhotoVideoId.has), UUID(video));
    asset_objects found = asset_objects_of(rq, one, (asset_view){.exif = true, .people = true, .viewer = rq->auth.user_id});
    if (!found.n) fail(rq, 400, "Asset not found");
    *out = found.at[0];
}

HANDLER(updateAssets)
{
    const AssetBulkUpdateDto *b = &in->body;
    access_require(rq, ASSET_UPDATE, b->ids);
    if (!b->ids.n) return;

    exif_change change = {
        .description = b->description,
        .latitude = b->latitude,
        .longitude = b->longitude,
        .rating = b->rating,
        .shift = b->dateTimeRelative.v,
        .dates = b->dateTimeRelative.v || b->timeZone.at,
    };
    take_date(rq, b->dateTimeOriginal, &change);
    if (b->timeZone.at) change.time_zone = b->timeZone;
    change_exif(rq, b->ids, &change);

    uuid duplicate = {0};
    if (b->duplicateId.has && !b->duplicateId.null && !uuid_parse(b->duplicateId.v, &duplicate)) fail(rq, 400, "duplicateId is no UUID");
    if (b->isFavorite.has || b->visibility || b->duplicateId.has)
        db_exec(db,
                "update asset set \"isFavorite\" = coalesce($2, \"isFavorite\"), visibility = coalesce($3, visibility), "
                "\"duplicateId\" = (case when $4 then $5 else \"duplicateId\" end) where id in ids($1)",
                IDS(b->ids), OPT(BOOL, b->isFavorite), STR(AssetVisibility_text(b->visibility)), BOOL(b->duplicateId.has), UUID(duplicate));
    if (b->visibility == ASSET_VISIBILITY_LOCKED) db_exec(db, "delete from album_asset where \"assetId\" in ids($1)", IDS(b->ids));

    job_push_each(rq, JOB_SidecarWrite, b->ids, (job_data){0});
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
    for (size_t i = 0; i < countof(known); i++) {
        if (known[i].name == in->body.name) job_push_each(rq, known[i].job, in->body.assetIds, (job_data){0});
    }
}
