// The structured search filter: conditions that must all hold, and of the branches in "or" at least one.   spec 12, sections 3.2 to 3.6
//
// A comparison is SQL's: what a column does not know matches nothing, except where the filter asks for null itself.
#include "features/assets/assets.h"
#include "features/search/search.h"

// Every condition of a filter; a branch has the same.
// clang-format off
#define CONDITIONS(X)                                                                                                                      \
    X(albumIds) X(checksum) X(city) X(country) X(createdAt) X(description) X(encodedVideoPath) X(fileSizeInBytes) X(hasAlbums)             \
    X(hasPeople) X(hasTags) X(id) X(isEncoded) X(isFavorite) X(isMotion) X(isOffline) X(lensModel) X(libraryId) X(make) X(model)           \
    X(ocr) X(originalFileName) X(originalPath) X(personIds) X(rating) X(state) X(tagIds) X(takenAt) X(trashedAt) X(type)                   \
    X(updatedAt) X(visibility)
// clang-format on

static SearchFilter of_branch(const SearchFilterBranch *b)
{
#define COPY(condition) .condition = b->condition,
    return (SearchFilter){CONDITIONS(COPY)};
#undef COPY
}

// ---- one condition ---------------------------------------------------------------------------------------------------------------

static void test(query *q, const char *column, const char *is)
{
    sql(q, " and ");
    sql(q, column);
    sql(q, is);
}

typedef LIST(param) values;

static void in_list(query *q, const char *column, const char *operator, const values * list)
{
    if (!list->n) return;
    test(q, column, operator);
    for (size_t i = 0; i < list->n; i++) {
        if (i) sql(q, ", ");
        bind(q, list->at[i]);
    }
    sql(q, ")");
}

// eq and ne, where null is a value that can be asked for.
#define EQUAL_OR_NULL(q, column, f, PARAM)                                                                                                 \
    do {                                                                                                                                   \
        if ((f)->eq.null) test(q, column, " is null");                                                                                     \
        else if ((f)->eq.has) compare(q, column, " = ", PARAM((f)->eq.v));                                                                 \
        if ((f)->ne.null) test(q, column, " is not null");                                                                                 \
        else if ((f)->ne.has) compare(q, column, " <> ", PARAM((f)->ne.v));                                                                \
    } while (0)

#define EQUAL(q, column, f, PARAM)                                                                                                         \
    do {                                                                                                                                   \
        compare(q, column, " = ", PARAM((f)->eq));                                                                                         \
        compare(q, column, " <> ", PARAM((f)->ne));                                                                                        \
    } while (0)

#define IN(q, column, f, PARAM)                                                                                                            \
    do {                                                                                                                                   \
        values in = {0}, out = {0};                                                                                                        \
        each (v, (f)->in) *push((q)->mem, in) = PARAM(*v);                                                                                 \
        each (v, (f)->notIn) *push((q)->mem, out) = PARAM(*v);                                                                             \
        in_list(q, column, " in (", &in);                                                                                                  \
        in_list(q, column, " not in (", &out);                                                                                             \
    } while (0)

static void text(query *q, const char *column, const StringFilterNullable *f)
{
    if (!f) return;
    EQUAL_OR_NULL(q, column, f, STR);
    IN(q, column, f, STR);
}

static void pattern(query *q, const char *column, const StringPatternFilter *f)
{
    if (!f) return;
    EQUAL_OR_NULL(q, column, f, STR);
    IN(q, column, f, STR);
    compare_pattern(q, column, ") ilike ", "'%' || ", f->like, " || '%'");
    compare_pattern(q, column, ") not ilike ", "'%' || ", f->notLike, " || '%'");
    compare_pattern(q, column, ") ilike ", "", f->startsWith, " || '%'");
    compare_pattern(q, column, ") ilike ", "'%' || ", f->endsWith, "");
}

#define NUMBER(q, column, f)                                                                                                               \
    do {                                                                                                                                   \
        if (!(f)) break;                                                                                                                   \
        EQUAL_OR_NULL(q, column, f, FLOAT);                                                                                                \
        IN(q, column, f, NUMBER_PARAM);                                                                                                    \
        compare(q, column, " < ", OPT(FLOAT, (f)->lt));                                                                                    \
        compare(q, column, " <= ", OPT(FLOAT, (f)->lte));                                                                                  \
        compare(q, column, " > ", OPT(FLOAT, (f)->gt));                                                                                    \
        compare(q, column, " >= ", OPT(FLOAT, (f)->gte));                                                                                  \
    } while (0)
