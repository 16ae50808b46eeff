-- Photos and videos, and the files and facts that belong to them.

-- External libraries (soft delete).
create table library (
    id blob not null default (uuid_v4()) primary key,
    name text not null,
    "ownerId" blob not null references "user" on delete cascade on update cascade,
    "importPaths" text not null,
    "exclusionPatterns" text not null,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "deletedAt" integer,
    "refreshedAt" integer,
    "updateId" blob not null default (uuid_v7())
) strict;
create index "library_ownerId_idx" on library ("ownerId");
create index "library_updateId_idx" on library ("updateId");

-- One row per photo/video. An asset and its row of asset_exif have the same number, so that one leads to the other without a search for an id.
create table asset (
    number integer primary key,
    id blob not null default (uuid_v4()) unique,
    "ownerId" blob not null references "user" on delete cascade on update cascade,
    type text not null,
    "originalPath" text not null,
    "fileCreatedAt" integer not null,
    "fileModifiedAt" integer not null,
    "isFavorite" integer not null default false,
    duration integer,
    checksum blob not null,
    "livePhotoVideoId" blob references asset (id) on delete set null on update cascade,
    "updatedAt" integer not null default (now()),
    "createdAt" integer not null default (now()),
    "originalFileName" text not null,
    thumbhash blob,
    "isOffline" integer not null default false,
    "libraryId" blob references library on delete cascade on update cascade,
    "isExternal" integer not null default false,
    "deletedAt" integer,
    "localDateTime" integer not null,
    "stackId" blob references stack on delete set null on update cascade,
    "duplicateId" blob,
    status text not null default 'active' check (status in ('active', 'trashed', 'deleted')),
    "updateId" blob not null default (uuid_v7()),
    visibility text not null default 'timeline' check (visibility in ('archive', 'timeline', 'hidden', 'locked')),
    width integer,
    height integer,
    "isEdited" integer not null default false,
    "checksumAlgorithm" text not null check ("checksumAlgorithm" in ('sha1', 'sha1-path'))
) strict;
create index "asset_checksum_idx" on asset (checksum);
create index "asset_createdAt_idx" on asset ("createdAt");
create index "asset_duplicateId_idx" on asset ("duplicateId");
create index "asset_fileCreatedAt_idx" on asset ("fileCreatedAt");
create index "asset_libraryId_idx" on asset ("libraryId");
create index "asset_livePhotoVideoId_idx" on asset ("livePhotoVideoId");
create index "asset_originalFileName_idx" on asset ("originalFileName");
create index "asset_originalPath_libraryId_idx" on asset ("originalPath", "libraryId");
create index "asset_stackId_idx" on asset ("stackId");
create index "asset_updateId_idx" on asset ("updateId");
create unique index "UQ_assets_owner_checksum" on asset ("ownerId", checksum) where "libraryId" is null;
create index "asset_id_timeline_notDeleted_idx" on asset (id) where visibility = 'timeline' and "deletedAt" is null;
create index "asset_localDateTime_idx" on asset (date_of("localDateTime"));
create index "asset_localDateTime_month_idx" on asset (date_trunc_month("localDateTime"));
-- An owner's months: a month's assets in the order of the timeline, and its size and how many pictures and videos there are without touching the
-- table. "localDateTime" itself is in it because SQLite before 3.41 wants it to be.
create index asset_timeline_idx on asset ("ownerId", "deletedAt", date_trunc_month("localDateTime"), date_of("localDateTime"), "fileCreatedAt",
    "originalFileName", visibility, "stackId", "isFavorite", type, "localDateTime", id);
-- What an owner has, newest first, page by page.
create index "asset_ownerId_fileCreatedAt_idx" on asset ("ownerId", "fileCreatedAt", id, visibility, "deletedAt");
create unique index "asset_ownerId_libraryId_checksum_idx" on asset ("ownerId", "libraryId", checksum) where "libraryId" is not null;

