-- Settings of the server, notifications, places, plugins, workflows and streaming sessions.

-- Server-wide JSON values.
create table system_metadata (
    key text not null primary key,
    value text not null
) strict;

-- Server versions that ran on this database.
create table version_history (
    id blob not null default (uuid_v4()) primary key,
    "createdAt" integer not null default (now()),
    version text not null
) strict;

-- In-app notifications.
create table notification (
    id blob not null default (uuid_v4()) primary key,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "deletedAt" integer,
    "updateId" blob not null default (uuid_v7()),
    "userId" blob references "user" on delete cascade on update cascade,
    level text not null default 'info',
    type text not null default 'info',
    data text,
    title text not null,
    description text,
    "readAt" integer
) strict;
create index "notification_updateId_idx" on notification ("updateId");
create index "notification_userId_idx" on notification ("userId");

-- GeoNames cities.
create table geodata_places (
    id integer not null primary key,
    name text not null,
    longitude real not null,
    latitude real not null,
    "countryCode" text not null,
    "admin1Code" text,
    "admin2Code" text,
    "modificationDate" integer not null,
    "admin1Name" text,
    "admin2Name" text,
    "alternateNames" text
) strict;
create index "IDX_geodata_gist_earthcoord" on geodata_places (latitude, longitude);

-- Country polygons.
create table naturalearth_countries (
    id integer not null primary key autoincrement,
    admin text not null,
    admin_a3 text not null,
    type text not null,
    coordinates text not null
) strict;

-- Installed plugins.
create table plugin (
    id blob not null default (uuid_v4()) primary key,
    enabled integer not null default true,
    name text not null constraint "plugin_name_uq" unique,
    version text not null,
    title text not null,
    description text not null,
    author text not null,
    "wasmBytes" blob not null,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    templates text not null,
    sha256hash blob not null,
    constraint "plugin_name_version_uq" unique (name, version)
) strict;

-- Functions a plugin offers.
create table plugin_method (
    id blob not null default (uuid_v4()) primary key,
    "pluginId" blob not null references plugin on delete cascade on update cascade,
    name text not null,
    title text not null,
    description text not null,
    types text not null,
    "hostFunctions" integer not null default false,
    "uiHints" text not null default '[]',
    schema text,
    "allowedHosts" text not null default '[]',
    constraint "plugin_method_pluginId_name_uq" unique ("pluginId", name)
) strict;

-- User workflows.
create table workflow (
    id blob not null default (uuid_v4()) primary key,
    "ownerId" blob not null references "user" on delete cascade on update cascade,
    "trigger" text not null,
    name text,
    description text,
    "createdAt" integer not null default (now()),
    "updatedAt" integer not null default (now()),
    "updateId" blob not null default (uuid_v7()),
    enabled integer not null default true,
    logging integer not null default false
) strict;
create index "workflow_ownerId_idx" on workflow ("ownerId");

-- Ordered steps.
create table workflow_step (
    id blob not null default (uuid_v4()) primary key,
    enabled integer not null default true,
    "workflowId" blob not null references workflow on delete cascade on update cascade,
    "pluginMethodId" blob not null references plugin_method on delete cascade on update cascade,
    config text,
    "order" integer not null
) strict;
create index "workflow_step_pluginMethodId_idx" on workflow_step ("pluginMethodId");
create index "workflow_step_workflowId_idx" on workflow_step ("workflowId");

-- One row per logged run.
create table workflow_log (
    id blob not null default (uuid_v4()) primary key,
    "createdAt" integer not null default (now()),
    "workflowId" blob not null references workflow on delete cascade on update cascade,
    result text not null,
    "workflowStepId" blob references workflow_step on delete set null on update cascade,
    "triggerDataId" blob,
    "runId" blob not null
) strict;
create index "workflow_log_workflowId_idx" on workflow_log ("workflowId");
create index "workflow_log_workflowStepId_idx" on workflow_log ("workflowStepId");

-- On-the-fly streaming sessions.
create table video_stream_session (
    id blob not null default (uuid_v4()) primary key,
    "assetId" blob not null references asset (id) on delete cascade,
    "expiresAt" integer not null,
    "createdAt" integer not null default (now())
) strict;
create index "video_stream_session_assetId_idx" on video_stream_session ("assetId");
create index "video_stream_session_expiresAt_idx" on video_stream_session ("expiresAt");

-- Variant per session.
create table video_stream_variant (
    id blob not null default (uuid_v4()) primary key,
    "sessionId" blob not null references video_stream_session on delete cascade,
    "createdAt" integer not null default (now()),
    bitrate integer not null,
    codec text not null check (codec in ('av1', 'hevc', 'h264')),
    resolution integer not null
) strict;
create unique index "video_stream_variant_sessionId_bitrate_resolution_codec_idx" on video_stream_variant ("sessionId", bitrate, resolution, codec);

-- Finished segments.
create table video_stream_segment (
    "variantId" blob not null references video_stream_variant on delete cascade,
    "index" integer not null,
    "durationUs" integer not null,
    primary key ("variantId", "index")
) strict;
