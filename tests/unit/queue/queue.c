// The job table on both engines: nothing is given twice, limits hold, and lost workers lose nothing.
#include "queue/queue.h"
#include "../db/db_test.h"
#include "queue/cron.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static const int limits[QUEUE_COUNT] = {
#define QUEUE(name, concurrency, ...) [QUEUE_##name] = concurrency,
#include "queue/jobs.def"
};

static void add(db *db, job_name name, uuid id)
{
    queue_add(db, (job_options){.name = name, .data = {.id = id}});
}

static void age_everything(db *db)
{
    db_exec(db, "update calotype_worker set heartbeat = $1", WHEN(now() - MINUTE));
    db_exec(db, "update calotype_job set claimed_at = $1 where state = 'active'", WHEN(now() - MINUTE));
}

// ---- one worker ------------------------------------------------------------------------------------------------------------------

BOTH("a job comes back as it was added, once, and is gone when finished")
{
    uuid id = uuid_v4();
    queue_add(d, (job_options){.name = JOB_AssetExtractMetadata, .data = {.id = id, .source = S("upload")}});
    job j;
    check(queue_ready(d, limits));
    check(queue_claim(d, S("w1"), limits, NULL, &j));
    check(j.name == JOB_AssetExtractMetadata && uuid_eq(j.data.id, id) && j.attempt == 1);
    check_str(j.data.source, S("upload"));
    check(!queue_ready(d, limits));
    check(!queue_claim(d, S("w2"), limits, NULL, &(job){0}));
    check_int(queue_count(d, QUEUE_metadataExtraction).active, 1);
    queue_finish(d, j.key);
    check_int(queue_count(d, QUEUE_metadataExtraction).active, 0);
    check_int(db_int(d, "select count(*) from calotype_job"), 0);
}

BOTH("first in, first out")
{
    uuid ids[5];
    for (int i = 0; i < 5; i++) add(d, JOB_SmartSearch, ids[i] = uuid_v4());
    for (int i = 0; i < 5; i++) {
        job j;
        check(queue_claim(d, S("w"), limits, NULL, &j) && uuid_eq(j.data.id, ids[i]));
        queue_finish(d, j.key);
    }
}

BOTH("a queue runs no more jobs at a time than its limit")
{
    for (int i = 0; i < 10; i++) add(d, JOB_AssetGenerateThumbnails, uuid_v4());
    int mine[QUEUE_COUNT] = {[QUEUE_thumbnailGeneration] = 3};
    job j[4];
    for (int i = 0; i < 3; i++) check(queue_claim(d, S("w"), mine, NULL, &j[i]));
    check(!queue_claim(d, S("w"), mine, NULL, &j[3]));
    queue_finish(d, j[1].key);
    check(queue_claim(d, S("w"), mine, NULL, &j[3]));
    mine[QUEUE_thumbnailGeneration] = 4;
    check(queue_claim(d, S("w"), mine, NULL, &j[1]));
    check(!queue_claim(d, S("w"), mine, NULL, &j[1]));
}

BOTH("every queue with work is served, however long another's backlog")
{
    for (int i = 0; i < 100; i++) add(d, JOB_AssetExtractMetadata, uuid_v4());
    add(d, JOB_SendMail, uuid_v4());
    bool served = false;
    for (int i = 0; i < 100 && !served; i++) {
        job j;
        check(queue_claim(d, S("w"), limits, NULL, &j));
        served = j.name == JOB_SendMail;
        queue_finish(d, j.key);
    }
    check(served);
}

