-- Calotype's own tables: the job queue.

-- Jobs that wait, run or have failed; done ones are gone.
create table calotype_job (
    id integer not null primary key autoincrement,
    queue text not null,
    name text not null,
    data text not null default '{}',
    priority integer not null default 0,
    run_at integer not null default (now()),
    state text not null default 'waiting' check (state in ('waiting', 'delayed', 'active', 'failed')),
    job_id text,
    dedup_key text,
    worker text,
    attempt integer not null default 0,
    created_at integer not null default (now()),
    claimed_at integer,
    finished_at integer,
    reason text
) strict;
-- The next job of a queue, and how many wait (the last column only makes the index cover the count); what runs or has failed; what becomes due.
create index calotype_job_waiting_idx on calotype_job (queue, priority, id, state) where state = 'waiting';
create index calotype_job_other_idx on calotype_job (queue, state, id) where state <> 'waiting';
create index calotype_job_due_idx on calotype_job (run_at) where state = 'delayed';
-- A custom id waits once; a deduplicated job exists once until it has finished.
create unique index calotype_job_id_idx on calotype_job (queue, job_id) where job_id is not null and state in ('waiting', 'delayed');
create unique index calotype_job_dedup_idx on calotype_job (dedup_key) where dedup_key is not null;

-- Queues that an administrator has paused.
create table calotype_queue (
    name text not null primary key,
    is_paused integer not null default false
) strict;

-- Workers that are alive.
create table calotype_worker (
    name text not null primary key,
    heartbeat integer not null default (now())
) strict;

-- When each recurring task last ran, so that it runs once over all processes.
create table calotype_cron (
    name text not null primary key,
    last_run integer not null
) strict;
