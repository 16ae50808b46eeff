-- Calotype's own: the tables of the job queue, and what makes large libraries quick.

-- Jobs that wait, run or have failed; done ones are gone.
create table calotype_job (
    id int8 generated always as identity primary key,
    queue varchar not null,
    name varchar not null,
    data text not null default '{}',
    priority int4 not null default 0,
    run_at timestamptz not null default now(),
    state varchar not null default 'waiting' check (state in ('waiting', 'delayed', 'active', 'failed')),
    job_id varchar,
    dedup_key varchar,
    worker varchar,
    attempt int4 not null default 0,
    created_at timestamptz not null default now(),
    claimed_at timestamptz,
    finished_at timestamptz,
    reason text
);
-- The next job of a queue, and how many wait; what runs or has failed; what becomes due.
create index calotype_job_waiting_idx on calotype_job (queue, priority, id) where state = 'waiting';
create index calotype_job_other_idx on calotype_job (queue, state, id) where state <> 'waiting';
create index calotype_job_due_idx on calotype_job (run_at) where state = 'delayed';
-- A custom id waits once; a deduplicated job exists once until it has finished.
create unique index calotype_job_id_idx on calotype_job (queue, job_id) where job_id is not null and state in ('waiting', 'delayed');
create unique index calotype_job_dedup_idx on calotype_job (dedup_key) where dedup_key is not null;

-- Queues that an administrator has paused.
create table calotype_queue (
    name varchar not null primary key,
    is_paused bool not null default false
);

-- Workers that are alive.
create table calotype_worker (
    name varchar not null primary key,
    heartbeat timestamptz not null default now()
);

-- When each recurring task last ran, so that it runs once over all processes.
create table calotype_cron (
    name varchar not null primary key,
    last_run timestamptz not null
);

-- One month of one owner, in the order of the timeline.
create index if not exists calotype_asset_timeline_idx on asset ("ownerId",
    (date_trunc('MONTH', "localDateTime" at time zone 'UTC') at time zone 'UTC'), (("localDateTime" at time zone 'UTC')::date), "fileCreatedAt",
    "originalFileName")
    where "deletedAt" is null;
-- What is in the trash, and what has left it for good but is not gone yet.
create index if not exists calotype_asset_trash_idx on asset ("deletedAt") where "deletedAt" is not null;
-- What an owner has, newest first, page by page.
create index if not exists calotype_asset_taken_idx on asset ("ownerId", "fileCreatedAt", id);