BOTH("what a worker saw of late neither breaks a pause or a limit nor hides other work for long")
{
    int mine[QUEUE_COUNT] = {[QUEUE_smartSearch] = 2, [QUEUE_ocr] = 1};
    queue_view view = {0};
    job j[3];
    for (int i = 0; i < 4; i++) add(d, JOB_SmartSearch, uuid_v4());
    check(queue_claim(d, S("w"), mine, &view, &j[0]) && queue_claim(d, S("w"), mine, &view, &j[1]));
    check(!queue_claim(d, S("w"), mine, &view, &j[2]));
    queue_finish(d, j[0].key);
    queue_finish(d, j[1].key);
    check(queue_claim(d, S("w"), mine, &view, &j[0]));
    queue_pause(d, QUEUE_smartSearch, true);
    check(!queue_claim(d, S("w"), mine, &view, &j[1]));
    add(d, JOB_Ocr, uuid_v4());
    check(queue_claim(d, S("w"), mine, &view, &j[1]) && j[1].name == JOB_Ocr);
    queue_finish(d, j[1].key);

    queue_pause(d, QUEUE_smartSearch, false);
    check(queue_claim(d, S("w"), mine, &view, &j[1]));
    queue_finish(d, j[1].key);
    add(d, JOB_Ocr, uuid_v4());
    for (int i = 0; i < 10; i++) add(d, JOB_SmartSearch, uuid_v4());
    view.at -= SECOND;
    bool served = false;
    for (int i = 0; i < 10 && !served; i++) {
        check(queue_claim(d, S("w"), mine, &view, &j[1]));
        served = j[1].name == JOB_Ocr;
        queue_finish(d, j[1].key);
    }
    check(served);
}

BOTH("a paused queue gives nothing and shows its jobs as paused")
{
    add(d, JOB_SmartSearch, uuid_v4());
    queue_pause(d, QUEUE_smartSearch, true);
    add(d, JOB_SmartSearch, uuid_v4());
    queue_counts counts = queue_count(d, QUEUE_smartSearch);
    check(counts.is_paused && counts.paused == 2 && counts.waiting == 0);
    check_int((int64_t)queue_list(d, QUEUE_smartSearch, S("paused"), 10).n, 2);
    check_int((int64_t)queue_list(d, QUEUE_smartSearch, S("waiting"), 10).n, 0);
    check(!queue_claim(d, S("w"), limits, NULL, &(job){0}));
    queue_pause(d, QUEUE_smartSearch, false);
    counts = queue_count(d, QUEUE_smartSearch);
    check(!counts.is_paused && counts.paused == 0 && counts.waiting == 2);
    check(queue_claim(d, S("w"), limits, NULL, &(job){0}));
}

BOTH("a delayed job waits for its time")
{
    queue_add(d, (job_options){.name = JOB_SmartSearch, .delay_ms = 60000});
    check(!queue_claim(d, S("w"), limits, NULL, &(job){0}));
    check_int(queue_count(d, QUEUE_smartSearch).delayed, 1);
    check_int((int64_t)queue_list(d, QUEUE_smartSearch, S("delayed"), 10).n, 1);
    check_int(queue_next_due(d), 30000);
    queue_add(d, (job_options){.name = JOB_Ocr, .delay_ms = 5000});
    int ms = queue_next_due(d);
    check(ms > 0 && ms <= 5000);

    db_exec(d, "update calotype_job set run_at = $1", WHEN(now() - SECOND));
    check_int(queue_next_due(d), 0);
    check(queue_ready(d, limits));
    job a, b;
    check(queue_claim(d, S("w"), limits, NULL, &a) && queue_claim(d, S("w"), limits, NULL, &b) && a.name != b.name);
    check_int(queue_next_due(d), 30000);
}

BOTH("prioritised jobs come last and are counted nowhere while they wait")
{
    add(d, JOB_PersonGenerateThumbnail, uuid_v4());
    add(d, JOB_AssetGenerateThumbnails, uuid_v4());
    check_int(queue_count(d, QUEUE_thumbnailGeneration).waiting, 1);
    check_int((int64_t)queue_list(d, QUEUE_thumbnailGeneration, S("waiting"), 10).n, 1);
    job j;
    check(queue_claim(d, S("w"), limits, NULL, &j) && j.name == JOB_AssetGenerateThumbnails);
    check(queue_claim(d, S("w"), limits, NULL, &j) && j.name == JOB_PersonGenerateThumbnail);
    check_int(queue_count(d, QUEUE_thumbnailGeneration).active, 2);
}

