-- Immich's bookkeeping of its migrations, so that it takes the database over as one of its own. The rows: src/db/immich.c.

create table kysely_migrations (
    name varchar(255) primary key,
    timestamp varchar(255) not null
);
create table kysely_migrations_lock (
    id varchar(255) primary key,
    is_locked int4 not null default 0
);
create table migration_overrides (
    name varchar primary key,
    value jsonb not null
);

insert into kysely_migrations_lock (id) values ('migration_lock');
