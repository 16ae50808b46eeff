-- Faces, people, embeddings and recognised text.

-- One human within a cluster group; its id is the person id of the API.
create table person_group (
    id uuid not null default uuid_generate_v4() primary key,
    "clusterGroupId" uuid not null references cluster_group on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "createId" uuid not null default immich_uuid_v7(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7()
);
create index "person_group_clusterGroupId_idx" on person_group ("clusterGroupId");
create index "person_group_createId_idx" on person_group ("createId");
create index "person_group_updateId_idx" on person_group ("updateId");

-- Deleted person groups.
create table person_group_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "personGroupId" uuid not null,
    "clusterGroupId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "person_group_audit_personGroupId_idx" on person_group_audit ("personGroupId");
create index "person_group_audit_clusterGroupId_idx" on person_group_audit ("clusterGroupId");
create index "person_group_audit_deletedAt_idx" on person_group_audit ("deletedAt");

-- Detected or imported faces.
create table asset_face (
    "assetId" uuid not null references asset on delete cascade on update cascade,
    "personGroupId" uuid references person_group on delete set null on update cascade,
    "imageWidth" int4 not null default 0,
    "imageHeight" int4 not null default 0,
    "boundingBoxX1" int4 not null default 0,
    "boundingBoxY1" int4 not null default 0,
    "boundingBoxX2" int4 not null default 0,
    "boundingBoxY2" int4 not null default 0,
    id uuid not null default uuid_generate_v4() primary key,
    "sourceType" sourcetype not null default 'machine-learning',
    "deletedAt" timestamptz,
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7(),
    "isVisible" bool not null default true
);
create index "asset_face_assetId_personGroupId_idx" on asset_face ("assetId", "personGroupId");
create index "asset_face_personGroupId_assetId_idx" on asset_face ("personGroupId", "assetId");
create index "asset_face_personGroupId_assetId_notDeleted_isVisible_idx" on asset_face ("personGroupId", "assetId")
    where "deletedAt" is null and "isVisible" is true;

-- Deleted faces.
create table asset_face_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "assetFaceId" uuid not null,
    "assetId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "asset_face_audit_assetFaceId_idx" on asset_face_audit ("assetFaceId");
create index "asset_face_audit_assetId_idx" on asset_face_audit ("assetId");
create index "asset_face_audit_deletedAt_idx" on asset_face_audit ("deletedAt");

-- Face embeddings.
create table face_search (
    "faceId" uuid not null primary key references asset_face on delete cascade,
    embedding vector(512) not null
);
alter table face_search alter embedding set storage external;

-- People.
create table person (
    "personGroupId" uuid not null references person_group on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "ownerId" uuid not null references "user" on delete cascade on update cascade,
    name varchar not null default '',
    "thumbnailPath" varchar not null default '',
    "isHidden" bool not null default false,
    "birthDate" date,
    "faceAssetId" uuid references asset_face on delete set null,
    "isFavorite" bool not null default false,
    color varchar,
    "updateId" uuid not null default immich_uuid_v7(),
    primary key ("ownerId", "personGroupId"),
    constraint "person_birthDate_chk" check ("birthDate" <= current_date)
);
create index "person_faceAssetId_idx" on person ("faceAssetId");
create index "person_personGroupId_idx" on person ("personGroupId");
create index "person_updateId_idx" on person ("updateId");
create index "idx_person_name_trigram" on person using gin (f_unaccent(name) gin_trgm_ops);

-- Deleted people.
create table person_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "personGroupId" uuid not null,
    "ownerId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "person_audit_deletedAt_idx" on person_audit ("deletedAt");
create index "person_audit_ownerId_idx" on person_audit ("ownerId");
create index "person_audit_personGroupId_idx" on person_audit ("personGroupId");

-- CLIP embeddings.
create table smart_search (
    "assetId" uuid not null primary key references asset on delete cascade,
    embedding vector(512) not null
);
alter table smart_search alter embedding set storage external;

-- Recognised text boxes.
create table asset_ocr (
    id uuid not null default uuid_generate_v4() primary key,
    "assetId" uuid not null references asset on delete cascade on update cascade,
    x1 float4 not null,
    y1 float4 not null,
    x2 float4 not null,
    y2 float4 not null,
    x3 float4 not null,
    y3 float4 not null,
    x4 float4 not null,
    y4 float4 not null,
    "boxScore" float4 not null,
    "textScore" float4 not null,
    text text not null,
    "isVisible" bool not null default true,
    "updateId" uuid not null default immich_uuid_v7(),
    "updatedAt" timestamptz not null default now()
);
create index "asset_ocr_assetId_idx" on asset_ocr ("assetId");
create index "asset_ocr_updateId_idx" on asset_ocr ("updateId");

-- Assets whose boxes were deleted.
create table asset_ocr_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "assetId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "asset_ocr_audit_assetId_idx" on asset_ocr_audit ("assetId");
create index "asset_ocr_audit_deletedAt_idx" on asset_ocr_audit ("deletedAt");

-- Concatenated search text.
create table ocr_search (
    "assetId" uuid not null primary key references asset on delete cascade on update cascade,
    text text not null
);
create index "idx_ocr_search_text" on ocr_search using gin (f_unaccent(text) gin_trgm_ops);
