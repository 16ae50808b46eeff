// The inside of the HTTP server, for the files of this folder only.
//
// Three kinds of threads touch an exchange, one after the other:
//   - an epoll thread of libmicrohttpd reads the request and sends the answer (server.c, stream.c);
//   - a thread of the pool runs the application's functions while the connection is suspended (pool.c, upload.c);
//   - the socket thread holds long polls and WebSockets (loop.c, engineio.c).
// Whoever holds an exchange has a reference; `lock` guards what two of them may touch at the same time. Lock order: an exchange's lock,
// then libmicrohttpd's own.
#pragma once
#include "http/http.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define BODY_LIMIT (10u << 20)              // JSON and form bodies (spec 01, 1)
#define BODIES_LIMIT ((size_t)512 << 20)    // all bodies in memory together
#define UPLOAD_BUFFER (128u << 10)          // two per upload: one is filled while the other is worked on
#define STREAM_BLOCK (64u << 10)            // a streamed answer leaves in blocks of this size
#define STREAM_MEMORY (256u << 10)          // and spills beyond this backlog
#define DRAIN_STRANGER ((uint64_t)64 << 20) // how much of a refused body is read before the connection is cut: of an unknown client
#define DRAIN_LIMIT ((uint64_t)64 << 30)    // and of any other, who should hear why it was refused
#define CONNECTION_MEMORY (24u << 10)       // of libmicrohttpd, per connection: request headers and read buffer
#define HEADER_SECONDS 60                   // to send whole request headers; so also how long a connection may idle between requests
#define HEADER_SECONDS_CROWDED 5
#define KEPT_MEMORY (8 << 20) // freed memory that a handler thread keeps for its next answer
#define TRIM_SECONDS 10       // and for how long
#define STALL_SECONDS 300     // without any progress while a body or an answer is on its way

typedef struct xch xch;
typedef struct pool pool;
typedef struct loop loop;
typedef struct upload upload;
typedef struct stream stream;
typedef struct socketio socketio;

typedef struct task task;
struct task { // something to do on the socket thread
    void (*run)(task *);
    task *next;
};

// ---- pool.c: the handler threads -------------------------------------------------------------------------------------------------
typedef struct job job;
struct job {
    void (*run)(job *);
    job *next;
};
pool *pool_start(int threads);
void pool_add(pool *, job *, void (*run)(job *)); // never blocks; the job must not be queued already
// Finishes what is queued, then calls afterwards(arg). False: that takes longer, and the last thread to end will call it.
bool pool_stop(pool *, int grace_ms, void (*afterwards)(void *), void *arg);

#define container_of(at, T, member) ((T *)((char *)(at)-offsetof(T, member)))

void cond_init(pthread_cond_t *);                                                  // for cond_wait_until()
bool cond_wait_until(pthread_cond_t *, pthread_mutex_t *, int64_t monotonic_time); // false: it is past

// Starts a thread that leaves all signals to the main thread.
bool thread_start(pthread_t *, const char *name, void *(*run)(void *), void *arg);

// ---- proxy.c: who is the client? -------------------------------------------------------------------------------------------------
typedef struct {
    uint8_t at[16]; // IPv4 as ::ffff:a.b.c.d
} address;
typedef struct {
    address base;
    int bits;
} network;
typedef LIST(network) networks;

bool networks_parse(arena *, str list, networks *out, str *bad); // false: *bad is no address, CIDR or known name
bool address_parse(str, address *out);
bool address_of(const struct sockaddr *, address *out);
str address_text(arena *, address);
// Sets client and secure of the exchange from the peer's address and, if that is trusted, X-Forwarded-For and -Proto.
void proxy_apply(exchange *, networks trusted, address peer, bool tls);

// ---- server.c: the life of an exchange -------------------------------------------------------------------------------------------
typedef struct connection connection;

typedef enum {
    STAGE_HEADERS, // nothing was looked at yet
    STAGE_ASK,     // suspended: the application says whether it wants the upload
    STAGE_PARTS,   // multipart data goes to the pool as it arrives
    STAGE_BODY,    // the body is collected
    STAGE_DRAIN,   // the answer is known; the rest of the body is thrown away
    STAGE_WORK,    // suspended: the application works
    STAGE_SENDING  // the answer was handed to libmicrohttpd
} stage;

typedef enum { ANSWER_NONE, ANSWER_BYTES, ANSWER_LENGTH, ANSWER_FILE, ANSWER_STREAM, ANSWER_UPGRADE } answer_kind;

struct xch {
    exchange pub; // first: an exchange * is an xch *
    http_server *server;
    connection *connection;
    struct MHD_Connection *mhd;
    int64_t started;
    bool head;
    http_pairs headers; // of the request
    http_pairs query;
    bool query_parsed;

