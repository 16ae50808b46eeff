// Looking at the queues and steering them.                                                     spec 05, sections 1.9 and 1.10
#include "features/app.h"

static queue_id require_queue(QueueName name)
{
    return queue_parse(QueueName_text(name));
}

static QueueStatisticsDto statistics_of(queue_counts c)
{
    return (QueueStatisticsDto){
        .active = c.active, .completed = c.completed, .failed = c.failed, .delayed = c.delayed, .waiting = c.waiting, .paused = c.paused};
}

static QueueResponseDto queue_of(queue_id q, queue_counts c)
{
    return (QueueResponseDto){.name = QueueName_parse(str_of(queue_text(q))), .isPaused = c.is_paused, .statistics = statistics_of(c)};
}

static QueueResponseLegacyDto legacy_of(queue_counts c)
{
    return (QueueResponseLegacyDto){
        .jobCounts = statistics_of(c),
        .queueStatus = {.isActive = c.active > 0, .isPaused = c.is_paused},
    };
}

HANDLER(getQueues)
{
    queue_counts counts[QUEUE_COUNT];
    queue_count_all(db, counts);
    for (queue_id q = 1; q < QUEUE_COUNT; q++) *push(mem, out->items) = queue_of(q, counts[q]);
}

HANDLER(getQueue)
{
    queue_id q = require_queue(in->name);
    *out = queue_of(q, queue_count(db, q));
}

HANDLER(updateQueue)
{
    queue_id q = require_queue(in->name);
    if (in->body.isPaused.has) {
        if (in->body.isPaused.v && q == QUEUE_backgroundTask) fail(rq, 400, "The BackgroundTask queue cannot be paused");
        queue_pause(db, q, in->body.isPaused.v);
        wake(rq, q);
    }
    *out = queue_of(q, queue_count(db, q));
}

// A failed job's data also says why it failed, which is what an administrator asks first; to clients `data` is free-form.
static str data_of(arena *mem, const queue_entry *e)
{
    if (!e->reason.n) return e->data;
    json_writer reason = json_writer_on(mem);
    json_str(&reason, e->reason);
    const char *comma = str_is(e->data, "{}") ? "" : ",";
    return str_fmt(mem, "{\"failedReason\":%.*s%s%.*s", PR(buf_str(&reason.out)), comma, PR(str_slice(e->data, 1, e->data.n)));
}

// Without a status: everything, in the order in which the states are listed.
HANDLER(getQueueJobs)
{
    static const char *const all[] = {"active", "failed", "completed", "delayed", "waiting", "paused"};
    queue_id q = require_queue(in->name);
    for (size_t s = 0; s < countof(all); s++) {
        bool wanted = !in->status.n;
        each (status, in->status) {
            str text = QueueJobStatus_text(*status);
            wanted |= str_is(text, all[s]) || (str_is(text, "waiting") && !strcmp(all[s], "paused"));
        }
        if (!wanted) continue;
        queue_entries entries = queue_list(db, q, str_of(all[s]), 1001);
        each (e, entries) {
            *push(mem, out->items) = (QueueJobResponseDto){
                .id = e->id,
                .name = JobName_parse(str_of(job_text(e->name))),
                .timestamp = e->created / 1000,
                .data = {.text = data_of(mem, e)},
            };
        }
    }
}

HANDLER(emptyQueue)
{
    queue_id q = require_queue(in->name);
    queue_empty(db, q);
    if (in->body.failed.has && in->body.failed.v) queue_clear_failed(db, q);
}

static void start(request *rq, queue_id q, opt_bool force)
{
    if (queue_count(rq->db, q).active) fail(rq, 400, "Job is already running");
    job_name job = queue_start_job(q);
    if (!job) fail(rq, 400, "Invalid job name: %s", queue_text(q));
    job_push_(rq, (job_options){.name = job, .data = {.force = force.has && force.v, .has_force = force.has}});
}

HANDLER(runQueueCommandLegacy)
{
    queue_id q = require_queue(in->name);
    switch (in->body.command) {
    case QUEUE_COMMAND_START: start(rq, q, in->body.force); break;
    case QUEUE_COMMAND_PAUSE: queue_pause(db, q, true); break;
    case QUEUE_COMMAND_RESUME:
        queue_pause(db, q, false);
        wake(rq, q);
        break;
    case QUEUE_COMMAND_EMPTY: queue_empty(db, q); break;
    case QUEUE_COMMAND_CLEAR_FAILED: queue_clear_failed(db, q); break;
    case QUEUE_COMMAND_NONE_: break;
    }
    *out = legacy_of(queue_count(db, q));
}

HANDLER(getQueuesLegacy)
{
    queue_counts counts[QUEUE_COUNT];
    queue_count_all(db, counts);
#undef JOB
#define QUEUE(name, ...) out->name = legacy_of(counts[QUEUE_##name]);
#include "queue/jobs.def"
}

// Jobs that an administrator starts by hand.
HANDLER(createJob)
{
    static const struct {
        ManualJobName manual;
        job_name job;
        bool refresh;
        const char *type;
    } jobs[] = {
        {MANUAL_JOB_NAME_PERSON_CLEANUP, JOB_PersonCleanup, false, NULL},
        {MANUAL_JOB_NAME_TAG_CLEANUP, JOB_TagCleanup, false, NULL},
        {MANUAL_JOB_NAME_USER_CLEANUP, JOB_UserDeleteCheck, false, NULL},
        {MANUAL_JOB_NAME_MEMORY_CLEANUP, JOB_MemoryCleanup, false, NULL},
        {MANUAL_JOB_NAME_MEMORY_CREATE, JOB_MemoryGenerate, false, NULL},
        {MANUAL_JOB_NAME_BACKUP_DATABASE, JOB_DatabaseBackup, false, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_MISSING_FILES, JOB_IntegrityMissingFilesQueueAll, false, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_UNTRACKED_FILES, JOB_IntegrityUntrackedFilesQueueAll, false, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_CHECKSUM_MISMATCH, JOB_IntegrityChecksumFiles, false, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_MISSING_FILES_REFRESH, JOB_IntegrityMissingFilesQueueAll, true, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_UNTRACKED_FILES_REFRESH, JOB_IntegrityUntrackedFilesQueueAll, true, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_CHECKSUM_MISMATCH_REFRESH, JOB_IntegrityChecksumFiles, true, NULL},
        {MANUAL_JOB_NAME_INTEGRITY_MISSING_FILES_DELETE_ALL, JOB_IntegrityDeleteReportType, false, "missing_file"},
        {MANUAL_JOB_NAME_INTEGRITY_UNTRACKED_FILES_DELETE_ALL, JOB_IntegrityDeleteReportType, false, "untracked_file"},
        {MANUAL_JOB_NAME_INTEGRITY_CHECKSUM_MISMATCH_DELETE_ALL, JOB_IntegrityDeleteReportType, false, "checksum_mismatch"},
    };
    for (size_t i = 0; i < countof(jobs); i++) {
        if (jobs[i].manual != in->body.name) continue;
        job_push_(rq, (job_options){.name = jobs[i].job, .data = {.refresh_only = jobs[i].refresh, .type = str_of(jobs[i].type)}});
    }
}