#define NUMBER_PARAM(v) FLOAT(v)

#define RANGE(q, column, f)                                                                                                                \
    do {                                                                                                                                   \
        compare(q, column, " < ", WHEN((f)->lt));                                                                                          \
        compare(q, column, " <= ", WHEN((f)->lte));                                                                                        \
        compare(q, column, " > ", WHEN((f)->gt));                                                                                          \
        compare(q, column, " >= ", WHEN((f)->gte));                                                                                        \
    } while (0)

static void date(query *q, const char *column, const DateFilter *f)
{
    if (!f) return;
    EQUAL(q, column, f, WHEN);
    RANGE(q, column, f);
}

static void truth(query *q, const BoolFilter *f, const char *condition)
{
    if (f) test(q, f->eq ? "" : "not ", condition);
}

static void members(query *q, const IdsFilter *f, const char *membership)
{
    if (!f) return;
    if (f->any.n) {
        test(q, membership, "");
        bind_one_of(q, f->any);
        sql(q, ")");
    }
    if (f->none.n) {
        test(q, "not ", membership);
        bind_one_of(q, f->none);
        sql(q, ")");
    }
    ids all = {0};
    each (id, f->all) ids_add(q->mem, &all, *id);
    compare_all(q, membership, all);
}

// ---- all conditions --------------------------------------------------------------------------------------------------------------

static void conditions(query *q, const SearchFilter *f)
{
    if (f->id) EQUAL(q, "a.id", f->id, UUID);
    if (f->libraryId) EQUAL_OR_NULL(q, "a.\"libraryId\"", f->libraryId, UUID);
#define TYPE_PARAM(v) STR(AssetTypeEnum_text(v))
    if (f->type) EQUAL(q, "a.type", f->type, TYPE_PARAM);
    if (f->type) IN(q, "a.type", f->type, TYPE_PARAM);
#define VISIBILITY_PARAM(v) STR(AssetVisibility_text(v))
    if (f->visibility) EQUAL(q, "a.visibility", f->visibility, VISIBILITY_PARAM);
    if (f->visibility) IN(q, "a.visibility", f->visibility, VISIBILITY_PARAM);

    truth(q, f->isFavorite, "a.\"isFavorite\"");
    truth(q, f->isOffline, "a.\"isOffline\"");
    truth(q, f->isMotion, "(a.\"livePhotoVideoId\" is not null)");
    truth(q, f->isEncoded, IS_ENCODED);
    truth(q, f->hasAlbums, IN_ANY_ALBUM);
    truth(q, f->hasPeople,
          "exists (select 1 from asset_face m where m.\"assetId\" = a.id and m.\"deletedAt\" is null and m.\"isVisible\" = true)");
    truth(q, f->hasTags, "exists (select 1 from tag_asset m where m.\"assetId\" = a.id)");

    text(q, "e.city", f->city);
    text(q, "e.state", f->state);
    text(q, "e.country", f->country);
    text(q, "e.make", f->make);
    text(q, "e.model", f->model);
    text(q, "e.\"lensModel\"", f->lensModel);
    pattern(q, "e.description", f->description);
    pattern(q, "a.\"originalFileName\"", f->originalFileName);
    pattern(q, "a.\"originalPath\"", f->originalPath);
    NUMBER(q, "e.rating", f->rating);
    NUMBER(q, "e.\"fileSizeInByte\"", f->fileSizeInBytes);

    date(q, "a.\"fileCreatedAt\"", f->takenAt);
    date(q, "a.\"createdAt\"", f->createdAt);
    date(q, "a.\"updatedAt\"", f->updatedAt);
    if (f->trashedAt) {
        EQUAL_OR_NULL(q, "a.\"deletedAt\"", f->trashedAt, WHEN);
        RANGE(q, "a.\"deletedAt\"", f->trashedAt);
    }

    members(q, f->albumIds, IN_ALBUM);
    members(q, f->personIds, SHOWS_PERSON);
    members(q, f->tagIds, HAS_TAG);

#define CHECKSUM_PARAM(v) checksum_param(q->mem, v)
    if (f->checksum) EQUAL(q, "a.checksum", f->checksum, CHECKSUM_PARAM);
    if (f->checksum) IN(q, "a.checksum", f->checksum, CHECKSUM_PARAM);
    if (f->encodedVideoPath) {
        sql(q,
            " and exists (select 1 from asset_file m where m.\"assetId\" = a.id and m.type = 'encoded_video' and m.\"isEdited\" = false");
        EQUAL(q, "m.path", f->encodedVideoPath, STR);
        IN(q, "m.path", f->encodedVideoPath, STR);
        sql(q, ")");
    }
}