BOTH("an unknown job is skipped")
{
    db_exec(d, "insert into calotype_job (queue, name, data, created_at) values ('ocr', 'Invented', '{}', $1)", WHEN(now()));
    add(d, JOB_Ocr, uuid_v4());
    job j;
    log_set_level(LOG_FATAL);
    check(queue_claim(d, S("w"), limits, NULL, &j) && j.name == JOB_Ocr);
    log_set_level(LOG_INFO);
    check_int(db_int(d, "select count(*) from calotype_job"), 1);
}

// ---- duplicates ------------------------------------------------------------------------------------------------------------------

BOTH("a job with an own id is added once while one waits, and again while one runs")
{
    uuid id = uuid_v4();
    add(d, JOB_StorageTemplateMigrationSingle, id);
    add(d, JOB_StorageTemplateMigrationSingle, id);
    add(d, JOB_StorageTemplateMigrationSingle, uuid_v4());
    check_int(queue_count(d, QUEUE_storageTemplateMigration).waiting, 2);
    queue_entries list = queue_list(d, QUEUE_storageTemplateMigration, S("waiting"), 10);
    check(list.n == 2);
    if (list.n == 2) check_str(list.at[1].id, uuid_text(c->mem, id));

    check(queue_claim(d, S("w"), limits, NULL, &(job){0}));
    add(d, JOB_StorageTemplateMigrationSingle, id);
    check_int(queue_count(d, QUEUE_storageTemplateMigration).waiting, 2);

    // The worker dies: the one that waits already will do it.
    check_int(queue_recover(d, S("w"), S("died")), 1);
    check_int(queue_count(d, QUEUE_storageTemplateMigration).waiting, 2);
    queue_remove(d, QUEUE_storageTemplateMigration, uuid_text(c->mem, id));
    check_int(queue_count(d, QUEUE_storageTemplateMigration).waiting, 1);
}

BOTH("a job that sees for itself what there is to do waits once, however often it is asked for")
{
    for (int i = 0; i < 3; i++) add(d, JOB_AssetEmptyTrash, (uuid){0});
    check_int(queue_count(d, QUEUE_backgroundTask).waiting, 1);
    check(queue_claim(d, S("w"), limits, NULL, &(job){0}));
    for (int i = 0; i < 3; i++) add(d, JOB_AssetEmptyTrash, (uuid){0});
    check_int(queue_count(d, QUEUE_backgroundTask).waiting, 1);
}

TEST("the one that waits does not start before what a dropped one was added for is committed")
{
    if (!has_postgres()) return; // in SQLite nobody else can claim meanwhile
    ctx c = {.mem = mem};
    db_pool *pool = test_pool(DB_POSTGRES);
    db *first = db_begin(&c, pool, DB_WRITE), *second = db_begin(&c, pool, DB_WRITE), *claiming = db_begin(&c, pool, DB_WRITE);
    job j;
    add(first, JOB_AssetEmptyTrash, (uuid){0});
    db_commit(first);
    add(second, JOB_AssetEmptyTrash, (uuid){0});
    check(!queue_claim(claiming, S("w"), limits, NULL, &j));
    db_commit(claiming);
    db_commit(second);
    check(queue_claim(claiming, S("w"), limits, NULL, &j) && j.name == JOB_AssetEmptyTrash);
    queue_finish(claiming, j.key);
    check(!queue_claim(claiming, S("w"), limits, NULL, &j));
    db_commit(claiming);
}

BOTH("a deduplicated job exists once until it has finished or failed")
{
    add(d, JOB_VersionCheck, (uuid){0});
    add(d, JOB_VersionCheck, (uuid){0});
    check_int(queue_count(d, QUEUE_backgroundTask).waiting, 1);
    job j;
    check(queue_claim(d, S("w"), limits, NULL, &j));
    add(d, JOB_VersionCheck, (uuid){0});
    check_int(queue_count(d, QUEUE_backgroundTask).waiting, 0);
    queue_park(d, j.key, S("broken"));
    add(d, JOB_VersionCheck, (uuid){0});
    check_int(queue_count(d, QUEUE_backgroundTask).waiting, 1);
}

