// What a WebSocket client sends: frames, Engine.IO packets, Socket.IO packets, through a live server's socket thread.
#include "http/internal.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void handle(void *app, exchange *e)
{
    answer_empty(e, 404);
}

static strs who(void *app, exchange *e, arena *mem)
{
    strs rooms = {0};
    *push(mem, rooms) = S("room");
    return rooms;
}

static void start(ctx *c, void *server)
{
    *(http_server **)server =
        http_start(c, (http_options){.host = S("127.0.0.1"), .handle = handle, .socketio_path = S("/s"), .handler_threads = 2});
    socketio_setup(*(http_server **)server, (socketio_options){.connect = who});
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    static http_server *s;
    ctx c = {.mem = arena_new()};
    if (!s && !try(&c, start, &s)) abort();
    arena_free(c.mem);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(s)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static const char head[] = "GET /s/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    char answer[4096];
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 && send(fd, head, sizeof head - 1, MSG_NOSIGNAL) > 0 &&
        recv(fd, answer, sizeof answer, 0) > 0) {
        send(fd, at, n, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, answer, sizeof answer, 0) > 0) {}
    }
    close(fd);
    return 0;
}
