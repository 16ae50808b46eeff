-- Photos and videos, and the files and facts that belong to them.

-- External libraries (soft delete).
create table library (
    id uuid not null default uuid_generate_v4() primary key,
    name varchar not null,
    "ownerId" uuid not null references "user" on delete cascade on update cascade,
    "importPaths" text[] not null,
    "exclusionPatterns" text[] not null,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "deletedAt" timestamptz,
    "refreshedAt" timestamptz,
    "updateId" uuid not null default immich_uuid_v7()
);
create index "library_ownerId_idx" on library ("ownerId");
create index "library_updateId_idx" on library ("updateId");

-- One row per photo/video.
create table asset (
    id uuid not null default uuid_generate_v4() primary key,
    "ownerId" uuid not null references "user" on delete cascade on update cascade,
    type varchar not null,
    "originalPath" varchar not null,
    "fileCreatedAt" timestamptz not null,
    "fileModifiedAt" timestamptz not null,
    "isFavorite" bool not null default false,
    duration int4,
    checksum bytea not null,
    "livePhotoVideoId" uuid references asset on delete set null on update cascade,
    "updatedAt" timestamptz not null default now(),
    "createdAt" timestamptz not null default now(),
    "originalFileName" varchar not null,
    thumbhash bytea,
    "isOffline" bool not null default false,
    "libraryId" uuid references library on delete cascade on update cascade,
    "isExternal" bool not null default false,
    "deletedAt" timestamptz,
    "localDateTime" timestamptz not null,
    "stackId" uuid,
    "duplicateId" uuid,
    status assets_status_enum not null default 'active',
    "updateId" uuid not null default immich_uuid_v7(),
    visibility asset_visibility_enum not null default 'timeline',
    width int4,
    height int4,
    "isEdited" bool not null default false,
    "checksumAlgorithm" asset_checksum_algorithm_enum not null
);
create index "asset_checksum_idx" on asset (checksum);
create index "asset_createdAt_idx" on asset ("createdAt");
create index "asset_duplicateId_idx" on asset ("duplicateId");
create index "asset_fileCreatedAt_idx" on asset ("fileCreatedAt");
create index "asset_id_stackId_idx" on asset (id, "stackId");
create index "asset_libraryId_idx" on asset ("libraryId");
create index "asset_livePhotoVideoId_idx" on asset ("livePhotoVideoId");
create index "asset_originalFileName_idx" on asset ("originalFileName");
create index "asset_originalPath_libraryId_idx" on asset ("originalPath", "libraryId");
create index "asset_ownerId_idx" on asset ("ownerId");
create index "asset_stackId_idx" on asset ("stackId");
create index "asset_updateId_idx" on asset ("updateId");
create unique index "UQ_assets_owner_checksum" on asset ("ownerId", checksum) where "libraryId" is null;
create index "asset_id_timeline_notDeleted_idx" on asset (id) where visibility = 'timeline' and "deletedAt" is null;
create index "asset_localDateTime_idx" on asset ((("localDateTime" at time zone 'UTC')::date));
create index "asset_localDateTime_month_idx" on asset ((date_trunc('MONTH', "localDateTime" at time zone 'UTC') at time zone 'UTC'));
create index "asset_originalFilename_trigram_idx" on asset using gin (f_unaccent("originalFileName") gin_trgm_ops);
create unique index "asset_ownerId_libraryId_checksum_idx" on asset ("ownerId", "libraryId", checksum) where "libraryId" is not null;

-- Hard-deleted assets.
create table asset_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "assetId" uuid not null,
    "ownerId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "asset_audit_assetId_idx" on asset_audit ("assetId");
create index "asset_audit_deletedAt_idx" on asset_audit ("deletedAt");
create index "asset_audit_ownerId_idx" on asset_audit ("ownerId");

-- Extracted and user-edited metadata, one row per asset once extraction ran.
create table asset_exif (
    "assetId" uuid not null primary key references asset on delete cascade,
    make varchar,
    model varchar,
    "exifImageWidth" int4,
    "exifImageHeight" int4,
    "fileSizeInByte" int8,
    orientation varchar,
    "dateTimeOriginal" timestamptz,
    "modifyDate" timestamptz,
    "lensModel" varchar,
    "fNumber" float8,
    "focalLength" float8,
    iso int4,
    latitude float8,
    longitude float8,
    city varchar,
    state varchar,
    country varchar,
    description text not null default '',
    fps float8,
    "exposureTime" varchar,
    "livePhotoCID" varchar,
    "timeZone" varchar,
    "projectionType" varchar,
    "profileDescription" varchar,
    colorspace varchar,
    "bitsPerSample" int4,
    "autoStackId" varchar,
    rating int4,
    "updatedAt" timestamptz not null default clock_timestamp(),
    "updateId" uuid not null default immich_uuid_v7(),
    "lockedProperties" varchar[],
    tags varchar[]
);
create index "asset_exif_autoStackId_idx" on asset_exif ("autoStackId");
create index "asset_exif_city_idx" on asset_exif (city);
create index "asset_exif_livePhotoCID_idx" on asset_exif ("livePhotoCID");
create index "asset_exif_updateId_idx" on asset_exif ("updateId");
create index "IDX_asset_exif_gist_earthcoord" on asset_exif using gist (ll_to_earth_public(latitude, longitude));

