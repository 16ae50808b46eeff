// Frames in and out of a socket.
#include "bus/wire.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    uint32_t topic, payload;
} lengths;
_Static_assert(sizeof(lengths) == WIRE_HEAD, "the head of a frame is its two lengths");

struct wire_item {
    wire_item *next;
    frame *frame;
};

static void *get(size_t n)
{
    void *at = malloc(n);
    if (!at) log_die("out of memory: cannot get %zu bytes", n);
    return at;
}

// ---- frames ----------------------------------------------------------------------------------------------------------------------

static lengths lengths_of(const uint8_t *head)
{
    lengths l;
    memcpy(&l, head, sizeof l);
    return l;
}

static frame *frame_of(lengths l)
{
    if (l.topic > WIRE_TOPIC_MAX || l.payload > WIRE_PAYLOAD_MAX) return NULL;
    size_t n = WIRE_HEAD + l.topic + 1 + l.payload + 1;
    frame *f = get(sizeof *f + n);
    *f = (frame){.users = 1, .n = n};
    memcpy(f->at, &l, sizeof l);
    return f;
}

frame *frame_new(str topic, str payload)
{
    if (topic.n > WIRE_TOPIC_MAX || payload.n > WIRE_PAYLOAD_MAX) return NULL;
    frame *f = frame_of((lengths){(uint32_t)topic.n, (uint32_t)payload.n});
    uint8_t *to = f->at + WIRE_HEAD;
    if (topic.n) to = mempcpy(to, topic.at, topic.n);
    *to++ = 0;
    if (payload.n) to = mempcpy(to, payload.at, payload.n);
    *to = 0;
    return f;
}

void frame_drop(frame *f)
{
    if (f && --f->users == 0) free(f);
}

str frame_topic(const frame *f)
{
    return (str){(char *)f->at + WIRE_HEAD, lengths_of(f->at).topic};
}

str frame_payload(const frame *f)
{
    lengths l = lengths_of(f->at);
    return (str){(char *)f->at + WIRE_HEAD + l.topic + 1, l.payload};
}

// ---- reading ---------------------------------------------------------------------------------------------------------------------

// Moves up to `wanted - r->got` bytes; returns how many.
static size_t fill(wire_reader *r, uint8_t *to, size_t wanted, const uint8_t *from, size_t n)
{
    if (n > wanted - r->got) n = wanted - r->got;
    memcpy(to + r->got, from, n);
    r->got += n;
    return n;
}

bool wire_read(wire_reader *r, int fd, void (*take)(void *arg, frame *), void *arg)
{
    uint8_t part[64 << 10];
    ssize_t got = recv(fd, part, sizeof part, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    for (size_t at = 0, n = (size_t)got; at < n;) {
        if (!r->frame) {
            at += fill(r, r->head, WIRE_HEAD, part + at, n - at);
            if (r->got == WIRE_HEAD && !(r->frame = frame_of(lengths_of(r->head)))) return false;
        } else {
            at += fill(r, r->frame->at, r->frame->n, part + at, n - at);
            if (r->got < r->frame->n) continue;
            frame *whole = r->frame;
            whole->at[whole->n - 1] = whole->at[WIRE_HEAD + lengths_of(r->head).topic] = 0;
            *r = (wire_reader){0};
            take(arg, whole);
        }
    }
    return true;
}

void wire_reader_clear(wire_reader *r)
{
    frame_drop(r->frame);
    *r = (wire_reader){0};
}

// ---- writing ---------------------------------------------------------------------------------------------------------------------

void wire_push(wire_queue *q, frame *f)
{
    wire_item *item = get(sizeof *item);
    *item = (wire_item){.frame = f};
    *(q->last ? &q->last->next : &q->first) = item;
    q->last = item;
    q->bytes += f->n;
}

frame *wire_pop(wire_queue *q)
{
    wire_item *item = q->first;
    if (!item) return NULL;
    frame *f = item->frame;
    if (!(q->first = item->next)) q->last = NULL;
    q->bytes -= f->n;
    q->sent = 0;
    free(item);
    return f;
}

bool wire_write(wire_queue *q, int fd)
{
    while (q->first) {
        const frame *f = q->first->frame;
        ssize_t n = send(fd, f->at + q->sent, f->n - q->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN;
        q->sent += (size_t)n;
        if (q->sent == f->n) frame_drop(wire_pop(q));
    }
    return true;
}

void wire_queue_clear(wire_queue *q)
{
    for (frame *f; (f = wire_pop(q));) frame_drop(f);
}

// ---- sockets and threads ---------------------------------------------------------------------------------------------------------

// Fills in an address for a path that is too long to be one: its last part, by way of its folder, which stays open meanwhile. -1 with errno.
static int address_by_folder(struct sockaddr_un *address, const char *path)
{
    const char *name = strrchr(path, '/');
    char *folder_path = name ? strndup(path, (size_t)(name - path)) : NULL;
    int folder = folder_path ? open(folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder_path);
    size_t room = sizeof address->sun_path;
    if (folder >= 0 && snprintf(address->sun_path, room, "/proc/self/fd/%d%s", folder, name) < (int)room) return folder;
    if (folder >= 0 || !name) errno = ENAMETOOLONG;
    if (folder >= 0) close(folder);
    return -1;
}

int wire_socket(const char *path, int (*attach)(int fd, const struct sockaddr *, socklen_t))
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int folder = -1;
    size_t n = strlen(path);
    if (n < sizeof address.sun_path) memcpy(address.sun_path, path, n + 1);
    else if ((folder = address_by_folder(&address, path)) < 0) return -1;

    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // The mode that the file gets if this is bind(): there is no moment at which others may connect.
    bool fine = fd >= 0 && !fchmod(fd, 0600) && !attach(fd, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    if (folder >= 0) close(folder);
    if (fd >= 0 && !fine) close(fd);
    errno = error;
    return fine ? fd : -1;
}

pthread_t wire_thread(void *(*run)(void *), void *arg)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) log_die("cannot start a thread for the event bus: %s", strerror(error));
    return thread;
}
