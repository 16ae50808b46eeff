// Searching by what is known of an asset: pages, numbers, and some at random.                    spec 03, section 7; spec 12, section 3
//
// A request has either the structured filter or the flat fields of before 3.2, never both.
#include "features/assets/assets.h"
#include "features/search/search.h"

// ---- two shapes ------------------------------------------------------------------------------------------------------------------

// What a request of the new shape is known by, and what it may have besides. All else are flat fields.
static const char *const shape[] = {"filter", "orderBy", "cursor"};
static const char *const neutral[] = {"size", "withExif", "withPeople", "withStacked", "query", "queryAssetId", "language"};

static bool is_one_of(str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_is(name, list[i])) return true;
    }
    return false;
}

static void refuse_mixture(check *c, const schema *s)
{
    buf given = {.mem = c->mem};
    for (size_t i = 0; i < countof(shape); i++) {
        if (was_given(c, shape[i])) buf_fmt(&given, "%s%s", given.n ? "/" : "", shape[i]);
    }
    if (!given.n) return;
    for (uint32_t i = 0; i < s->n; i++) {
        str name = field_name(&s->fields[i]);
        if (is_one_of(name, shape, countof(shape)) || is_one_of(name, neutral, countof(neutral))) continue;
        const char *field = cstr(c->mem, name);
        if (was_given(c, field)) refuse(c, field, "Deprecated field %s cannot be combined with %.*s", field, PR(buf_str(&given)));
    }
}

RULE(MetadataSearchDto)
{
    refuse_mixture(c, &MetadataSearchDto_schema);
}

RULE(RandomSearchDto)
{
    refuse_mixture(c, &RandomSearchDto_schema);
}

RULE(StatisticsSearchDto)
{
    refuse_mixture(c, &StatisticsSearchDto_schema);
}

// The flat fields that every search has.
#define FLAT(b)                                                                                                                            \
    .albumIds = (b)->albumIds, .city = (b)->city, .country = (b)->country, .createdAfter = (b)->createdAfter,                              \
    .createdBefore = (b)->createdBefore, .isEncoded = (b)->isEncoded, .isFavorite = (b)->isFavorite, .isMotion = (b)->isMotion,            \
    .isNotInAlbum = (b)->isNotInAlbum, .isOffline = (b)->isOffline, .lensModel = (b)->lensModel, .libraryId = (b)->libraryId,              \
    .make = (b)->make, .model = (b)->model, .ocr = (b)->ocr, .personIds = (b)->personIds, .rating = (b)->rating, .state = (b)->state,      \
    .tagIds = (b)->tagIds, .takenAfter = (b)->takenAfter, .takenBefore = (b)->takenBefore, .trashedAfter = (b)->trashedAfter,              \
    .trashedBefore = (b)->trashedBefore, .type = (b)->type, .updatedAfter = (b)->updatedAfter, .updatedBefore = (b)->updatedBefore,        \
    .visibility = (b)->visibility

static bool excludes(opt_bool with)
{
    return with.has && !with.v;
}

// ---- pages -----------------------------------------------------------------------------------------------------------------------

// A cursor says only how far one is.
static str cursor_at(arena *mem, int64_t offset)
{
    return base64url_encode(mem, str_bytes(str_fmt(mem, "{\"offset\":%lld}", (long long)offset)));
}

static int64_t cursor_offset(request *rq, str cursor)
{
    if (!cursor.at) return 0;
    bytes raw;
    const json *offset = base64_decode(rq->mem, cursor, &raw) ? json_get(json_parse(rq->mem, bytes_str(raw), NULL), "offset") : NULL;
    if (!offset || offset->type != JSON_NUMBER || !offset->is_integer || offset->integer < 0) fail(rq, 400, "Invalid cursor");
    return offset->integer;
}

