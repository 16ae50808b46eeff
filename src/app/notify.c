// See notify.h.
#include "app/notify.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_length;
static int watchdog_ms = -1;

void notify_begin(void)
{
    const char *path = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    size_t n = path ? strlen(path) : 0;
    if (n > 1 && n < sizeof address.sun_path) {
        memcpy(address.sun_path, path, n);
        if (path[0] == '@') address.sun_path[0] = 0; // an abstract name
        address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    }
    if (usec && (!pid || atoll(pid) == getpid())) watchdog_ms = (int)(atoll(usec) / 2000);
    if (watchdog_ms == 0) watchdog_ms = -1;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void notify(const char *state)
{
    if (!address_length) return;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, address_length) < 0)
        log_debug("systemd does not listen");
    close(fd);
}

int notify_watchdog_ms(void)
{
    return watchdog_ms;
}
