-- Albums, shared links, stacks, tags and memories.

-- Albums.
create table album (
    id blob not null default (uuid_v4()) primary key,
    "albumName" text not null default 'Untitled Album',
    "createdAt" integer not null default (now()),
    "albumThumbnailAssetId" blob references asset (id) on delete set null on update cascade,
    "updatedAt" integer not null default (now()),
    description text,
    "deletedAt" integer,
    "isActivityEnabled" integer not null default true,
    "order" text not null default 'desc',
    "updateId" blob not null default (uuid_v7())
) strict;
create index "album_albumThumbnailAssetId_idx" on album ("albumThumbnailAssetId");
create index "album_updateId_idx" on album ("updateId");

-- Membership.
create table album_asset (
    "albumId" blob not null references album on delete cascade on update cascade,
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7()),
    primary key ("albumId", "assetId")
) strict, without rowid;
create index "album_asset_assetId_idx" on album_asset ("assetId");
create index "album_asset_updateId_idx" on album_asset ("updateId");

-- Removed memberships.
create table album_asset_audit (
    id blob not null default (uuid_v7()) primary key,
    "albumId" blob not null references album on delete cascade on update cascade,
    "assetId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "album_asset_audit_albumId_idx" on album_asset_audit ("albumId");
create index "album_asset_audit_assetId_idx" on album_asset_audit ("assetId");
create index "album_asset_audit_deletedAt_idx" on album_asset_audit ("deletedAt");

-- Albums a user can no longer see.
create table album_audit (
    id blob not null default (uuid_v7()) primary key,
    "albumId" blob not null,
    "userId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "album_audit_albumId_idx" on album_audit ("albumId");
create index "album_audit_deletedAt_idx" on album_audit ("deletedAt");
create index "album_audit_userId_idx" on album_audit ("userId");

-- Owner and members.
create table album_user (
    "albumId" blob not null references album on delete cascade on update cascade,
    "userId" blob not null references "user" on delete cascade on update cascade,
    role text not null default 'editor' check (role in ('owner', 'editor', 'viewer')),
    "updateId" blob not null default (uuid_v7()),
    "updatedAt" integer not null default (now()),
    "createId" blob not null default (uuid_v7()),
    "createdAt" integer not null default (now()),
    primary key ("albumId", "userId")
) strict, without rowid;
create index "album_user_createId_idx" on album_user ("createId");
create index "album_user_updateId_idx" on album_user ("updateId");
create index "album_user_userId_idx" on album_user ("userId");
create unique index "album_user_unique_owner" on album_user ("albumId") where role = 'owner';

-- Removed members.
create table album_user_audit (
    id blob not null default (uuid_v7()) primary key,
    "albumId" blob not null,
    "userId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "album_user_audit_albumId_idx" on album_user_audit ("albumId");
create index "album_user_audit_deletedAt_idx" on album_user_audit ("deletedAt");
create index "album_user_audit_userId_idx" on album_user_audit ("userId");

-- Comments and likes.
create table activity (
    id blob not null default (uuid_v4()) primary key,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "albumId" blob not null references album on delete cascade on update cascade,
    "userId" blob not null references "user" on delete cascade on update cascade,
    "assetId" blob references asset (id) on delete cascade on update cascade,
    comment text,
    "isLiked" integer not null default false,
    "updateId" blob not null default (uuid_v7()),
    foreign key ("albumId", "assetId") references album_asset ("albumId", "assetId") on delete cascade,
    constraint activity_like_check check ((comment is null and "isLiked" = true) or (comment is not null and "isLiked" = false))
) strict;
create index "activity_albumId_assetId_idx" on activity ("albumId", "assetId");
create index "activity_assetId_idx" on activity ("assetId");
create index "activity_updateId_idx" on activity ("updateId");
create index "activity_userId_idx" on activity ("userId");
create unique index "activity_like_idx" on activity ("assetId", "userId", "albumId") where "isLiked" = true;

-- Public links.
create table shared_link (
    id blob not null default (uuid_v4()) primary key,
    description text,
    "userId" blob not null references "user" on delete cascade on update cascade,
    key blob not null constraint "shared_link_key_uq" unique,
    type text not null,
    "createdAt" integer not null default (now()),
    "expiresAt" integer,
    "allowUpload" integer not null default false,
    "albumId" blob references album on delete cascade on update cascade,
    "allowDownload" integer not null default true,
    "showExif" integer not null default true,
    password text,
    slug text constraint "shared_link_slug_uq" unique
) strict;
create index "shared_link_albumId_idx" on shared_link ("albumId");
create index "shared_link_userId_idx" on shared_link ("userId");

-- Assets of individual links (album links have none).
create table shared_link_asset (
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    "sharedLinkId" blob not null references shared_link on delete cascade on update cascade,
    primary key ("assetId", "sharedLinkId")
) strict, without rowid;
create index "shared_link_asset_sharedLinkId_idx" on shared_link_asset ("sharedLinkId");

-- Asset stacks.
create table stack (
    id blob not null default (uuid_v4()) primary key,
    "primaryAssetId" blob not null constraint "stack_primaryAssetId_uq" unique references asset (id),
    "ownerId" blob not null references "user" on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7())
) strict;
create index "stack_ownerId_idx" on stack ("ownerId");

-- Deleted stacks.
create table stack_audit (
    id blob not null default (uuid_v7()) primary key,
    "stackId" blob not null,
    "userId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "stack_audit_deletedAt_idx" on stack_audit ("deletedAt");

-- Hierarchical tags per user.
create table tag (
    id blob not null default (uuid_v4()) primary key,
    "userId" blob not null references "user" on delete cascade on update cascade,
    value text not null,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    color text,
    "parentId" blob references tag on delete cascade,
    "updateId" blob not null default (uuid_v7()),
    constraint "tag_userId_value_uq" unique ("userId", value)
) strict;
create index "tag_parentId_idx" on tag ("parentId");
create index "tag_updateId_idx" on tag ("updateId");

-- Tag assignments.
create table tag_asset (
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    "tagId" blob not null references tag on delete cascade on update cascade,
    primary key ("assetId", "tagId")
) strict, without rowid;
create index "tag_asset_tagId_idx" on tag_asset ("tagId");

-- Transitive closure of the tag tree, self rows included.
create table tag_closure (
    id_ancestor blob not null references tag on delete cascade,
    id_descendant blob not null references tag on delete cascade,
    primary key (id_ancestor, id_descendant)
) strict, without rowid;
create index "tag_closure_id_descendant_idx" on tag_closure (id_descendant);

-- Generated memories.
create table memory (
    id blob not null default (uuid_v4()) primary key,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "deletedAt" integer,
    "ownerId" blob not null references "user" on delete cascade on update cascade,
    type text not null,
    data text not null,
    "isSaved" integer not null default false,
    "memoryAt" integer not null,
    "seenAt" integer,
    "showAt" integer,
    "hideAt" integer,
    "updateId" blob not null default (uuid_v7())
) strict;
create index "memory_ownerId_idx" on memory ("ownerId");
create index "memory_updateId_idx" on memory ("updateId");

-- Their assets.
create table memory_asset (
    "memoriesId" blob not null references memory on delete cascade on update cascade,
    "assetId" blob not null references asset (id) on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7()),
    primary key ("memoriesId", "assetId")
) strict, without rowid;
create index "memory_asset_assetId_idx" on memory_asset ("assetId");
create index "memory_asset_updateId_idx" on memory_asset ("updateId");

-- Deleted memories.
create table memory_audit (
    id blob not null default (uuid_v7()) primary key,
    "memoryId" blob not null,
    "userId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "memory_audit_deletedAt_idx" on memory_audit ("deletedAt");
create index "memory_audit_memoryId_idx" on memory_audit ("memoryId");
create index "memory_audit_userId_idx" on memory_audit ("userId");

-- Removed memory assets.
create table memory_asset_audit (
    id blob not null default (uuid_v7()) primary key,
    "memoryId" blob not null references memory on delete cascade on update cascade,
    "assetId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "memory_asset_audit_assetId_idx" on memory_asset_audit ("assetId");
create index "memory_asset_audit_deletedAt_idx" on memory_asset_audit ("deletedAt");
create index "memory_asset_audit_memoryId_idx" on memory_asset_audit ("memoryId");
