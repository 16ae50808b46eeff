// The HTTP server: libmicrohttpd on epoll threads in front of a bounded pool of handler threads.
//
// The epoll threads only move bytes. A request reaches a handler thread when it is complete (its JSON body in memory, at most 10 MB; its
// file parts on disk), so a slow client never holds a handler thread. Answers are handed back whole, as a file (sendfile), or as a stream
// that spills to an unlinked temporary file when the client reads slower than we write.
#pragma once
#include "base/base.h"
#include <sys/stat.h>

typedef struct exchange exchange; // one request and its answer
typedef struct http_server http_server;

// A part of multipart/form-data, in order of arrival. File parts carry what the sink's open() returned.
typedef struct {
    str name, filename, content_type;
    str value;  // text parts, at most 1 MiB
    void *file; // file parts
} http_part;
typedef LIST(http_part) http_parts;

// Takes the file parts of one request; its functions run on pool threads, one at a time for one request.
typedef struct {
    void *arg;
    void *(*open)(void *arg, exchange *, str name, str filename); // NULL: refused; the sink has called answer_error() before
    bool (*write)(void *file, const void *, size_t);              // false: answered with 500 (errno is logged)
    bool (*finish)(void *arg, exchange *, void *file);            // end of the part; false: refused
    void (*discard)(void *file); // request refused, broken off or ended: for every opened file, at the very end
} http_sink;

struct exchange {
    arena *mem;       // lives until the answer is sent
    str method;       // GET (HEAD arrives as GET, its body is cut off by the server)
    str path;         // as sent, without the query, not decoded
    str url;          // as sent, with the query
    str query;        // after '?', or {0}
    str body;         // whole body unless multipart
    str content_type; // of the body, without parameters, lower case; {0} if there was no body
    bool has_body;    // a Content-Length or Transfer-Encoding was sent
    http_parts parts; // multipart/form-data
    str client;       // address, after trusted proxies
    bool secure;      // https, after trusted proxies
    str correlation_id;
    void *user; // for the application
    int status; // of the answer; 0 while there is none
};

str http_header(exchange *, const char *name); // first value; {0} if absent
str http_cookie(exchange *, const char *name); // first occurrence, percent-decoded; {0} if absent
// Query values by name, percent- and plus-decoded, in order; the second returns the first value or {0}.
strs http_query_all(exchange *, str name);
str http_query(exchange *, str name);
typedef struct {
    str name, value;
} http_pair;
typedef LIST(http_pair) http_pairs;
http_pairs http_query_pairs(exchange *); // all, decoded, in order
http_pairs http_form_pairs(exchange *);  // an application/x-www-form-urlencoded body

// ---- answers ---------------------------------------------------------------------------------------------------------------------
// One per exchange, sent when handle() returns; until then a later answer replaces an earlier one. A stream that has begun to flow can't be
// replaced: it is broken off. Text given stays valid until the answer was sent: it is on exchange->mem or static.
void answer_header(exchange *, const char *name, str value);
void answer_cookie(exchange *, str name, str value, str attributes); // value is percent-encoded
void answer_json(exchange *, int status, str json);                  // ETag, 304, gzip above 1 KiB
void answer_error(exchange *, int status, str message);              // {"message": …}
void answer_empty(exchange *, int status);
void answer_text(exchange *, int status, str content_type, str text);
void answer_redirect(exchange *, int status, str location);
void answer_hold(exchange *, int ms); // the answer leaves that much later, to the second; no thread waits meanwhile
void answer_forget(exchange *);       // the answer so far and its headers, for an error that shall not carry them

typedef struct {
    int fd; // taken over, also on failure
    str content_type;
    str cache_control; // {0}: none
    str disposition;   // {0}: none
    str etag;          // with quotes; {0}: made from size and mtime
    when modified;
} http_file;
// Ranges (206, 416, If-Range), If-None-Match, If-Modified-Since, HEAD.
void answer_file(exchange *, http_file);
// Answers 304, without the file being opened, if the client's copy is the file of this state. Of http_file only etag, modified and cache_control
// matter. False: it is not, and nothing was answered.
bool answer_unchanged(exchange *, http_file, const struct stat *);

// A streamed answer, status 200 unless set: write through the returned writer, then answer_stream_end(). gzip when the client takes it.
json_writer *answer_stream(exchange *, int status, str content_type);
void answer_stream_end(exchange *);

// A streamed answer that is made piece by piece, for what may be as large as a disk (archives): more() runs on a pool thread each time the
// client has taken most of what there was. It writes some with answer_write(), 256 KiB is a good amount, and says how it goes on. done()
// runs once at the end, also when the client went away. Both may use exchange->mem.
typedef enum {
    PIECE_END,
    PIECE_MORE,
    PIECE_BROKEN
} http_piece; // PIECE_BROKEN: the connection is cut, so that the client sees that it is not whole
void answer_pieces(exchange *, int status, str content_type, http_piece (*more)(void *arg, exchange *), void (*done)(void *arg), void *arg);
void answer_write(exchange *, const void *, size_t);

// The client has hung up (as far as known): long work for it may end.
bool http_client_gone(exchange *);

// ---- the server ------------------------------------------------------------------------------------------------------------------
typedef struct {
    str host; // {0}: all interfaces, IPv6 and IPv4
    int port;
    int io_threads;      // 0: one per core, at most 4
    int handler_threads; // 0: 4 per core, 8 to 32
    str tls_cert_file, tls_key_file;
    str trusted_proxies;  // comma list of addresses, CIDRs, "linklocal", "uniquelocal", "loopback"
    str temporary_folder; // for streams that spill
    void *app;
    // multipart requests only, when the headers are in: fills *sink, or answers at once (the rest of the body is then drained).
    void (*upload)(void *app, exchange *, http_sink *sink);
    // The complete request; answers it.
    void (*handle)(void *app, exchange *);
    // WebSocket and Engine.IO requests go to socketio.h instead when the path starts with this.
    str socketio_path; // "/api/socket.io"
} http_options;

http_server *http_start(ctx *, http_options); // fails with a clear message: port in use, bad certificate
int http_port(http_server *);                 // the real one when 0 was asked for
void http_stop(http_server *, int grace_ms);  // no new connections; finishes what runs, at most so long

// Files of a folder, for the web app: pre-compressed .gz/.br siblings, ETag, no dot-files, nothing outside. False: no such file, nothing
// answered.
bool http_static(exchange *, str folder, str path, str cache_control);

// ---- Socket.IO v5 over Engine.IO v4 (socketio.c) ---------------------------------------------------------------------------------
typedef struct {
    void *app;
    // A client connected to "/"; its handshake request is given. Returns the rooms it joins; no rooms: it gets "error" "unauthorized" and
    // is disconnected.
    strs (*connect)(void *app, exchange *handshake, arena *);
    // After it joined: may emit to it (its own room is `sid`).
    void (*joined)(void *app, str sid, strs rooms);
} socketio_options;
void socketio_setup(http_server *, socketio_options);
// args: JSON array elements as text, `"a",{"b":1}` or empty. room {0}: everybody. Never blocks; a client that falls 1 MB behind is cut off.
void socketio_emit(http_server *, str room, str event, str args);
void socketio_disconnect(http_server *, str room);
int socketio_clients(http_server *);
