-- Settings of the server, notifications, places, plugins, workflows and streaming sessions.

-- Server-wide JSON values.
create table system_metadata (
    key varchar not null primary key,
    value jsonb not null
);

-- Server versions that ran on this database.
create table version_history (
    id uuid not null default uuid_generate_v4() primary key,
    "createdAt" timestamptz not null default now(),
    version varchar not null
);

-- In-app notifications.
create table notification (
    id uuid not null default uuid_generate_v4() primary key,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "deletedAt" timestamptz,
    "updateId" uuid not null default immich_uuid_v7(),
    "userId" uuid references "user" on delete cascade on update cascade,
    level varchar not null default 'info',
    type varchar not null default 'info',
    data jsonb,
    title varchar not null,
    description text,
    "readAt" timestamptz
);
create index "notification_updateId_idx" on notification ("updateId");
create index "notification_userId_idx" on notification ("userId");

-- GeoNames cities.
create table geodata_places (
    id int4 primary key with (fillfactor = 100),
    name varchar(200) not null,
    longitude float8 not null,
    latitude float8 not null,
    "countryCode" char(2) not null,
    "admin1Code" varchar(20),
    "admin2Code" varchar(80),
    "modificationDate" date not null,
    "admin1Name" varchar,
    "admin2Name" varchar,
    "alternateNames" varchar
);
create index "IDX_geodata_gist_earthcoord" on geodata_places using gist (ll_to_earth_public(latitude, longitude));
create index "idx_geodata_places_admin1_name" on geodata_places using gin (f_unaccent("admin1Name") gin_trgm_ops);
create index "idx_geodata_places_admin2_name" on geodata_places using gin (f_unaccent("admin2Name") gin_trgm_ops);
create index "idx_geodata_places_alternate_names" on geodata_places using gin (f_unaccent("alternateNames") gin_trgm_ops);
create index "idx_geodata_places_name" on geodata_places using gin (f_unaccent(name) gin_trgm_ops);

-- Country polygons.
create table naturalearth_countries (
    id int4 generated always as identity primary key with (fillfactor = 100),
    admin varchar(50) not null,
    admin_a3 varchar(3) not null,
    type varchar(50) not null,
    coordinates polygon not null
);

-- Installed plugins.
create table plugin (
    id uuid not null default uuid_generate_v4() primary key,
    enabled bool not null default true,
    name varchar not null constraint "plugin_name_uq" unique,
    version varchar not null,
    title varchar not null,
    description varchar not null,
    author varchar not null,
    "wasmBytes" bytea not null,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    templates jsonb not null,
    sha256hash bytea not null,
    constraint "plugin_name_version_uq" unique (name, version)
);
create index "plugin_name_idx" on plugin (name);

-- Functions a plugin offers.
create table plugin_method (
    id uuid not null default uuid_generate_v4() primary key,
    "pluginId" uuid not null references plugin on delete cascade on update cascade,
    name varchar not null,
    title varchar not null,
    description varchar not null,
    types varchar[] not null,
    "hostFunctions" bool not null default false,
    "uiHints" varchar[] not null default '{}',
    schema jsonb,
    "allowedHosts" varchar[] not null default '{}',
    constraint "plugin_method_pluginId_name_uq" unique ("pluginId", name)
);
create index "plugin_method_pluginId_idx" on plugin_method ("pluginId");

-- User workflows.
create table workflow (
    id uuid not null default uuid_generate_v4() primary key,
    "ownerId" uuid not null references "user" on delete cascade on update cascade,
    "trigger" varchar not null,
    name varchar,
    description varchar,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7(),
    enabled bool not null default true,
    logging bool not null default false
);
create index "workflow_ownerId_idx" on workflow ("ownerId");

-- Ordered steps.
create table workflow_step (
    id uuid not null default uuid_generate_v4() primary key,
    enabled bool not null default true,
    "workflowId" uuid not null references workflow on delete cascade on update cascade,
    "pluginMethodId" uuid not null references plugin_method on delete cascade on update cascade,
    config jsonb,
    "order" int4 not null
);
create index "workflow_step_pluginMethodId_idx" on workflow_step ("pluginMethodId");
create index "workflow_step_workflowId_idx" on workflow_step ("workflowId");

-- One row per logged run.
create table workflow_log (
    id uuid not null default uuid_generate_v4() primary key,
    "createdAt" timestamptz not null default now(),
    "workflowId" uuid not null references workflow on delete cascade on update cascade,
    result varchar not null,
    "workflowStepId" uuid references workflow_step on delete set null on update cascade,
    "triggerDataId" uuid,
    "runId" uuid not null
);
create index "workflow_log_workflowId_idx" on workflow_log ("workflowId");
create index "workflow_log_workflowStepId_idx" on workflow_log ("workflowStepId");

-- On-the-fly streaming sessions.
create table video_stream_session (
    id uuid not null default uuid_generate_v4() primary key,
    "assetId" uuid not null references asset on delete cascade,
    "expiresAt" timestamptz not null,
    "createdAt" timestamptz not null default now()
);
create index "video_stream_session_assetId_idx" on video_stream_session ("assetId");
create index "video_stream_session_expiresAt_idx" on video_stream_session ("expiresAt");

-- Variant per session.
create table video_stream_variant (
    id uuid not null default uuid_generate_v4() primary key,
    "sessionId" uuid not null references video_stream_session on delete cascade,
    "createdAt" timestamptz not null default now(),
    bitrate int4 not null,
    codec video_stream_variant_codec_enum not null,
    resolution int2 not null
);
create unique index "video_stream_variant_sessionId_bitrate_resolution_codec_idx" on video_stream_variant ("sessionId", bitrate, resolution, codec);

-- Finished segments.
create table video_stream_segment (
    "variantId" uuid not null references video_stream_variant on delete cascade,
    "index" int4 not null,
    "durationUs" int4 not null,
    primary key ("variantId", "index")
);