    pthread_mutex_t lock;
    int refs;              // of the connection, of a running job, of the socket thread
    bool parked;           // the connection is suspended
    bool gone;             // the connection has ended
    atomic_bool abandoned; // the server stops: nobody waits for the answer any more
    bool working;          // listed in the server (guarded by its lock)
    int64_t hold;          // monotonic: the answer leaves no sooner
    bool held;             // it is ready and waits for that (guarded by the server's lock)
    xch *older, *newer;
    stage stage;
    job job;
    task task;

    uint64_t length; // Content-Length; 0 if unknown
    uint64_t drained, drain_limit;
    char *body; // malloc'ed: it may be large and grows
    size_t body_n, body_cap;
    upload *upload;
    http_sink sink;

    answer_kind answer; // set by answer.c and stream.c
    http_pairs answer_headers, content_headers;
    str bytes;
    int fd;
    uint64_t offset, size;
    stream *stream;
    stream *flowing;               // the same once it has begun (guarded by the lock)
    struct MHD_Response *response; // built, not handed over yet
    int sent;                      // the status that was; 0: none yet
};

struct http_server {
    arena *mem;
    http_options options;
    networks trusted;
    struct MHD_Daemon *daemon;
    int listener, port;
    bool tls;
    str complaint; // of libmicrohttpd at the start
    pool *pool;
    loop *loop;
    socketio *socketio;
    atomic_size_t bodies; // bytes of all collected bodies
    atomic_bool stopping;
    atomic_int connections;
    int connection_limit;
    atomic_bool untidy; // something was freed since the last trim
    int sweeps;

    pthread_mutex_t lock;
    pthread_cond_t quiet;        // `working` became 0
    bool closing;                // what comes now is abandoned at once
    int working;                 // exchanges between their headers and the end of their answer
    xch *first;                  // these, for http_stop()
    connection *oldest, *newest; // connections that owe us request headers, in the order of their deadlines
};

void xch_hold(xch *);
void xch_release(xch *);
void xch_wake(xch *);       // resumes the connection if it is suspended
void xch_park(xch *);       // suspends it; only on its epoll thread, with the lock held
void xch_respond(xch *);    // builds the response of what was answered and wakes the connection
void xch_settle(xch *);     // the application is done: responds, with 500 if it gave no answer
xch *xch_copy(const xch *); // of the request's head, with an arena of its own and no connection

// ---- listen.c --------------------------------------------------------------------------------------------------------------------
int listen_on(ctx *, str host, int port, int *real_port);
char *tls_read(ctx *, str path, const char *what); // a PEM file, NUL-terminated

// ---- exchange.c ------------------------------------------------------------------------------------------------------------------
http_pairs pairs_parse(arena *, str encoded); // a=b&c=d, percent and plus
str cookie_find(arena *, str header, const char *name);
bool header_has_token(str header, str token);           // comma list, without case, parameters ignored
bool accepts_encoding(str accept_encoding, str coding); // not refused by q=0
str url_for_log(arena *, exchange *);                   // secrets in the query are masked

// ---- upload.c: multipart/form-data -----------------------------------------------------------------------------------------------
void upload_ask(xch *);                             // parked: asks the application, then wakes
bool upload_take(xch *, const char *at, size_t *n); // takes what fits; parks when full. False: refused, drain the rest
bool upload_end(xch *);                             // parks; handle() runs after the last byte was parsed. False: the server ends
void upload_gone(xch *);                            // the connection has ended; with the lock held
void upload_free(upload *);

// ---- answer.c, stream.c ----------------------------------------------------------------------------------------------------------
struct MHD_Response *answer_build(xch *);
bool answer_drop(xch *);                                          // forgets what was to be answered; false: it is on its way
void answer_bytes(xch *, int status, str content_type, str body); // ETag, 304 and gzip as fits; the body is not copied
void answer_content_header(xch *, const char *name, str value);   // goes with the body: forgotten with it; not copied
void answer_not_modified(xch *, uint64_t length);                 // 304 for a content of that length
bool etag_matches(str if_none_match, str etag);                   // weak comparison, "*"
struct MHD_Response *stream_response(xch *);
bool stream_settle(xch *); // the handler has returned; true: the answer is on its way already
bool stream_break(xch *);  // true: it had begun, and will now be broken off
void stream_gone(xch *);   // the connection has ended; with the lock held
void stream_free(stream *);

// ---- loop.c: the socket thread ---------------------------------------------------------------------------------------------------
typedef struct watch watch;
struct watch { // something with a descriptor
    void (*ready)(watch *, uint32_t events);
};
loop *loop_start(void);
void loop_add(loop *, task *, void (*run)(task *)); // from any thread, never blocks
bool loop_watch(loop *, int fd, watch *, uint32_t events);
void loop_unwatch(loop *, int fd);
void loop_every_second(loop *, void (*tick)(void *), void *arg);
void loop_stop(loop *);

// ---- Socket.IO: engineio.c, socketio.c, websocket.c ------------------------------------------------------------------------------
bool socketio_wants(http_server *, exchange *);
void socketio_request(xch *);      // parked; answers now or later
void socketio_stop(http_server *); // answers all polls, closes all sockets
void socketio_free(socketio *);
