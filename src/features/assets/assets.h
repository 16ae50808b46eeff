// What other features need to know of assets.
#pragma once
#include "features/compose.h"
#include "features/feature.h"

// The asset object (spec 02, 6.2) as `viewer` sees it; nil: as nobody in particular, with the owner's names of people.
typedef struct {
    bool exif, tags, people, owner, stack; // what else to load
    uuid viewer;
} asset_view;
// Many assets with one query per kind of detail, in the order of ids; unknown ids are left out.
typedef LIST(AssetResponseDto) asset_objects;
asset_objects asset_objects_of(request *, ids, asset_view);
// Those that a query finds, in its order. It selects ASSET_COLUMNS of asset a.
asset_objects asset_objects_found(request *, query *, asset_view);
#define ASSET_COLUMNS                                                                                                                      \
    "a.id, a.\"ownerId\", a.type, a.\"originalPath\", a.\"originalFileName\", a.\"fileCreatedAt\", a.\"fileModifiedAt\", "                 \
    "a.\"localDateTime\", a.\"createdAt\", a.\"updatedAt\", a.\"isFavorite\", a.visibility, a.\"deletedAt\", a.\"isOffline\", "            \
    "a.\"libraryId\", a.\"duplicateId\", a.\"livePhotoVideoId\", a.thumbhash, a.checksum, a.duration, a.width, a.height, a.\"isEdited\""
// The JSON of one asset for a WebSocket event; {0} when it is gone.
str asset_event_json(request *, uuid id, asset_view);

// Tells the owner's clients that an asset is ready to be shown: on_upload_success and AssetUploadReadyV2 (spec 07, section 9).
void asset_announce_ready(request *, uuid id, uuid owner);

// Does this user own an uploaded asset with these 20 bytes? nil if not. Trashed and locked ones count, those deleted for good don't.
uuid asset_with_checksum(request *, uuid owner, bytes sha1);
// 28 characters are base64, everything else hex. {0} when unreadable.
bytes checksum_parse(arena *, str);
param checksum_param(arena *, str); // for a comparison; an unreadable one is like no other, none is NULL

// A video becomes the motion part of a still (spec 02, 7.3): fails if it cannot be one (nil is fine); takes it out of the timeline.
void live_photo_check(request *, uuid video);
void live_photo_hide(request *, uuid video);
// Sets the trash mark; status trashed or deleted.
void assets_trash(request *, ids, bool for_ever);
// Stores a client's own value under its key.
void asset_value_put(request *, uuid asset, str key, json_any value);
