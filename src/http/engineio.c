// Engine.IO, protocol 4 (https://github.com/socketio/engine.io-protocol): sessions that live over held polls or a WebSocket, and move from
// the first to the second. All on the socket thread. The reference offers WebSockets only (spec 07, 9); polling is accepted as well, for
// the proxies that break them.
#include "http/socket.h"
#include <stdlib.h>

enum { PING_EVERY = 25, PONG_WITHIN = 20, PROBE_WITHIN = 10, CLIENTS_LIMIT = 30000 };

// ---- refusals --------------------------------------------------------------------------------------------------------------------

typedef enum { UNKNOWN_TRANSPORT, UNKNOWN_SID, BAD_METHOD, BAD_REQUEST, FORBIDDEN, BAD_VERSION } refusal;

static void respond(xch *x, int status, str type, str text)
{
    exchange *e = &x->pub;
    answer_header(e, "Access-Control-Allow-Origin", S("*"));
    answer_header(e, "Cache-Control", S("no-store"));
    answer_bytes(x, status, type, text);
    xch_settle(x);
    xch_release(x);
}

static void refuse(xch *x, refusal r)
{
    static const char *const words[] = {"Transport unknown", "Session ID unknown", "Bad handshake method",
                                        "Bad request",       "Forbidden",          "Unsupported protocol version"};
    if (websocket_is_request(&x->pub)) return respond(x, 400, S("text/html"), str_of(words[r]));
    respond(x, 400, S("application/json"), str_fmt(x->pub.mem, "{\"code\":%d,\"message\":\"%s\"}", r, words[r]));
}

// ---- sessions --------------------------------------------------------------------------------------------------------------------

