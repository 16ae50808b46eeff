// The server: libmicrohttpd on one side, the pool on the other, and the life of an exchange between them.
//
// libmicrohttpd calls exchange_step() when the headers are in (twice for a request without body), for each piece of the body, and when the
// request is whole. An exchange that waits for the pool is suspended; when it is resumed, exchange_step() is called again.
#include "http/internal.h"
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

// ---- connections that owe us request headers -------------------------------------------------------------------------------------

struct connection {
    http_server *server;
    int fd;
    int64_t since; // when it began to wait
    bool waiting;
    connection *older, *newer;
};

// With the server's lock held.
static void connection_unlist(connection *c)
{
    http_server *s = c->server;
    if (!c->waiting) return;
    c->waiting = false;
    *(c->older ? &c->older->newer : &s->oldest) = c->newer;
    *(c->newer ? &c->newer->older : &s->newest) = c->older;
}

// The same.
static void connection_wait(connection *c)
{
    http_server *s = c->server;
    connection_unlist(c);
    *c = (connection){.server = s, .fd = c->fd, .since = monotonic(), .waiting = true, .older = s->newest};
    if (s->newest) s->newest->newer = c;
    else s->oldest = c;
    s->newest = c;
}

static void connection_event(void *server, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
    http_server *s = server;
    connection *c = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        s->connections++;
        c = calloc(1, sizeof *c);
        if (!c) log_die("out of memory");
        *c = (connection){.server = s, .fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd};
        *context = c;
        pthread_mutex_lock(&s->lock);
        connection_wait(c);
        pthread_mutex_unlock(&s->lock);
        return;
    }
    pthread_mutex_lock(&s->lock);
    connection_unlist(c);
    pthread_mutex_unlock(&s->lock);
    s->connections--;
    s->untidy = true;
    free(c);
}

// ---- the life of an exchange -----------------------------------------------------------------------------------------------------

void xch_hold(xch *x)
{
    pthread_mutex_lock(&x->lock);
    x->refs++;
    pthread_mutex_unlock(&x->lock);
}

void xch_release(xch *x)
{
    pthread_mutex_lock(&x->lock);
    int left = --x->refs;
    pthread_mutex_unlock(&x->lock);
    if (left) return;
    if (x->response) MHD_destroy_response(x->response);
    if (x->answer == ANSWER_FILE) close(x->fd);
    stream_free(x->stream);
    upload_free(x->upload);
    x->server->bodies -= x->body_cap;
    free(x->body);
    pthread_mutex_destroy(&x->lock);
    arena_free(x->pub.mem);
}

void xch_wake(xch *x)
{
    if (!x->parked) return;
    x->parked = false;
    MHD_resume_connection(x->mhd);
}

void xch_park(xch *x)
{
    x->parked = true;
    MHD_suspend_connection(x->mhd);
}

void xch_respond(xch *x)
{
    pthread_mutex_lock(&x->lock);
    if (!x->gone && !x->response) x->response = answer_build(x);
    if (!x->gone) xch_wake(x);
    pthread_mutex_unlock(&x->lock);
}

// The connection stays suspended until server_sweep() finds that the time has come.
static bool hold_back(xch *x)
{
    http_server *s = x->server;
    if (!x->hold) return false;
    pthread_mutex_lock(&s->lock);
    x->held = x->hold > monotonic() && !s->stopping;
    bool held = x->held;
    pthread_mutex_unlock(&s->lock);
    return held;
}

void xch_settle(xch *x)
{
    if (stream_settle(x)) return;
    if (x->answer == ANSWER_NONE) {
        log_error("no answer to %.*s %.*s", PR(x->pub.method), PR(x->pub.path));
        answer_error(&x->pub, 500, S("Internal server error"));
    }
    if (!hold_back(x)) xch_respond(x);
}

void answer_hold(exchange *e, int ms)
{
    ((xch *)e)->hold = monotonic() + ms * INT64_C(1000);
}

