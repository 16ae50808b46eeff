// The asset object: one shape for the API and for events.                                                  spec 02, section 6
//
// Details are fetched for all assets of an answer together, one query per kind of detail.
#include "features/assets/assets.h"
#include "features/users.h"
#include "media/types.h"
#include <stdlib.h>

static opt_int int_or_null(row *r, int column)
{
    return col_null(r, column) ? (opt_int){0} : (opt_int){.has = true, .v = col_int(r, column)};
}

static opt_double float_or_null(row *r, int column)
{
    return col_null(r, column) ? (opt_double){0} : (opt_double){.has = true, .v = col_float(r, column)};
}

// Optional and nullable: always there in our answers, null when none.
static opt_uuid uuid_or_null(uuid u)
{
    return (opt_uuid){.has = true, .null = uuid_nil(u), .v = u};
}

// Of a row of ASSET_COLUMNS.
static AssetResponseDto object_of(request *rq, row *r, uuid viewer)
{
    arena *mem = rq->mem;
    AssetResponseDto a = {
        .id = col_uuid(r, 0),
        .ownerId = col_uuid(r, 1),
        .type = AssetTypeEnum_parse(col_str(r, 2)),
        .originalPath = str_dup(mem, col_str(r, 3)),
        .originalFileName = str_dup(mem, col_str(r, 4)),
        .originalMimeType = str_of(mime_of(col_str(r, 4))),
        .fileCreatedAt = col_when(r, 5),
        .fileModifiedAt = col_when(r, 6),
        .localDateTime = col_when(r, 7),
        .createdAt = col_when(r, 8),
        .updatedAt = col_when(r, 9),
        .isFavorite = col_bool(r, 10) && uuid_eq(col_uuid(r, 1), viewer),
        .visibility = AssetVisibility_parse(col_str(r, 11)),
        .isTrashed = !col_null(r, 12),
        .isOffline = col_bool(r, 13),
        .libraryId = uuid_or_null(col_uuid(r, 14)),
        .duplicateId = uuid_or_null(col_uuid(r, 15)),
        .thumbhash = col_null(r, 17) ? (str){0} : base64_encode(mem, col_bytes(r, 17)),
        .checksum = base64_encode(mem, col_bytes(r, 18)),
        .duration = int_or_null(r, 19),
        .width = int_or_null(r, 20),
        .height = int_or_null(r, 21),
        .isEdited = col_bool(r, 22),
        .hasMetadata = true,
        .resized = {.has = true, .v = true},
    };
    uuid motion = col_uuid(r, 16);
    a.livePhotoVideoId = (opt_str){.has = true, .null = uuid_nil(motion), .v = uuid_nil(motion) ? (str){0} : uuid_text(mem, motion)};
    EMPTY(a.people); // always there
    a.isArchived = a.visibility == ASSET_VISIBILITY_ARCHIVE;
    return a;
}

// The objects of an answer, and where each one is: details come in any order.
typedef struct {
    uuid id;
    size_t at;
} place;

typedef struct {
    asset_objects *all;
    place *places; // by id
} batch;

static int by_id(const void *a, const void *b)
{
    return uuid_cmp(((const place *)a)->id, ((const place *)b)->id);
}

static batch batch_of(arena *mem, asset_objects *all)
{
    batch b = {all, new_n(mem, place, all->n)};
    for (size_t i = 0; i < all->n; i++) b.places[i] = (place){all->at[i].id, i};
    if (all->n) qsort(b.places, all->n, sizeof *b.places, by_id);
    return b;
}

static AssetResponseDto *find(const batch *b, uuid id)
{
    const place *found = b->all->n ? bsearch(&(place){.id = id}, b->places, b->all->n, sizeof *b->places, by_id) : NULL;
    return found ? &b->all->at[found->at] : NULL;
}

