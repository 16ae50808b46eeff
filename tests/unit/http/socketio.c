// Engine.IO and Socket.IO as texts on the wire.
#include "client.h"
#include "http/socket.h"
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static http_server *live;

static strs who(void *app, exchange *handshake, arena *mem)
{
    strs rooms = {0};
    str user = http_header(handshake, "X-User");
    if (user.n) *push(mem, rooms) = str_dup(mem, user);
    return rooms;
}

static void joined(void *app, str sid, strs rooms)
{
    socketio_emit(live, sid, S("hello"), S("{\"n\":1}"));
}

static http_server *serve_live(arena *mem)
{
    live = serve_with(mem, (http_options){.socketio_path = S("/api/socket.io")});
    socketio_setup(live, (socketio_options){.connect = who, .joined = joined});
    return live;
}

#define PATH "/api/socket.io/?EIO=4"

static str sid_of(str open)
{
    ptrdiff_t at = str_find(open, S("\"sid\":\""));
    return at < 0 ? S("") : str_slice(open, (size_t)at + 7, (size_t)at + 27);
}

static str poll_once(arena *mem, http_server *s, str sid)
{
    return ask(mem, s, str_fmt(mem, "GET " PATH "&transport=polling&sid=%.*s HTTP/1.1\r\nHost: x", PR(sid)).at, S("")).body;
}

static reply post(arena *mem, http_server *s, str sid, str body)
{
    return ask(mem, s,
               str_fmt(mem, "POST " PATH "&transport=polling&sid=%.*s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu", PR(sid), body.n).at,
               body);
}

// ---- polling ---------------------------------------------------------------------------------------------------------------------

TEST("a polling client connects, joins, hears and leaves")
{
    http_server *s = serve_live(mem);
    reply r = ask(mem, s, "GET " PATH "&transport=polling HTTP/1.1\r\nHost: x\r\nX-User: u1", S(""));
    str sid = sid_of(r.body);
    check_str(
        r.body,
        str_fmt(mem, "0{\"sid\":\"%.*s\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}",
                PR(sid)));
    check_str(reply_header(r, "Access-Control-Allow-Origin"), S("*"));
    check_str(post(mem, s, sid, S("40")).body, S("ok"));
    buf heard = {.mem = mem};
    while (str_find(heard.n ? buf_str(&heard) : S(""), S("hello")) < 0) buf_add(&heard, poll_once(mem, s, sid));
    check(str_starts(buf_str(&heard), S("40{\"sid\":\"")));
    check(str_ends(buf_str(&heard), S("42[\"hello\",{\"n\":1}]")));
    check_int(socketio_clients(s), 1);

    int fd = dial(s); // a poll that waits
    say_head(fd, str_fmt(mem, "GET " PATH "&transport=polling&sid=%.*s HTTP/1.1\r\nHost: x", PR(sid)).at);
    usleep(50000);
    socketio_emit(s, S("nobody"), S("x"), (str){0});
    socketio_emit(s, S("u1"), S("a \"b\""), S("1,2"));
    check_str(hear(mem, fd).body, S("42[\"a \\\"b\\\"\",1,2]"));
    close(fd);

    socketio_emit(s, (str){0}, S("all"), (str){0});
    socketio_emit(s, S("u1"), S("mine"), (str){0});
    usleep(50000);
    check_str(poll_once(mem, s, sid), S("42[\"all\"]\x1e"
                                        "42[\"mine\"]"));
    check_str(post(mem, s, sid,
                   S("3\x1e"
                     "42[\"ignored\"]\x1e"
                     "1"))
                  .body,
              S("ok"));
    check_str(poll_once(mem, s, sid), S("{\"code\":1,\"message\":\"Session ID unknown\"}"));
    check_int(socketio_clients(s), 0);
    end(s);
}

TEST("a stranger is told so and sent away")
{
    http_server *s = serve_live(mem);
    str sid = sid_of(ask(mem, s, "GET " PATH "&transport=polling HTTP/1.1\r\nHost: x", S("")).body);
    post(mem, s, sid, S("40{\"token\":\"x\"}"));
    buf heard = {.mem = mem};
    while (str_find(heard.n ? buf_str(&heard) : S(""), S("41")) < 0) {
        buf_char(&heard, ' ');
        buf_add(&heard, poll_once(mem, s, sid));
    }
    check(str_find(buf_str(&heard), S("42[\"error\",\"unauthorized\"]")) > 0);
    check_int(socketio_clients(s), 0);
    end(s);
}