BOTH("a debounced job starts its five minutes anew")
{
    job_options o = {.name = JOB_NotifyAlbumUpdate, .data = {.id = uuid_v4(), .recipient_id = uuid_v4()}};
    queue_add(d, o);
    db_exec(d, "update calotype_job set run_at = $1", WHEN(now() + SECOND));
    queue_add(d, o);
    check_int(queue_count(d, QUEUE_notifications).delayed, 1);
    check_int(queue_next_due(d), 30000);
    queue_entries list = queue_list(d, QUEUE_notifications, S("delayed"), 10);
    check(list.n == 1);
    if (list.n == 1)
        check_str(list.at[0].id,
                  str_fmt(c->mem, "%.*s/%.*s", PR(uuid_text(c->mem, o.data.id)), PR(uuid_text(c->mem, o.data.recipient_id))));
}

// ---- many ------------------------------------------------------------------------------------------------------------------------

BOTH("thousands are added in order, and mixed kinds keep their ways")
{
    enum { MANY = 2500 };
    job_options *list = new_n(c->mem, job_options, MANY + 3);
    for (int i = 0; i < MANY; i++) list[i] = (job_options){.name = JOB_AssetDetectFaces, .data = {.id = uuid_v4(), .force = i % 2}};
    uuid same = uuid_v4();
    list[MANY] = list[MANY + 1] = (job_options){.name = JOB_StorageTemplateMigrationSingle, .data = {.id = same}};
    list[MANY + 2] = (job_options){.name = JOB_PersonGenerateThumbnail, .data = {.owner_id = uuid_v4()}};
    queue_add_all(d, list, MANY + 3);
    queue_counts all[QUEUE_COUNT];
    queue_count_all(d, all);
    check_int(all[QUEUE_faceDetection].waiting, MANY);
    check_int(all[QUEUE_storageTemplateMigration].waiting, 1);
    check_int(all[QUEUE_thumbnailGeneration].waiting, 0);

    int mine[QUEUE_COUNT] = {[QUEUE_faceDetection] = MANY};
    for (int i = 0; i < MANY; i += 1 + i % 7) {
        job j;
        check(queue_claim(d, S("w"), mine, NULL, &j));
        if (i == 0) check(uuid_eq(j.data.id, list[0].data.id) && !j.data.force);
    }
    job j;
    mine[QUEUE_faceDetection] = 0;
    mine[QUEUE_thumbnailGeneration] = 1;
    check(queue_claim(d, S("w"), mine, NULL, &j) && j.name == JOB_PersonGenerateThumbnail);
    check(uuid_eq(j.data.owner_id, list[MANY + 2].data.owner_id));
}

BOTH("counts and listing: newest first, at most so many")
{
    for (int i = 0; i < 5; i++) add(d, JOB_SidecarCheck, uuid_v4());
    queue_add(d, (job_options){.name = JOB_SidecarWrite, .data = {.id = uuid_v4()}, .delay_ms = 60000});
    job a, b;
    check(queue_claim(d, S("w"), limits, NULL, &a) && queue_claim(d, S("w"), limits, NULL, &b));
    queue_park(d, a.key, S("it broke"));
    queue_counts counts = queue_count(d, QUEUE_sidecar), all[QUEUE_COUNT];
    queue_count_all(d, all);
    check(!memcmp(&counts, &all[QUEUE_sidecar], sizeof counts));
    check(counts.active == 1 && counts.failed == 1 && counts.delayed == 1 && counts.waiting == 3 && counts.completed == 0);
    check(all[QUEUE_ocr].waiting == 0 && !all[QUEUE_ocr].is_paused);

    queue_entries waiting = queue_list(d, QUEUE_sidecar, S("waiting"), 2);
    check_int((int64_t)waiting.n, 2);
    int64_t first = 0, second = 0;
    check(str_to_int(waiting.at[0].id, &first) && str_to_int(waiting.at[1].id, &second) && first > second);
    queue_entries failed = queue_list(d, QUEUE_sidecar, S("failed"), 10);
    check_int((int64_t)failed.n, 1);
    check_str(failed.at[0].reason, S("it broke"));
    check_str(failed.at[0].state, S("failed"));
    check(failed.at[0].name == JOB_SidecarCheck && now() - failed.at[0].created < MINUTE);
    check(str_starts(failed.at[0].data, S("{\"id\":")));
    check_int((int64_t)queue_list(d, QUEUE_sidecar, S("active"), 10).n, 1);
    check_int((int64_t)queue_list(d, QUEUE_sidecar, S("completed"), 10).n, 0);
}

