-- Faces are clustered per group of users. Every user starts with a group of one; every person gets a person group with the same id.
create table cluster_group (
    id uuid not null default uuid_generate_v4() primary key,
    name varchar,
    "createdAt" timestamptz not null default now(),
    "updatedAt" timestamptz not null default now(),
    "updateId" uuid not null default immich_uuid_v7()
);
create index "cluster_group_updateId_idx" on cluster_group ("updateId");
create trigger "cluster_group_updatedAt" before update on cluster_group for each row execute function updated_at();
create table cluster_group_request (
    id uuid not null default uuid_generate_v4() primary key,
    "clusterGroupId" uuid not null references cluster_group on delete cascade on update cascade,
    "userId" uuid not null references "user" on delete cascade on update cascade,
    "createdAt" timestamptz not null default now(),
    constraint "cluster_group_request_clusterGroupId_userId_uq" unique ("clusterGroupId", "userId")
);
create index "cluster_group_request_clusterGroupId_idx" on cluster_group_request ("clusterGroupId");
create index "cluster_group_request_userId_idx" on cluster_group_request ("userId");
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
create table person_group_audit (
    id uuid not null default immich_uuid_v7() primary key,
    "personGroupId" uuid not null,
    "clusterGroupId" uuid not null,
    "deletedAt" timestamptz not null default clock_timestamp()
);
create index "person_group_audit_personGroupId_idx" on person_group_audit ("personGroupId");
create index "person_group_audit_clusterGroupId_idx" on person_group_audit ("clusterGroupId");
create index "person_group_audit_deletedAt_idx" on person_group_audit ("deletedAt");
create function person_group_delete_audit() returns trigger language plpgsql as $$
begin
    insert into person_group_audit ("personGroupId", "clusterGroupId") select id, "clusterGroupId" from old;
    return null;
end $$;
create trigger person_group_delete_audit after delete on person_group referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function person_group_delete_audit();
create trigger "person_group_updatedAt" before update on person_group for each row execute function updated_at();

alter table "user" add "clusterGroupId" uuid;
update "user" set "clusterGroupId" = uuid_generate_v4();
insert into cluster_group (id) select "clusterGroupId" from "user";
alter table "user" alter "clusterGroupId" set not null, add foreign key ("clusterGroupId") references cluster_group on update cascade;
create index "user_clusterGroupId_idx" on "user" ("clusterGroupId");

insert into person_group (id, "clusterGroupId", "createdAt")
    select person.id, "user"."clusterGroupId", person."createdAt" from person join "user" on "user".id = person."ownerId";

-- Faces point at the person group.
drop index "asset_face_assetId_personId_idx", "asset_face_personId_assetId_idx", "asset_face_personId_assetId_notDeleted_isVisible_idx";
alter table asset_face drop constraint "asset_face_personId_fkey";
alter table asset_face rename "personId" to "personGroupId";
alter table asset_face add foreign key ("personGroupId") references person_group on delete set null on update cascade;
create index "asset_face_assetId_personGroupId_idx" on asset_face ("assetId", "personGroupId");
create index "asset_face_personGroupId_assetId_idx" on asset_face ("personGroupId", "assetId");
create index "asset_face_personGroupId_assetId_notDeleted_isVisible_idx" on asset_face ("personGroupId", "assetId")
    where "deletedAt" is null and "isVisible" is true;

-- A person is what one user makes of a person group.
alter table person drop constraint person_pkey;
alter table person rename id to "personGroupId";
alter table person alter "personGroupId" drop default;
alter table person add primary key ("ownerId", "personGroupId");
alter table person add foreign key ("personGroupId") references person_group on delete cascade on update cascade;
create index "person_personGroupId_idx" on person ("personGroupId");
drop index "person_ownerId_idx";

alter table person_audit rename "personId" to "personGroupId";
alter index "person_audit_personId_idx" rename to "person_audit_personGroupId_idx";
drop trigger person_delete_audit on person;
drop function person_delete_audit();
create function person_delete_audit() returns trigger language plpgsql as $$
begin
    insert into person_audit ("personGroupId", "ownerId") select "personGroupId", "ownerId" from old;
    return null;
end $$;
create trigger person_delete_audit after delete on person referencing old table as old for each statement
    when (pg_trigger_depth() <= 1)
    execute function person_delete_audit();

delete from migration_overrides where name in (
    'function_person_delete_audit', 'trigger_person_delete_audit', 'index_asset_face_personId_assetId_notDeleted_isVisible_idx');
