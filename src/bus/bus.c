// A process's end of the bus: one thread that holds the connection, sends what others queued, and runs the handlers.
#include "bus/bus.h"
#include "bus/wire.h"
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FIRST_WAIT (SECOND / 100) // before connecting again; doubles up to the longest
#define LONGEST_WAIT SECOND
#define LAST_WORDS SECOND // what bus_close() allows for sending the rest

typedef struct listener listener;
struct listener {
    listener *_Atomic next;
    char *topic; // NULL: all
    bus_handler *handle;
    void *arg;
};

struct bus {
    char *path;
    pthread_t thread;
    int bell; // eventfd: there is something in the queues, or it is time to close
    listener *_Atomic listeners;

    pthread_mutex_t lock; // of all below
    listener *last_listener;
    wire_queue out;   // to the hub
    wire_queue here;  // to our own handlers
    int64_t close_by; // when to give up sending; 0: not closing

    // The thread's own.
    int fd; // -1: not connected
    wire_reader in;
    int64_t wait, connected_at, next_try;
};

// ---- the thread ------------------------------------------------------------------------------------------------------------------

static void hear(void *arg, frame *f)
{
    bus *b = arg;
    str topic = frame_topic(f), payload = frame_payload(f);
    for (listener *l = b->listeners; l; l = l->next)
        if (!l->topic || str_is(topic, l->topic)) l->handle(l->arg, topic, payload);
    frame_drop(f);
}

static void hear_our_own(bus *b)
{
    for (;;) {
        pthread_mutex_lock(&b->lock);
        frame *f = wire_pop(&b->here);
        pthread_mutex_unlock(&b->lock);
        if (!f) return;
        hear(b, f);
    }
}

static void wait_before_retry(bus *b)
{
    b->next_try = monotonic() + b->wait;
    b->wait = 2 * b->wait < LONGEST_WAIT ? 2 * b->wait : LONGEST_WAIT;
}

// What was said since the last attempt waits for this one. If there is no hub, nobody is there to hear it.
static void connect_again(bus *b)
{
    b->fd = wire_socket(b->path, connect);
    if (b->fd >= 0) {
        b->connected_at = monotonic();
        return;
    }
    pthread_mutex_lock(&b->lock);
    wire_queue_clear(&b->out);
    pthread_mutex_unlock(&b->lock);
    wait_before_retry(b);
}

static void disconnect(bus *b)
{
    close(b->fd);
    b->fd = -1;
    wire_reader_clear(&b->in);
    pthread_mutex_lock(&b->lock);
    if (b->out.sent) frame_drop(wire_pop(&b->out)); // the hub has a part of it
    pthread_mutex_unlock(&b->lock);
    if (monotonic() - b->connected_at > LONGEST_WAIT) b->wait = FIRST_WAIT;
    wait_before_retry(b);
}

// For poll(): rounded up, so that it does not wake too early; -1 for ever.
static int milliseconds_until(int64_t moment)
{
    if (moment == INT64_MAX) return -1;
    int64_t left = moment - monotonic();
    return left > 0 ? (int)((left + 999) / 1000) : 0;
}

static void *run(void *arg)
{
    bus *b = arg;
    for (;;) {
        if (b->fd < 0 && monotonic() >= b->next_try) connect_again(b);
        bool fine = true;
        pthread_mutex_lock(&b->lock);
        if (b->fd >= 0) fine = wire_write(&b->out, b->fd);
        bool waiting = b->out.first != NULL;
        int64_t close_by = b->close_by;
        pthread_mutex_unlock(&b->lock);
        if (!fine) disconnect(b);
        if (close_by && (!waiting || monotonic() >= close_by)) return NULL;

        struct pollfd polls[] = {{.fd = b->bell, .events = POLLIN}, {.fd = b->fd, .events = POLLIN | (waiting ? POLLOUT : 0)}};
        int64_t until = b->fd < 0 ? b->next_try : INT64_MAX;
        if (close_by && close_by < until) until = close_by;
        poll(polls, 2, milliseconds_until(until));

        if (polls[0].revents & POLLIN) eventfd_read(b->bell, &(eventfd_t){0});
        hear_our_own(b);
        if (b->fd >= 0 && (polls[1].revents & ~POLLOUT) && !wire_read(&b->in, b->fd, hear, b)) disconnect(b);
    }
}

// ---- for everybody ---------------------------------------------------------------------------------------------------------------

bus *bus_connect(const char *socket_path)
{
    bus *b = calloc(1, sizeof *b);
    if (!b || !(b->path = strdup(socket_path))) log_die("out of memory");
    b->fd = -1;
    b->wait = FIRST_WAIT;
    b->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (b->bell < 0) log_die("cannot make an eventfd: %s", strerror(errno));
    pthread_mutex_init(&b->lock, NULL);
    b->thread = wire_thread(run, b);
    return b;
}

void bus_on(bus *b, const char *topic, bus_handler *handle, void *arg)
{
    listener *l = calloc(1, sizeof *l);
    if (!l || (topic && !(l->topic = strdup(topic)))) log_die("out of memory");
    l->handle = handle;
    l->arg = arg;
    pthread_mutex_lock(&b->lock);
    if (b->last_listener) b->last_listener->next = l;
    else b->listeners = l;
    b->last_listener = l;
    pthread_mutex_unlock(&b->lock);
}

// A queue that is full has no room for another one: the bus is best effort, and its memory has a limit.
static void enqueue(wire_queue *q, frame *f)
{
    if (q->bytes + f->n <= WIRE_BEHIND_MAX) wire_push(q, f);
    else frame_drop(f);
}

void bus_send(bus *b, str topic, str payload, bool also_here)
{
    frame *f = frame_new(topic, payload), *copy = also_here ? frame_new(topic, payload) : NULL;
    if (!f) {
        log_error("the event %.*s of %zu bytes is too long for the event bus", PR(topic), payload.n);
        return;
    }
    pthread_mutex_lock(&b->lock);
    enqueue(&b->out, f);
    if (copy) enqueue(&b->here, copy);
    pthread_mutex_unlock(&b->lock);
    eventfd_write(b->bell, 1);
}

void bus_close(bus *b)
{
    if (!b) return;
    pthread_mutex_lock(&b->lock);
    b->close_by = monotonic() + LAST_WORDS;
    pthread_mutex_unlock(&b->lock);
    eventfd_write(b->bell, 1);
    pthread_join(b->thread, NULL);

    if (b->fd >= 0) close(b->fd);
    close(b->bell);
    wire_reader_clear(&b->in);
    wire_queue_clear(&b->out);
    wire_queue_clear(&b->here);
    for (listener *l = b->listeners, *next; l; l = next) {
        next = l->next;
        free(l->topic);
        free(l);
    }
    pthread_mutex_destroy(&b->lock);
    free(b->path);
    free(b);
}
