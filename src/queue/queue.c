// The job table: adding, claiming, finishing, counting.
//
// A row's state is waiting, delayed, active or failed; "paused" is how the waiting rows of a paused queue are shown. Three small
// partial indexes carry everything: (queue, priority, id) of the waiting, (queue, state, id) of all others, (run_at) of the delayed.
// So a claim costs the same with ten or with a million waiting jobs. Their where-clauses are repeated in the queries as literals,
// because an engine uses a partial index only when it can see that the query implies it.
#include "queue/queue.h"
#include "queue/data.h"
#include <stdlib.h>

typedef enum { PLAIN, ONCE, NEXT, BY_ID, LAST, DEBOUNCE } job_option;

static const struct {
    const char *name;
    int concurrency;
    job_name start;
} queues[QUEUE_COUNT] = {
#define QUEUE(name, concurrency, start) [QUEUE_##name] = {#name, concurrency, JOB_##start},
#include "queue/jobs.def"
};

static const struct {
    const char *name;
    queue_id queue;
    job_option option;
} jobs[JOB_COUNT] = {
#define JOB(name, queue, option) [JOB_##name] = {#name, QUEUE_##queue, option},
#include "queue/jobs.def"
};

enum { DEBOUNCE_MS = 300000, LOST_AFTER_S = 30, ADD_BATCH = 1000, CLEAR_AT_MOST = 1000, LOOK_MS = 20 };
// The advisory lock under which a PostgreSQL claim checks the limits. Not one of spec 05, 7.5.
static const int64_t CLAIM_LOCK = 7001;

// ---- names -----------------------------------------------------------------------------------------------------------------------

const char *queue_text(queue_id q)
{
    return q > QUEUE_NONE && q < QUEUE_COUNT ? queues[q].name : "";
}

queue_id queue_parse(str name)
{
    for (queue_id q = 1; q < QUEUE_COUNT; q++) {
        if (str_is(name, queues[q].name)) return q;
    }
    return QUEUE_NONE;
}

const char *job_text(job_name j)
{
    return j > JOB_NONE && j < JOB_COUNT ? jobs[j].name : "";
}

job_name job_parse(str name)
{
    for (job_name j = 1; j < JOB_COUNT; j++) {
        if (str_is(name, jobs[j].name)) return j;
    }
    return JOB_NONE;
}

queue_id job_queue(job_name j)
{
    return jobs[j].queue;
}

job_name queue_start_job(queue_id q)
{
    return queues[q].start;
}

int queue_default_concurrency(queue_id q)
{
    return queues[q].concurrency;
}

static str queue_str(queue_id q)
{
    return str_of(queue_text(q));
}

// ---- adding ----------------------------------------------------------------------------------------------------------------------

// The job with its standing option (jobs.def) made explicit.
static job_options complete(arena *mem, job_options o)
{
    switch (jobs[o.name].option) {
    case PLAIN: break;
    case ONCE: o.unique = true; break;
    case NEXT: o.job_id = str_of(jobs[o.name].name); break;
    case BY_ID: o.job_id = uuid_text(mem, o.data.id); break;
    case LAST: o.priority = 1; break;
    case DEBOUNCE: {
        char id[37], recipient[37];
        uuid_write(o.data.id, id);
        uuid_write(o.data.recipient_id, recipient);
        o.job_id = str_fmt(mem, "%s/%s", id, recipient);
        if (!o.delay_ms) o.delay_ms = DEBOUNCE_MS;
        break;
    }
    }
    return o;
}

static when due(const job_options *o)
{
    return now() + (o->delay_ms > 0 ? o->delay_ms * 1000 : 0);
}

static str state_of(const job_options *o)
{
    return o->delay_ms > 0 ? S("delayed") : S("waiting");
}

void queue_add(db *db, job_options options)
{
    arena *mem = db_memory(db);
    job_options o = complete(mem, options);
    if (jobs[o.name].option == DEBOUNCE) queue_remove(db, jobs[o.name].queue, o.job_id);
        // A duplicate meets one of the two unique indexes and is dropped. The one that waits is locked: it must not start before that for which the
        // dropped one was added is committed.
#define INSERT                                                                                                                             \
    "insert into calotype_job (queue, name, data, priority, run_at, state, job_id, dedup_key, attempt, created_at) "                       \
    "values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) on conflict "
    const char *sql = o.job_id.at ? INSERT "(queue, job_id) where job_id is not null and state in ('waiting', 'delayed') "
                                           "do update set job_id = excluded.job_id"
                                  : INSERT "do nothing";
#undef INSERT
    db_exec(db, sql, STR(queue_str(jobs[o.name].queue)), STR(str_of(jobs[o.name].name)), STR(job_data_write(mem, &o.data)), INT(o.priority),
            WHEN(due(&o)), STR(state_of(&o)), STR(o.job_id), STR(o.unique ? str_of(jobs[o.name].name) : (str){0}), WHEN(now()));
}