TEST("requests that are none of the protocol's")
{
    http_server *s = serve_live(mem);
    static const struct {
        const char *head;
        int status;
        const char *body;
    } cases[] = {
        {"GET /api/socket.io/?EIO=4&transport=carrier HTTP/1.1", 400, "{\"code\":0,\"message\":\"Transport unknown\"}"},
        {"GET /api/socket.io/ HTTP/1.1", 400, "{\"code\":0,\"message\":\"Transport unknown\"}"},
        {"GET /api/socket.io/?EIO=3&transport=polling HTTP/1.1", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}"},
        {"GET " PATH "&transport=polling&sid=none HTTP/1.1", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}"},
        {"POST " PATH "&transport=polling HTTP/1.1\r\nContent-Length: 0", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}"},
        {"GET " PATH "&transport=websocket HTTP/1.1", 400, "{\"code\":3,\"message\":\"Bad request\"}"},
        {"GET " PATH "&transport=x HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket", 400, "Transport unknown"},
        {"GET " PATH "&transport=websocket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: short", 400,
         "Bad request"},
        {"OPTIONS " PATH "&transport=polling HTTP/1.1", 204, ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        reply r = ask(mem, s, str_cat(mem, str_of(cases[i].head), S("\r\nHost: x")).at, S(""));
        check_int(r.status, cases[i].status);
        check_str(r.body, str_of(cases[i].body));
    }
    check_int(ask(mem, s, "GET /api/socket.iox HTTP/1.1\r\nHost: x", S("")).status, 404);
    str sid = sid_of(ask(mem, s, "GET " PATH "&transport=polling HTTP/1.1\r\nHost: x", S("")).body);
    str huge = {arena_alloc(mem, MESSAGE_LIMIT + 1), MESSAGE_LIMIT + 1};
    memset(huge.at, '4', huge.n);
    check_int(post(mem, s, sid, huge).status, 413);
    check_str(poll_once(mem, s, sid), S("{\"code\":1,\"message\":\"Session ID unknown\"}"));
    end(s);
}

// ---- WebSocket -------------------------------------------------------------------------------------------------------------------

TEST("the accept key of RFC 6455, 1.3")
{
    check_str(websocket_accept(mem, S("dGhlIHNhbXBsZSBub25jZQ==")), S("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

static int upgrade(arena *mem, http_server *s, const char *more)
{
    int fd = dial(s);
    say_head(fd,
             str_fmt(mem,
                     "GET " PATH "&transport=websocket%s HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-User: u1",
                     more)
                 .at);
    reply r = hear(mem, fd);
    check_int(r.status, 101);
    check_str(reply_header(r, "Sec-WebSocket-Accept"), S("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    return fd;
}

// A masked frame, sent `step` bytes at a time.
static void frame(arena *mem, int fd, int first, str text, size_t step)
{
    buf b = {.mem = mem};
    buf_char(&b, (char)first);
    buf_char(&b, (char)(0x80 | (text.n < 126 ? text.n : text.n < 65536 ? 126 : 127)));
    int width = text.n < 126 ? 0 : text.n < 65536 ? 2 : 8;
    for (int i = width; i-- > 0;) buf_char(&b, (char)((uint64_t)text.n >> 8 * i));
    buf_add(&b, S("mask"));
    for (size_t i = 0; i < text.n; i++) buf_char(&b, text.at[i] ^ "mask"[i % 4]);
    for (size_t i = 0; i < b.n; i += step) {
        say(fd, str_slice(buf_str(&b), i, i + step));
        if (step < b.n && step < 100) usleep(2000);
    }
}

// The text of the next frame; its first byte goes to *first. {0} at the end of the connection.
static str frame_text(arena *mem, int fd, int *first)
{
    uint8_t head[4];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, 10000) <= 0 || recv(fd, head, 2, MSG_WAITALL) != 2) return (str){0};
    size_t n = head[1];
    if (n == 126 && recv(fd, head + 2, 2, MSG_WAITALL) == 2) n = (size_t)head[2] << 8 | head[3];
    *first = head[0];
    str text = {arena_alloc(mem, n + 1), n};
    return n && recv(fd, text.at, n, MSG_WAITALL) != (ssize_t)n ? (str){0} : text;
}

static void expect(arena *mem, int fd, const char *wanted)
{
    int first = 0;
    str got = frame_text(mem, fd, &first);
    check_int(first, 0x81);
    if (strcmp(wanted, "*")) check_str(got, str_of(wanted));
}

TEST("a WebSocket client: frames whole, in bytes, in fragments, pings")
{
    http_server *s = serve_live(mem);
    int fd = upgrade(mem, s, "");
    int first;
    str open = frame_text(mem, fd, &first);
    check(str_starts(open, S("0{\"sid\":\"")) && str_find(open, S("\"upgrades\":[],")) > 0);
    frame(mem, fd, 0x81, S("40"), 1);
    str answer = frame_text(mem, fd, &first);
    check(str_starts(answer, S("40{\"sid\":\"")));
    check(!str_eq(sid_of(answer), sid_of(open))); // the session's id stays secret
    expect(mem, fd, "42[\"hello\",{\"n\":1}]");
    frame(mem, fd, 0x89, S("beat"), 100); // a ping of the protocol below
    check_str(frame_text(mem, fd, &first), S("beat"));
    check_int(first, 0x8a);
    frame(mem, fd, 0x01, S("40/ad"), 3); // a message in fragments
    frame(mem, fd, 0x80, S("min,"), 100);
    expect(mem, fd, "44/admin,{\"message\":\"Invalid namespace\"}");
    str large = {arena_alloc(mem, 200000), 200000};
    memset(large.at, 'x', large.n);
    memcpy(large.at, "42[", 3);
    frame(mem, fd, 0x81, large, 5000);
    str args = {arena_alloc(mem, 300), 300};
    memset(args.at, '1', args.n);
    socketio_emit(s, S("u1"), S("big"), args);
    expect(mem, fd, str_fmt(mem, "42[\"big\",%.*s]", PR(args)).at);
    frame(mem, fd, 0x88, S("\x03\xe8"), 100);
    frame_text(mem, fd, &first);
    check_int(first, 0x88);
    check(is_closed(fd));
    close(fd);
    end(s);
}

TEST("from polling to WebSocket")
{
    http_server *s = serve_live(mem);
    str sid = sid_of(ask(mem, s, "GET " PATH "&transport=polling HTTP/1.1\r\nHost: x\r\nX-User: u1", S("")).body);
    post(mem, s, sid, S("40"));
    buf heard = {.mem = mem};
    while (str_find(heard.n ? buf_str(&heard) : S(""), S("hello")) < 0) buf_add(&heard, poll_once(mem, s, sid));

    int waiting = dial(s);
    say_head(waiting, str_fmt(mem, "GET " PATH "&transport=polling&sid=%.*s HTTP/1.1\r\nHost: x", PR(sid)).at);
    usleep(50000);
    int fd = upgrade(mem, s, str_fmt(mem, "&sid=%.*s", PR(sid)).at);
    frame(mem, fd, 0x81, S("2probe"), 100);
    expect(mem, fd, "3probe");
    check_str(hear(mem, waiting).body, S("6")); // lets the client stop polling
    close(waiting);
    socketio_emit(s, S("u1"), S("between"), (str){0});
    usleep(50000);
    frame(mem, fd, 0x81, S("5"), 100);
    expect(mem, fd, "42[\"between\"]");
    check_str(poll_once(mem, s, sid), S("{\"code\":3,\"message\":\"Bad request\"}"));
    socketio_disconnect(s, S("u1"));
    expect(mem, fd, "41");
    check_int(socketio_clients(s), 0);
    end(s);
    check(is_closed(fd));
    close(fd);
}

TEST("bad frames end the connection")
{
    static const struct {
        int first;
        const char *text;
        size_t n;
    } bad[] = {
        {0x83, "x", 1},         // an unknown kind
        {0xc1, "4", 1},         // a reserved bit
        {0x81, "4\xff\xfe", 3}, // no UTF-8
        {0x81, "0", 1},         // no packet of a client's
        {0x81, "49", 2},        // no Socket.IO packet
        {0x80, "x", 1},         // a continuation of nothing
    };
    http_server *s = serve_live(mem);
    int first;
    for (size_t i = 0; i < countof(bad); i++) {
        int fd = upgrade(mem, s, "");
        expect(mem, fd, "*");
        frame(mem, fd, bad[i].first, (str){(char *)bad[i].text, bad[i].n}, 100);
        frame_text(mem, fd, &first);
        if (first != 0x88 || !is_closed(fd)) test_failed(__FILE__, __LINE__, "case %zu: %x", i, first);
        close(fd);
    }
    int fd = upgrade(mem, s, ""); // unmasked
    expect(mem, fd, "*");
    say(fd, S("\x81\x02"
              "40"));
    check(is_closed(fd));
    close(fd);
    fd = upgrade(mem, s, ""); // announces too much
    expect(mem, fd, "*");
    say(fd, (str){"\x81\xff\0\0\0\0\0\x10\0\0mask4", 15});
    check(is_closed(fd));
    close(fd);
    end(s);
}

static bool no_clients(void *s)
{
    return socketio_clients(s) == 0;
}

TEST("a client that does not read is cut off")
{
    http_server *s = serve_live(mem);
    int fd = upgrade(mem, s, "");
    expect(mem, fd, "*");
    frame(mem, fd, 0x81, S("40"), 100);
    expect(mem, fd, "*");
    expect(mem, fd, "42[\"hello\",{\"n\":1}]");
    str much = {arena_alloc(mem, 100002), 100002};
    memset(much.at, '1', much.n);
    for (int i = 0; i < 200; i++) socketio_emit(s, S("u1"), S("much"), much);
    check(soon(no_clients, s));
    close(fd);
    end(s);
}
