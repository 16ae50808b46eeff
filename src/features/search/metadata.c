// Searching by what is known of an asset, with flat filters.                                                spec 03, sections 7.2 to 7.4
//
// All filters are ANDed. The owner condition runs along the index on asset (ownerId), EXIF values along those of asset_exif.
#include "features/app.h"
#include "features/assets/assets.h"
#include "features/compose.h"

static void and_param(query *q, const char *condition, param p)
{
    if (p.type == P_NULL) return;
    sql(q, " and ");
    sql(q, condition);
    bind(q, p);
}

// An exact EXIF value; null asks for assets without one.
static void and_text(query *q, const char *column, opt_str value)
{
    if (!value.has) return;
    sql(q, " and ");
    sql(q, column);
    if (value.null) {
        sql(q, " is null");
        return;
    }
    sql(q, " = ");
    bind(q, STR(value.v));
}

static void and_like(query *q, const char *column, str part)
{
    part = str_trim(part);
    if (!part.n) return;
    sql(q, " and f_unaccent(");
    sql(q, column);
    sql(q, ") ilike '%' || f_unaccent(");
    bind(q, STR(part));
    sql(q, ") || '%'");
}

static void and_either(query *q, opt_bool wanted, const char *if_true, const char *if_false)
{
    if (!wanted.has) return;
    sql(q, " and ");
    sql(q, wanted.v ? if_true : if_false);
}

// One condition per id: the asset must have every one of them.
static void and_each(query *q, ids wanted, const char *before, const char *after)
{
    each (id, wanted) {
        sql(q, " and exists (");
        sql(q, before);
        bind(q, UUID(*id));
        sql(q, after);
        sql(q, ")");
    }
}

static void and_owner(query *q, const auth *a, AssetVisibility visibility)
{
    sql(q, " and (a.\"ownerId\" = ");
    bind(q, UUID(a->user_id));
    if (visibility != ASSET_VISIBILITY_LOCKED) {
        sql(q, " or a.\"ownerId\" in (select p.\"sharedById\" from partner p join \"user\" u on u.id = p.\"sharedById\" "
               "where u.\"deletedAt\" is null and p.\"inTimeline\" = true and p.\"sharedWithId\" = ");
        bind(q, UUID(a->user_id));
        sql(q, ")");
    }
    sql(q, ")");
}

static bool needs_exif(const MetadataSearchDto *b)
{
    return b->withExif.v || b->city.has || b->state.has || b->country.has || b->make.has || b->model.has || b->lensModel.has ||
           b->rating.has || b->description.n;
}

