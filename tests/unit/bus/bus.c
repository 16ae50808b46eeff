// The hub runs in a child process, as it does in life, and can be killed there.
#include "bus/bus.h"
#include "test.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- helpers ---------------------------------------------------------------------------------------------------------------------

static char *new_folder(arena *mem)
{
    char *folder = str_fmt(mem, "%s/calotype-bus-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp").at;
    check(mkdtemp(folder) != NULL);
    return folder;
}

static void remove_all(const char *folder, const char *path)
{
    unlink(path);
    rmdir(folder);
}

static pid_t hub_start(const char *path)
{
    int ends[2];
    check(!pipe(ends));
    pid_t child = fork();
    if (!child) {
        bool fine = bus_hub_start(path);
        if (write(ends[1], &fine, 1) != 1 || !fine) _exit(1);
        for (;;) pause();
    }
    char fine = 0;
    check(read(ends[0], &fine, 1) == 1 && fine);
    close(ends[0]);
    close(ends[1]);
    return child;
}

static void hub_kill(pid_t hub)
{
    kill(hub, SIGKILL);
    waitpid(hub, NULL, 0);
}

// What one client heard: how many events, the last one, and a sum over all payload bytes.
typedef struct {
    atomic_int count, pings;
    _Atomic uint64_t sum;
    char topic[32], payload[32];
} ear;

static void hear(void *arg, str topic, str payload)
{
    ear *e = arg;
    if (str_is(topic, "ping")) {
        e->pings++;
        return;
    }
    for (size_t i = 0; i < payload.n; i++) e->sum += (uint8_t)payload.at[i];
    strncpy(e->topic, topic.at, sizeof e->topic - 1);
    strncpy(e->payload, payload.at, sizeof e->payload - 1);
    e->count++;
}

// Waits until it is so; gives up after a time that no working machine needs.
#define until(condition)                                                                                                                   \
    do {                                                                                                                                   \
        for (int tries_ = 0; tries_ < 20000 && !(condition); tries_++) usleep(1000);                                                       \
        check(condition);                                                                                                                  \
    } while (0)

static bus *connected(const char *path, ear *e)
{
    bus *b = bus_connect(path);
    bus_on(b, NULL, hear, e);
    return b;
}

// Both are connected when each has heard the other; before that events may be lost.
static void acquaint(bus *a, ear *of_a, bus *b, ear *of_b)
{
    of_a->pings = of_b->pings = 0;
    for (int i = 0; i < 20000 && (!of_a->pings || !of_b->pings); i++) {
        bus_send(a, S("ping"), S(""), false);
        bus_send(b, S("ping"), S(""), false);
        usleep(1000);
    }
    check(of_a->pings && of_b->pings);
}

// ---- tests -----------------------------------------------------------------------------------------------------------------------

TEST("what one says all others hear, and itself if it wants")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    ear ears[3] = {0};
    bus *a = connected(path, &ears[0]), *b = connected(path, &ears[1]), *c = connected(path, &ears[2]);
    acquaint(a, &ears[0], b, &ears[1]);
    acquaint(a, &ears[0], c, &ears[2]);

    bus_send(a, S("ConfigUpdate"), S("{\"a\":1}"), false);
    until(ears[1].count == 1 && ears[2].count == 1);
    check_str(str_of(ears[1].topic), S("ConfigUpdate"));
    check_str(str_of(ears[2].payload), S("{\"a\":1}"));
    check_int(ears[0].count, 0);

    bus_send(b, S("x"), (str){0}, true);
    until(ears[0].count == 1 && ears[1].count == 2 && ears[2].count == 2);
    check_str(str_of(ears[1].topic), S("x"));

    bus_close(a);
    bus_close(b);
    bus_close(c);
    hub_kill(hub);
    remove_all(folder, path);
}

TEST("a handler hears its topic only, in the order of sending")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    ear all = {0}, one = {0}, other = {0};
    bus *a = connected(path, &all), *b = connected(path, &other);
    bus_on(a, "number", hear, &one);
    acquaint(a, &all, b, &other);
    for (int i = 0; i < 1000; i++) {
        bus_send(b, S("number"), str_fmt(mem, "%d", i), false);
        bus_send(b, S("numbers"), S("no"), false);
    }
    until(all.count == 2000);
    check_int(one.count, 1000);
    check_str(str_of(one.payload), S("999"));
    bus_close(a);
    bus_close(b);
    hub_kill(hub);
    remove_all(folder, path);
}

