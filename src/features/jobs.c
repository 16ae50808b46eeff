// Running jobs: one request each, then what follows from the result.                               spec 05, sections 1.1, 1.5 and 1.8
#include "features/app.h"
#include "features/assets/assets.h"
#include "features/effects.h"
#include "media/cage.h"

typedef job_result job_handler(request *, db *, arena *, const job_data *);

#undef JOB
#define JOB(name, ...) job_handler name##_job __attribute__((weak));
#include "queue/jobs.def"

static job_handler *const handlers[JOB_COUNT] = {
#define JOB(name, ...) [JOB_##name] = name##_job,
#include "queue/jobs.def"
};

bool job_known(job_name name)
{
    return name > JOB_NONE && name < JOB_COUNT && handlers[name];
}

void job_push_each(request *rq, job_name name, ids list, job_data data)
{
    enum { BATCH = 1000 };
    job_options *batch = new_n(rq->mem, job_options, list.n < BATCH ? list.n : BATCH);
    for (size_t from = 0; from < list.n; from += BATCH) {
        size_t n = list.n - from < BATCH ? list.n - from : BATCH;
        for (size_t i = 0; i < n; i++) {
            data.id = list.at[from + i];
            batch[i] = (job_options){.name = name, .data = data};
        }
        job_push_all(rq, batch, n);
    }
}

void job_push_found(request *rq, job_name name, const char *sql, bool force)
{
    enum { BATCH = 1000 };
    job_options *batch = new_n(rq->mem, job_options, BATCH);
    uuid last = {0};
    for (size_t n = BATCH; n == BATCH; db_commit(rq->db)) {
        n = 0;
        db_rows (r, rq->db, sql, BOOL(force), UUID(last), INT(BATCH)) {
            last = col_uuid(r, 0);
            batch[n++] = (job_options){.name = name, .data = {.id = last}};
        }
        job_push_all(rq, batch, n);
    }
}

// ---- what follows ----------------------------------------------------------------------------------------------------------------

static void push_known(request *rq, job_name name, const job_data *data)
{
    if (job_known(name)) job_push_(rq, (job_options){.name = name, .data = *data});
}

static void after_thumbnails(request *rq, const job_data *d)
{
    if (!d->notify && !str_is(d->source, "upload")) return;
    push_known(rq, JOB_SmartSearch, d);
    push_known(rq, JOB_AssetDetectFaces, d);
    push_known(rq, JOB_Ocr, d);
    row *r = db_one(rq->db, "select type, visibility, \"ownerId\" from asset where id = $1", UUID(d->id));
    if (!r) return;
    if (str_is(col_str(r, 0), "VIDEO")) push_known(rq, JOB_AssetEncodeVideo, d);
    if (str_is(col_str(r, 1), "timeline") || str_is(col_str(r, 1), "archive")) asset_announce_ready(rq, d->id, col_uuid(r, 2));
}

static void follow(request *rq, const job *j)
{
    const job_data *d = &j->data;
    bool fresh = str_is(d->source, "upload") || str_is(d->source, "copy");
    switch (j->name) {
    case JOB_SidecarCheck:
        if (db_has(rq->db, "select 1 from asset where id = $1", UUID(d->id))) push_known(rq, JOB_AssetExtractMetadata, d);
        break;
    case JOB_SidecarWrite: job_push(rq, AssetExtractMetadata, .id = d->id, .source = S("sidecar-write")); break;
    case JOB_StorageTemplateMigrationSingle:
        if (fresh) push_known(rq, JOB_AssetGenerateThumbnails, d);
        break;
    case JOB_AssetGenerateThumbnails: after_thumbnails(rq, d); break;
    case JOB_SmartSearch:
        if (str_is(d->source, "upload")) push_known(rq, JOB_AssetDetectDuplicates, d);
        break;
    default: break;
    }
}

// ---- running ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    request rq;
    const job *job;
    job_outcome outcome;
} running;

static void run(ctx *unused, void *arg)
{
    (void)unused;
    running *r = arg;
    request *rq = &r->rq;
    job_handler *handle = handlers[r->job->name];
    rq->db = db_begin(&rq->ctx, rq->app->pool, DB_WRITE);
    r->outcome.result = handle ? handle(rq, rq->db, rq->mem, &r->job->data) : JOB_SKIPPED;
    if (r->outcome.result != JOB_FAILED) follow(rq, r->job);
    db_commit(rq->db);
    storage_settle(&rq->ctx);
    effects_leave(rq);
}

// A decoder that died may have been worn out by the files before, so the same job gets a second chance with a fresh one. A database that was away is
// no fault of the job: it waits again.
job_outcome job_run(app *app, arena *mem, const job *j)
{
    running r;
    ctx *failure = &r.rq.ctx;
    for (int attempt = 1; attempt == 1 || (attempt == 2 && failure->status == CAGE_BROKEN); attempt++) {
        r = (running){.rq = {.ctx = {.mem = mem}, .app = app, .mem = mem}, .job = j};
        if (try(failure, run, &r)) return r.outcome;
        log_error("Unable to run job handler (%s): %.*s (%s:%d)%s%.*s", job_text(j->name), PR(failure->message), failure->file,
                  failure->line, failure->hint.n ? ". " : "", PR(failure->hint));
    }
    return (job_outcome){
        .result = JOB_FAILED, .park = failure->status == CAGE_BROKEN, .again = failure->status == 503, .reason = failure->message};
}

typedef struct {
    request rq;
    void (*work)(request *, void *arg);
    void *arg;
} work;

static void run_work(ctx *unused, void *arg)
{
    (void)unused;
    work *w = arg;
    request *rq = &w->rq;
    rq->db = db_begin(&rq->ctx, rq->app->pool, DB_WRITE);
    w->work(rq, w->arg);
    db_commit(rq->db);
    storage_settle(&rq->ctx);
    effects_leave(rq);
}

bool app_work(app *app, arena *mem, void (*call)(request *, void *), void *arg, str *error)
{
    work w = {.rq = {.ctx = {.mem = mem}, .app = app, .mem = mem}, .work = call, .arg = arg};
    if (try(&w.rq.ctx, run_work, &w)) return true;
    if (error) *error = w.rq.ctx.message;
    return false;
}

static void read_concurrency(request *rq, void *arg)
{
    int *out = arg;
    const AdminConfigJobDto *c = &config_get(rq)->job;
#define LIMIT(queue) out[QUEUE_##queue] = (int)c->queue.concurrency
    LIMIT(thumbnailGeneration);
    LIMIT(metadataExtraction);
    LIMIT(videoConversion);
    LIMIT(faceDetection);
    LIMIT(smartSearch);
    LIMIT(backgroundTask);
    LIMIT(migration);
    LIMIT(search);
    LIMIT(sidecar);
    LIMIT(library);
    LIMIT(notifications);
    LIMIT(ocr);
    LIMIT(workflow);
    LIMIT(editor);
    LIMIT(integrityCheck);
#undef LIMIT
}

void job_concurrency(app *app, int out[QUEUE_COUNT])
{
    for (queue_id q = 1; q < QUEUE_COUNT; q++) out[q] = queue_default_concurrency(q);
    arena *mem = arena_new();
    str error = {0};
    if (!app_work(app, mem, read_concurrency, out, &error)) log_warn("cannot read the job settings, the defaults hold: %.*s", PR(error));
    arena_free(mem);
}
