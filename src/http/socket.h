// The three layers of live connections, all on the socket thread: WebSocket frames (websocket.c) or held polls carry the packets of
// Engine.IO (engineio.c), which carry those of Socket.IO (socketio.c).
#pragma once
#include "http/internal.h"
#include "http/table.h"

// ---- packets ---------------------------------------------------------------------------------------------------------------------
// One Engine.IO packet as text, shared by all clients that get it, with its WebSocket frame header in front.
typedef struct {
    int refs;      // counted on the socket thread
    uint8_t head;  // bytes of the frame header
    uint32_t size; // of header and text
    char frame[];
} packet;
packet *packet_new(str text);
packet *packet_raw(const void *frame, size_t); // a control frame as wslay made it
void packet_release(packet *);

typedef struct {
    packet **at;
    size_t first, n, cap;
    size_t bytes;
} packets;
void packets_add(packets *, packet *); // takes a reference
packet *packets_take(packets *);       // the oldest, with its reference; NULL if there is none
void packets_free(packets *);

enum { BACKLOG_LIMIT = 1 << 20, MESSAGE_LIMIT = 1000000 };

// ---- websocket.c -----------------------------------------------------------------------------------------------------------------
typedef struct websocket websocket;
typedef struct {
    void (*message)(void *owner, websocket *, str text);
    void (*closed)(void *owner, websocket *); // by the peer or for its faults; not after websocket_close()
} websocket_events;

bool websocket_is_request(exchange *);
str websocket_accept(arena *, str key); // Sec-WebSocket-Accept
// Answers 101; `arrived` then gets the socket, on an epoll thread. It owns what it gets.
typedef struct {
    int fd;
    struct MHD_UpgradeResponseHandle *tls; // libmicrohttpd's, when it still stands between us and the peer
    size_t extra;                          // bytes that came with the request
    char bytes[];
} websocket_arrival;
bool websocket_answer(xch *, void (*arrived)(xch *, websocket_arrival *));
void websocket_drop(websocket_arrival *);                                                    // unused
websocket *websocket_open(loop *, const websocket_arrival *, websocket_events, void *owner); // on the socket thread, as all that follows
void websocket_start(websocket *, websocket_arrival *);                                      // may call back at once; frees the arrival
void websocket_send(websocket *, packet *);                                                  // takes no reference
void websocket_close(websocket *, int code); // says goodbye as far as the socket takes it at once; the object is gone

// ---- engineio.c ------------------------------------------------------------------------------------------------------------------
typedef struct client client;
typedef struct membership membership;

// An Engine.IO session. What follows `socketio` belongs to socketio.c.
struct client {
    entry entry; // by sid
    char sid[21];
    socketio *io;
    client *next, *previous;
    int refs; // of the table and of jobs; only the socket thread counts
    bool closed;
    websocket *socket; // the transport; NULL: polling
    websocket *probe;  // on its way to become it
    bool probed;
    xch *poll;       // a held GET
    packets waiting; // for the next poll
    int64_t ping_at, pong_by, probe_by;

    xch *handshake; // a copy of the first request, until Socket.IO has asked who that is
    char id[21];    // Socket.IO's name of it
    bool connecting, joined;
    int64_t leave_by; // not connected, or disconnected: when to cut it off
    membership *rooms;
    int room_count;
};

struct socketio {
    http_server *server;
    socketio_options options;
    client *clients;
    table by_sid, by_room;
    int count;
    packet *ping;
    bool stopping;
    atomic_int joined;
};

void engineio_request(socketio *, xch *);
void engineio_send(client *, packet *); // takes no reference
void engineio_send_text(client *, str packet_text);
void engineio_close(client *); // forgets the session; the memory goes with the last reference
void engineio_tick(socketio *);
void client_release(client *);
void id_new(char id[21]); // 120 random bits as text

// ---- socketio.c ------------------------------------------------------------------------------------------------------------------
void socketio_message(client *, str); // of an Engine.IO message packet
void socketio_left(client *);         // the session is over
