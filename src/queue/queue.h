// Jobs: durable, typed, prioritised work for the workers (spec 05, 1). Engine of today: a table (calotype_job) in the database.
//
// A job is added in the transaction of the work that causes it, so both happen or neither does. Waiting workers are woken over the bus.
// A claimed job belongs to a worker until queue_finish(); when that worker is gone (its process ended, or on other machines its heartbeat
// is older than 30 s) the job returns, and the second time it is parked as failed with its reason.
#pragma once
#include "base/base.h"
#include "bus/bus.h"
#include "db/db.h"

// jobs.def lists queues and jobs: QUEUE(name, default concurrency, start job), JOB(name, queue, option).
typedef enum {
    QUEUE_NONE,
#define QUEUE(name, ...) QUEUE_##name,
#include "queue/jobs.def"
#undef QUEUE
    QUEUE_COUNT
} queue_id;

typedef enum {
    JOB_NONE,
#define JOB(name, ...) JOB_##name,
#include "queue/jobs.def"
#undef JOB
    JOB_COUNT
} job_name;

// What a job carries; unset fields are not stored. One struct for all jobs, since they share nearly all fields. In JSON under the same
// names.
typedef struct {
    uuid id;
    str source; // upload, copy, sidecar-write
    bool notify, force, nightly, deferred, has_force, delete_on_disk, refresh_only;
    strs files;
    str type;
    str password;
    uuid owner_id, person_group_id, cluster_group_id, recipient_id;
    str sender_name; // album invitation
    uuid library_id; // library jobs
    strs paths;
    ids asset_ids;
    uuid asset_id, workflow_id; // WorkflowAssetTrigger
    str trigger;
    str to, subject, html, text; // SendMail
} job_data;

typedef struct {
    job_name name;
    job_data data;
    int64_t delay_ms;
    str job_id;   // custom id: adding while a job with this id waits is a no-op
    bool unique;  // deduplicated by name until the existing one has finished
    int priority; // 0 = normal; 1 = only when nothing normal waits, and not counted
} job_options;

const char *queue_text(queue_id); // wire name, e.g. "thumbnailGeneration"
queue_id queue_parse(str);        // QUEUE_NONE if unknown
const char *job_text(job_name);
job_name job_parse(str);
queue_id job_queue(job_name);
job_name queue_start_job(queue_id); // JOB_NONE when the queue has none
int queue_default_concurrency(queue_id);

// Adds a job in the db's transaction. The job's standing options (dedup id, priority; jobs.def) are applied. Call queue_wake() after the
// commit.
void queue_add(db *, job_options);
void queue_add_all(db *, const job_options *, size_t);
void queue_remove(db *, queue_id, str job_id);
void queue_wake(bus *, queue_id);

typedef struct {
    int64_t active, completed, failed, delayed, waiting, paused;
    bool is_paused;
} queue_counts;
queue_counts queue_count(db *, queue_id);
void queue_count_all(db *, queue_counts out[QUEUE_COUNT]);
void queue_pause(db *, queue_id, bool paused);
void queue_empty(db *, queue_id); // waiting, paused and prioritised jobs
void queue_clear_failed(db *, queue_id);

typedef struct {
    str id; // decimal counter or custom id
    job_name name;
    str state; // active waiting paused delayed failed
    when created;
    str data;   // JSON
    str reason; // why it failed
} queue_entry;
typedef LIST(queue_entry) queue_entries;
// Newest first, at most `limit`; state as in queue_entry.
queue_entries queue_list(db *, queue_id, str state, int limit);

// ---- for workers -----------------------------------------------------------------------------------------------------------------
typedef struct {
    int64_t key; // row
    job_name name;
    job_data data;
    int attempt; // 1 at first
} job;

// What a worker saw when it last looked which queues have work; zeroed at first.
typedef struct {
    int64_t at;  // monotonic
    int workers; // PostgreSQL: how many there are; 0: unknown
    int n;
    struct {
        queue_id queue;
        int free; // how many more of its jobs may run
    } list[QUEUE_COUNT];
} queue_view;

// Takes the next job that may run now, honouring pause, priority, delay and each queue's concurrency over all workers; false if there is
// none. concurrency[queue] comes from the system configuration. worker names the claimer (host:pid:start). With a view the worker looks
// around again only after some milliseconds, so that short jobs do not cost a look each; NULL: it looks every time.
bool queue_claim(db *, str worker, const int concurrency[QUEUE_COUNT], queue_view *, job *out);
// Would queue_claim() find one? Takes no lock: what an idle worker asks first when it is woken.
bool queue_ready(db *, const int concurrency[QUEUE_COUNT]);
void queue_finish(db *, int64_t key);           // done, whatever its result: the row goes
void queue_park(db *, int64_t key, str reason); // failed for good
void queue_return(db *, int64_t key);           // unfinished through no fault of its own: waits again, this attempt not counted
void queue_heartbeat(db *, str worker);
strs queue_workers(db *); // all that have a heartbeat or an active job
// Returns the jobs of workers that are gone; a job lost twice is parked with `reason`. worker {0}: all whose heartbeat is older than 30 s.
int queue_recover(db *, str worker, str reason);
// Milliseconds until the next delayed job is due, at most 30000.
int queue_next_due(db *);