TEST("a message of 1 MiB arrives whole, a longer one is not sent")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    ear of_a = {0}, of_b = {0};
    bus *a = connected(path, &of_a), *b = connected(path, &of_b);
    acquaint(a, &of_a, b, &of_b);

    str big = {arena_alloc_raw(mem, (1 << 20) + 1), 1 << 20};
    random_bytes(big.at, big.n);
    uint64_t sum = 0;
    for (size_t i = 0; i < big.n; i++) sum += (uint8_t)big.at[i];
    for (int i = 0; i < 5; i++) bus_send(a, S("big"), big, false);
    until(of_b.count == 5);
    check_int(of_b.sum, 5 * sum);

    big.n++;
    bus_send(a, S("big"), big, true);
    bus_send(a, S("after"), S(""), false);
    until(of_b.count == 6);
    check_str(str_of(of_b.topic), S("after"));
    check_int(of_a.count, 0);
    bus_close(a);
    bus_close(b);
    hub_kill(hub);
    remove_all(folder, path);
}

TEST("clients find a hub that comes late, and one that comes back")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    ear of_a = {0}, of_b = {0};
    bus *a = connected(path, &of_a), *b = connected(path, &of_b);
    bus_send(a, S("nobody"), S("hears"), false);
    for (int i = 0; i < 3; i++) {
        pid_t hub = hub_start(path); // the file of the one before is still there
        acquaint(a, &of_a, b, &of_b);
        hub_kill(hub);
    }
    bus_send(a, S("here"), S("yes"), true);
    until(of_a.count == 1);
    bus_close(a);
    bus_close(b);
    remove_all(folder, path);
}

TEST("a process that does not read is cut off, and nobody waits for it")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    ear of_a = {0}, of_b = {0};
    bus *a = connected(path, &of_a), *b = connected(path, &of_b);
    acquaint(a, &of_a, b, &of_b);

    int deaf = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    check(!connect(deaf, (struct sockaddr *)&address, sizeof address));
    acquaint(a, &of_a, b, &of_b);

    str half = {arena_alloc(mem, 1 << 19), 1 << 19};
    for (int i = 1; i <= 40; i++) {
        bus_send(a, S("half"), half, false);
        until(of_b.count == i);
    }
    char *rest = arena_alloc_raw(mem, 1 << 20);
    ssize_t n;
    while ((n = read(deaf, rest, 1 << 20)) > 0) {}
    check(n == 0 || errno == ECONNRESET);
    close(deaf);
    bus_close(a);
    bus_close(b);
    hub_kill(hub);
    remove_all(folder, path);
}

TEST("who talks nonsense is cut off")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    check(!connect(fd, (struct sockaddr *)&address, sizeof address));
    check_int(write(fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
    char c;
    ssize_t n = read(fd, &c, 1);
    check(n == 0 || (n < 0 && errno == ECONNRESET));
    close(fd);
    hub_kill(hub);
    remove_all(folder, path);
}

TEST("what was sent before closing is still heard")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    ear of_a = {0}, of_b = {0};
    bus *a = connected(path, &of_a), *b = connected(path, &of_b);
    acquaint(a, &of_a, b, &of_b);
    bus *brief = bus_connect(path);
    bus_send(brief, S("bye"), S(""), false);
    bus_close(brief);
    until(of_a.count == 1 && of_b.count == 1);
    bus_close(a);
    bus_close(b);
    hub_kill(hub);
    remove_all(folder, path);
    bus_close(bus_connect(path));
    bus_close(NULL);
}

TEST("the socket is its owner's alone, and its path may be long")
{
    char *folder = new_folder(mem), *deep = str_fmt(mem, "%s/%0120d", folder, 7).at, *path = str_fmt(mem, "%s/bus.sock", deep).at;
    check(!mkdir(deep, 0700));
    pid_t hub = hub_start(path);
    struct stat st;
    check(!lstat(path, &st) && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0600);
    ear of_a = {0}, of_b = {0};
    bus *a = connected(path, &of_a), *b = connected(path, &of_b);
    acquaint(a, &of_a, b, &of_b);
    bus_close(a);
    bus_close(b);
    hub_kill(hub);
    remove_all(deep, path);
    rmdir(folder);
}

TEST("a hub takes the place of neither a living hub nor a file")
{
    char *folder = new_folder(mem), *path = str_fmt(mem, "%s/bus.sock", folder).at;
    pid_t hub = hub_start(path);
    log_setup("test", LOG_FATAL, false);
    check(!bus_hub_start(path));
    hub_kill(hub);
    unlink(path);
    FILE *file = fopen(path, "w");
    fclose(file);
    check(!bus_hub_start(path));
    check(!access(path, F_OK));
    check(!bus_hub_start(str_fmt(mem, "%s/none/bus.sock", folder).at));
    log_setup("test", LOG_INFO, false);
    remove_all(folder, path);
}
