// Answers of unknown length.
//
// answer_stream(): the handler writes as fast as it can. Nothing leaves before the first block is full, so a short answer is sent like any
// other and an early failure can still become an error answer. What the client has not taken waits in memory, then in an unlinked file,
// never in the handler.
// answer_pieces(): the handler's work is done in pieces, each on a pool thread when the client has taken most of the one before.
#include "http/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

struct stream {
    xch *x;
    json_writer writer;
    str content_type;
    // Guarded by the exchange's lock.
    char *memory; // the oldest bytes: memory[from..n)
    size_t from, n, cap;
    int spill; // then those of the spill file, -1: none
    uint64_t spill_from, spill_to;
    bool begun, ended, broken;
    z_stream *gzip;
    // answer_pieces()
    http_piece (*more)(void *arg, exchange *);
    void (*done)(void *arg);
    void *arg;
    bool working; // a piece is being made
};

// ---- in: from the handler --------------------------------------------------------------------------------------------------------

static int spill_open(str folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%.*s", PR(folder));
    int fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    snprintf(path, sizeof path, "%.*s/stream-XXXXXX", PR(folder)); // a file system without O_TMPFILE
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    return fd;
}

static bool spill_write(stream *s, const char *at, size_t n)
{
    if (s->spill < 0) s->spill = spill_open(s->x->server->options.temporary_folder);
    while (s->spill >= 0 && n) {
        ssize_t wrote = pwrite(s->spill, at, n, (off_t)s->spill_to);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) break;
        at += wrote;
        n -= (size_t)wrote;
        s->spill_to += (uint64_t)wrote;
    }
    if (n) log_error("cannot buffer an answer in %.*s: %s", PR(s->x->server->options.temporary_folder), strerror(errno));
    return n == 0;
}

static void memory_add(stream *s, const char *at, size_t n)
{
    if (s->n + n > s->cap) {
        if (s->from) memmove(s->memory, s->memory + s->from, s->n - s->from);
        s->n -= s->from;
        s->from = 0;
    }
    if (s->n + n > s->cap) {
        s->cap = s->n + n < STREAM_BLOCK ? STREAM_BLOCK : s->n + n + (s->n + n) / 2;
        s->memory = realloc(s->memory, s->cap);
        if (!s->memory) log_die("out of memory");
    }
    memcpy(s->memory + s->n, at, n);
    s->n += n;
}

static void stream_put(stream *s, const char *at, size_t n)
{
    xch *x = s->x;
    pthread_mutex_lock(&x->lock);
    bool wanted = !x->gone && !x->head && !s->broken; // else nobody reads it
    bool spills = !s->more && (s->spill_to > s->spill_from || s->n - s->from + n > STREAM_MEMORY);
    if (wanted && spills) s->broken = !spill_write(s, at, n);
    else if (wanted) memory_add(s, at, n);
    if (s->begun) xch_wake(x);
    pthread_mutex_unlock(&x->lock);
}

static void stream_deflate(stream *s, const char *at, size_t n, int flush)
{
    char out[16 << 10];
    s->gzip->next_in = (Bytef *)at;
    s->gzip->avail_in = (uInt)n;
    do {
        s->gzip->next_out = (Bytef *)out;
        s->gzip->avail_out = sizeof out;
        deflate(s->gzip, flush);
        if (s->gzip->avail_out < sizeof out) stream_put(s, out, sizeof out - s->gzip->avail_out);
    } while (!s->gzip->avail_out);
}

