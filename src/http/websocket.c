// WebSockets (RFC 6455). wslay reads the frames; its context of some 9 KB exists only while a frame or message is incomplete, so an idle
// socket costs a few hundred bytes. Text goes out as ready-made frames that all receivers share.
#include "http/socket.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

struct websocket {
    watch watch;
    task burial;
    loop *loop;
    int fd;
    struct MHD_UpgradeResponseHandle *tls;
    websocket_events on;
    void *owner;
    uint32_t events; // that it is watched for
    wslay_event_context_ptr frames;
    const char *input; // what wslay has not read yet
    size_t input_n;
    uint64_t unread;  // bytes given to wslay minus those of whole frames: 0 between frames
    uint64_t payload; // of the frame at hand
    bool in_message;  // between the fragments of a message
    bool ending;      // a close frame is to be sent, then the end
    bool dead;
    packets out;
    size_t out_offset; // of the first
};

// ---- packets ---------------------------------------------------------------------------------------------------------------------

static packet *packet_sized(size_t size)
{
    packet *p = malloc(sizeof *p + size);
    if (!p) log_die("out of memory");
    p->refs = 1;
    p->head = 0;
    p->size = (uint32_t)size;
    return p;
}

packet *packet_new(str text)
{
    size_t head = text.n < 126 ? 2 : text.n < 65536 ? 4 : 10;
    packet *p = packet_sized(head + text.n);
    p->head = (uint8_t)head;
    p->frame[0] = (char)0x81; // the last fragment, text
    p->frame[1] = (char)(head == 2 ? text.n : head == 4 ? 126 : 127);
    for (size_t i = 2; i < head; i++) p->frame[i] = (char)((uint64_t)text.n >> 8 * (head - 1 - i));
    if (text.n) memcpy(p->frame + head, text.at, text.n);
    return p;
}

packet *packet_raw(const void *frame, size_t n)
{
    packet *p = packet_sized(n);
    memcpy(p->frame, frame, n);
    return p;
}

void packet_release(packet *p)
{
    if (--p->refs == 0) free(p);
}

void packets_add(packets *q, packet *p)
{
    if (q->first + q->n == q->cap) {
        if (q->first) memmove(q->at, q->at + q->first, q->n * sizeof *q->at);
        q->first = 0;
        if (q->n == q->cap) {
            q->cap = q->cap ? 2 * q->cap : 4;
            q->at = realloc(q->at, q->cap * sizeof *q->at);
            if (!q->at) log_die("out of memory");
        }
    }
    q->at[q->first + q->n++] = p;
    q->bytes += p->size;
    p->refs++;
}

packet *packets_take(packets *q)
{
    if (!q->n) return NULL;
    packet *p = q->at[q->first++];
    q->bytes -= p->size;
    if (--q->n == 0) { // idle clients keep no memory for this
        free(q->at);
        *q = (packets){0};
    }
    return p;
}

void packets_free(packets *q)
{
    for (packet *p; (p = packets_take(q));) packet_release(p);
}

// ---- the handshake ---------------------------------------------------------------------------------------------------------------

bool websocket_is_request(exchange *e)
{
    return header_has_token(http_header(e, "Connection"), S("upgrade")) && header_has_token(http_header(e, "Upgrade"), S("websocket"));
}