xch *xch_copy(const xch *from)
{
    arena *mem = arena_new();
    xch *x = new (mem, xch);
    const exchange *e = &from->pub;
    *x = (xch){.server = from->server, .refs = 1, .fd = -1, .gone = true, .started = from->started};
    pthread_mutex_init(&x->lock, NULL);
    x->pub = (exchange){.mem = mem,
                        .method = str_dup(mem, e->method),
                        .path = str_dup(mem, e->path),
                        .url = str_dup(mem, e->url),
                        .query = str_dup(mem, e->query),
                        .client = str_dup(mem, e->client),
                        .secure = e->secure,
                        .correlation_id = str_dup(mem, e->correlation_id)};
    each (h, from->headers) *push(mem, x->headers) = (http_pair){str_dup(mem, h->name), str_dup(mem, h->value)};
    return x;
}

// libmicrohttpd has read the request line.
static void *exchange_begin(void *server, const char *url, struct MHD_Connection *mhd)
{
    arena *mem = arena_new();
    xch *x = new (mem, xch);
    *x = (xch){.pub.mem = mem, .server = server, .mhd = mhd, .refs = 1, .fd = -1, .drain_limit = DRAIN_LIMIT, .started = monotonic()};
    x->connection = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    pthread_mutex_init(&x->lock, NULL);
    x->pub.url = str_dup(mem, str_of(url ? url : ""));
    return x;
}

static void leave_connection(xch *x)
{
    pthread_mutex_lock(&x->lock);
    x->gone = true;
    x->parked = false;
    if (x->upload) upload_gone(x);
    stream_gone(x);
    pthread_mutex_unlock(&x->lock);
    xch_release(x);
}

static void leave_later(task *t)
{
    leave_connection(container_of(t, xch, task));
}

static void exchange_end(void *server, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    http_server *s = server;
    xch *x = *context;
    if (!x) return;
    *context = NULL;
    if (log_on(LOG_DEBUG) && x->stage != STAGE_HEADERS) {
        exchange *e = &x->pub;
        arena *mem = arena_new(); // the exchange's own may be in use by a handler that has not noticed yet
        str url = url_for_log(mem, e);
        log_context(e->correlation_id);
        log_debug("%s %.*s %d %.2fms %.*s%s", x->head ? "HEAD" : e->method.at, PR(url), x->sent, (double)(monotonic() - x->started) / 1000,
                  PR(e->client), code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " (broken off)");
        log_context((str){0});
        arena_free(mem);
    }
    s->untidy = true;
    pthread_mutex_lock(&s->lock);
    if (x->working) {
        *(x->older ? &x->older->newer : &s->first) = x->newer;
        if (x->newer) x->newer->older = x->older;
        if (--s->working == 0) pthread_cond_broadcast(&s->quiet);
    }
    connection_wait(x->connection);
    pthread_mutex_unlock(&s->lock);
    // After an upgrade this is called with a lock of libmicrohttpd held, so the exchange's must not be taken here.
    if (x->sent == 101) loop_add(s->loop, &x->task, leave_later);
    else leave_connection(x);
}

// ---- reading a request -----------------------------------------------------------------------------------------------------------

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
    xch *x = arg;
    // Copied: libmicrohttpd's list may grow by trailers while a thread of ours reads it.
    *push(x->pub.mem, x->headers) =
        (http_pair){str_dup(x->pub.mem, (str){(char *)name, name_n}), str_dup(x->pub.mem, (str){(char *)(value ? value : ""), value_n})};
    return MHD_YES;
}

// Could a proxy in front of us see another end of this request, and so another beginning of the next one? (RFC 9112, sections 5.1 and 6.3)
static bool is_ambiguous(xch *x)
{
    int lengths = 0, codings = 0;
    each (h, x->headers) {
        for (size_t i = 0; i < h->name.n; i++)
            if ((uint8_t)h->name.at[i] <= ' ' || h->name.at[i] == 127) return true;
        lengths += str_ieq(h->name, S("Content-Length"));
        codings += str_ieq(h->name, S("Transfer-Encoding"));
    }
    return lengths + codings > 1;
}

static bool good_correlation_id(str id)
{
    if (!id.n || id.n > 200) return false;
    for (size_t i = 0; i < id.n; i++)
        if ((uint8_t)id.at[i] < ' ' || id.at[i] == 127) return false;
    return true;
}

