// The flat search fields of before 3.2.                                                             spec 03, sections 7.2 and 7.3
#include "features/assets/assets.h"
#include "features/search/search.h"

// An exact EXIF value; null asks for assets without one.
static void and_text(query *q, const char *column, opt_str value)
{
    if (!value.has) return;
    if (!value.null) {
        compare(q, column, " = ", STR(value.v));
        return;
    }
    sql(q, " and ");
    sql(q, column);
    sql(q, " is null");
}

static void and_contains(query *q, const char *column, str part)
{
    compare_pattern(q, column, ") ilike ", "'%' || ", part, " || '%'");
}

static void and_either(query *q, opt_bool wanted, const char *if_true, const char *if_false)
{
    if (!wanted.has) return;
    sql(q, " and ");
    sql(q, wanted.v ? if_true : if_false);
}

static bool needs_exif(const MetadataSearchDto *b)
{
    return b->withExif.v || b->city.has || b->state.has || b->country.has || b->make.has || b->model.has || b->lensModel.has ||
           b->rating.has || str_trim(b->description).n;
}

static void check_access(request *rq, const MetadataSearchDto *b, bool albums_decide)
{
    if (b->ocr.n) fail(rq, 501, "Searching for text in pictures is not available in this version of Calotype");
    if (b->visibility == ASSET_VISIBILITY_LOCKED) require_elevated(rq);
    if (rq->auth.kind == AUTH_SHARED_LINK && !b->albumIds.n)
        fail(rq, 400, "Shared link access is only allowed in combination with an albumIds filter");
    if (albums_decide) access_require(rq, ALBUM_READ, b->albumIds);
}

void search_flat(request *rq, query *q, const MetadataSearchDto *b, bool albums_decide)
{
    check_access(rq, b, albums_decide);
    sql(q, " from asset a");
    if (needs_exif(b)) join_exif(q, rq->db);
    where_not_locked(rq, q);
    if (!albums_decide || !b->albumIds.n) {
        sql(q, " and a.\"ownerId\"");
        bind_one_of(q, search_owners(rq));
    }
    compare(q, "a.visibility", " = ", STR(AssetVisibility_text(b->visibility)));
    bool deleted_too = b->withDeleted.v || b->trashedBefore != WHEN_NONE || b->trashedAfter != WHEN_NONE || b->isOffline.v;
    if (!deleted_too) sql(q, " and a.\"deletedAt\" is null");

    compare(q, "a.id", " = ", UUID(b->id));
    compare(q, "a.type", " = ", STR(AssetTypeEnum_text(b->type)));
    compare(q, "a.\"libraryId\"", " = ", UUID(b->libraryId.v));
    compare(q, "a.\"isFavorite\"", " = ", OPT(BOOL, b->isFavorite));
    compare(q, "a.\"isOffline\"", " = ", OPT(BOOL, b->isOffline));
    compare(q, "a.\"createdAt\"", " >= ", WHEN(b->createdAfter));
    compare(q, "a.\"createdAt\"", " <= ", WHEN(b->createdBefore));
    compare(q, "a.\"updatedAt\"", " >= ", WHEN(b->updatedAfter));
    compare(q, "a.\"updatedAt\"", " <= ", WHEN(b->updatedBefore));
    compare(q, "a.\"fileCreatedAt\"", " >= ", WHEN(b->takenAfter));
    compare(q, "a.\"fileCreatedAt\"", " <= ", WHEN(b->takenBefore));
    compare(q, "a.\"deletedAt\"", " >= ", WHEN(b->trashedAfter));
    compare(q, "a.\"deletedAt\"", " <= ", WHEN(b->trashedBefore));
    compare(q, "a.checksum", " = ", checksum_param(q->mem, b->checksum));

    and_text(q, "e.city", b->city);
    and_text(q, "e.state", b->state);
    and_text(q, "e.country", b->country);
    and_text(q, "e.make", b->make);
    and_text(q, "e.model", b->model);
    and_text(q, "e.\"lensModel\"", b->lensModel);
    if (b->rating.null) sql(q, " and e.rating is null");
    else compare(q, "e.rating", " = ", OPT(INT, b->rating));
    and_contains(q, "e.description", str_trim(b->description));
    and_contains(q, "a.\"originalFileName\"", str_trim(b->originalFileName));
    and_contains(q, "a.\"originalPath\"", b->originalPath);

    and_either(q, b->isMotion, "a.\"livePhotoVideoId\" is not null", "a.\"livePhotoVideoId\" is null");
    and_either(q, b->isEncoded, IS_ENCODED, "not " IS_ENCODED);
    if (b->isNotInAlbum.v && !b->albumIds.n) sql(q, " and not " IN_ANY_ALBUM);
    if (b->withStacked.has && !b->withStacked.v) sql(q, " and a.\"stackId\" is null");
    if (b->encodedVideoPath.n) {
        sql(q,
            " and exists (select 1 from asset_file m where m.\"assetId\" = a.id and m.type = 'encoded_video' and m.\"isEdited\" = false");
        compare(q, "m.path", " = ", STR(b->encodedVideoPath));
        sql(q, ")");
    }
    compare_all(q, IN_ALBUM, b->albumIds);
    compare_all(q, SHOWS_PERSON, b->personIds);
    compare_all(q, HAS_TAG, b->tagIds.v);
    if (b->tagIds.null) sql(q, " and not exists (select 1 from tag_asset m where m.\"assetId\" = a.id)");
}
