// See worker.h. Two threads: the main one runs jobs; the keeper beats the heart where that is needed, looks for workers that have died, and
// sees to it that a job that takes too long does not hold up a stop.
//
// Finishing a job and claiming the next is one transaction. An idle worker sleeps until the bus wakes it or the next delayed job is due;
// since the bus promises nothing, it looks by itself from time to time.
#include "app/worker.h"
#include "app/worker_name.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { HEARTBEAT_MS = 10000, LOOK_MS = 10000, STOP_MS = 8000, AFTER_FAILURE_MS = 1000, LIMITS_MS = 30000, IDLE_MS = 60000 };

typedef struct {
    const settings *settings;
    const birth *birth;
    app app;
    str name;
    int stop_fd;
    int limits[QUEUE_COUNT];
    queue_view view;
    int64_t limits_read; // monotonic
    atomic_bool stopping, limits_changed;
    atomic_llong running; // the row of the job at hand, 0: none

    pthread_mutex_t mutex;
    pthread_cond_t changed; // monotonic clock
    bool woken, ended;      // guarded by the mutex
} worker;

static void signal_main(worker *w)
{
    pthread_mutex_lock(&w->mutex);
    w->woken = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
}

// Waits until *flag is set or the time is over, and takes the flag away. Called with the mutex held.
static bool wait_for(worker *w, bool *flag, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000) until = (struct timespec){until.tv_sec + 1, until.tv_nsec - 1000000000};
    while (!*flag && pthread_cond_timedwait(&w->changed, &w->mutex, &until) != ETIMEDOUT) {}
    bool set = *flag;
    *flag = false;
    return set;
}

// ---- the keeper ------------------------------------------------------------------------------------------------------------------

static void beat(ctx *c, void *arg)
{
    worker *w = arg;
    db *db = db_begin(c, w->app.pool, DB_WRITE);
    queue_heartbeat(db, w->name);
    db_commit(db);
}

static void put_back(worker *w, int jobs)
{
    if (!jobs) return;
    log_warn("Put back %d jobs of workers that have died", jobs);
    queue_wake(w->app.bus, QUEUE_backgroundTask);
}

// Workers of this machine whose process is no more. Only looks, unless there are any.
static void recover_dead(ctx *c, void *arg)
{
    worker *w = arg;
    db *db = db_begin(c, w->app.pool, DB_READ);
    bool alone = db_engine_of(db) == DB_SQLITE;
    strs names = queue_workers(db), dead = {0};
    db_commit(db);
    each (name, names) {
        if (worker_is_dead(c->mem, *name, alone)) *push(c->mem, dead) = *name;
    }
    if (!dead.n) return;
    db_set_mode(db, DB_WRITE);
    int n = 0;
    each (name, dead) n += queue_recover(db, *name, S("the worker process vanished while it ran this job"));
    db_commit(db);
    put_back(w, n);
}

// Workers of any machine that have fallen silent.
static void recover_silent(ctx *c, void *arg)
{
    worker *w = arg;
    db *db = db_begin(c, w->app.pool, DB_WRITE);
    int n = queue_recover(db, (str){0}, S("the worker process was not heard of for 30 seconds while it ran this job"));
    db_commit(db);
    put_back(w, n);
}

static void give_back(ctx *c, void *arg)
{
    worker *w = arg;
    db *db = db_begin(c, w->app.pool, DB_WRITE);
    queue_return(db, w->running);
    queue_recover(db, w->name, S("the server was stopped while it ran this job"));
    db_commit(db);
}

static bool attempt(void (*work)(ctx *, void *), worker *w)
{
    arena *mem = arena_new();
    ctx c = {.mem = mem};
    bool fine = try(&c, work, w);
    if (!fine) log_warn("%.*s", PR(c.message));
    arena_free(mem);
    return fine;
}