static str new_correlation_id(arena *mem)
{
    static __thread uint64_t state; // no secret: one system call per thread is enough
    while (!state) random_bytes(&state, sizeof state);
    state ^= state << 13; // xorshift64 (Marsaglia 2003)
    state ^= state >> 7;
    state ^= state << 17;
    str id = {arena_alloc(mem, 9), 8};
    uint64_t rest = state >> 8;
    for (size_t i = 0; i < id.n; i++, rest /= 36) id.at[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
    return id;
}

static void take_headers(xch *x, const char *method)
{
    exchange *e = &x->pub;
    http_server *s = x->server;
    MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, take_header, x);

    str url = e->url;
    if (url.n && url.at[0] != '/') { // absolute form: http://host/path
        ptrdiff_t scheme = str_find(url, S("://"));
        char *path = scheme > 0 ? memchr(url.at + scheme + 3, '/', url.n - (size_t)scheme - 3) : NULL;
        if (path) e->url = url = str_slice(url, (size_t)(path - url.at), url.n);
    }
    char *question = url.n ? memchr(url.at, '?', url.n) : NULL;
    e->path = question ? str_slice(url, 0, (size_t)(question - url.at)) : url;
    if (question) e->query = str_slice(url, e->path.n + 1, url.n);
    x->head = strcmp(method, "HEAD") == 0;
    e->method = x->head ? S("GET") : str_dup(e->mem, str_of(method));

    str length = http_header(e, "Content-Length"), id = http_header(e, "X-Correlation-ID");
    int64_t n = 0;
    e->has_body = length.at || http_header(e, "Transfer-Encoding").at;
    if (length.at && str_to_int(length, &n) && n > 0) x->length = (uint64_t)n;
    if (e->has_body) {
        str type = http_header(e, "Content-Type");
        char *semicolon = type.n ? memchr(type.at, ';', type.n) : NULL;
        e->content_type = str_lower(e->mem, str_trim(str_slice(type, 0, semicolon ? (size_t)(semicolon - type.at) : type.n)));
    }
    e->correlation_id = good_correlation_id(id) ? id : new_correlation_id(e->mem);

    address peer = {0};
    address_of(MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, &peer);
    proxy_apply(e, s->trusted, peer, s->tls);

    pthread_mutex_lock(&s->lock);
    connection_unlist(x->connection);
    x->working = true;
    x->abandoned = s->closing;
    s->working++;
    x->newer = s->first;
    if (s->first) s->first->older = x;
    s->first = x;
    pthread_mutex_unlock(&s->lock);
}

// By the server itself. The rest of the body is read, so that the client gets to reading the answer.
static void refuse(xch *x, int status, const char *message)
{
    answer_error(&x->pub, status, str_of(message));
    x->stage = STAGE_DRAIN;
    x->drain_limit = DRAIN_STRANGER;
}

static void take_body(xch *x, const char *at, size_t n)
{
    size_t wanted = x->body_n + n + 1;
    if (wanted > BODY_LIMIT + 1) return refuse(x, 500, "Internal server error");
    if (wanted > x->body_cap) {
        size_t cap = x->body_cap ? 2 * x->body_cap : 4096;
        if (!x->body_cap && x->length < STREAM_BLOCK) cap = x->length + 1;
        while (cap < wanted) cap *= 2;
        if (atomic_fetch_add(&x->server->bodies, cap - x->body_cap) + cap > BODIES_LIMIT) {
            x->server->bodies -= cap - x->body_cap;
            return refuse(x, 503, "The server is busy");
        }
        x->body = realloc(x->body, cap);
        if (!x->body) log_die("out of memory");
        x->body_cap = cap;
    }
    memcpy(x->body + x->body_n, at, n);
    x->body_n += n;
    x->body[x->body_n] = 0;
}

static void handle_run(job *j)
{
    xch *x = container_of(j, xch, job);
    log_context(x->pub.correlation_id);
    x->server->options.handle(x->server->options.app, &x->pub);
    log_context((str){0});
    xch_settle(x);
    xch_release(x);
}

