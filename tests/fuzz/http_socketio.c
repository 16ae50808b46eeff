// What a live connection's client sends: frames, Engine.IO packets, Socket.IO packets, through a live server's socket thread. The first byte says whether
// they come over a WebSocket or, when it is 'p', as the body of a poll. Whatever one sends, the next is served.
#include "fuzz.h"
#include "http/internal.h"
#include <errno.h>
#include <netinet/in.h>
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

// libFuzzer's own clock breaks in now and then.
static ssize_t receive(int fd, char *to, size_t n, int flags)
{
    ssize_t got;
    do got = recv(fd, to, n, flags);
    while (got < 0 && errno == EINTR);
    return got;
}

static int connected(http_server *s)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(s)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must(fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a));
    return fd;
}

// At once, so that the port is free again.
static void cut(int fd)
{
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
}

static str heard(arena *mem, int fd)
{
    buf answer = {.mem = mem};
    char block[4096];
    for (ssize_t n; (n = receive(fd, block, sizeof block, 0)) > 0;) buf_add(&answer, (str){block, (size_t)n});
    return buf_str(&answer);
}

// A request of its own connection, with the whole answer.
static str ask(arena *mem, http_server *s, str request)
{
    int fd = connected(s);
    send(fd, request.at, request.n, MSG_NOSIGNAL);
    str answer = heard(mem, fd);
    cut(fd);
    return answer;
}

static str open_poll(arena *mem, http_server *s)
{
    str answer = ask(mem, s, S("GET /s/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    ptrdiff_t at = str_find(answer, S("{\"sid\":\""));
    must(str_starts(answer, S("HTTP/1.1 200")) && at > 0);
    return str_slice(answer, (size_t)at + 8, (size_t)at + 28);
}

static void by_socket(arena *mem, http_server *s, str frames)
{
    static const char head[] = "GET /s/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    int fd = connected(s);
    char first[12];
    must(send(fd, head, sizeof head - 1, MSG_NOSIGNAL) > 0 && receive(fd, first, sizeof first, MSG_WAITALL) == sizeof first);
    must(!memcmp(first, "HTTP/1.1 101", sizeof first));
    send(fd, frames.at, frames.n, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    heard(mem, fd);
    cut(fd);
}

static void by_poll(arena *mem, http_server *s, str packets)
{
    str sid = open_poll(mem, s), answer;
    answer = ask(
        mem, s,
        str_cat(mem,
                str_fmt(mem,
                        "POST /s/?EIO=4&transport=polling&sid=%.*s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
                        PR(sid), packets.n),
                packets));
    must(str_starts(answer, S("HTTP/1.1 200")));
    ask(mem, s,
        str_fmt(mem, "POST /s/?EIO=4&transport=polling&sid=%.*s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1",
                PR(sid)));
}

FUZZ
{
    static http_server *s;
    ctx c = {.mem = mem};
    if (!s) must(try(&c, start, &s));
    if (input.n && *input.at == 'p') by_poll(mem, s, str_slice(input, 1, input.n));
    else by_socket(mem, s, str_slice(input, 1, input.n));
}