static void where(query *q, const auth *a, const MetadataSearchDto *b)
{
    if (b->albumIds.n) sql(q, " where 1 = 1");
    else {
        sql(q, " where 1 = 1");
        and_owner(q, a, b->visibility);
    }
    if (b->visibility) and_param(q, "a.visibility = ", STR(AssetVisibility_text(b->visibility)));
    else if (!a->elevated) sql(q, " and a.visibility <> 'locked'");
    bool deleted_too = b->withDeleted.v || b->trashedBefore != WHEN_NONE || b->trashedAfter != WHEN_NONE || b->isOffline.v;
    if (!deleted_too) sql(q, " and a.\"deletedAt\" is null");

    and_param(q, "a.id = ", UUID(b->id));
    and_param(q, "a.type = ", STR(AssetTypeEnum_text(b->type)));
    and_param(q, "a.\"libraryId\" = ", UUID(b->libraryId.v));
    and_param(q, "a.\"isFavorite\" = ", OPT(BOOL, b->isFavorite));
    and_param(q, "a.\"isOffline\" = ", OPT(BOOL, b->isOffline));
    and_param(q, "a.\"createdAt\" >= ", WHEN(b->createdAfter));
    and_param(q, "a.\"createdAt\" <= ", WHEN(b->createdBefore));
    and_param(q, "a.\"updatedAt\" >= ", WHEN(b->updatedAfter));
    and_param(q, "a.\"updatedAt\" <= ", WHEN(b->updatedBefore));
    and_param(q, "a.\"fileCreatedAt\" >= ", WHEN(b->takenAfter));
    and_param(q, "a.\"fileCreatedAt\" <= ", WHEN(b->takenBefore));
    and_param(q, "a.\"deletedAt\" >= ", WHEN(b->trashedAfter));
    and_param(q, "a.\"deletedAt\" <= ", WHEN(b->trashedBefore));
    if (b->checksum.n) and_param(q, "a.checksum = ", BYTES(checksum_parse(q->mem, b->checksum)));

    and_text(q, "e.city", b->city);
    and_text(q, "e.state", b->state);
    and_text(q, "e.country", b->country);
    and_text(q, "e.make", b->make);
    and_text(q, "e.model", b->model);
    and_text(q, "e.\"lensModel\"", b->lensModel);
    if (b->rating.has && b->rating.null) sql(q, " and e.rating is null");
    else and_param(q, "e.rating = ", OPT(INT, b->rating));
    and_like(q, "e.description", b->description);
    and_like(q, "a.\"originalFileName\"", b->originalFileName);
    and_like(q, "a.\"originalPath\"", b->originalPath);

    and_either(q, b->isMotion, "a.\"livePhotoVideoId\" is not null", "a.\"livePhotoVideoId\" is null");
    and_either(q, b->isEncoded, "exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'encoded_video')",
               "not exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'encoded_video')");
    if (b->isNotInAlbum.v && !b->albumIds.n) sql(q, " and not exists (select 1 from album_asset aa where aa.\"assetId\" = a.id)");
    if (b->withStacked.has && !b->withStacked.v) sql(q, " and a.\"stackId\" is null");
    if (b->encodedVideoPath.n) {
        sql(q, " and exists (select 1 from asset_file f where f.\"assetId\" = a.id and f.type = 'encoded_video' and f.\"isEdited\" = false "
               "and f.path = ");
        bind(q, STR(b->encodedVideoPath));
        sql(q, ")");
    }
    and_each(q, b->albumIds, "select 1 from album_asset aa where aa.\"assetId\" = a.id and aa.\"albumId\" = ", "");
    and_each(q, b->personIds,
             "select 1 from asset_face af where af.\"assetId\" = a.id and af.\"deletedAt\" is null and af.\"isVisible\" = true "
             "and af.\"personGroupId\" = ",
             "");
    if (b->tagIds.has && b->tagIds.null) sql(q, " and not exists (select 1 from tag_asset ta where ta.\"assetId\" = a.id)");
    else
        and_each(q, b->tagIds.v,
                 "select 1 from tag_asset ta join tag_closure tc on tc.id_descendant = ta.\"tagId\" where ta.\"assetId\" = a.id "
                 "and tc.id_ancestor = ",
                 "");
}

// Newest first unless asked otherwise; one page, and the number of the next one when there is more.
HANDLER(searchAssets)
{
    const MetadataSearchDto *b = &in->body;
    if (b->filter || b->orderBy || b->cursor.at) fail(rq, 501, "The structured search filter is not available in this version of Calotype");
    if (b->ocr.n) fail(rq, 501, "Searching for text in pictures is not available in this version of Calotype");
    if (b->visibility == ASSET_VISIBILITY_LOCKED) require_elevated(rq);
    if (rq->auth.kind == AUTH_SHARED_LINK && !b->albumIds.n)
        fail(rq, 400, "Shared link access is only allowed in combination with an albumIds filter");
    access_require(rq, ALBUM_READ, b->albumIds);

    int64_t page = b->page.has ? b->page.v : 1;
    query q = query_on(mem);
    sql(&q, "select a.id from asset a");
    if (needs_exif(b)) sql(&q, " join asset_exif e on e.\"assetId\" = a.id");
    where(&q, &rq->auth, b);
    sql(&q, b->order == ASSET_ORDER_ASC ? " order by a.\"fileCreatedAt\" asc, a.id asc limit "
                                        : " order by a.\"fileCreatedAt\" desc, a.id desc limit ");
    bind(&q, INT(b->size + 1));
    sql(&q, " offset ");
    bind(&q, INT((page - 1) * b->size));

    ids found = {0};
    query_rows(r, db, &q) * push(mem, found) = col_uuid(r, 0);
    bool more = (int64_t)found.n > b->size;
    if (more) found.n--;
    asset_objects objects =
        asset_objects_of(rq, found, (asset_view){.exif = b->withExif.v, .people = b->withPeople.v, .viewer = rq->auth.user_id});
    each (o, objects) *push(mem, out->assets.items) = *o;
    out->assets.count = out->assets.total = (int64_t)objects.n;
    if (more) out->assets.nextPage = str_fmt(mem, "%lld", (long long)page + 1);
}