// The first block is full: from here on there is no way back.
static void stream_begin(stream *s)
{
    exchange *e = &s->x->pub;
    answer_content_header(s->x, "Content-Type", s->content_type);
    if (!s->more) {
        answer_content_header(s->x, "Vary", S("Accept-Encoding"));
        if (accepts_encoding(http_header(e, "Accept-Encoding"), S("gzip"))) {
            s->gzip = new (e->mem, z_stream);
            if (deflateInit2(s->gzip, 3, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK)
                answer_content_header(s->x, "Content-Encoding", S("gzip"));
            else s->gzip = NULL;
        }
    }
    s->begun = true;
    pthread_mutex_lock(&s->x->lock);
    s->x->flowing = s;
    pthread_mutex_unlock(&s->x->lock);
    xch_respond(s->x);
}

static void stream_sink(void *arg, const char *at, size_t n)
{
    stream *s = arg;
    if (!s->begun) stream_begin(s);
    if (s->gzip) stream_deflate(s, at, n, Z_NO_FLUSH);
    else stream_put(s, at, n);
}

static stream *stream_new(xch *x, int status, str content_type)
{
    stream *s = new (x->pub.mem, stream);
    *s = (stream){.x = x, .content_type = str_dup(x->pub.mem, content_type), .spill = -1};
    if (!answer_drop(x)) { // another answer has begun: this one goes nowhere
        s->begun = s->broken = true;
        return s;
    }
    x->stream = s;
    x->answer = ANSWER_STREAM;
    x->pub.status = status;
    return s;
}

json_writer *answer_stream(exchange *x, int status, str content_type)
{
    stream *s = stream_new((xch *)x, status ? status : 200, content_type);
    s->writer = (json_writer){.out = {.mem = x->mem}, .sink = stream_sink, .sink_arg = s, .flush_at = STREAM_BLOCK};
    return &s->writer;
}

static void stream_finish(stream *s, bool broken)
{
    pthread_mutex_lock(&s->x->lock);
    s->ended = true;
    s->broken |= broken;
    xch_wake(s->x);
    pthread_mutex_unlock(&s->x->lock);
}

void answer_stream_end(exchange *e)
{
    xch *x = (xch *)e;
    stream *s = x->stream;
    if (!s || s->more || s->ended) return;
    if (!s->begun) {
        str whole = str_dup(e->mem, buf_str(&s->writer.out));
        answer_bytes(x, e->status, s->content_type, whole);
        return;
    }
    json_flush(&s->writer);
    if (s->gzip) stream_deflate(s, NULL, 0, Z_FINISH);
    stream_finish(s, false);
}

bool http_client_gone(exchange *e)
{
    xch *x = (xch *)e;
    pthread_mutex_lock(&x->lock);
    bool gone = x->gone || x->abandoned;
    pthread_mutex_unlock(&x->lock);
    return gone;
}

// ---- in pieces -------------------------------------------------------------------------------------------------------------------

static void piece_run(job *j)
{
    xch *x = container_of(j, xch, job);
    stream *s = x->stream;
    bool gone = http_client_gone(&x->pub);
    http_piece piece = gone || s->ended ? PIECE_END : s->more(s->arg, &x->pub);
    if (piece != PIECE_MORE && s->done) {
        s->done(s->arg);
        s->done = NULL;
    }
    pthread_mutex_lock(&x->lock);
    s->working = false;
    s->ended = piece != PIECE_MORE;
    s->broken = piece == PIECE_BROKEN;
    if (!x->gone) xch_wake(x);
    bool last = x->gone && s->done;
    s->working = last;
    pthread_mutex_unlock(&x->lock);
    if (last) pool_add(x->server->pool, &x->job, piece_run); // the client went away meanwhile: done() is still owed
    else xch_release(x);
}

// Under the exchange's lock.
static void piece_start(stream *s)
{
    s->working = true;
    s->x->refs++;
    pool_add(s->x->server->pool, &s->x->job, piece_run);
}

void answer_pieces(exchange *x, int status, str content_type, http_piece (*more)(void *, exchange *), void (*done)(void *), void *arg)
{
    stream *s = stream_new((xch *)x, status ? status : 200, content_type);
    if (s->broken) {
        if (done) done(arg);
        return;
    }
    s->more = more;
    s->done = done;
    s->arg = arg;
}

void answer_write(exchange *x, const void *at, size_t n)
{
    if (n) stream_put(((xch *)x)->stream, at, n);
}

// ---- out: to the client ----------------------------------------------------------------------------------------------------------

static ssize_t stream_read(void *arg, uint64_t position, char *at, size_t room)
{
    stream *s = arg;
    xch *x = s->x;
    ssize_t got = 0;
    pthread_mutex_lock(&x->lock);
    if (s->n > s->from) {
        got = (ssize_t)(s->n - s->from < room ? s->n - s->from : room);
        memcpy(at, s->memory + s->from, (size_t)got);
        s->from += (size_t)got;
        if (s->from == s->n) s->from = s->n = 0;
    } else if (s->spill_to > s->spill_from) {
        uint64_t left = s->spill_to - s->spill_from;
        got = pread(s->spill, at, left < room ? left : room, (off_t)s->spill_from);
        if (got > 0) s->spill_from += (uint64_t)got;
        else s->broken = true;
        if (s->spill_from == s->spill_to && ftruncate(s->spill, 0) == 0) s->spill_from = s->spill_to = 0;
    }
    if (s->more && !s->ended && !s->working && s->n - s->from < STREAM_BLOCK) piece_start(s);
    if (got <= 0) {
        if (s->broken || x->abandoned) got = MHD_CONTENT_READER_END_WITH_ERROR;
        else if (s->ended) got = MHD_CONTENT_READER_END_OF_STREAM;
        else xch_park(x);
    }
    pthread_mutex_unlock(&x->lock);
    return got;
}

struct MHD_Response *stream_response(xch *x)
{
    struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 << 10, stream_read, x->stream, NULL);
    // libmicrohttpd 0.9.75 would end the answer to HEAD with an empty chunk.
    if (r && x->head) MHD_set_response_options(r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    return r;
}

// Under the exchange's lock, on the epoll thread: nobody will read on.
void stream_gone(xch *x)
{
    stream *s = x->flowing;
    if (s && !s->working && s->done) piece_start(s);
}

// The handler has returned. True: the answer is on its way already.
bool stream_settle(xch *x)
{
    stream *s = x->stream;
    if (!s) return false;
    if (s->more && !s->begun) stream_begin(s);
    else if (s->begun && !s->more && !s->ended) stream_finish(s, true);
    return s->begun;
}

// An answer that was begun cannot be taken back, only broken off.
bool stream_break(xch *x)
{
    stream *s = x->stream;
    if (!s || !s->begun) return false;
    if (!s->ended) stream_finish(s, true);
    return true;
}

void stream_free(stream *s)
{
    if (!s) return;
    if (s->gzip) deflateEnd(s->gzip);
    if (s->spill >= 0) close(s->spill);
    free(s->memory);
    if (s->done) s->done(s->arg); // nobody ever read
}