// Can these two be written by one statement: the same but for their data?
static bool alike(const job_options *a, const job_options *b)
{
    return a->name == b->name && a->delay_ms == b->delay_ms && a->priority == b->priority;
}

static bool is_plain(const job_options *o)
{
    job_option option = jobs[o->name].option;
    return (option == PLAIN || option == LAST) && !o->job_id.at && !o->unique;
}

// Producers add thousands of one kind: runs of plain jobs go as one statement for each batch.
void queue_add_all(db *db, const job_options *list, size_t n)
{
    arena *mem = db_memory(db);
    size_t i = 0;
    while (i < n) {
        if (!is_plain(&list[i])) {
            queue_add(db, list[i++]);
            continue;
        }
        job_options first = complete(mem, list[i]);
        strs data = {0};
        size_t from = i;
        while (i < n && data.n < ADD_BATCH && is_plain(&list[i]) && alike(&list[i], &list[from])) {
            *push(mem, data) = job_data_write(mem, &list[i++].data);
        }
        db_exec(db,
                "insert into calotype_job (queue, name, data, priority, run_at, state, attempt, created_at) "
                "select $1, $2, text, $3, $4, $5, 0, $6 from strs($7)",
                STR(queue_str(jobs[first.name].queue)), STR(str_of(jobs[first.name].name)), INT(first.priority), WHEN(due(&first)),
                STR(state_of(&first)), WHEN(now()), STRS(data));
    }
}

void queue_remove(db *db, queue_id q, str job_id)
{
    db_exec(db, "delete from calotype_job where queue = $1 and job_id = $2 and state in ('waiting', 'delayed')", STR(queue_str(q)),
            STR(job_id));
}

void queue_wake(bus *bus, queue_id q)
{
    bus_send(bus, S("queue"), queue_str(q), true);
}

// ---- looking ---------------------------------------------------------------------------------------------------------------------

static void add_count(queue_counts *c, str state, int64_t n)
{
    if (str_is(state, "active")) c->active += n;
    else if (str_is(state, "failed")) c->failed += n;
    else if (str_is(state, "delayed")) c->delayed += n;
    else if (c->is_paused) c->paused += n;
    else c->waiting += n;
}

void queue_count_all(db *db, queue_counts out[QUEUE_COUNT])
{
    memset(out, 0, sizeof *out * QUEUE_COUNT);
    db_rows (r, db, "select name from calotype_queue where is_paused") {
        out[queue_parse(col_str(r, 0))].is_paused = true;
    }
    // Each half reads one partial index and nothing else.
    db_rows (r, db,
             "select queue, 'waiting' as state, count(*) from calotype_job where state = 'waiting' and priority = 0 group by queue "
             "union all "
             "select queue, state, count(*) from calotype_job where state <> 'waiting' group by queue, state") {
        add_count(&out[queue_parse(col_str(r, 0))], col_str(r, 1), col_int(r, 2));
    }
}

queue_counts queue_count(db *db, queue_id q)
{
    queue_counts c = {0};
    c.is_paused = db_has(db, "select 1 from calotype_queue where name = $1 and is_paused", STR(queue_str(q)));
    db_rows (r, db,
             "select 'waiting' as state, count(*) from calotype_job where state = 'waiting' and queue = $1 and priority = 0 "
             "union all "
             "select state, count(*) from calotype_job where state <> 'waiting' and queue = $1 group by state",
             STR(queue_str(q))) {
        add_count(&c, col_str(r, 0), col_int(r, 1));
    }
    return c;
}

queue_entries queue_list(db *db, queue_id q, str state, int limit)
{
    arena *mem = db_memory(db);
    queue_entries list = {0};
    bool waiting = str_is(state, "waiting"), paused = str_is(state, "paused");
    if (waiting || paused) {
        bool is_paused = db_has(db, "select 1 from calotype_queue where name = $1 and is_paused", STR(queue_str(q)));
        if (is_paused != paused) return list;
    }
    const char *sql = waiting || paused ? "select id, job_id, name, created_at, data, reason from calotype_job "
                                          "where state = 'waiting' and queue = $1 and priority = 0 and $2 <> '' order by id desc limit $3"
                                        : "select id, job_id, name, created_at, data, reason from calotype_job "
                                          "where state <> 'waiting' and queue = $1 and state = $2 order by id desc limit $3";
    db_rows (r, db, sql, STR(queue_str(q)), STR(state), INT(limit)) {
        queue_entry *e = push(mem, list);
        str job_id = col_str(r, 1);
        e->id = job_id.at ? str_dup(mem, job_id) : str_fmt(mem, "%lld", (long long)col_int(r, 0));
        e->name = job_parse(col_str(r, 2));
        e->state = str_dup(mem, state);
        e->created = col_when(r, 3);
        e->data = str_dup(mem, col_str(r, 4));
        e->reason = str_dup(mem, col_str(r, 5));
    }
    return list;
}

