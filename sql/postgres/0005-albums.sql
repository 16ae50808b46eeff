-- Albums, shared links, stacks, tags and memories.

-- Albums.
create table album (
    id uuid not null default uuid_generate_v4() primary key,
    "albumName" varchar not null default 'Untitled Album',
    "createdAt" timestamptz not null default now(),
    "albumThumbnailAssetId" uuid references asset on delete set null on update cascade,
    "updatedAt" timestamptz not null default now(),
    description text,
    "deletedAt" timestamptz,
    "isActivityEnabled" bool not null default true,
    "order" varchar not null default 'desc',
    "updateId" uuid not null default immich_uuid_v7()
);
create index "album_albumThumbnailAssetId_idx" on album ("albumThumbnailAssetId");
create index "album_updateId_idx" on album ("updateId");

-- Membership.
create table album_asset (
    "albumId" uuid not null references album on delete cascade on update cascade,
    "assetId" uuid not null references asset on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7(),
    primary key ("albumId", "assetId")
);
create index "album_asset_albumId_idx" on album_asset ("albumId");
create index "album_asset_assetId_idx" on album_asset ("assetId");
create index "album_asset_updateId_idx" on album_asset ("updateId");

-- Removed memberships.
create table album_asset_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "albumId" uuid not null references album on delete cascade on update cascade,
    "assetId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "album_asset_audit_albumId_idx" on album_asset_audit ("albumId");
create index "album_asset_audit_assetId_idx" on album_asset_audit ("assetId");
create index "album_asset_audit_deletedAt_idx" on album_asset_audit ("deletedAt");

-- Albums a user can no longer see.
create table album_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "albumId" uuid not null,
    "userId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "album_audit_albumId_idx" on album_audit ("albumId");
create index "album_audit_deletedAt_idx" on album_audit ("deletedAt");
create index "album_audit_userId_idx" on album_audit ("userId");

-- Owner and members.
create table album_user (
    "albumId" uuid not null references album on delete cascade on update cascade,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    role album_user_role_enum not null default 'editor',
    "updateId" uuid not null default immich_uuid_v7(),
    "updatedAt" timestamptz not null default now(),
    "createId" uuid not null default immich_uuid_v7(),
    "createdAt" timestamptz not null default now(),
    primary key ("albumId", "userId")
);
create index "album_user_albumId_idx" on album_user ("albumId");
create index "album_user_createId_idx" on album_user ("createId");
create index "album_user_updateId_idx" on album_user ("updateId");
create index "album_user_userId_idx" on album_user ("userId");
create unique index "album_user_unique_owner" on album_user ("albumId") where role = 'owner';

-- Removed members.
create table album_user_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "albumId" uuid not null,
    "userId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "album_user_audit_albumId_idx" on album_user_audit ("albumId");
create index "album_user_audit_deletedAt_idx" on album_user_audit ("deletedAt");
create index "album_user_audit_userId_idx" on album_user_audit ("userId");

-- Comments and likes.
create table activity (
    id uuid not null default uuid_generate_v4() primary key,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "albumId" uuid not null references album on delete cascade on update cascade,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    "assetId" uuid references asset on delete cascade on update cascade,
    comment text,
    "isLiked" bool not null default false,
    "updateId" uuid not null default immich_uuid_v7(),
    foreign key ("albumId", "assetId") references album_asset ("albumId", "assetId") on delete cascade,
    constraint activity_like_check check ((comment is null and "isLiked" = true) or (comment is not null and "isLiked" = false))
);
create index "activity_albumId_assetId_idx" on activity ("albumId", "assetId");
create index "activity_albumId_idx" on activity ("albumId");
create index "activity_assetId_idx" on activity ("assetId");
create index "activity_updateId_idx" on activity ("updateId");
create index "activity_userId_idx" on activity ("userId");
create unique index "activity_like_idx" on activity ("assetId", "userId", "albumId") where "isLiked" = true;

-- Public links.
create table shared_link (
    id uuid not null default uuid_generate_v4() primary key,
    description varchar,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    key bytea not null constraint "shared_link_key_uq" unique,
    type varchar not null,
    "createdAt" timestamptz not null default now(),
    "expiresAt" timestamptz,
    "allowUpload" bool not null default false,
    "albumId" uuid references album on delete cascade on update cascade,
    "allowDownload" bool not null default true,
    "showExif" bool not null default true,
    password varchar,
    slug varchar constraint "shared_link_slug_uq" unique
);
create index "shared_link_albumId_idx" on shared_link ("albumId");
create index "shared_link_key_idx" on shared_link (key);
create index "shared_link_userId_idx" on shared_link ("userId");