static void order_by(query *q, SearchOrderField field, AssetOrder order)
{
    static const char *const columns[] = {
        [SEARCH_ORDER_FIELD_FILE_CREATED_AT] = "a.\"fileCreatedAt\"",
        [SEARCH_ORDER_FIELD_LOCAL_DATE_TIME] = "a.\"localDateTime\"",
        [SEARCH_ORDER_FIELD_FILE_SIZE_IN_BYTES] = "e.\"fileSizeInByte\"",
        [SEARCH_ORDER_FIELD_RATING] = "e.rating",
    };
    const char *direction = order == ASSET_ORDER_ASC ? " asc" : " desc";
    bool may_be_null = field == SEARCH_ORDER_FIELD_FILE_SIZE_IN_BYTES || field == SEARCH_ORDER_FIELD_RATING;
    sql(q, " order by ");
    sql(q, columns[field]);
    sql(q, direction);
    sql(q, may_be_null ? " nulls last, a.id" : ", a.id");
    sql(q, direction);
}

// Newest first unless asked otherwise. The query takes one row more than the page has, to see whether there is another page.
HANDLER(searchAssets)
{
    const MetadataSearchDto *b = &in->body;
    db_set_mode(db, DB_READ);
    bool structured = b->filter || b->orderBy || b->cursor.at;
    SearchOrder order = {.field = SEARCH_ORDER_FIELD_FILE_CREATED_AT, .direction = b->order};
    if (b->orderBy) order = *b->orderBy;
    int64_t page = b->page.has ? b->page.v : 1, offset = structured ? cursor_offset(rq, b->cursor) : (page - 1) * b->size;

    query q = query_on(mem);
    sql(&q, "select " ASSET_COLUMNS);
    bool by_exif = order.field == SEARCH_ORDER_FIELD_FILE_SIZE_IN_BYTES || order.field == SEARCH_ORDER_FIELD_RATING;
    search_needs needs = {.with_exif = by_exif, .without_stacks = excludes(b->withStacked)};
    if (structured) search_filtered(rq, &q, b->filter ? b->filter : &(SearchFilter){0}, needs);
    else search_flat(rq, &q, b, true);
    order_by(&q, order.field, order.direction);
    sql(&q, " limit ");
    bind(&q, INT(b->size + 1));
    sql(&q, " offset ");
    bind(&q, INT(offset));

    asset_objects found =
        asset_objects_found(rq, &q, (asset_view){.exif = b->withExif.v, .people = b->withPeople.v, .viewer = rq->auth.user_id});
    bool more = (int64_t)found.n > b->size;
    if (more) found.n--;
    each (o, found) *push(mem, out->assets.items) = *o;
    out->assets.count = out->assets.total = (int64_t)found.n;
    if (more && structured) out->assets.nextCursor = cursor_at(mem, offset + b->size);
    else if (more) out->assets.nextPage = str_fmt(mem, "%lld", (long long)page + 1);
}

// ---- numbers and chance ----------------------------------------------------------------------------------------------------------

HANDLER(searchAssetStatistics)
{
    const StatisticsSearchDto *b = &in->body;
    db_set_mode(db, DB_READ);
    query q = query_on(mem);
    sql(&q, "select count(*)");
    if (b->filter) search_filtered(rq, &q, b->filter, (search_needs){0});
    else search_flat(rq, &q, &(MetadataSearchDto){FLAT(b), .description = b->description}, false);
    query_rows(r, db, &q) out->total = col_int(r, 0);
}

HANDLER(searchRandom)
{
    const RandomSearchDto *b = &in->body;
    db_set_mode(db, DB_READ);
    query q = query_on(mem);
    sql(&q, "select a.id");
    if (b->filter) search_filtered(rq, &q, b->filter, (search_needs){.without_stacks = excludes(b->withStacked)});
    else
        search_flat(rq, &q,
                    &(MetadataSearchDto){FLAT(b), .withDeleted = b->withDeleted, .withExif = b->withExif, .withStacked = b->withStacked},
                    false);
    sql(&q, " order by random() limit ");
    bind(&q, INT(b->size));

    ids found = {0};
    query_rows(r, db, &q) * push(mem, found) = col_uuid(r, 0);
    asset_objects objects =
        asset_objects_of(rq, found, (asset_view){.exif = b->withExif.v, .people = b->withPeople.v, .viewer = rq->auth.user_id});
    each (o, objects) *push(mem, out->items) = *o;
}