// ---- steering --------------------------------------------------------------------------------------------------------------------

void queue_pause(db *db, queue_id q, bool paused)
{
    db_exec(db,
            "insert into calotype_queue (name, is_paused) values ($1, $2) "
            "on conflict (name) do update set is_paused = excluded.is_paused",
            STR(queue_str(q)), BOOL(paused));
}

void queue_empty(db *db, queue_id q)
{
    db_exec(db, "delete from calotype_job where state = 'waiting' and queue = $1", STR(queue_str(q)));
}

void queue_clear_failed(db *db, queue_id q)
{
    db_exec(db,
            "delete from calotype_job where id in "
            "(select id from calotype_job where state <> 'waiting' and state = 'failed' and queue = $1 order by id limit $2)",
            STR(queue_str(q)), INT(CLEAR_AT_MOST));
}

// ---- claiming --------------------------------------------------------------------------------------------------------------------

// The queues that have a waiting job, are not paused and are below their limit. Reads no more than one index entry for each queue.
// False: delayed jobs have become due and have to be let in first.
static bool look(db *db, const int concurrency[QUEUE_COUNT], queue_view *view)
{
    *view = (queue_view){.at = monotonic()};
    if (db_engine_of(db) == DB_POSTGRES) view->workers = (int)db_int(db, "select count(*) from calotype_worker");
    bool is_due = false;
    db_rows (r, db,
             "with recursive waiting(name) as ("
             " select min(queue) from calotype_job where state = 'waiting'"
             " union all"
             " select (select min(queue) from calotype_job where state = 'waiting' and queue > waiting.name) from waiting"
             " where waiting.name is not null) "
             "select name, (select count(*) from calotype_job where state <> 'waiting' and state = 'active' and queue = waiting.name)"
             " from waiting where name is not null and name not in (select name from calotype_queue where is_paused) "
             "union all "
             "select '', 0 where exists (select 1 from calotype_job where state = 'delayed' and run_at <= $1)",
             WHEN(now())) {
        str name = col_str(r, 0);
        if (!name.n) {
            is_due = true;
            continue;
        }
        queue_id q = queue_parse(name);
        int free = concurrency[q] - (int)col_int(r, 1);
        if (q && free > 0) {
            view->list[view->n].queue = q;
            view->list[view->n++].free = free;
        }
    }
    return !is_due;
}

// A random pick, weighted by free places: queues with more places get more, and none ever starves.
static int pick(const queue_view *view)
{
    static _Thread_local unsigned seed;
    if (!seed) random_bytes(&seed, sizeof seed);
    int total = 0;
    for (int i = 0; i < view->n; i++) total += view->list[i].free;
    int at = rand_r(&seed) % total;
    for (int i = 0; i < view->n; i++) {
        at -= view->list[i].free;
        if (at < 0) return i;
    }
    return 0;
}

// Pause and limit are looked at in the same statement, for what was seen before may be over. Without rows to lock, SQLite ignores the last words;
// PostgreSQL passes over rows that somebody is just deleting.
static bool claim_from(db *db, str worker, queue_id q, int limit, job *out)
{
    for (;;) {
        row *r = db_one(db,
                        "update calotype_job set state = 'active', worker = $3, attempt = attempt + 1, claimed_at = $4 where id = "
                        "(select id from calotype_job where state = 'waiting' and queue = $1 and (select count(*) from calotype_job "
                        "where state <> 'waiting' and state = 'active' and queue = $1) < $2 "
                        "and not exists (select 1 from calotype_queue where name = $1 and is_paused) "
                        "order by priority, id limit 1 for update skip locked) "
                        "returning id, name, data, attempt",
                        STR(queue_str(q)), INT(limit), STR(worker), WHEN(now()));
        if (!r) return false;
        *out = (job){.key = col_int(r, 0), .name = job_parse(col_str(r, 1)), .attempt = (int)col_int(r, 3)};
        out->data = job_data_read(db_memory(db), col_str(r, 2));
        if (out->name) return true;
        log_warn("Skipping unknown job: \"%.*s\"", PR(col_str(r, 1)));
        queue_finish(db, out->key);
    }
}

bool queue_ready(db *db, const int concurrency[QUEUE_COUNT])
{
    queue_view view;
    return !look(db, concurrency, &view) || view.n;
}