// Suspends the connection for the next one who works on the exchange. False: the server ends.
static bool hand_over(xch *x, stage next)
{
    pthread_mutex_lock(&x->lock);
    bool wanted = !x->abandoned;
    if (wanted) {
        x->stage = next;
        x->refs++;
        xch_park(x);
    }
    pthread_mutex_unlock(&x->lock);
    return wanted;
}

// The request is whole: to the pool with it.
static enum MHD_Result work(xch *x)
{
    if (!hand_over(x, STAGE_WORK)) return MHD_NO;
    x->pub.body = x->body ? (str){x->body, x->body_n} : x->pub.has_body ? S("") : (str){0};
    if (socketio_wants(x->server, &x->pub)) socketio_request(x);
    else pool_add(x->server->pool, &x->job, handle_run);
    return MHD_YES;
}

static enum MHD_Result send_answer(xch *x)
{
    pthread_mutex_lock(&x->lock);
    if (!x->response && !x->abandoned) x->response = answer_build(x); // refused by the server itself
    struct MHD_Response *r = x->response;
    x->response = NULL;
    x->stage = STAGE_SENDING;
    if (r) x->sent = x->answer == ANSWER_UPGRADE ? 101 : x->pub.status;
    pthread_mutex_unlock(&x->lock);
    if (!r) return MHD_NO;
    enum MHD_Result result = MHD_queue_response(x->mhd, (unsigned)x->sent, r);
    MHD_destroy_response(r);
    return result;
}

static bool is_upload(xch *x)
{
    return x->server->options.upload && str_is(x->pub.content_type, "multipart/form-data");
}

// The answer is known before the body. Who asks before sending is told at once; others are heard to the end, for many clients only read
// then.
static enum MHD_Result answer_early(xch *x)
{
    x->stage = STAGE_DRAIN;
    return header_has_token(http_header(&x->pub, "Expect"), S("100-continue")) ? send_answer(x) : MHD_YES;
}

// Nothing of what follows on this connection can be trusted.
static enum MHD_Result turn_away(xch *x)
{
    refuse(x, 400, "The headers say in two ways where the request ends");
    answer_header(&x->pub, "Connection", S("close"));
    return send_answer(x);
}

static enum MHD_Result begin(xch *x)
{
    if (is_ambiguous(x)) return turn_away(x);
    if (is_upload(x)) {
        if (!hand_over(x, STAGE_ASK)) return MHD_NO;
        upload_ask(x);
        return MHD_YES;
    }
    x->stage = STAGE_BODY;
    if (x->length <= BODY_LIMIT) return MHD_YES;
    refuse(x, 500, "Internal server error");
    return answer_early(x);
}

static enum MHD_Result drain(xch *x, size_t n)
{
    uint64_t limit = x->pub.status == 401 ? DRAIN_STRANGER : x->drain_limit;
    x->drained += n;
    return x->drained > limit ? MHD_NO : MHD_YES;
}

static enum MHD_Result exchange_step(void *server, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                     const char *data, size_t *n, void **context)
{
    xch *x = *context;
    size_t got = *n;
    if (x->abandoned) return MHD_NO;
    switch (x->stage) {
    case STAGE_HEADERS: take_headers(x, method); return begin(x);
    case STAGE_ASK:
        if (x->answer != ANSWER_NONE) return answer_early(x);
        x->stage = STAGE_PARTS;
        return MHD_YES;
    case STAGE_PARTS:
        if (!got) return upload_end(x) ? MHD_YES : MHD_NO;
        if (upload_take(x, data, n)) return MHD_YES;
        x->stage = STAGE_DRAIN;
        *n = 0;
        return drain(x, got);
    case STAGE_BODY:
        if (!got) return work(x);
        *n = 0;
        take_body(x, data, got);
        return MHD_YES;
    case STAGE_DRAIN:
        if (!got) return send_answer(x);
        *n = 0;
        return drain(x, got);
    case STAGE_WORK: return send_answer(x);
    case STAGE_SENDING: break;
    }
    return MHD_NO;
}

// ---- the clock -------------------------------------------------------------------------------------------------------------------