// SQLite's workers share a machine, where the process list says who lives: no heartbeat has to wake the disk. Elsewhere silence decides;
// but after a pause of the whole machine everybody looks silent for a moment, so only who has been awake for a while may judge.
static void *keep(void *arg)
{
    worker *w = arg;
    bool alone = db_pool_engine(w->app.pool) == DB_SQLITE;
    int64_t last = monotonic();
    int steady = 0; // rounds in a row that came in time
    while (poll(&(struct pollfd){.fd = w->stop_fd, .events = POLLIN}, 1, HEARTBEAT_MS) <= 0) {
        bool fine = alone || attempt(beat, w);
        int64_t time = monotonic();
        steady = fine && time - last < 2 * HEARTBEAT_MS * 1000 ? steady + 1 : 0;
        last = time;
        if (steady >= 4 && steady % 3 == 1) attempt(alone ? recover_dead : recover_silent, w);
    }

    w->stopping = true;
    signal_main(w);
    pthread_mutex_lock(&w->mutex);
    bool ended = wait_for(w, &w->ended, STOP_MS);
    pthread_mutex_unlock(&w->mutex);
    if (ended) return NULL;
    log_info("The current job takes too long to wait for; it will be started again");
    attempt(give_back, w);
    _exit(process_exit_code());
}

// ---- jobs ------------------------------------------------------------------------------------------------------------------------

typedef struct {
    worker *worker;
    int64_t finished;    // the row of the last job, 0: none
    job_outcome outcome; // of it
    job next;
    bool got;
    int due_ms;
} turn;

static void take(ctx *c, void *arg)
{
    turn *t = arg;
    worker *w = t->worker;
    t->got = false;
    t->due_ms = 0;
    db *db = db_begin(c, w->app.pool, t->finished ? DB_RELAXED : DB_READ);
    if (!t->finished) {
        // Woken together with all other idle workers: look before taking the one write lock.
        bool ready = queue_ready(db, w->limits);
        t->due_ms = queue_next_due(db);
        db_commit(db);
        if (!ready) return;
        db_set_mode(db, DB_RELAXED);
    }
    // A power cut that takes this back makes the job run again, which every job bears. So nobody waits for the disk here.
    if (t->finished && t->outcome.park) queue_park(db, t->finished, t->outcome.reason);
    else if (t->finished && t->outcome.again) queue_return(db, t->finished);
    else if (t->finished) queue_finish(db, t->finished);
    if (!w->stopping) t->got = queue_claim(db, w->name, w->limits, &w->view, &t->next);
    if (!t->got && t->finished) t->due_ms = queue_next_due(db);
    db_commit(db);
}

static void run(worker *w, turn *t, arena *mem)
{
    static const char *const results[] = {[JOB_SUCCESS] = "succeeded", [JOB_FAILED] = "failed", [JOB_SKIPPED] = "was skipped"};
    const char *name = job_text(t->next.name);
    int64_t began = monotonic();
    log_context(str_of(name));
    w->running = t->next.key;
    t->outcome = job_run(&w->app, mem, &t->next);
    log_debug("%s %s in %lld ms", name, results[t->outcome.result], (long long)(monotonic() - began) / 1000);
    log_context((str){0});
    w->running = 0;
    t->finished = t->next.key;
}

// A change of the limits is told over the bus; should that get lost, it is noticed a little later.
static void read_limits(worker *w)
{
    int64_t time = monotonic();
    if (!atomic_exchange(&w->limits_changed, false) && time - w->limits_read < LIMITS_MS * INT64_C(1000)) return;
    job_concurrency(&w->app, w->limits);
    w->limits_read = time;
}