// ---- who may ask, and what is searched -------------------------------------------------------------------------------------------

typedef LIST(SearchFilter) filters;

static filters branches_of(arena *mem, const SearchFilter *f)
{
    filters all = {0};
    each (b, f->or) *push(mem, all) = of_branch(b);
    return all;
}

static bool uses_exif(const SearchFilter *f)
{
    return f->city || f->state || f->country || f->make || f->model || f->lensModel || f->description || f->rating || f->fileSizeInBytes;
}

// The albums decide what is seen, not the owner.
static bool confined(const SearchFilter *f)
{
    return f->albumIds && (f->albumIds->any.n || f->albumIds->all.n);
}

static bool lists(const AssetVisibility_list *list, AssetVisibility wanted)
{
    each (v, *list) {
        if (*v == wanted) return true;
    }
    return false;
}

static bool could_match_locked(const EnumFilterAssetVisibility *f)
{
    AssetVisibility locked = ASSET_VISIBILITY_LOCKED;
    return f && (!f->eq || f->eq == locked) && f->ne != locked && (!f->in.n || lists(&f->in, locked)) && !lists(&f->notIn, locked);
}

static void check_locked(request *rq, const SearchFilter *f, const filters *branches)
{
    bool asks = could_match_locked(f->visibility);
    each (b, *branches) asks |= !f->visibility && could_match_locked(b->visibility);
    if (asks) require_elevated(rq);
}

static void check_link(request *rq, const SearchFilter *f, const filters *branches)
{
    bool all = branches->n > 0;
    each (b, *branches) all &= confined(b);
    if (rq->auth.kind == AUTH_SHARED_LINK && !confined(f) && !all)
        fail(rq, 400, "Shared link access is only allowed in combination with an albumIds filter");
}

static void add_albums(arena *mem, ids *albums, const IdsFilter *f)
{
    if (!f) return;
    each (id, f->any) ids_add(mem, albums, *id);
    each (id, f->all) ids_add(mem, albums, *id);
    each (id, f->none) ids_add(mem, albums, *id);
}

static void where_owned(query *q, ids owners)
{
    sql(q, " and a.\"ownerId\"");
    bind_one_of(q, owners);
}

void search_filtered(request *rq, query *q, const SearchFilter *f, search_needs needs)
{
    filters branches = branches_of(rq->mem, f);
    check_locked(rq, f, &branches);
    check_link(rq, f, &branches);
    ids albums = {0};
    bool exif = needs.with_exif || uses_exif(f), ocr = f->ocr, some_confined = false;
    add_albums(rq->mem, &albums, f->albumIds);
    each (b, branches) {
        add_albums(rq->mem, &albums, b->albumIds);
        exif |= uses_exif(b);
        ocr |= b->ocr != NULL;
        some_confined |= confined(b);
    }
    if (ocr) fail(rq, 501, "Searching for text in pictures is not available in this version of Calotype");
    access_require(rq, ALBUM_READ, albums);
    ids owners = search_owners(rq);

    sql(q, exif ? " from asset a left" : " from asset a");
    if (exif) join_exif(q, rq->db);
    where_not_locked(rq, q);
    if (!confined(f) && !some_confined) where_owned(q, owners);
    if (needs.without_stacks) sql(q, " and a.\"stackId\" is null");
    conditions(q, f);
    for (size_t i = 0; i < branches.n; i++) {
        const SearchFilter *b = &branches.at[i];
        sql(q, i ? " or (1 = 1" : " and ((1 = 1");
        if (some_confined && !confined(f) && !confined(b)) where_owned(q, owners);
        conditions(q, b);
        sql(q, i + 1 < branches.n ? ")" : "))");
    }
}