// Collected first, as in abandon_all().
static void let_go_of_held(http_server *s)
{
    int64_t time = monotonic();
    arena *mem = NULL;
    LIST(xch *) due = {0};
    pthread_mutex_lock(&s->lock);
    for (xch *x = s->first; x; x = x->newer) {
        if (!x->held || (x->hold > time && !s->stopping)) continue;
        x->held = false;
        xch_hold(x);
        if (!mem) mem = arena_new();
        *push(mem, due) = x;
    }
    pthread_mutex_unlock(&s->lock);
    each (x, due) {
        xch_respond(*x);
        xch_release(*x);
    }
    if (mem) arena_free(mem);
}

// Called every second.
static void server_sweep(void *server)
{
    http_server *s = server;
    // When places run short, who only sits there must go sooner.
    bool crowded = s->connections > s->connection_limit / 10 * 9;
    int64_t limit = monotonic() - (crowded ? HEADER_SECONDS_CROWDED : HEADER_SECONDS) * SECOND;
    pthread_mutex_lock(&s->lock);
    while (s->oldest && s->oldest->since < limit) {
        shutdown(s->oldest->fd, SHUT_RDWR); // libmicrohttpd sees the end of the connection and closes it
        connection_unlist(s->oldest);
    }
    // A client's hang-up that came together with its last data libmicrohttpd 0.9.75 does not notice, for its epoll set is edge-triggered: a
    // broken off upload would stay until it times out. Shutting down what is shut down already does no harm and raises the event again.
    for (xch *x = s->first; x; x = x->newer) {
        struct pollfd p = {.fd = x->connection->fd, .events = POLLRDHUP};
        if (poll(&p, 1, 0) == 1) shutdown(p.fd, SHUT_RD);
    }
    pthread_mutex_unlock(&s->lock);
    let_go_of_held(s);

    // malloc keeps what was freed (see http_start); now and then it goes back to the system.
    if (++s->sweeps % TRIM_SECONDS == 0 && atomic_exchange(&s->untidy, false)) malloc_trim(0);
}

// ---- start and stop --------------------------------------------------------------------------------------------------------------

// What libmicrohttpd says while it starts is worth reading; later it would quote what clients send.
static void note_message(void *arg, const char *fmt, va_list args)
{
    http_server *s = arg;
    if (!s->daemon && !s->complaint.at) s->complaint = str_trim(str_vfmt(s->mem, fmt, args));
}

static size_t keep_url(void *arg, struct MHD_Connection *mhd, char *url)
{
    return strlen(url);
}

static int connection_limit(void)
{
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    // Some connections hold a file as well; some descriptors are for the rest of the process.
    rlim_t limit = files.rlim_cur > 1024 ? (files.rlim_cur - 512) / 4 * 3 : 256;
    return limit > 30000 ? 30000 : (int)limit;
}

static int within(int wanted, int least, int most)
{
    return wanted < least ? least : wanted > most ? most : wanted;
}

static void server_free(void *server)
{
    http_server *s = server;
    loop_stop(s->loop);
    socketio_free(s->socketio);
    pthread_cond_destroy(&s->quiet);
    pthread_mutex_destroy(&s->lock);
    arena_free(s->mem);
}

// certificate and key: PEM texts, or NULL.
static void daemon_start(ctx *c, http_server *s, char *certificate, char *key)
{
    struct MHD_OptionItem more[4] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG;
    int used = 0;
    if (s->options.io_threads > 1) more[used++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, s->options.io_threads, NULL};
    if (certificate) {
        flags |= MHD_USE_TLS;
        more[used++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, certificate};
        more[used++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, key};
    }
    more[used] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};

    s->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, exchange_step, s, MHD_OPTION_EXTERNAL_LOGGER, note_message, s, MHD_OPTION_LISTEN_SOCKET,
                         s->listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->connection_limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)STALL_SECONDS, MHD_OPTION_NOTIFY_CONNECTION,
                         connection_event, s, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, s, MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, s,
                         MHD_OPTION_UNESCAPE_CALLBACK, keep_url, NULL, MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    if (s->daemon) return;
    str complaint = str_dup(c->mem, s->complaint);
    close(s->listener);
    pool_stop(s->pool, 1000, server_free, s);
    if (certificate)
        fail_hint(c, 500, "Check that certificate and key are PEM files and belong together.", "the HTTPS server cannot start: %.*s",
                  PR(complaint));
    fail(c, 500, "the HTTP server cannot start: %.*s", PR(complaint));
}

