// The handler threads: a fixed number of them take jobs from one queue, first come, first served. Jobs are part of what they work on, so
// adding one cannot fail and takes no memory.
#include "http/internal.h"
#include <signal.h>
#include <stdlib.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work, ended;
    job *first, *last;
    bool stopping;
    int running; // threads
    int idle;    // of these, waiting
    bool waking; // one was called and has not come yet
    void (*afterwards)(void *);
    void *afterwards_arg;
};

bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool fine = pthread_create(thread, NULL, run, arg) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (fine) pthread_setname_np(*thread, name);
    return fine;
}

void cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotone;
    pthread_condattr_init(&monotone);
    pthread_condattr_setclock(&monotone, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotone);
    pthread_condattr_destroy(&monotone);
}

bool cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until)
{
    struct timespec limit = {until / SECOND, until % SECOND * 1000};
    return pthread_cond_timedwait(cond, lock, &limit) == 0;
}

static void pool_free(pool *p)
{
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->ended);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

// Calls one thread at a time: under load, threads that are awake anyway take short jobs before another one is up. With the lock held; true:
// signal.
static bool needs_thread(pool *p)
{
    bool call = p->first && p->idle && !p->waking;
    if (call) p->waking = true;
    return call;
}

static void *pool_thread(void *arg)
{
    pool *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->first && !p->stopping) {
            p->idle++;
            pthread_cond_wait(&p->work, &p->lock);
            p->idle--;
            p->waking = false;
        }
        job *j = p->first;
        if (!j) break;
        p->first = j->next;
        if (!p->first) p->last = NULL;
        bool call = needs_thread(p);
        pthread_mutex_unlock(&p->lock);
        if (call) pthread_cond_signal(&p->work);
        j->run(j);
        pthread_mutex_lock(&p->lock);
    }
    bool heir = --p->running == 0 && p->afterwards;
    if (!p->running) pthread_cond_broadcast(&p->ended);
    pthread_mutex_unlock(&p->lock);
    if (heir) {
        p->afterwards(p->afterwards_arg);
        pool_free(p);
    }
    return NULL;
}

pool *pool_start(int threads)
{
    pool *p = calloc(1, sizeof *p);
    if (!p) log_die("out of memory");
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    cond_init(&p->ended);
    p->running = threads;
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        if (!thread_start(&thread, "http-handler", pool_thread, p)) log_die("cannot start handler thread %d of %d", i + 1, threads);
        pthread_detach(thread);
    }
    return p;
}

void pool_add(pool *p, job *j, void (*run)(job *))
{
    j->run = run;
    j->next = NULL;
    pthread_mutex_lock(&p->lock);
    if (p->last) p->last->next = j;
    else p->first = j;
    p->last = j;
    bool call = needs_thread(p);
    pthread_mutex_unlock(&p->lock);
    if (call) pthread_cond_signal(&p->work);
}

bool pool_stop(pool *p, int grace_ms, void (*afterwards)(void *), void *arg)
{
    int64_t until = monotonic() + grace_ms * INT64_C(1000);
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->work);
    while (p->running && cond_wait_until(&p->ended, &p->lock, until)) {}
    bool ended = !p->running;
    if (!ended) {
        p->afterwards = afterwards;
        p->afterwards_arg = arg;
    }
    pthread_mutex_unlock(&p->lock);
    if (!ended) return false;
    afterwards(arg);
    pool_free(p);
    return true;
}