-- Assets of individual links (album links have none).
create table shared_link_asset (
    "assetId" uuid not null references asset on delete cascade on update cascade,
    "sharedLinkId" uuid not null references shared_link on delete cascade on update cascade,
    primary key ("assetId", "sharedLinkId")
);
create index "shared_link_asset_assetId_idx" on shared_link_asset ("assetId");
create index "shared_link_asset_sharedLinkId_idx" on shared_link_asset ("sharedLinkId");

-- Asset stacks.
create table stack (
    id uuid not null default uuid_generate_v4() primary key,
    "primaryAssetId" uuid not null constraint "stack_primaryAssetId_uq" unique references asset,
    "ownerId" uuid not null references "user" on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7()
);
create index "stack_ownerId_idx" on stack ("ownerId");
create index "stack_primaryAssetId_idx" on stack ("primaryAssetId");

-- Deleted stacks.
create table stack_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "stackId" uuid not null,
    "userId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "stack_audit_deletedAt_idx" on stack_audit ("deletedAt");

-- Hierarchical tags per user.
create table tag (
    id uuid not null default uuid_generate_v4() primary key,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    value varchar not null,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    color varchar,
    "parentId" uuid references tag on delete cascade,
    "updateId" uuid not null default immich_uuid_v7(),
    constraint "tag_userId_value_uq" unique ("userId", value)
);
create index "tag_parentId_idx" on tag ("parentId");
create index "tag_updateId_idx" on tag ("updateId");

-- Tag assignments.
create table tag_asset (
    "assetId" uuid not null references asset on delete cascade on update cascade,
    "tagId" uuid not null references tag on delete cascade on update cascade,
    primary key ("assetId", "tagId")
);
create index "tag_asset_assetId_idx" on tag_asset ("assetId");
create index "tag_asset_assetId_tagId_idx" on tag_asset ("assetId", "tagId");
create index "tag_asset_tagId_idx" on tag_asset ("tagId");

-- Transitive closure of the tag tree, self rows included.
create table tag_closure (
    id_ancestor uuid not null references tag on delete cascade,
    id_descendant uuid not null references tag on delete cascade,
    primary key (id_ancestor, id_descendant)
);
create index "tag_closure_id_ancestor_idx" on tag_closure (id_ancestor);
create index "tag_closure_id_descendant_idx" on tag_closure (id_descendant);

-- Generated memories.
create table memory (
    id uuid not null default uuid_generate_v4() primary key,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "deletedAt" timestamptz,
    "ownerId" uuid not null references "user" on delete cascade on update cascade,
    type varchar not null,
    data jsonb not null,
    "isSaved" bool not null default false,
    "memoryAt" timestamptz not null,
    "seenAt" timestamptz,
    "showAt" timestamptz,
    "hideAt" timestamptz,
    "updateId" uuid not null default immich_uuid_v7()
);
create index "memory_ownerId_idx" on memory ("ownerId");
create index "memory_updateId_idx" on memory ("updateId");

-- Their assets.
create table memory_asset (
    "memoriesId" uuid not null references memory on delete cascade on update cascade,
    "assetId" uuid not null references asset on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7(),
    primary key ("memoriesId", "assetId")
);
create index "memory_asset_assetId_idx" on memory_asset ("assetId");
create index "memory_asset_memoriesId_idx" on memory_asset ("memoriesId");
create index "memory_asset_updateId_idx" on memory_asset ("updateId");

-- Deleted memories.
create table memory_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "memoryId" uuid not null,
    "userId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "memory_audit_deletedAt_idx" on memory_audit ("deletedAt");
create index "memory_audit_memoryId_idx" on memory_audit ("memoryId");
create index "memory_audit_userId_idx" on memory_audit ("userId");

-- Removed memory assets.
create table memory_asset_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "memoryId" uuid not null references memory on delete cascade on update cascade,
    "assetId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "memory_asset_audit_assetId_idx" on memory_asset_audit ("assetId");
create index "memory_asset_audit_deletedAt_idx" on memory_asset_audit ("deletedAt");
create index "memory_asset_audit_memoryId_idx" on memory_asset_audit ("memoryId");

-- Tables that point at each other.
alter table asset add foreign key ("stackId") references stack on delete set null on update cascade;