static void add_exif(request *rq, const batch *all, ids wanted)
{
    arena *mem = rq->mem;
    db_rows (
        r, rq->db,
        "select \"assetId\", make, model, \"exifImageWidth\", \"exifImageHeight\", \"fileSizeInByte\", orientation, \"dateTimeOriginal\", "
        "\"modifyDate\", \"timeZone\", \"lensModel\", \"fNumber\", \"focalLength\", iso, \"exposureTime\", latitude, longitude, city, state, "
        "country, description, \"projectionType\", rating from asset_exif where \"assetId\" in ids($1)",
        IDS(wanted)) {
        AssetResponseDto *a = find(all, col_uuid(r, 0));
        if (!a) continue;
        ExifResponseDto *e = new (mem, ExifResponseDto);
        *e = (ExifResponseDto){
            .make = str_dup(mem, col_str(r, 1)),
            .model = str_dup(mem, col_str(r, 2)),
            .exifImageWidth = int_or_null(r, 3),
            .exifImageHeight = int_or_null(r, 4),
            .fileSizeInByte = int_or_null(r, 5),
            .orientation = str_dup(mem, col_str(r, 6)),
            .dateTimeOriginal = col_when(r, 7),
            .modifyDate = col_when(r, 8),
            .timeZone = str_dup(mem, col_str(r, 9)),
            .lensModel = str_dup(mem, col_str(r, 10)),
            .fNumber = float_or_null(r, 11),
            .focalLength = float_or_null(r, 12),
            .iso = int_or_null(r, 13),
            .exposureTime = str_dup(mem, col_str(r, 14)),
            .latitude = float_or_null(r, 15),
            .longitude = float_or_null(r, 16),
            .city = str_dup(mem, col_str(r, 17)),
            .state = str_dup(mem, col_str(r, 18)),
            .country = str_dup(mem, col_str(r, 19)),
            .description = str_dup(mem, col_str(r, 20)),
            .projectionType = str_dup(mem, col_str(r, 21)),
            .rating = int_or_null(r, 22),
        };
        if (!e->fileSizeInByte.v) e->fileSizeInByte = (opt_int){0};
        a->exifInfo = e;
    }
}

static void add_tags(request *rq, const batch *all, ids wanted)
{
    arena *mem = rq->mem;
    each (a, *all->all) EMPTY(a->tags); // loaded, though maybe empty
    db_rows (r, rq->db,
             "select ta.\"assetId\", t.id, t.value, t.\"createdAt\", t.\"updatedAt\", t.\"parentId\", t.color from tag_asset ta "
             "join tag t on t.id = ta.\"tagId\" where ta.\"assetId\" in ids($1)",
             IDS(wanted)) {
        AssetResponseDto *a = find(all, col_uuid(r, 0));
        if (!a) continue;
        str value = str_dup(mem, col_str(r, 2));
        TagResponseDto tag = {
            .id = col_uuid(r, 1),
            .value = value,
            .name = str_slice(value, (size_t)(str_rfind_char(value, '/') + 1), value.n),
            .createdAt = col_when(r, 3),
            .updatedAt = col_when(r, 4),
            .parentId = uuid_nil(col_uuid(r, 5)) ? (str){0} : uuid_text(mem, col_uuid(r, 5)),
            .color = str_dup(mem, col_str(r, 6)),
        };
        *push(mem, a->tags) = tag;
    }
}

// The viewer's persons among the visible faces; without a viewer the owner's (spec 12, 4.7).
static void add_people(request *rq, const batch *all, ids wanted, uuid viewer)
{
    arena *mem = rq->mem;
    db_rows (
        r, rq->db,
        "select distinct f.\"assetId\", p.\"personGroupId\", p.name, p.\"birthDate\", p.\"thumbnailPath\", p.\"isHidden\", p.\"isFavorite\", "
        "p.\"updatedAt\", p.color from asset_face f join asset a on a.id = f.\"assetId\" "
        "join person p on p.\"personGroupId\" = f.\"personGroupId\" and p.\"ownerId\" = coalesce($2, a.\"ownerId\") "
        "where f.\"assetId\" in ids($1) and f.\"deletedAt\" is null and f.\"isVisible\" = true",
        IDS(wanted), UUID(viewer)) {
        AssetResponseDto *a = find(all, col_uuid(r, 0));
        if (!a) continue;
        *push(mem, a->people) = (typeof(*a->people.at)){
            .id = col_uuid(r, 1),
            .name = str_dup(mem, col_str(r, 2)),
            .birthDate = col_when(r, 3),
            .thumbnailPath = str_dup(mem, col_str(r, 4)),
            .isHidden = col_bool(r, 5),
            .isFavorite = {.has = true, .v = col_bool(r, 6)},
            .updatedAt = col_when(r, 7),
            .color = str_dup(mem, col_str(r, 8)),
        };
    }
}

