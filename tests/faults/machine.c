// A machine that fails on command, loaded with LD_PRELOAD: its clock steps, and its disk cannot read originals any more. The commands stand in
// the file that CALOTYPE_MACHINE names, which machine.test.ts writes and all processes have mapped.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile struct {
    int64_t clock_offset; // seconds
    int64_t unreadable;   // 1: reading an original fails
} * commands;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("CALOTYPE_MACHINE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *at = fd >= 0 ? mmap(NULL, sizeof *commands, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (at != MAP_FAILED) commands = at;
    if (fd >= 0) close(fd);
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int clock_gettime(clockid_t clock, struct timespec *t)
{
    static typeof(&clock_gettime) real;
    if (!real) real = REAL(clock_gettime);
    int rc = real(clock, t);
    if (!rc && clock == CLOCK_REALTIME && commands) t->tv_sec += commands->clock_offset;
    return rc;
}

time_t time(time_t *out)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    if (out) *out = t.tv_sec;
    return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    (void)zone;
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
    return 0;
}

static int fails(int fd)
{
    char link[40], path[PATH_MAX];
    if (!commands || !commands->unreadable) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    if (!strstr(path, "/media/upload/")) return 0;
    errno = EIO;
    return 1;
}

ssize_t read(int fd, void *at, size_t n)
{
    return fails(fd) ? -1 : REAL(read)(fd, at, n);
}

ssize_t pread(int fd, void *at, size_t n, off_t from)
{
    return fails(fd) ? -1 : REAL(pread)(fd, at, n, from);
}

ssize_t pread64(int fd, void *at, size_t n, off64_t from)
{
    return fails(fd) ? -1 : REAL(pread64)(fd, at, n, from);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t n)
{
    return fails(from) ? -1 : REAL(sendfile)(to, from, offset, n);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t n)
{
    return fails(from) ? -1 : REAL(sendfile64)(to, from, offset, n);
}
