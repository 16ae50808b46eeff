// The hub: hears every process of this host and repeats what one says to all others. One thread, which nothing blocks: what a process does
// not read waits for it, up to a limit at which it is cut off (it reconnects and has missed something, which the bus allows).
#include "bus/bus.h"
#include "bus/wire.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIENTS_MAX = 1000, BACKLOG = 128 };

typedef struct {
    int fd; // -1 once it is cut off
    wire_reader in;
    wire_queue out;
} client;

typedef struct {
    int listener;
    size_t n;
    client *clients[CLIENTS_MAX];
    struct pollfd polls[CLIENTS_MAX + 1]; // of the clients in order, then of the listener
    client *speaker;                      // whose frames are being taken
} hub;

static void cut_off(client *c)
{
    close(c->fd);
    c->fd = -1;
    wire_reader_clear(&c->in);
    wire_queue_clear(&c->out);
}

static void repeat(void *arg, frame *f)
{
    hub *h = arg;
    for (size_t i = 0; i < h->n; i++) {
        client *c = h->clients[i];
        if (c == h->speaker || c->fd < 0) continue;
        f->users++;
        wire_push(&c->out, f);
        if (c->out.bytes <= WIRE_BEHIND_MAX) continue;
        log_warn("a process does not read its events and was cut off from the event bus");
        cut_off(c);
    }
    frame_drop(f);
}

static void welcome(hub *h)
{
    int fd = accept4(h->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) usleep(10000); // the connection stays pending: no busy loop
        return;
    }
    client *c = h->n < CLIENTS_MAX ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        log_warn("a process was turned away from the event bus: too many connections");
        close(fd);
        return;
    }
    c->fd = fd;
    h->clients[h->n++] = c;
}

static void forget_the_gone(hub *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->n; i++) {
        if (h->clients[i]->fd < 0) free(h->clients[i]);
        else h->clients[kept++] = h->clients[i];
    }
    h->n = kept;
}

static void *serve(void *arg)
{
    hub *h = arg;
    for (;;) {
        size_t polled = h->n;
        for (size_t i = 0; i < polled; i++)
            h->polls[i] = (struct pollfd){.fd = h->clients[i]->fd, .events = POLLIN | (h->clients[i]->out.first ? POLLOUT : 0)};
        h->polls[polled] = (struct pollfd){.fd = h->listener, .events = POLLIN};
        if (poll(h->polls, polled + 1, -1) < 0) continue;

        for (size_t i = 0; i < polled; i++) {
            client *c = h->speaker = h->clients[i];
            if (c->fd >= 0 && (h->polls[i].revents & ~POLLOUT) && !wire_read(&c->in, c->fd, repeat, h)) cut_off(c);
        }
        for (size_t i = 0; i < polled; i++) {
            client *c = h->clients[i];
            // Who has hung up may have said something before: it is cut off when that has been read to its end.
            if (c->fd >= 0 && !wire_write(&c->out, c->fd)) wire_queue_clear(&c->out);
        }
        if (h->polls[polled].revents) welcome(h);
        forget_the_gone(h);
    }
    return NULL;
}

// A socket file outlives the process that made it. True if there is none (any more) at this path.
static bool clear_away(const char *path)
{
    struct stat st;
    if (lstat(path, &st)) return errno == ENOENT;
    if (!S_ISSOCK(st.st_mode)) return errno = EEXIST, false;
    int fd = wire_socket(path, connect);
    if (fd >= 0) {
        close(fd);
        return errno = EADDRINUSE, false;
    }
    if (errno != ECONNREFUSED) return errno == ENOENT;
    return !unlink(path) || errno == ENOENT;
}

bool bus_hub_start(const char *socket_path)
{
    int fd = clear_away(socket_path) ? wire_socket(socket_path, bind) : -1;
    if (fd < 0 || listen(fd, BACKLOG)) {
        log_error("cannot serve the event bus on %s: %s%s", socket_path, strerror(errno),
                  errno == EADDRINUSE ? " (is the server running already?)" : "");
        if (fd >= 0) close(fd);
        return false;
    }
    hub *h = calloc(1, sizeof *h);
    if (!h) log_die("out of memory");
    h->listener = fd;
    pthread_detach(wire_thread(serve, h));
    return true;
}
