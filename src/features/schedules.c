// What happens by the clock: one thread of the api process looks at each full minute.                         spec 05, section 1.8
#include "features/schedules.h"
#include "features/app.h"
#include "queue/cron.h"
#include <pthread.h>
#include <unistd.h>

// The nightly jobs, in the order of the specification; each only if its switch is on.
static void push_nightly(request *rq, const AdminConfigNightlyTasksDto *tasks)
{
    const struct {
        bool on;
        job_options job;
    } jobs[] = {
        {tasks->databaseCleanup, {.name = JOB_AssetDeleteCheck}},
        {tasks->databaseCleanup, {.name = JOB_UserDeleteCheck}},
        {tasks->databaseCleanup, {.name = JOB_PersonCleanup}},
        {tasks->databaseCleanup, {.name = JOB_MemoryCleanup}},
        {tasks->databaseCleanup, {.name = JOB_SessionCleanup}},
        {tasks->databaseCleanup, {.name = JOB_HlsSessionCleanup}},
        {tasks->databaseCleanup, {.name = JOB_AuditTableCleanup}},
        {tasks->generateMemories, {.name = JOB_MemoryGenerate}},
        {tasks->syncQuotaUsage, {.name = JOB_UserSyncUsage}},
        {tasks->missingThumbnails, {.name = JOB_AssetGenerateThumbnailsQueueAll, .data = {.has_force = true}}},
        {tasks->clusterNewFaces, {.name = JOB_FacialRecognitionQueueAll, .data = {.has_force = true, .nightly = true}}},
    };
    for (size_t i = 0; i < countof(jobs); i++) {
        if (jobs[i].on && job_known(jobs[i].job.name)) job_push_(rq, jobs[i].job);
    }
}

typedef struct {
    when after, before; // what happens after the one and not after the other is due
} window;

static bool due(request *rq, const window *w, const char *name, str expression)
{
    cron c;
    str why = {0};
    if (!cron_parse(rq->mem, expression, &c, &why)) {
        log_warn("schedule %s: \"%.*s\": %.*s", name, PR(expression), PR(why));
        return false;
    }
    when at = cron_next(&c, w->after);
    return at != WHEN_NONE && at <= w->before && cron_claim(rq->db, str_of(name), at);
}

static void push_when(request *rq, const window *w, bool enabled, const char *name, str expression, job_name job)
{
    if (enabled && job_known(job) && due(rq, w, name, expression)) job_push_(rq, (job_options){.name = job});
}

static void look(request *rq, void *arg)
{
    const window *w = arg;
    const AdminConfigDto *c = config_get(rq);
    str start = c->nightlyTasks.startTime; // HH:MM
    str nightly = str_fmt(rq->mem, "%.*s %.*s * * *", PR(str_slice(start, 3, 5)), PR(str_slice(start, 0, 2)));
    if (due(rq, w, "nightly", nightly)) push_nightly(rq, &c->nightlyTasks);

    push_when(rq, w, c->library.scan.enabled, "library-scan", c->library.scan.cronExpression, JOB_LibraryScanQueueAll);
    push_when(rq, w, c->backup.database.enabled, "database-backup", c->backup.database.cronExpression, JOB_DatabaseBackup);
    push_when(rq, w, c->integrityChecks.untrackedFiles.enabled, "integrity-untracked", c->integrityChecks.untrackedFiles.cronExpression,
              JOB_IntegrityUntrackedFilesQueueAll);
    push_when(rq, w, c->integrityChecks.missingFiles.enabled, "integrity-missing", c->integrityChecks.missingFiles.cronExpression,
              JOB_IntegrityMissingFilesQueueAll);
    push_when(rq, w, c->integrityChecks.checksumFiles.enabled, "integrity-checksum", c->integrityChecks.checksumFiles.cronExpression,
              JOB_IntegrityChecksumFiles);
}

bool schedules_look(app *app, when after, when before)
{
    arena *mem = arena_new();
    str error = {0};
    bool fine = app_work(app, mem, look, &(window){after, before}, &error);
    if (!fine) log_warn("the schedules could not be looked at: %.*s", PR(error));
    arena_free(mem);
    return fine;
}

static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;

static void *keep_looking(void *arg)
{
    when last = now();
    for (;;) {
        when next = (now() / MINUTE + 1) * MINUTE;
        usleep((useconds_t)(next - now()) % MINUTE + 1000);
        when time = now();
        // What was missed while the database was away is made up for, but not what a clock that jumps ahead leaves out, nor twice when it goes back.
        if (time < last || time - last > HOUR) last = time;
        pthread_mutex_lock(&looking);
        if (schedules_look(arg, last, time)) last = time;
        pthread_mutex_unlock(&looking);
    }
    return NULL;
}

void schedules_start(app *app)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, keep_looking, app)) log_error("cannot start the thread of the schedules");
    else pthread_detach(thread);
}

void schedules_stop(void)
{
    pthread_mutex_lock(&looking);
}
