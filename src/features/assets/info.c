// Looking at assets.                                                                                         spec 02, section 6
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
#define COUNT                                                                                                                                  \
    "select type, count(*) from asset where \"ownerId\" = $1 and (visibility = $2 or ($2 is null and visibility in ('archive', 'timeline'))) " \
    "and (\"isFavorite\" = $3 or $3 is null) and \"deletedAt\" "
    db_rows (r, db, in->isTrashed.v ? COUNT "is not null and status <> 'deleted' group by type" : COUNT "is null group by type",
             UUID(rq->auth.user_id), STR(AssetVisibility_text(in->visibility)), OPT(BOOL, in->isFavorite)) {
        int64_t count = col_int(r, 1);
        out->total += count;
        if (str_is(col_str(r, 0), "IMAGE")) out->images = count;
        if (str_is(col_str(r, 0), "VIDEO")) out->videos = count;
    }
}
