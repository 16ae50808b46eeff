-- Faces, people, embeddings and recognised text.

-- One human within a cluster group; its id is the person id of the API.
create table person_group (
    id blob not null default (uuid_v4()) primary key,
    "clusterGroupId" blob not null references cluster_group on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "createId" blob not null default (uuid_v7()),
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7())
) strict;
create index "person_group_clusterGroupId_idx" on person_group ("clusterGroupId");
create index "person_group_createId_idx" on person_group ("createId");
create index "person_group_updateId_idx" on person_group ("updateId");

-- Deleted person groups.
create table person_group_audit (
    id blob not null default (uuid_v7()) primary key,
    "personGroupId" blob not null,
    "clusterGroupId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "person_group_audit_personGroupId_idx" on person_group_audit ("personGroupId");
create index "person_group_audit_clusterGroupId_idx" on person_group_audit ("clusterGroupId");
create index "person_group_audit_deletedAt_idx" on person_group_audit ("deletedAt");

-- Detected or imported faces.
create table asset_face (
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    "personGroupId" blob references person_group on delete set null on update cascade,
    "imageWidth" integer not null default 0,
    "imageHeight" integer not null default 0,
    "boundingBoxX1" integer not null default 0,
    "boundingBoxY1" integer not null default 0,
    "boundingBoxX2" integer not null default 0,
    "boundingBoxY2" integer not null default 0,
    id blob not null default (uuid_v4()) primary key,
    "sourceType" text not null default 'machine-learning' check ("sourceType" in ('machine-learning', 'exif', 'manual')),
    "deletedAt" integer,
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7()),
    "isVisible" integer not null default true
) strict;
create index "asset_face_assetId_personGroupId_idx" on asset_face ("assetId", "personGroupId");
create index "asset_face_personGroupId_assetId_idx" on asset_face ("personGroupId", "assetId");
create index "asset_face_personGroupId_assetId_notDeleted_isVisible_idx" on asset_face ("personGroupId", "assetId")
    where "deletedAt" is null and "isVisible" is true;

-- Deleted faces.
create table asset_face_audit (
    id blob not null default (uuid_v7()) primary key,
    "assetFaceId" blob not null,
    "assetId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "asset_face_audit_assetFaceId_idx" on asset_face_audit ("assetFaceId");
create index "asset_face_audit_assetId_idx" on asset_face_audit ("assetId");
create index "asset_face_audit_deletedAt_idx" on asset_face_audit ("deletedAt");

-- Face embeddings.
create table face_search (
    "faceId" blob not null primary key references asset_face on delete cascade,
    embedding blob not null
) strict;

-- People.
create table person (
    "personGroupId" blob not null references person_group on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "ownerId" blob not null references "user" on delete cascade on update cascade,
    name text not null default '',
    "thumbnailPath" text not null default '',
    "isHidden" integer not null default false,
    "birthDate" integer,
    "faceAssetId" blob references asset_face on delete set null,
    "isFavorite" integer not null default false,
    color text,
    "updateId" blob not null default (uuid_v7()),
    primary key ("ownerId", "personGroupId")
) strict;
create index "person_faceAssetId_idx" on person ("faceAssetId");
create index "person_personGroupId_idx" on person ("personGroupId");
create index "person_updateId_idx" on person ("updateId");

-- Deleted people.
create table person_audit (
    id blob not null default (uuid_v7()) primary key,
    "personGroupId" blob not null,
    "ownerId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "person_audit_deletedAt_idx" on person_audit ("deletedAt");
create index "person_audit_ownerId_idx" on person_audit ("ownerId");
create index "person_audit_personGroupId_idx" on person_audit ("personGroupId");

-- CLIP embeddings.
create table smart_search (
    "assetId" blob not null primary key references asset (id) on delete cascade,
    embedding blob not null
) strict;

-- Recognised text boxes.
create table asset_ocr (
    id blob not null default (uuid_v4()) primary key,
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    x1 real not null,
    y1 real not null,
    x2 real not null,
    y2 real not null,
    x3 real not null,
    y3 real not null,
    x4 real not null,
    y4 real not null,
    "boxScore" real not null,
    "textScore" real not null,
    text text not null,
    "isVisible" integer not null default true,
    "updateId" blob not null default (uuid_v7()),
    "updatedAt" integer not null default (now())
) strict;
create index "asset_ocr_assetId_idx" on asset_ocr ("assetId");
create index "asset_ocr_updateId_idx" on asset_ocr ("updateId");

-- Assets whose boxes were deleted.
create table asset_ocr_audit (
    id blob not null default (uuid_v7()) primary key,
    "assetId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "asset_ocr_audit_assetId_idx" on asset_ocr_audit ("assetId");
create index "asset_ocr_audit_deletedAt_idx" on asset_ocr_audit ("deletedAt");

-- Concatenated search text.
create table ocr_search (
    "assetId" blob not null primary key references asset (id) on delete cascade on update cascade,
    text text not null
) strict;
