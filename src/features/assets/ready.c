// Telling the owner's clients that an asset is ready to be shown.                               spec 07, section 9; spec 02, section 4.5
#include "features/assets/assets.h"
#include "features/assets/sync_objects.h"

static opt_int int_or_none(row *r, int column)
{
    return (opt_int){.has = !col_null(r, column), .v = col_int(r, column)};
}

static opt_double float_or_none(row *r, int column)
{
    return (opt_double){.has = !col_null(r, column), .v = col_float(r, column)};
}

static str id_or_none(arena *mem, uuid id)
{
    return uuid_nil(id) ? (str){0} : uuid_text(mem, id);
}

SyncAssetV2 sync_asset(arena *mem, row *r)
{
    return (SyncAssetV2){
        .id = col_uuid(r, 0),
        .ownerId = col_uuid(r, 1),
        .originalFileName = str_dup(mem, col_str(r, 2)),
        .thumbhash = col_null(r, 3) ? (str){0} : base64_encode(mem, col_bytes(r, 3)),
        .checksum = base64_encode(mem, col_bytes(r, 4)),
        .fileCreatedAt = col_when(r, 5),
        .fileModifiedAt = col_when(r, 6),
        .createdAt = col_when(r, 7),
        .localDateTime = col_when(r, 8),
        .type = AssetTypeEnum_parse(col_str(r, 9)),
        .deletedAt = col_when(r, 10),
        .isFavorite = col_bool(r, 11),
        .visibility = AssetVisibility_parse(col_str(r, 12)),
        .duration = int_or_none(r, 13),
        .livePhotoVideoId = id_or_none(mem, col_uuid(r, 14)),
        .stackId = id_or_none(mem, col_uuid(r, 15)),
        .libraryId = id_or_none(mem, col_uuid(r, 16)),
        .width = int_or_none(r, 17),
        .height = int_or_none(r, 18),
        .isEdited = col_bool(r, 19),
    };
}

SyncAssetExifV1 sync_exif(arena *mem, row *r)
{
    return (SyncAssetExifV1){
        .assetId = col_uuid(r, 0),
        .description = str_dup(mem, col_str(r, 1)),
        .exifImageWidth = int_or_none(r, 2),
        .exifImageHeight = int_or_none(r, 3),
        .fileSizeInByte = int_or_none(r, 4),
        .orientation = str_dup(mem, col_str(r, 5)),
        .dateTimeOriginal = col_when(r, 6),
        .modifyDate = col_when(r, 7),
        .timeZone = str_dup(mem, col_str(r, 8)),
        .latitude = float_or_none(r, 9),
        .longitude = float_or_none(r, 10),
        .projectionType = str_dup(mem, col_str(r, 11)),
        .city = str_dup(mem, col_str(r, 12)),
        .state = str_dup(mem, col_str(r, 13)),
        .country = str_dup(mem, col_str(r, 14)),
        .make = str_dup(mem, col_str(r, 15)),
        .model = str_dup(mem, col_str(r, 16)),
        .lensModel = str_dup(mem, col_str(r, 17)),
        .fNumber = float_or_none(r, 18),
        .focalLength = float_or_none(r, 19),
        .iso = int_or_none(r, 20),
        .exposureTime = str_dup(mem, col_str(r, 21)),
        .profileDescription = str_dup(mem, col_str(r, 22)),
        .rating = int_or_none(r, 23),
        .fps = float_or_none(r, 24),
    };
}

void asset_announce_ready(request *rq, uuid id, uuid owner)
{
    // Nobody in particular looks at it, so it is nobody's favourite.
    str object = asset_event_json(rq, id, (asset_view){.exif = true, .tags = true, .people = true});
    if (!object.at) return;
    emit(rq, owner, "on_upload_success", object);

    row *a = db_one(rq->db, "select " SYNC_ASSET_COLUMNS " from asset a where a.id = $1", UUID(id));
    row *e = db_one(rq->db, "select " SYNC_EXIF_COLUMNS " from asset_exif e where e.\"assetId\" = $1", UUID(id));
    if (!a || !e) return;
    SyncAssetV2 asset = sync_asset(rq->mem, a);
    SyncAssetExifV1 exif = sync_exif(rq->mem, e);
    json_writer w = json_writer_on(rq->mem);
    json_open(&w);
    json_key(&w, S("asset"));
    schema_write(&w, &SyncAssetV2_schema, &asset);
    json_key(&w, S("exif"));
    schema_write(&w, &SyncAssetExifV1_schema, &exif);
    json_close(&w);
    emit(rq, owner, "AssetUploadReadyV2", buf_str(&w.out));
}