void id_new(char id[21])
{
    uint8_t random[20];
    random_bytes(random, sizeof random);
    for (int i = 0; i < 20; i++) id[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[random[i] & 63];
    id[20] = 0;
}

static client *client_new(socketio *io, xch *handshake)
{
    client *c = calloc(1, sizeof *c);
    if (!c) log_die("out of memory");
    int64_t t = monotonic();
    *c = (client){.io = io,
                  .refs = 1,
                  .next = io->clients,
                  .handshake = handshake,
                  .ping_at = t + PING_EVERY * SECOND,
                  .leave_by = t + (PING_EVERY + PONG_WITHIN) * SECOND};
    id_new(c->sid);
    c->entry.key = str_of(c->sid);
    if (c->next) c->next->previous = c;
    io->clients = c;
    io->count++;
    table_add(&io->by_sid, &c->entry);
    return c;
}

void client_release(client *c)
{
    if (--c->refs) return;
    packets_free(&c->waiting);
    free(c);
}

static str open_packet(arena *mem, client *c, bool polling)
{
    return str_fmt(mem, "0{\"sid\":\"%s\",\"upgrades\":[%s],\"pingInterval\":%d,\"pingTimeout\":%d,\"maxPayload\":%d}", c->sid,
                   polling ? "\"websocket\"" : "", PING_EVERY * 1000, PONG_WITHIN * 1000, MESSAGE_LIMIT);
}

// ---- out -------------------------------------------------------------------------------------------------------------------------

// Answers a poll with all that waits, separated by U+001E; `otherwise` when nothing does.
static void answer_poll(client *c, xch *x, str otherwise)
{
    buf text = {.mem = x->pub.mem};
    for (packet *p; (p = packets_take(&c->waiting)); packet_release(p)) {
        if (text.n) buf_char(&text, '\x1e');
        buf_add(&text, (str){p->frame + p->head, p->size - p->head});
    }
    if (!text.n) buf_add(&text, otherwise);
    respond(x, 200, S("text/plain; charset=UTF-8"), buf_str(&text));
}

static void flush_poll(client *c, str otherwise)
{
    xch *x = c->poll;
    if (!x) return;
    c->poll = NULL;
    answer_poll(c, x, otherwise);
}

void engineio_send(client *c, packet *p)
{
    if (c->closed) return;
    if (c->socket) return websocket_send(c->socket, p);
    packets_add(&c->waiting, p);
    if (c->waiting.bytes > BACKLOG_LIMIT) engineio_close(c);
    else flush_poll(c, S("6"));
}

void engineio_send_text(client *c, str text)
{
    packet *p = packet_new(text);
    engineio_send(c, p);
    packet_release(p);
}

void engineio_close(client *c)
{
    socketio *io = c->io;
    if (c->closed) return;
    c->closed = true;
    socketio_left(c);
    if (c->socket) websocket_close(c->socket, io->stopping ? 1001 : 1000);
    if (c->probe) websocket_close(c->probe, 1000);
    c->socket = c->probe = NULL;
    if (c->poll) { // let it know
        packet *bye = packet_new(S("1"));
        packets_add(&c->waiting, bye);
        packet_release(bye);
        flush_poll(c, S("1"));
    }
    if (c->handshake) xch_release(c->handshake);
    c->handshake = NULL;
    table_remove(&io->by_sid, &c->entry);
    *(c->previous ? &c->previous->next : &io->clients) = c->next;
    if (c->next) c->next->previous = c->previous;
    io->count--;
    client_release(c);
}

// ---- in --------------------------------------------------------------------------------------------------------------------------

static void packet_came(client *c, str packet)
{
    if (!packet.n || c->closed) return;
    switch (packet.at[0]) {
    case '1': engineio_close(c); break;
    case '3':
        c->pong_by = 0;
        c->ping_at = monotonic() + PING_EVERY * SECOND;
        break;
    case '4': socketio_message(c, str_slice(packet, 1, packet.n)); break;
    case '6':
    case 'b': break; // no-op; binary data, which nobody reads
    default: engineio_close(c);
    }
}

static void socket_message(void *owner, websocket *w, str text)
{
    client *c = owner;
    c->refs++; // it may be closed by what it says
    if (w == c->socket) {
        packet_came(c, text);
    } else if (str_is(text, "2probe")) {
        packet *pong = packet_new(S("3probe"));
        websocket_send(w, pong);
        packet_release(pong);
        c->probed = true;
        flush_poll(c, S("6")); // the client waits for its poll to end before it moves
    } else if (str_is(text, "5") && c->probed) {
        flush_poll(c, S("6"));
        c->socket = w;
        c->probe = NULL;
        for (packet *p; (p = packets_take(&c->waiting)); packet_release(p)) websocket_send(w, p);
    } else {
        c->probe = NULL;
        websocket_close(w, 1002);
    }
    client_release(c);
}

static void socket_closed(void *owner, websocket *w)
{
    client *c = owner;
    if (w == c->probe) {
        c->probe = NULL;
        c->probed = false;
    } else if (w == c->socket) {
        c->socket = NULL;
        engineio_close(c);
    }
}

static const websocket_events socket_events = {socket_message, socket_closed};

// ---- requests --------------------------------------------------------------------------------------------------------------------

typedef struct {
    task task;
    socketio *io;
    websocket_arrival *socket;
    xch *handshake; // of a new session
    char sid[21];   // of the session that moves
} arrival;

static void socket_opened(task *t)
{
    arrival *a = container_of(t, arrival, task);
    socketio *io = a->io;
    client *c;
    if (a->handshake) {
        c = io->stopping ? NULL : client_new(io, a->handshake);
        if (!c) xch_release(a->handshake);
    } else {
        c = (client *)table_find(&io->by_sid, str_of(a->sid));
        if (c && (c->socket || c->probe)) c = NULL;
    }
    if (!c) {
        websocket_drop(a->socket);
        free(a);
        return;
    }
    websocket *w = websocket_open(io->server->loop, a->socket, socket_events, c);
    if (a->handshake) {
        c->socket = w;
        arena *mem = arena_new();
        engineio_send_text(c, open_packet(mem, c, false));
        arena_free(mem);
    } else {
        c->probe = w;
        c->probed = false;
        c->probe_by = monotonic() + PROBE_WITHIN * SECOND;
    }
    websocket_start(w, a->socket);
    free(a);
}

// On an epoll thread: the 101 was sent.
static void socket_arrived(xch *x, websocket_arrival *socket)
{
    arrival *a = calloc(1, sizeof *a);
    if (!a) log_die("out of memory");
    *a = (arrival){.io = x->server->socketio, .socket = socket};
    str sid = http_query(&x->pub, S("sid"));
    if (sid.n) memcpy(a->sid, sid.at, sizeof a->sid - 1); // it was found, so it has that length
    else a->handshake = xch_copy(x);
    loop_add(x->server->loop, &a->task, socket_opened);
}

static void upgrade(xch *x)
{
    if (!websocket_answer(x, socket_arrived)) return refuse(x, BAD_REQUEST);
    xch_settle(x);
    xch_release(x);
}

static void poll_came(client *c, xch *x)
{
    if (c->poll) { // two polls at once: which one is the client's?
        refuse(x, BAD_REQUEST);
        return engineio_close(c);
    }
    if (c->waiting.n || c->probed) return answer_poll(c, x, S("6"));
    c->poll = x;
}

static void post_came(client *c, xch *x)
{
    if (x->pub.body.n > MESSAGE_LIMIT) {
        respond(x, 413, S("text/html"), S(""));
        return engineio_close(c);
    }
    c->refs++;
    strs packets = str_split(x->pub.mem, x->pub.body, '\x1e');
    each (p, packets) packet_came(c, *p);
    client_release(c);
    respond(x, 200, S("text/html"), S("ok"));
}

static void request_came(task *t)
{
    xch *x = container_of(t, xch, task);
    socketio *io = x->server->socketio;
    exchange *e = &x->pub;
    str transport = http_query(e, S("transport")), sid = http_query(e, S("sid"));
    bool polling = str_is(transport, "polling"), get = str_is(e->method, "GET"), post = str_is(e->method, "POST");

    if (io->stopping) return respond(x, 503, S("text/plain"), S("The server stops"));
    if (str_is(e->method, "OPTIONS")) {
        answer_header(e, "Access-Control-Allow-Methods", S("GET,POST"));
        answer_header(e, "Access-Control-Allow-Headers", http_header(e, "Access-Control-Request-Headers"));
        return respond(x, 204, (str){0}, (str){0});
    }
    if (!polling && !str_is(transport, "websocket")) return refuse(x, UNKNOWN_TRANSPORT);
    if (!str_is(http_query(e, S("EIO")), "4")) return refuse(x, BAD_VERSION);
    if (sid.at) {
        client *c = (client *)table_find(&io->by_sid, sid);
        if (!c) return refuse(x, UNKNOWN_SID);
        if (!polling) return !get || c->socket || c->probe ? refuse(x, BAD_REQUEST) : upgrade(x);
        if (post) return post_came(c, x);
        return !get || c->socket ? refuse(x, BAD_REQUEST) : poll_came(c, x);
    }
    if (!get) return refuse(x, BAD_METHOD);
    if (io->count >= CLIENTS_LIMIT) return respond(x, 503, S("text/plain"), S("The server is busy"));
    if (!polling) return websocket_is_request(e) ? upgrade(x) : refuse(x, BAD_REQUEST);
    client *c = client_new(io, xch_copy(x));
    respond(x, 200, S("text/plain; charset=UTF-8"), open_packet(e->mem, c, true));
}

void engineio_request(socketio *io, xch *x)
{
    loop_add(io->server->loop, &x->task, request_came);
}

// ---- the clock -------------------------------------------------------------------------------------------------------------------

void engineio_tick(socketio *io)
{
    int64_t t = monotonic();
    for (client *c = io->clients, *next; c; c = next) {
        next = c->next;
        if (c->probe && t > c->probe_by) {
            websocket_close(c->probe, 1000);
            c->probe = NULL;
            c->probed = false;
        }
        if ((c->pong_by && t > c->pong_by) || (c->leave_by && t > c->leave_by)) {
            engineio_close(c);
        } else if (!c->pong_by && t > c->ping_at) {
            c->pong_by = t + PONG_WITHIN * SECOND;
            engineio_send(c, io->ping);
        }
    }
}