BOTH("emptying leaves what runs, is delayed or has failed")
{
    for (int i = 0; i < 4; i++) add(d, JOB_AssetGenerateThumbnails, uuid_v4());
    add(d, JOB_PersonGenerateThumbnail, uuid_v4());
    queue_add(d, (job_options){.name = JOB_AssetGenerateThumbnails, .delay_ms = 60000});
    add(d, JOB_Ocr, uuid_v4());
    int mine[QUEUE_COUNT] = {[QUEUE_thumbnailGeneration] = 5};
    job a, b;
    check(queue_claim(d, S("w"), mine, NULL, &a) && queue_claim(d, S("w"), mine, NULL, &b));
    queue_park(d, a.key, S("broken"));
    queue_empty(d, QUEUE_thumbnailGeneration);
    queue_counts counts = queue_count(d, QUEUE_thumbnailGeneration);
    check(counts.active == 1 && counts.failed == 1 && counts.delayed == 1 && counts.waiting == 0);
    check_int(db_int(d, "select count(*) from calotype_job"), 4);
    queue_clear_failed(d, QUEUE_thumbnailGeneration);
    check_int(queue_count(d, QUEUE_thumbnailGeneration).failed, 0);
    check_int(queue_count(d, QUEUE_ocr).waiting, 1);
}

// ---- workers that die ------------------------------------------------------------------------------------------------------------

BOTH("a job lost once returns, lost twice it is parked with the reason")
{
    uuid id = uuid_v4();
    add(d, JOB_AssetGenerateThumbnails, id);
    job j;
    queue_heartbeat(d, S("w1"));
    check(queue_claim(d, S("w1"), limits, NULL, &j));
    check_int(queue_recover(d, S("w1"), S("killed by signal 11")), 1);
    check_int((int64_t)queue_workers(d).n, 0);
    check_int(queue_recover(d, S("w1"), S("killed by signal 11")), 0);

    check(queue_claim(d, S("w2"), limits, NULL, &j) && j.attempt == 2 && uuid_eq(j.data.id, id));
    check_int(queue_recover(d, S("w2"), S("killed by signal 11")), 1);
    queue_entries failed = queue_list(d, QUEUE_thumbnailGeneration, S("failed"), 10);
    check_int((int64_t)failed.n, 1);
    check_str(failed.at[0].reason, S("killed by signal 11"));
    check(!queue_claim(d, S("w3"), limits, NULL, &j));
}

BOTH("a returned job does not lose its attempt")
{
    add(d, JOB_AssetEncodeVideo, uuid_v4());
    job j;
    for (int i = 0; i < 3; i++) {
        check(queue_claim(d, S("w"), limits, NULL, &j));
        check_int(j.attempt, 1);
        queue_return(d, j.key);
    }
}