// One job's memory must outlive the transaction that finishes it and claims the next; so two arenas take turns.
static void work(worker *w)
{
    arena *mem[2] = {arena_new(), arena_new()};
    turn t = {.worker = w};
    int at = 0;
    bool said = false;
    int64_t busy = monotonic(); // when the last job was at hand
    while (!w->stopping || t.finished) {
        pthread_mutex_lock(&w->mutex);
        w->woken = false;
        pthread_mutex_unlock(&w->mutex);
        read_limits(w);

        ctx c = {.mem = mem[at]};
        bool fine = try(&c, take, &t);
        if (!fine && !said) log_warn("cannot claim a job, trying again: %.*s", PR(c.message));
        said = !fine;
        if (fine) t.finished = 0;
        if (fine && t.got) {
            run(w, &t, mem[at]);
            busy = monotonic();
            at = !at;
            arena_reset(mem[at]);
            continue;
        }
        if (!fine && w->stopping) break;
        arena_reset(mem[at]);
        malloc_trim(0);
        if (monotonic() - busy > IDLE_MS * INT64_C(1000)) cage_rest(w->app.cage);
        pthread_mutex_lock(&w->mutex);
        if (!w->stopping) {
            int wait = !fine ? AFTER_FAILURE_MS : t.due_ms < LOOK_MS ? t.due_ms : LOOK_MS;
            wait_for(w, &w->woken, wait);
        }
        pthread_mutex_unlock(&w->mutex);
    }
    arena_free(mem[0]);
    arena_free(mem[1]);
}

// ---- the process -----------------------------------------------------------------------------------------------------------------

static void on_wake(void *arg, str topic, str payload)
{
    (void)topic, (void)payload;
    signal_main(arg);
}

static void on_config(void *arg, str topic, str payload)
{
    (void)topic, (void)payload;
    worker *w = arg;
    w->limits_changed = true;
    signal_main(w);
}

static void sign_in(ctx *c, worker *w)
{
    leftovers_settle(&w->app);
    db *db = db_begin(c, w->app.pool, DB_WRITE);
    queue_heartbeat(db, w->name);
    int n = w->birth->lost ? queue_recover(db, str_of(w->birth->lost), str_of(w->birth->reason)) : 0;
    db_commit(db);
    put_back(w, n);
    recover_dead(c, w);
}

// The api answers first: decoding takes what is left of the processor, and when memory runs out, it is a job that goes.
static void step_back(void)
{
    setpriority(PRIO_PROCESS, 0, 10);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (write(fd, "500", 3) != 3) log_debug("the kernel does not take an OOM score");
    close(fd);
}

static void start(ctx *c, void *arg)
{
    worker *w = arg;
    process_open(c, w->settings, w->birth, 4, &w->app);
    w->name = worker_name(c->mem, getpid());
    w->limits_changed = true;
    w->app.cage = cage_new((cage_options){0});
    features_prepare(c, &w->app);
    sign_in(c, w);
    bus_on(w->app.bus, "queue", on_wake, w);
    bus_on(w->app.bus, "ConfigUpdate", on_config, w);
}

int worker_run(const settings *s, const birth *b)
{
    worker w = {.settings = s, .birth = b, .mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_condattr_t monotonic_clock;
    pthread_condattr_init(&monotonic_clock);
    pthread_condattr_setclock(&monotonic_clock, CLOCK_MONOTONIC);
    pthread_cond_init(&w.changed, &monotonic_clock);

    step_back();
    ctx c = {.mem = arena_new()};
    if (!try(&c, start, &w)) return process_failed(&c, &w.app);
    w.stop_fd = process_stop_fd(w.app.bus);
    pthread_t keeper;
    if (pthread_create(&keeper, NULL, keep, &w)) log_die("cannot start a thread");
    log_debug("Waiting for jobs as %.*s", PR(w.name));
    process_ready(b);

    work(&w);
    attempt(give_back, &w);
    // Whoever is idle may have been kept off this job's queue by its limit.
    queue_wake(w.app.bus, QUEUE_backgroundTask);
    pthread_mutex_lock(&w.mutex);
    w.ended = true;
    pthread_cond_broadcast(&w.changed);
    pthread_mutex_unlock(&w.mutex);
    pthread_join(keeper, NULL);
    cage_free(w.app.cage);
    bus_close(w.app.bus);
    db_close(w.app.pool);
    return process_exit_code();
}
