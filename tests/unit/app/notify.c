// What systemd hears.
#include "app/notify.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

TEST("states reach an abstract socket, and the children inherit nothing of it")
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int n = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "calotype-test-%d", (int)getpid());
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    check(bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) == 0);

    notify("READY=1"); // nobody asked for it yet
    setenv("NOTIFY_SOCKET", str_fmt(mem, "@calotype-test-%d", (int)getpid()).at, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    notify_begin();
    check(!getenv("NOTIFY_SOCKET") && !getenv("WATCHDOG_USEC"));
    check_int(notify_watchdog_ms(), 1500);
    notify("STOPPING=1");
    char text[40];
    ssize_t got = recv(fd, text, sizeof text, MSG_DONTWAIT);
    check_str(((str){text, got > 0 ? (size_t)got : 0}), S("STOPPING=1"));
    close(fd);
}
