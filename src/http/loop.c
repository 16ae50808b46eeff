// The socket thread: an epoll loop of our own for what libmicrohttpd does not do, that is WebSockets, held polls and everything that
// happens by the clock. All of Socket.IO's state belongs to this thread, so it needs no locks; other threads hand it tasks.
#include "http/internal.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct loop {
    pthread_t thread;
    int epoll, wake;
    pthread_mutex_t lock;
    task *first, *last;
    bool stopping;
    struct {
        void (*tick)(void *);
        void *arg;
    } ticks[4];
    int tick_count;
};

static void run_tasks(loop *l)
{
    uint64_t ignored;
    if (read(l->wake, &ignored, sizeof ignored) < 0) return; // woken by somebody else's task
    pthread_mutex_lock(&l->lock);
    task *t = l->first;
    l->first = l->last = NULL;
    pthread_mutex_unlock(&l->lock);
    while (t) {
        task *next = t->next; // the task may free itself
        t->run(t);
        t = next;
    }
}

static void run_ticks(loop *l)
{
    pthread_mutex_lock(&l->lock);
    int n = l->tick_count;
    pthread_mutex_unlock(&l->lock);
    for (int i = 0; i < n; i++) l->ticks[i].tick(l->ticks[i].arg);
}

static void *loop_thread(void *arg)
{
    loop *l = arg;
    int64_t next_tick = monotonic() + SECOND;
    for (;;) {
        struct epoll_event events[128];
        int64_t left = (next_tick - monotonic()) / 1000;
        int n = epoll_wait(l->epoll, events, countof(events), left > 0 ? (int)left + 1 : 0);
        bool tasks = false;
        for (int i = 0; i < n; i++) {
            watch *w = events[i].data.ptr;
            if (w) w->ready(w, events[i].events);
            else tasks = true; // run after the sockets, whose watches a task may free
        }
        if (tasks) run_tasks(l);
        if (monotonic() >= next_tick) {
            run_ticks(l);
            next_tick = monotonic() + SECOND;
        }
        pthread_mutex_lock(&l->lock);
        bool stop = l->stopping && !l->first;
        pthread_mutex_unlock(&l->lock);
        if (stop) return NULL;
    }
}

loop *loop_start(void)
{
    loop *l = calloc(1, sizeof *l);
    if (!l) log_die("out of memory");
    pthread_mutex_init(&l->lock, NULL);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->epoll < 0 || l->wake < 0 || !loop_watch(l, l->wake, NULL, EPOLLIN)) log_die("cannot make an epoll loop: %s", strerror(errno));
    if (!thread_start(&l->thread, "http-sockets", loop_thread, l)) log_die("cannot start the socket thread");
    return l;
}

static void loop_wake(loop *l)
{
    uint64_t one = 1;
    if (write(l->wake, &one, sizeof one) < 0) return; // the counter is full: it is awake
}

void loop_add(loop *l, task *t, void (*run)(task *))
{
    t->run = run;
    t->next = NULL;
    pthread_mutex_lock(&l->lock);
    bool was_empty = !l->first;
    if (l->last) l->last->next = t;
    else l->first = t;
    l->last = t;
    pthread_mutex_unlock(&l->lock);
    if (was_empty) loop_wake(l);
}

bool loop_watch(loop *l, int fd, watch *w, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = w};
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) == 0 || epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &e) == 0;
}

void loop_unwatch(loop *l, int fd)
{
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void loop_every_second(loop *l, void (*tick)(void *), void *arg)
{
    pthread_mutex_lock(&l->lock);
    l->ticks[l->tick_count].tick = tick;
    l->ticks[l->tick_count++].arg = arg;
    pthread_mutex_unlock(&l->lock);
}

void loop_stop(loop *l)
{
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_mutex_unlock(&l->lock);
    loop_wake(l);
    pthread_join(l->thread, NULL);
    close(l->epoll);
    close(l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
