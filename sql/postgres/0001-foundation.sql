-- Extensions, enum types and the functions that tables and indexes use.

create extension if not exists "uuid-ossp";
create extension if not exists unaccent;
create extension if not exists cube;
create extension if not exists earthdistance;
create extension if not exists pg_trgm;

-- A vectors schema need not exist.
do $$
begin
    execute format('alter database %I set search_path to "$user", public, vectors', current_database());
exception when insufficient_privilege then
    raise notice 'the search path of the database stays as it is';
end $$;

create type assets_status_enum as enum ('active', 'trashed', 'deleted');
create type asset_visibility_enum as enum ('archive', 'timeline', 'hidden', 'locked');
create type asset_checksum_algorithm_enum as enum ('sha1', 'sha1-path');
create type sourcetype as enum ('machine-learning', 'exif', 'manual');
create type album_user_role_enum as enum ('owner', 'editor', 'viewer');
create type video_stream_variant_codec_enum as enum ('av1', 'hevc', 'h264');

-- Milliseconds since 1970 in the first six bytes, random behind them, version 7.
create function immich_uuid_v7(p_timestamp timestamptz default clock_timestamp()) returns uuid
    language sql volatile
as $$
    select encode(
        set_bit(set_bit(
            overlay(uuid_send(public.uuid_generate_v4())
                placing substring(int8send(floor(extract(epoch from p_timestamp) * 1000)::int8) from 3) from 1 for 6),
            52, 1), 53, 1),
        'hex')::uuid;
$$;

-- array_to_string and unaccent are only stable, since their results depend on settings. These are for indexes.
create function f_concat_ws(text, text[]) returns text
    language sql immutable parallel safe
as $$ select array_to_string($2, $1) $$;

create function f_unaccent(text) returns text
    language sql immutable strict parallel safe
    return public.unaccent('public.unaccent'::regdictionary, $1);

-- ll_to_earth with every name in full, so that its index survives dump and restore.
create function ll_to_earth_public(latitude float8, longitude float8) returns public.earth
    language sql immutable strict parallel safe
as $$
    select public.cube(public.cube(public.cube(
        public.earth() * cos(radians(latitude)) * cos(radians(longitude))),
        public.earth() * cos(radians(latitude)) * sin(radians(longitude))),
        public.earth() * sin(radians(latitude)))::public.earth
$$;

-- Moves the stamps of an updated row, whatever the statement assigned to them.
create function updated_at() returns trigger
    language plpgsql
as $$
declare
    instant timestamptz := clock_timestamp();
begin
    new."updatedAt" = instant;
    new."updateId" = immich_uuid_v7(instant);
    return new;
end $$;