BOTH("workers that are not heard of are gone, the others stay")
{
    add(d, JOB_AssetGenerateThumbnails, uuid_v4());
    add(d, JOB_AssetGenerateThumbnails, uuid_v4());
    add(d, JOB_AssetGenerateThumbnails, uuid_v4());
    queue_heartbeat(d, S("dead"));
    check(queue_claim(d, S("dead"), limits, NULL, &(job){0}));
    check(queue_claim(d, S("unregistered"), limits, NULL, &(job){0}));
    age_everything(d);
    queue_heartbeat(d, S("alive"));
    check(queue_claim(d, S("alive"), limits, NULL, &(job){0}));
    check_int((int64_t)queue_workers(d).n, 3);
    check_int(queue_recover(d, (str){0}, S("not heard of")), 2);
    check_int(queue_count(d, QUEUE_thumbnailGeneration).active, 1);
    strs left = queue_workers(d);
    check_int((int64_t)left.n, 1);
    check_str(left.at[0], S("alive"));
}

BOTH("a schedule's run is claimed once")
{
    when due = 1700000000 * SECOND;
    check(cron_claim(d, S("nightly"), due));
    check(!cron_claim(d, S("nightly"), due));
    check(!cron_claim(d, S("nightly"), due - DAY));
    check(cron_claim(d, S("other"), due));
    check(cron_claim(d, S("nightly"), due + DAY));
}

// ---- many workers ----------------------------------------------------------------------------------------------------------------

enum { WORKERS = 8, JOBS = 400, LIMIT = 3 };

typedef struct {
    db_pool *pool;
    int number;
    atomic_int *running, *most;
    atomic_uchar *seen; // times each job was given
    bool failed;
} worker;

static void work_until_empty(ctx *c, void *arg)
{
    worker *w = arg;
    int mine[QUEUE_COUNT] = {[QUEUE_thumbnailGeneration] = LIMIT, [QUEUE_ocr] = WORKERS};
    str name = str_fmt(c->mem, "w%d", w->number);
    queue_view view = {0};
    for (int idle = 0; idle < 200;) {
        db *db = db_begin(c, w->pool, DB_WRITE);
        job j;
        bool got = queue_claim(db, name, mine, w->number % 2 ? &view : NULL, &j);
        db_commit(db);
        if (!got) {
            idle++;
            usleep(1000);
            continue;
        }
        idle = 0;
        if (j.name == JOB_AssetGenerateThumbnails) {
            int running = atomic_fetch_add(w->running, 1) + 1, most = atomic_load(w->most);
            while (running > most && !atomic_compare_exchange_weak(w->most, &most, running)) {}
        }
        int64_t number = 0;
        str_to_int(j.data.source, &number);
        atomic_fetch_add(&w->seen[number], 1);
        usleep(200);
        if (j.name == JOB_AssetGenerateThumbnails) atomic_fetch_sub(w->running, 1);
        queue_finish(db, j.key);
        db_commit(db);
    }
}

static void *run_worker(void *arg)
{
    worker *w = arg;
    ctx c = {.mem = arena_new()};
    w->failed = !try(&c, work_until_empty, w);
    if (w->failed) printf("  %.*s\n", PR(c.message));
    arena_free(c.mem);
    return NULL;
}

BOTH("eight workers: every job exactly once, and never more at a time than the limit")
{
    for (int i = 0; i < JOBS; i++) {
        queue_add(d, (job_options){.name = i % 2 ? JOB_AssetGenerateThumbnails : JOB_Ocr, .data = {.source = str_fmt(c->mem, "%d", i)}});
    }
    // For ocr there is a place for each of them, for thumbnails there is not.
    for (int i = 0; i < WORKERS; i++) queue_heartbeat(d, str_fmt(c->mem, "w%d", i));
    db_commit(d); // the threads must see them
    atomic_int running = 0, most = 0;
    atomic_uchar *seen = (atomic_uchar *)new_n(c->mem, unsigned char, JOBS);
    worker workers[WORKERS];
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){pool, i, &running, &most, seen, false};
        pthread_create(&threads[i], NULL, run_worker, &workers[i]);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        check(!workers[i].failed);
    }
    int wrong = 0;
    for (int i = 0; i < JOBS; i++) wrong += seen[i] != 1;
    check_int(wrong, 0);
    check(most <= LIMIT);
    check_int(db_int(d, "select count(*) from calotype_job"), 0);
    db_exec(d, "delete from calotype_worker");
    db_commit(d);
}