str websocket_accept(arena *mem, str key)
{
    sha1 h = sha1_of(str_bytes(str_cat(mem, key, S("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))));
    return base64_encode(mem, (bytes){h.b, sizeof h.b});
}

typedef struct {
    xch *x;
    void (*arrived)(xch *, websocket_arrival *);
} expected;

// libmicrohttpd has sent the 101. Its connection object with its buffer goes at once: a duplicate of the descriptor is all that we need.
// With TLS it must stay, for it encrypts what we write to one end of a socket pair.
static void upgraded(void *arg, struct MHD_Connection *mhd, void *context, const char *extra, size_t n, MHD_socket fd,
                     struct MHD_UpgradeResponseHandle *handle)
{
    expected *e = arg;
    websocket_arrival *a = malloc(sizeof *a + n);
    if (!a) log_die("out of memory");
    bool tls = e->x->server->tls;
    *a = (websocket_arrival){.fd = tls ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 0), .tls = tls ? handle : NULL, .extra = n};
    memcpy(a->bytes, extra, n);
    if (!tls) MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    e->arrived(e->x, a);
}

bool websocket_answer(xch *x, void (*arrived)(xch *, websocket_arrival *))
{
    str key = http_header(&x->pub, "Sec-WebSocket-Key");
    bytes nonce;
    if (!base64_decode(x->pub.mem, key, &nonce) || nonce.n != 16 || !str_is(http_header(&x->pub, "Sec-WebSocket-Version"), "13"))
        return false;
    expected *e = new (x->pub.mem, expected);
    *e = (expected){x, arrived};
    struct MHD_Response *r = MHD_create_response_for_upgrade(upgraded, e);
    if (!r) return false;
    MHD_add_response_header(r, "Upgrade", "websocket");
    MHD_add_response_header(r, "Sec-WebSocket-Accept", websocket_accept(x->pub.mem, key).at);
    answer_drop(x);
    x->answer = ANSWER_UPGRADE;
    x->pub.status = 101;
    x->response = r;
    return true;
}

static void socket_close(int fd, struct MHD_UpgradeResponseHandle *tls)
{
    if (tls) MHD_upgrade_action(tls, MHD_UPGRADE_ACTION_CLOSE);
    else if (fd >= 0) close(fd);
}

void websocket_drop(websocket_arrival *a)
{
    socket_close(a->fd, a->tls);
    free(a);
}

// ---- the end ---------------------------------------------------------------------------------------------------------------------

static void bury(task *t)
{
    websocket *w = container_of(t, websocket, burial);
    if (w->frames) wslay_event_context_free(w->frames);
    packets_free(&w->out);
    free(w);
}

// The object stays until the events of this round, which may name it, are through.
static void die(websocket *w)
{
    if (w->dead) return;
    w->dead = true;
    loop_unwatch(w->loop, w->fd);
    socket_close(w->fd, w->tls);
    loop_add(w->loop, &w->burial, bury);
}

static void lost(websocket *w)
{
    if (w->dead) return;
    die(w);
    w->on.closed(w->owner, w);
}

// ---- out -------------------------------------------------------------------------------------------------------------------------

static void watch_socket(websocket *w)
{
    uint32_t events = EPOLLRDHUP | (w->ending ? 0 : EPOLLIN) | (w->out.n ? EPOLLOUT : 0);
    if (events == w->events) return;
    w->events = events;
    if (!loop_watch(w->loop, w->fd, &w->watch, events)) lost(w);
}

// False: the socket is lost.
static bool flush(websocket *w)
{
    while (w->out.n) {
        packet *p = w->out.at[w->out.first];
        ssize_t n = send(w->fd, p->frame + w->out_offset, p->size - w->out_offset, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN;
        w->out_offset += (size_t)n;
        if (w->out_offset < p->size) continue;
        w->out_offset = 0;
        packet_release(packets_take(&w->out));
    }
    return !w->ending;
}

void websocket_send(websocket *w, packet *p)
{
    if (w->dead || w->ending) return;
    bool was_idle = !w->out.n;
    packets_add(&w->out, p);
    if (w->out.bytes > BACKLOG_LIMIT) lost(w); // too slow a reader
    else if (was_idle && !flush(w)) lost(w);
    else if (was_idle && w->out.n) watch_socket(w);
}

void websocket_close(websocket *w, int code)
{
    if (w->dead) return;
    uint8_t frame[] = {0x88, 2, (uint8_t)(code >> 8), (uint8_t)code};
    packet *p = packet_raw(frame, sizeof frame);
    packets_add(&w->out, p);
    packet_release(p);
    flush(w);
    die(w);
}

// ---- in --------------------------------------------------------------------------------------------------------------------------

static ssize_t give_input(wslay_event_context_ptr frames, uint8_t *at, size_t room, int flags, void *arg)
{
    websocket *w = arg;
    size_t n = w->input_n < room ? w->input_n : room;
    if (!n || w->dead) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(at, w->input, n);
    w->input += n;
    w->input_n -= n;
    w->unread += n;
    return (ssize_t)n;
}

// wslay's own frames: pong and close.
static ssize_t take_output(wslay_event_context_ptr frames, const uint8_t *at, size_t n, int flags, void *arg)
{
    websocket *w = arg;
    packet *p = packet_raw(at, n);
    packets_add(&w->out, p);
    packet_release(p);
    return (ssize_t)n;
}

static void frame_begins(wslay_event_context_ptr frames, const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
    websocket *w = arg;
    w->payload = frame->payload_length;
    if (!wslay_is_ctrl_frame(frame->opcode)) w->in_message = !frame->fin;
}

static void frame_ends(wslay_event_context_ptr frames, void *arg)
{
    websocket *w = arg;
    uint64_t header = 2 + 4 + (w->payload < 126 ? 0 : w->payload < 65536 ? 2 : 8); // with the mask; wslay refuses longer encodings
    w->unread -= header + w->payload;
}

static void message_came(wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
    websocket *w = arg;
    if (m->opcode == WSLAY_TEXT_FRAME && !w->dead && !w->ending) w->on.message(w->owner, w, (str){(char *)m->msg, m->msg_length});
}

static bool frames_open(websocket *w)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = give_input,
        .send_callback = take_output,
        .on_frame_recv_start_callback = frame_begins,
        .on_frame_recv_end_callback = frame_ends,
        .on_msg_recv_callback = message_came,
    };
    if (w->frames) return true;
    if (wslay_event_context_server_init(&w->frames, &callbacks, w)) return false;
    wslay_event_config_set_max_recv_msg_length(w->frames, MESSAGE_LIMIT);
    return true;
}

// False: the socket is lost.
static bool feed(websocket *w, const char *at, size_t n)
{
    w->input = at;
    w->input_n = n;
    if (!frames_open(w) || wslay_event_recv(w->frames)) return false;
    if (w->dead) return true;
    if (!wslay_event_get_read_enabled(w->frames)) w->ending = true; // closed by the peer, or it broke the protocol
    if (wslay_event_want_write(w->frames) && wslay_event_send(w->frames)) return false;
    if (!w->unread && !w->in_message && !w->ending) {
        wslay_event_context_free(w->frames);
        w->frames = NULL;
    }
    return true;
}

static void ready(watch *watched, uint32_t events)
{
    websocket *w = container_of(watched, websocket, watch);
    static __thread char input[64 << 10];
    if (w->dead) return;
    bool fine = !(events & EPOLLERR);
    if (fine && events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP) && !w->ending) {
        ssize_t n = recv(w->fd, input, sizeof input, MSG_DONTWAIT);
        fine = n > 0 ? feed(w, input, (size_t)n) : n < 0 && (errno == EAGAIN || errno == EINTR);
    } else if (events & (EPOLLRDHUP | EPOLLHUP)) {
        fine = false;
    }
    if (w->dead) return;
    if (!fine || !flush(w)) return lost(w);
    watch_socket(w);
}

websocket *websocket_open(loop *l, const websocket_arrival *a, websocket_events on, void *owner)
{
    websocket *w = calloc(1, sizeof *w);
    if (!w) log_die("out of memory");
    *w = (websocket){.watch.ready = ready, .loop = l, .fd = a->fd, .tls = a->tls, .on = on, .owner = owner};
    return w;
}

void websocket_start(websocket *w, websocket_arrival *a)
{
    int one = 1;
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); // has no meaning for a socket pair
    if (a->extra && !feed(w, a->bytes, a->extra)) lost(w);
    else if (!w->dead) watch_socket(w);
    free(a);
}