// Answers that show owners have one asset, so this is no query per asset of a list.
static void add_owner(request *rq, AssetResponseDto *a)
{
    row *r = db_one(rq->db, "select " USER_COLUMNS_PUBLIC " from \"user\" u where u.id = $1", UUID(a->ownerId));
    if (!r) return;
    a->owner = new (rq->mem, UserResponseDto);
    *a->owner = user_public(rq, r);
}

// Only a stack with another member that is seen in the timeline counts as one.
static void add_stack(request *rq, AssetResponseDto *a)
{
    a->stack = (typeof(a->stack)){.has = true, .null = true};
    row *r = db_one(rq->db,
                    "select s.id, s.\"primaryAssetId\", (select count(*) from asset m where m.\"stackId\" = s.id "
                    "and m.id <> s.\"primaryAssetId\" and m.\"deletedAt\" is null and m.visibility = 'timeline') "
                    "from stack s join asset a on a.\"stackId\" = s.id where a.id = $1",
                    UUID(a->id));
    if (!r || !col_int(r, 2)) return;
    AssetStackResponseDto *stack = new (rq->mem, AssetStackResponseDto);
    *stack = (AssetStackResponseDto){.id = col_uuid(r, 0), .primaryAssetId = col_uuid(r, 1), .assetCount = 1 + col_int(r, 2)};
    a->stack.null = false;
    a->stack.v = stack;
}

static void add_details(request *rq, asset_objects *all, ids wanted, asset_view view)
{
    if (view.exif || view.tags || view.people) {
        batch by_place = batch_of(rq->mem, all);
        if (view.exif) add_exif(rq, &by_place, wanted);
        if (view.tags) add_tags(rq, &by_place, wanted);
        if (view.people) add_people(rq, &by_place, wanted, view.viewer);
    }
    each (a, *all) {
        if (view.owner) add_owner(rq, a);
        if (view.stack) add_stack(rq, a);
    }
}

asset_objects asset_objects_of(request *rq, ids wanted, asset_view view)
{
    asset_objects found = {0}, all = {0};
    db_rows (r, rq->db, "select " ASSET_COLUMNS " from asset a where a.id in ids($1)", IDS(wanted))
        *push(rq->mem, found) = object_of(rq, r, view.viewer);
    batch by_row = batch_of(rq->mem, &found);
    each (id, wanted) {
        AssetResponseDto *a = find(&by_row, *id);
        if (a) *push(rq->mem, all) = *a;
    }
    add_details(rq, &all, wanted, view);
    return all;
}

asset_objects asset_objects_found(request *rq, query *q, asset_view view)
{
    asset_objects all = {0};
    ids found = {0};
    query_rows(r, rq->db, q)
    {
        *push(rq->mem, all) = object_of(rq, r, view.viewer);
        *push(rq->mem, found) = all.at[all.n - 1].id;
    }
    add_details(rq, &all, found, view);
    return all;
}

str asset_event_json(request *rq, uuid id, asset_view view)
{
    asset_objects all = asset_objects_of(rq, one_id(id), view);
    if (!all.n) return (str){0};
    json_writer w = json_writer_on(rq->mem);
    schema_write(&w, &AssetResponseDto_schema, &all.at[0]);
    return buf_str(&w.out);
}