http_server *http_start(ctx *c, http_options o)
{
    str bad, proxies = o.trusted_proxies.at ? o.trusted_proxies : S("linklocal,uniquelocal");
    networks trusted = {0};
    if (!networks_parse(c->mem, S("loopback"), &trusted, &bad) || !networks_parse(c->mem, proxies, &trusted, &bad))
        fail_hint(c, 500, "Give addresses and ranges like 10.0.0.1,192.168.0.0/16, separated by commas.",
                  "trusted proxies: \"%.*s\" Must be an ip address or ip address range", PR(bad));
    char *certificate = o.tls_cert_file.n ? tls_read(c, o.tls_cert_file, "certificate") : NULL;
    char *key = certificate ? tls_read(c, o.tls_key_file, "key") : NULL;
    int port, listener = listen_on(c, o.host, o.port, &port);

    // Large answers are built in memory that the one before has left, and not in pages that the kernel has to clear each time: a fifth of the
    // time of the largest ones.
    mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    arena *mem = arena_new();
    http_server *s = new (mem, http_server);
    *s = (http_server){.mem = mem, .options = o, .listener = listener, .port = port};
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!o.io_threads) s->options.io_threads = within(cores, 1, 4);
    if (!o.handler_threads) s->options.handler_threads = within(4 * cores, 8, 32);
    s->tls = certificate;
    s->options.temporary_folder = o.temporary_folder.n ? str_dup(mem, o.temporary_folder) : S("/tmp");
    s->options.socketio_path = str_dup(mem, o.socketio_path);
    networks_parse(mem, S("loopback"), &s->trusted, &bad);
    networks_parse(mem, proxies, &s->trusted, &bad);
    pthread_mutex_init(&s->lock, NULL);
    cond_init(&s->quiet);
    s->connection_limit = connection_limit();
    s->pool = pool_start(s->options.handler_threads);
    s->loop = loop_start();
    loop_every_second(s->loop, server_sweep, s);
    daemon_start(c, s, certificate, key);
    return s;
}

int http_port(http_server *s)
{
    return s->port;
}

// The number of requests that are still being answered then.
static int wait_until_quiet(http_server *s, int grace_ms)
{
    int64_t until = monotonic() + grace_ms * INT64_C(1000);
    pthread_mutex_lock(&s->lock);
    while (s->working && cond_wait_until(&s->quiet, &s->lock, until)) {}
    int busy = s->working;
    pthread_mutex_unlock(&s->lock);
    return busy;
}

// Ends what is still under way. Resuming takes libmicrohttpd's lock, with which exchange_end() may be called, which takes the server's: so
// the exchanges are collected first.
static void abandon_all(http_server *s)
{
    arena *mem = arena_new();
    LIST(xch *) all = {0};
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    for (xch *x = s->first; x; x = x->newer) {
        xch_hold(x);
        *push(mem, all) = x;
    }
    pthread_mutex_unlock(&s->lock);
    each (at, all) {
        xch *x = *at;
        pthread_mutex_lock(&x->lock);
        x->abandoned = true;
        if (!x->gone) xch_wake(x);
        pthread_mutex_unlock(&x->lock);
        xch_release(x);
    }
    arena_free(mem);
}

void http_stop(http_server *s, int grace_ms)
{
    int64_t end = monotonic() + grace_ms * INT64_C(1000);
    s->stopping = true;
    int listener = MHD_quiesce_daemon(s->daemon);
    if (listener >= 0) close(listener);
    socketio_stop(s);
    int busy = wait_until_quiet(s, grace_ms);
    if (busy) log_warn("stopping while %d requests are still being answered", busy);
    abandon_all(s); // also what has come since: no connection may be suspended from here on
    MHD_stop_daemon(s->daemon);
    int left = (int)((end - monotonic()) / 1000);
    if (!pool_stop(s->pool, left > 100 ? left : 100, server_free, s)) log_warn("a request handler does not end; it is left behind");
}
