-- Users, their sessions and keys, and what they share with each other.

-- Set of users sharing one face clustering.
create table cluster_group (
    id blob not null default (uuid_v4()) primary key,
    name text,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7())
) strict;
create index "cluster_group_updateId_idx" on cluster_group ("updateId");

-- Accounts.
create table "user" (
    id blob not null default (uuid_v4()) primary key,
    email text not null constraint "user_email_uq" unique,
    password text,
    "createdAt" integer not null default (now()),
    "profileImagePath" text not null default '',
    "isAdmin" integer not null default false,
    "shouldChangePassword" integer not null default true,
    "deletedAt" integer,
    "oauthId" text not null default '',
    "updatedAt" integer not null default (now()),
    "storageLabel" text constraint "user_storageLabel_uq" unique,
    name text not null default '',
    "quotaSizeInBytes" integer,
    "quotaUsageInBytes" integer not null default 0,
    status text not null default 'active',
    "profileChangedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7()),
    "avatarColor" text,
    "pinCode" text,
    "clusterGroupId" blob not null references cluster_group on update cascade
) strict;
create index "user_updateId_idx" on "user" ("updateId");
create index "user_updatedAt_id_idx" on "user" ("updatedAt", id);
create index "user_clusterGroupId_idx" on "user" ("clusterGroupId");

-- Deleted users, for sync.
create table user_audit (
    "userId" blob not null,
    "deletedAt" integer not null default (clock_timestamp()),
    id blob not null default (uuid_v7()) primary key
) strict;
create index "user_audit_deletedAt_idx" on user_audit ("deletedAt");

-- Per-user JSON settings.
create table user_metadata (
    "userId" blob not null references "user" on delete cascade on update cascade,
    key text not null,
    value text not null,
    "updateId" blob not null default (uuid_v7()),
    "updatedAt" integer not null default (now()),
    primary key ("userId", key)
) strict;
create index "IDX_user_metadata_update_id" on user_metadata ("updateId");
create index "IDX_user_metadata_updated_at" on user_metadata ("updatedAt");

-- Deleted keys, for sync.
create table user_metadata_audit (
    id blob not null default (uuid_v7()) primary key,
    "userId" blob not null,
    key text not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "IDX_user_metadata_audit_deleted_at" on user_metadata_audit ("deletedAt");
create index "IDX_user_metadata_audit_key" on user_metadata_audit (key);
create index "IDX_user_metadata_audit_user_id" on user_metadata_audit ("userId");

-- Pending invitations.
create table cluster_group_request (
    id blob not null default (uuid_v4()) primary key,
    "clusterGroupId" blob not null references cluster_group on delete cascade on update cascade,
    "userId" blob not null references "user" on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    constraint "cluster_group_request_clusterGroupId_userId_uq" unique ("clusterGroupId", "userId")
) strict;
create index "cluster_group_request_userId_idx" on cluster_group_request ("userId");

-- Login sessions.
create table session (
    id blob not null default (uuid_v4()) primary key,
    token blob not null,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "userId" blob not null references "user" on delete cascade on update cascade,
    "deviceType" text not null default '',
    "deviceOS" text not null default '',
    "updateId" blob not null default (uuid_v7()),
    "pinExpiresAt" integer,
    "expiresAt" integer,
    "parentId" blob references session on delete cascade on update cascade,
    "isPendingSyncReset" integer not null default false,
    "appVersion" text,
    "oauthSid" text,
    "oauthBearerToken" text
) strict;
create index "session_oauthSid_idx" on session ("oauthSid");
create index "session_parentId_idx" on session ("parentId");
create index "session_token_idx" on session (token);
create index "session_updateId_idx" on session ("updateId");
create index "session_userId_idx" on session ("userId");

-- Last acknowledged sync position per session and entity type.
create table session_sync_checkpoint (
    "sessionId" blob not null references session on delete cascade on update cascade,
    type text not null,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    ack text not null,
    "updateId" blob not null default (uuid_v7()),
    primary key ("sessionId", type)
) strict;
create index "session_sync_checkpoint_updateId_idx" on session_sync_checkpoint ("updateId");

-- API keys.
create table api_key (
    name text not null,
    key blob not null,
    "userId" blob not null references "user" on delete cascade on update cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    id blob not null default (uuid_v4()) primary key,
    permissions text not null,
    "updateId" blob not null default (uuid_v7())
) strict;
create index "api_key_key_idx" on api_key (key);
create index "api_key_updateId_idx" on api_key ("updateId");
create index "api_key_userId_idx" on api_key ("userId");

-- One-way library sharing.
create table partner (
    "sharedById" blob not null references "user" on delete cascade,
    "sharedWithId" blob not null references "user" on delete cascade,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "inTimeline" integer not null default false,
    "updateId" blob not null default (uuid_v7()),
    "createId" blob not null default (uuid_v7()),
    primary key ("sharedById", "sharedWithId")
) strict, without rowid;
create index "partner_createId_idx" on partner ("createId");
create index "partner_sharedWithId_idx" on partner ("sharedWithId");
create index "partner_updateId_idx" on partner ("updateId");

-- Deleted partnerships.
create table partner_audit (
    id blob not null default (uuid_v7()) primary key,
    "sharedById" blob not null,
    "sharedWithId" blob not null,
    "deletedAt" integer not null default (clock_timestamp())
) strict;
create index "partner_audit_deletedAt_idx" on partner_audit ("deletedAt");
create index "partner_audit_sharedById_idx" on partner_audit ("sharedById");
create index "partner_audit_sharedWithId_idx" on partner_audit ("sharedWithId");
