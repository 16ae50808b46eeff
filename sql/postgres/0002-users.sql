-- Users, their sessions and keys, and what they share with each other.

-- Set of users sharing one face clustering.
create table cluster_group (
    id uuid not null default uuid_generate_v4() primary key,
    name varchar,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7()
);
create index "cluster_group_updateId_idx" on cluster_group ("updateId");

-- Accounts.
create table "user" (
    id uuid not null default uuid_generate_v4() primary key,
    email varchar not null constraint "user_email_uq" unique,
    password varchar,
    "createdAt" timestamptz not null default now(),
    "profileImagePath" varchar not null default '',
    "isAdmin" bool not null default false,
    "shouldChangePassword" bool not null default true,
    "deletedAt" timestamptz,
    "oauthId" varchar not null default '',
    "updatedAt" timestamptz not null default now(),
    "storageLabel" varchar constraint "user_storageLabel_uq" unique,
    name varchar not null default '',
    "quotaSizeInBytes" int8,
    "quotaUsageInBytes" int8 not null default 0,
    status varchar not null default 'active',
    "profileChangedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7(),
    "avatarColor" varchar,
    "pinCode" varchar,
    "clusterGroupId" uuid not null references cluster_group on update cascade
);
create index "user_updateId_idx" on "user" ("updateId");
create index "user_updatedAt_id_idx" on "user" ("updatedAt", id);
create index "user_clusterGroupId_idx" on "user" ("clusterGroupId");

-- Deleted users, for sync.
create table user_audit (
    "userId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp(),
    id uuid not null default immich_uuid_v7() primary key
);
create index "user_audit_deletedAt_idx" on user_audit ("deletedAt");

-- Per-user JSON settings.
create table user_metadata (
    "userId" uuid not null references "user" on delete cascade on update cascade,
    key varchar not null,
    value jsonb not null,
    "updateId" uuid not null default immich_uuid_v7(),
    "updatedAt" timestamptz not null default now(),
    primary key ("userId", key)
);
create index "IDX_user_metadata_update_id" on user_metadata ("updateId");
create index "IDX_user_metadata_updated_at" on user_metadata ("updatedAt");

-- Deleted keys, for sync.
create table user_metadata_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "userId" uuid not null,
    key varchar not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "IDX_user_metadata_audit_deleted_at" on user_metadata_audit ("deletedAt");
create index "IDX_user_metadata_audit_key" on user_metadata_audit (key);
create index "IDX_user_metadata_audit_user_id" on user_metadata_audit ("userId");

-- Pending invitations.
create table cluster_group_request (
    id uuid not null default uuid_generate_v4() primary key,
    "clusterGroupId" uuid not null references cluster_group on delete cascade on update cascade,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    constraint "cluster_group_request_clusterGroupId_userId_uq" unique ("clusterGroupId", "userId")
);
create index "cluster_group_request_clusterGroupId_idx" on cluster_group_request ("clusterGroupId");
create index "cluster_group_request_userId_idx" on cluster_group_request ("userId");

-- Login sessions.
create table session (
    id uuid not null default uuid_generate_v4() primary key,
    token bytea not null,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "userId" uuid not null references "user" on delete cascade on update cascade,
    "deviceType" varchar not null default '',
    "deviceOS" varchar not null default '',
    "updateId" uuid not null default immich_uuid_v7(),
    "pinExpiresAt" timestamptz,
    "expiresAt" timestamptz,
    "parentId" uuid references session on delete cascade on update cascade,
    "isPendingSyncReset" bool not null default false,
    "appVersion" varchar,
    "oauthSid" varchar,
    "oauthBearerToken" varchar
);
create index "session_oauthSid_idx" on session ("oauthSid");
create index "session_parentId_idx" on session ("parentId");
create index "session_token_idx" on session (token);
create index "session_updateId_idx" on session ("updateId");
create index "session_userId_idx" on session ("userId");

-- Last acknowledged sync position per session and entity type.
create table session_sync_checkpoint (
    "sessionId" uuid not null references session on delete cascade on update cascade,
    type varchar not null,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    ack varchar not null,
    "updateId" uuid not null default immich_uuid_v7(),
    primary key ("sessionId", type)
);
create index "session_sync_checkpoint_sessionId_idx" on session_sync_checkpoint ("sessionId");
create index "session_sync_checkpoint_updateId_idx" on session_sync_checkpoint ("updateId");

-- API keys.
create table api_key (
    name varchar not null,
    key bytea not null,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    id uuid not null default uuid_generate_v4() primary key,
    permissions varchar[] not null,
    "updateId" uuid not null default immich_uuid_v7()
);
create index "api_key_key_idx" on api_key (key);
create index "api_key_updateId_idx" on api_key ("updateId");
create index "api_key_userId_idx" on api_key ("userId");

-- One-way library sharing.
create table partner (
    "sharedById" uuid not null references "user" on delete cascade,
    "sharedWithId" uuid not null references "user" on delete cascade,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "inTimeline" bool not null default false,
    "updateId" uuid not null default immich_uuid_v7(),
    "createId" uuid not null default immich_uuid_v7(),
    primary key ("sharedById", "sharedWithId")
);
create index "partner_createId_idx" on partner ("createId");
create index "partner_sharedWithId_idx" on partner ("sharedWithId");
create index "partner_updateId_idx" on partner ("updateId");

-- Deleted partnerships.
create table partner_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "sharedById" uuid not null,
    "sharedWithId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "partner_audit_deletedAt_idx" on partner_audit ("deletedAt");
create index "partner_audit_sharedById_idx" on partner_audit ("sharedById");
create index "partner_audit_sharedWithId_idx" on partner_audit ("sharedWithId");