static bool claim_any(db *db, str worker, const int concurrency[QUEUE_COUNT], queue_view *view, job *out)
{
    while (view->n > 0) {
        int i = pick(view);
        queue_id q = view->list[i].queue;
        // Two workers could otherwise both see the last free place; in SQLite the write lock stands for it. A queue with a place for every worker
        // needs no lock, and its jobs do not wait for each other's commit.
        if (db_engine_of(db) == DB_POSTGRES && (!view->workers || concurrency[q] < view->workers)) db_lock(db, CLAIM_LOCK);
        if (claim_from(db, worker, q, concurrency[q], out)) return true;
        view->list[i] = view->list[--view->n];
    }
    return false;
}

bool queue_claim(db *db, str worker, const int concurrency[QUEUE_COUNT], queue_view *seen, job *out)
{
    queue_view now_seen, *view = seen ? seen : &now_seen;
    if (seen && monotonic() - seen->at < LOOK_MS * 1000 && claim_any(db, worker, concurrency, seen, out)) return true;
    if (!look(db, concurrency, view)) {
        db_exec(db, "update calotype_job set state = 'waiting' where state = 'delayed' and run_at <= $1", WHEN(now()));
        look(db, concurrency, view);
    }
    return claim_any(db, worker, concurrency, view, out);
}

void queue_finish(db *db, int64_t key)
{
    db_exec(db, "delete from calotype_job where id = $1", INT(key));
}

void queue_park(db *db, int64_t key, str reason)
{
    db_exec(db, "update calotype_job set state = 'failed', reason = $2, finished_at = $3, worker = null, dedup_key = null where id = $1",
            INT(key), STR(reason), WHEN(now()));
}

// Puts active jobs back. One with an own id goes when a later one with that id already waits: that one will do the same work.
static int64_t put_back(db *db, int64_t key)
{
    int64_t dropped =
        db_exec(db,
                "delete from calotype_job where id = $1 and job_id is not null and exists "
                "(select 1 from calotype_job other where other.queue = calotype_job.queue and other.job_id = calotype_job.job_id "
                "and other.state in ('waiting', 'delayed'))",
                INT(key));
    if (dropped) return 0;
    return db_exec(db, "update calotype_job set state = 'waiting', worker = null, claimed_at = null where id = $1 and state = 'active'",
                   INT(key));
}

void queue_return(db *db, int64_t key)
{
    if (put_back(db, key)) db_exec(db, "update calotype_job set attempt = attempt - 1 where id = $1", INT(key));
}

void queue_heartbeat(db *db, str worker)
{
    db_exec(db,
            "insert into calotype_worker (name, heartbeat) values ($1, $2) on conflict (name) do update set heartbeat = excluded.heartbeat",
            STR(worker), WHEN(now()));
}

strs queue_workers(db *db)
{
    return db_strs(db, "select name from calotype_worker union "
                       "select worker from calotype_job where state <> 'waiting' and state = 'active' and worker is not null");
}

static int recover_one(db *db, str worker, str reason)
{
    arena *mem = db_memory(db);
    LIST(struct {
        int64_t key;
        int attempt;
    })
    lost = {0};
    db_rows (r, db, "select id, attempt from calotype_job where state <> 'waiting' and state = 'active' and worker = $1", STR(worker)) {
        typeof(lost.at) l = push(mem, lost);
        l->key = col_int(r, 0);
        l->attempt = (int)col_int(r, 1);
    }
    each (l, lost) {
        if (l->attempt >= 2) queue_park(db, l->key, reason);
        else put_back(db, l->key);
    }
    db_exec(db, "delete from calotype_worker where name = $1", STR(worker));
    return (int)lost.n;
}

int queue_recover(db *db, str worker, str reason)
{
    if (worker.at) return recover_one(db, worker, reason);
    // A worker without a row of its own (it was removed while the process hung) is judged by when it took the job.
    strs gone = db_strs(db,
                        "select name from calotype_worker where heartbeat < $1 union "
                        "select worker from calotype_job where state <> 'waiting' and state = 'active' and claimed_at < $1 "
                        "and worker not in (select name from calotype_worker)",
                        WHEN(now() - LOST_AFTER_S * SECOND));
    int jobs_back = 0;
    each (name, gone) jobs_back += recover_one(db, *name, reason);
    return jobs_back;
}

int queue_next_due(db *db)
{
    row *r = db_one(db, "select min(run_at) from calotype_job where state = 'delayed'");
    when at = r ? col_when(r, 0) : WHEN_NONE;
    if (at == WHEN_NONE) return 30000;
    int64_t ms = (at - now() + 999) / 1000;
    return ms < 0 ? 0 : ms > 30000 ? 30000 : (int)ms;
}