-- Hard-deleted assets.
create table asset_audit (
    id blob not null default (uuid_v7()) primary key,
    "assetId" blob not null,
    "ownerId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "asset_audit_assetId_idx" on asset_audit ("assetId");
create index "asset_audit_deletedAt_idx" on asset_audit ("deletedAt");
create index "asset_audit_ownerId_idx" on asset_audit ("ownerId");

-- Extracted and user-edited metadata, one row per asset once extraction ran.
create table asset_exif (
    number integer primary key,
    "assetId" blob not null unique references asset (id) on delete cascade,
    make text,
    model text,
    "exifImageWidth" integer,
    "exifImageHeight" integer,
    "fileSizeInByte" integer,
    orientation text,
    "dateTimeOriginal" integer,
    "modifyDate" integer,
    "lensModel" text,
    "fNumber" real,
    "focalLength" real,
    iso integer,
    latitude real,
    longitude real,
    city text,
    state text,
    country text,
    description text not null default '',
    fps real,
    "exposureTime" text,
    "livePhotoCID" text,
    "timeZone" text,
    "projectionType" text,
    "profileDescription" text,
    colorspace text,
    "bitsPerSample" integer,
    "autoStackId" text,
    rating integer,
    "updatedAt" integer not null default (clock_timestamp()),
    "updateId" blob not null default (uuid_v7()),
    "lockedProperties" text,
    tags text
) strict;
create index "asset_exif_autoStackId_idx" on asset_exif ("autoStackId");
create index "asset_exif_city_idx" on asset_exif (city);
create index "asset_exif_livePhotoCID_idx" on asset_exif ("livePhotoCID");
create index "asset_exif_updateId_idx" on asset_exif ("updateId");
create index "IDX_asset_exif_gist_earthcoord" on asset_exif (latitude, longitude);

-- Generated files and sidecars.
create table asset_file (
    id blob not null default (uuid_v4()) primary key,
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    type text not null,
    path text not null,
    "updateId" blob not null default (uuid_v7()),
    "isEdited" integer not null default false,
    "isProgressive" integer not null default false,
    "isTransparent" integer not null default false,
    constraint "asset_file_assetId_type_isEdited_uq" unique ("assetId", type, "isEdited")
) strict;
create index "asset_file_updateId_idx" on asset_file ("updateId");

-- Progress markers of background jobs.
create table asset_job_status (
    "assetId" blob not null primary key references asset (id) on delete cascade on update cascade,
    "facesRecognizedAt" integer,
    "metadataExtractedAt" integer,
    "duplicatesDetectedAt" integer,
    "ocrAt" integer
) strict;

-- Client key/value data per asset.
create table asset_metadata (
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    key text not null,
    value text not null,
    "updateId" blob not null default (uuid_v7()),
    "updatedAt" integer not null default (now()),
    primary key ("assetId", key)
) strict;
create index "asset_metadata_updateId_idx" on asset_metadata ("updateId");
create index "asset_metadata_updatedAt_idx" on asset_metadata ("updatedAt");

-- Deleted keys.
create table asset_metadata_audit (
    id blob not null default (uuid_v7()) primary key,
    "assetId" blob not null,
    key text not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "asset_metadata_audit_assetId_idx" on asset_metadata_audit ("assetId");
create index "asset_metadata_audit_deletedAt_idx" on asset_metadata_audit ("deletedAt");
create index "asset_metadata_audit_key_idx" on asset_metadata_audit (key);

-- Ordered non-destructive edits.
create table asset_edit (
    id blob not null default (uuid_v4()) primary key,
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    action text not null,
    parameters text not null,
    sequence integer not null,
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7()),
    constraint "asset_edit_assetId_sequence_uq" unique ("assetId", sequence)
) strict;
create index "asset_edit_updateId_idx" on asset_edit ("updateId");

-- Deleted edits.
create table asset_edit_audit (
    id blob not null default (uuid_v7()) primary key,
    "editId" blob not null,
    "assetId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "asset_edit_audit_assetId_idx" on asset_edit_audit ("assetId");
create index "asset_edit_audit_deletedAt_idx" on asset_edit_audit ("deletedAt");

-- Main audio stream.
create table asset_audio (
    "assetId" blob not null primary key references asset (id) on delete cascade,
    bitrate integer not null,
    "index" integer not null,
    profile integer,
    "codecName" text not null
) strict;

-- Main video stream.
create table asset_video (
    "assetId" blob not null primary key references asset (id) on delete cascade,
    bitrate integer not null,
    "frameCount" integer not null,
    "timeBase" integer not null,
    "index" integer not null,
    profile integer,
    level integer,
    "colorPrimaries" integer not null,
    "colorTransfer" integer not null,
    "colorMatrix" integer not null,
    "dvProfile" integer,
    "dvLevel" integer,
    "dvBlSignalCompatibilityId" integer,
    "codecName" text not null,
    "formatName" text not null,
    "formatLongName" text not null,
    "pixelFormat" text not null
) strict;

-- Packet index used to cut streaming segments.
create table asset_keyframe (
    "assetId" blob not null primary key references asset (id) on delete cascade,
    pts text not null,
    "accDuration" text not null,
    "ownDuration" text not null,
    "totalDuration" integer not null,
    "packetCount" integer not null,
    "outputFrames" integer not null
) strict;

-- In-flight file moves (crash recovery).
create table move_history (
    id blob not null default (uuid_v4()) primary key,
    "entityId" blob not null,
    "pathType" text not null,
    "oldPath" text not null,
    "newPath" text not null constraint "UQ_newPath" unique,
    constraint "UQ_entityId_pathType" unique ("entityId", "pathType")
) strict;

-- Findings of integrity checks.
create table integrity_report (
    id blob not null default (uuid_v7()) primary key,
    type text not null,
    path text not null,
    "createdAt" integer not null default (now()),
    "assetId" blob references asset (id) on delete cascade on update cascade,
    "fileAssetId" blob references asset_file on delete cascade on update cascade,
    constraint "integrity_report_type_path_uq" unique (type, path)
) strict;
create index "integrity_report_assetId_idx" on integrity_report ("assetId");
create index "integrity_report_fileAssetId_idx" on integrity_report ("fileAssetId");
