// See worker_name.h.
#include "app/worker_name.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

// When the process started, in ticks since the boot; 0 if there is no such process or only its remains.
static unsigned long long start_of(pid_t pid)
{
    char path[40], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    // The program's name, in parentheses, may contain anything. The state follows it as field 3, the start is field 22.
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X') return 0;
    at += 2;
    for (int field = 3; field < 22; field++) {
        at = strchr(at, ' ');
        if (!at) return 0;
        at++;
    }
    unsigned long long start;
    return sscanf(at, "%llu", &start) == 1 ? start : 0;
}

// This machine since its boot, and within it this container.
static str host_name(arena *mem)
{
    char host[256] = "localhost", boot[64] = "";
    gethostname(host, sizeof host - 1);
    for (char *h = host; *h; h++) {
        if (!isalnum((unsigned char)*h) && *h != '.' && *h != '-') *h = '-';
    }
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, boot, sizeof boot);
    if (fd >= 0) close(fd);
    struct stat space = {0};
    stat("/proc/self/ns/pid", &space);
    str text = str_fmt(mem, "%.*s %llu", (int)(n > 0 ? n : 0), boot, (unsigned long long)space.st_ino);
    sha1 sum = sha1_of(str_bytes(text));
    return str_fmt(mem, "%s/%.*s", host, 8, hex_encode(mem, (bytes){sum.b, 4}).at);
}

str worker_name(arena *mem, pid_t pid)
{
    return str_fmt(mem, "%.*s:%d:%llu", PR(host_name(mem)), (int)pid, start_of(pid));
}

bool worker_is_dead(arena *mem, str name, bool alone)
{
    strs parts = str_split(mem, name, ':');
    int64_t pid, start;
    if (parts.n != 3 || !str_to_int(parts.at[1], &pid) || !str_to_int(parts.at[2], &start)) return alone;
    if (!str_eq(parts.at[0], host_name(mem))) return alone;
    return start_of((pid_t)pid) != (unsigned long long)start;
}