-- Generated files and sidecars.
create table asset_file (
    id uuid not null default uuid_generate_v4() primary key,
    "assetId" uuid not null references asset on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    type varchar not null,
    path varchar not null,
    "updateId" uuid not null default immich_uuid_v7(),
    "isEdited" bool not null default false,
    "isProgressive" bool not null default false,
    "isTransparent" bool not null default false,
    constraint "asset_file_assetId_type_isEdited_uq" unique ("assetId", type, "isEdited")
);
create index "asset_file_assetId_idx" on asset_file ("assetId");
create index "asset_file_updateId_idx" on asset_file ("updateId");

-- Progress markers of background jobs.
create table asset_job_status (
    "assetId" uuid not null primary key references asset on delete cascade on update cascade,
    "facesRecognizedAt" timestamptz,
    "metadataExtractedAt" timestamptz,
    "duplicatesDetectedAt" timestamptz,
    "ocrAt" timestamptz
);

-- Client key/value data per asset.
create table asset_metadata (
    "assetId" uuid not null references asset on delete cascade on update cascade,
    key varchar not null,
    value jsonb not null,
    "updateId" uuid not null default immich_uuid_v7(),
    "updatedAt" timestamptz not null default now(),
    primary key ("assetId", key)
);
create index "asset_metadata_updateId_idx" on asset_metadata ("updateId");
create index "asset_metadata_updatedAt_idx" on asset_metadata ("updatedAt");

-- Deleted keys.
create table asset_metadata_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "assetId" uuid not null,
    key varchar not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "asset_metadata_audit_assetId_idx" on asset_metadata_audit ("assetId");
create index "asset_metadata_audit_deletedAt_idx" on asset_metadata_audit ("deletedAt");
create index "asset_metadata_audit_key_idx" on asset_metadata_audit (key);

-- Ordered non-destructive edits.
create table asset_edit (
    id uuid not null default uuid_generate_v4() primary key,
    "assetId" uuid not null references asset on delete cascade on update cascade,
    action varchar not null,
    parameters jsonb not null,
    sequence int4 not null,
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7(),
    constraint "asset_edit_assetId_sequence_uq" unique ("assetId", sequence)
);
create index "asset_edit_assetId_idx" on asset_edit ("assetId");
create index "asset_edit_updateId_idx" on asset_edit ("updateId");

-- Deleted edits.
create table asset_edit_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "editId" uuid not null,
    "assetId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "asset_edit_audit_assetId_idx" on asset_edit_audit ("assetId");
create index "asset_edit_audit_deletedAt_idx" on asset_edit_audit ("deletedAt");

-- Main audio stream.
create table asset_audio (
    "assetId" uuid not null primary key references asset on delete cascade,
    bitrate int4 not null,
    "index" int2 not null,
    profile int2,
    "codecName" text not null
);

-- Main video stream.
create table asset_video (
    "assetId" uuid not null primary key references asset on delete cascade,
    bitrate int4 not null,
    "frameCount" int4 not null,
    "timeBase" int4 not null,
    "index" int2 not null,
    profile int2,
    level int2,
    "colorPrimaries" int2 not null,
    "colorTransfer" int2 not null,
    "colorMatrix" int2 not null,
    "dvProfile" int2,
    "dvLevel" int2,
    "dvBlSignalCompatibilityId" int2,
    "codecName" text not null,
    "formatName" text not null,
    "formatLongName" text not null,
    "pixelFormat" text not null
);

-- Packet index used to cut streaming segments.
create table asset_keyframe (
    "assetId" uuid not null primary key references asset on delete cascade,
    pts int4[] not null,
    "accDuration" int4[] not null,
    "ownDuration" int4[] not null,
    "totalDuration" int4 not null,
    "packetCount" int4 not null,
    "outputFrames" int4 not null
);

-- In-flight file moves (crash recovery).
create table move_history (
    id uuid not null default uuid_generate_v4() primary key,
    "entityId" uuid not null,
    "pathType" varchar not null,
    "oldPath" varchar not null,
    "newPath" varchar not null constraint "UQ_newPath" unique,
    constraint "UQ_entityId_pathType" unique ("entityId", "pathType")
);

-- Findings of integrity checks.
create table integrity_report (
    id uuid not null default immich_uuid_v7() primary key,
    type varchar not null,
    path varchar not null,
    "createdAt" timestamptz not null default now(),
    "assetId" uuid references asset on delete cascade on update cascade,
    "fileAssetId" uuid references asset_file on delete cascade on update cascade,
    constraint "integrity_report_type_path_uq" unique (type, path)
);
create index "integrity_report_assetId_idx" on integrity_report ("assetId");
create index "integrity_report_fileAssetId_idx" on integrity_report ("fileAssetId");
