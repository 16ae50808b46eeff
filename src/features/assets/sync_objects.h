// Assets in the form of the sync stream (spec 07, section 4).
#pragma once
#include "features/feature.h"

#define SYNC_ASSET_COLUMNS                                                                                                                 \
    "a.id, a.\"ownerId\", a.\"originalFileName\", a.thumbhash, a.checksum, a.\"fileCreatedAt\", a.\"fileModifiedAt\", a.\"createdAt\", "   \
    "a.\"localDateTime\", a.type, a.\"deletedAt\", a.\"isFavorite\", a.visibility, a.duration, a.\"livePhotoVideoId\", a.\"stackId\", "    \
    "a.\"libraryId\", a.width, a.height, a.\"isEdited\""
SyncAssetV2 sync_asset(arena *, row *);

#define SYNC_EXIF_COLUMNS                                                                                                                   \
    "e.\"assetId\", e.description, e.\"exifImageWidth\", e.\"exifImageHeight\", e.\"fileSizeInByte\", e.orientation, "                      \
    "e.\"dateTimeOriginal\", e.\"modifyDate\", e.\"timeZone\", e.latitude, e.longitude, e.\"projectionType\", e.city, e.state, e.country, " \
    "e.make, e.model, e.\"lensModel\", e.\"fNumber\", e.\"focalLength\", e.iso, e.\"exposureTime\", e.\"profileDescription\", e.rating, e.fps"
SyncAssetExifV1 sync_exif(arena *, row *);
