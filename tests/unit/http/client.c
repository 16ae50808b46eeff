#include "client.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

tally seen;

// ---- the client ------------------------------------------------------------------------------------------------------------------

int dial(http_server *s)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(s)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) perror("connect");
    return fd;
}

void say(int fd, str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.at, s.n, MSG_NOSIGNAL);
        if (n <= 0) return;
        s = str_slice(s, (size_t)n, s.n);
    }
}

void say_head(int fd, const char *head)
{
    say(fd, str_of(head));
    say(fd, S("\r\n\r\n"));
}

static bool more(int fd, buf *in)
{
    char some[4096];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, 20000) <= 0) return false;
    ssize_t n = recv(fd, some, sizeof some, 0);
    if (n <= 0) return false;
    buf_add(in, (str){some, (size_t)n});
    return true;
}

// Reads byte by byte up to the end of the head, so that nothing of a pipelined next answer is taken.
static bool read_head(arena *mem, int fd, str *head)
{
    buf in = {.mem = mem};
    char c;
    while (in.n < 4 || memcmp(in.at + in.n - 4, "\r\n\r\n", 4)) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 20000) <= 0 || recv(fd, &c, 1, 0) != 1) return false;
        buf_char(&in, c);
    }
    *head = buf_str(&in);
    return true;
}

str reply_header(reply r, const char *name)
{
    str wanted = str_of(name), rest = r.head;
    while (rest.n) {
        ptrdiff_t end = str_find(rest, S("\r\n"));
        str line = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
        rest = str_slice(rest, line.n + 2, rest.n);
        if (line.n > wanted.n && line.at[wanted.n] == ':' && str_ieq(str_slice(line, 0, wanted.n), wanted))
            return str_trim(str_slice(line, wanted.n + 1, line.n));
    }
    return (str){0};
}

static bool exactly(int fd, buf *in, size_t n)
{
    char some[65536];
    while (in->n < n) {
        size_t left = n - in->n;
        ssize_t got = recv(fd, some, left < sizeof some ? left : sizeof some, 0);
        if (got <= 0) return false;
        buf_add(in, (str){some, (size_t)got});
    }
    return true;
}

static bool read_chunks(arena *mem, int fd, buf *body)
{
    for (;;) {
        buf line = {.mem = mem};
        char c;
        while (line.n < 2 || memcmp(line.at + line.n - 2, "\r\n", 2)) {
            if (recv(fd, &c, 1, 0) != 1) return false;
            buf_char(&line, c);
        }
        size_t n = strtoul(buf_str(&line).at, NULL, 16);
        buf chunk = {.mem = mem};
        if (!exactly(fd, &chunk, n + 2)) return false;
        if (!n) return true;
        buf_add(body, (str){chunk.at, n});
    }
}

static reply hear_(arena *mem, int fd, bool body)
{
    reply r = {0};
    buf in = {.mem = mem};
    do {
        if (!read_head(mem, fd, &r.head)) return (reply){0};
        r.status = atoi(r.head.at + 9);
    } while (r.status == 100);
    int64_t n = 0;
    r.whole = true;
    if (!body || r.status == 304 || r.status == 204 || r.status == 101) return r;
    if (str_is(reply_header(r, "Transfer-Encoding"), "chunked")) r.whole = read_chunks(mem, fd, &in);
    else if (str_to_int(reply_header(r, "Content-Length"), &n)) r.whole = exactly(fd, &in, (size_t)n);
    else
        while (more(fd, &in)) {}
    r.body = in.n ? buf_str(&in) : S("");
    return r;
}

reply hear(arena *mem, int fd)
{
    return hear_(mem, fd, true);
}

reply hear_head(arena *mem, int fd)
{
    return hear_(mem, fd, false);
}

reply ask(arena *mem, http_server *s, const char *head, str body)
{
    int fd = dial(s);
    say_head(fd, head);
    say(fd, body);
    reply r = hear_(mem, fd, strncmp(head, "HEAD", 4) != 0);
    close(fd);
    return r;
}

bool is_closed(int fd)
{
    char c;
    for (struct pollfd p = {.fd = fd, .events = POLLIN}; poll(&p, 1, 5000) == 1;)
        if (recv(fd, &c, 1, 0) <= 0) return true;
    return false;
}

str gunzip(arena *mem, str s)
{
    z_stream z = {.next_in = (Bytef *)s.at, .avail_in = (uInt)s.n};
    buf out = {.mem = mem};
    char some[65536];
    inflateInit2(&z, MAX_WBITS + 16);
    int code = Z_OK;
    while (code == Z_OK) {
        z.next_out = (Bytef *)some;
        z.avail_out = sizeof some;
        code = inflate(&z, Z_NO_FLUSH);
        buf_add(&out, (str){some, sizeof some - z.avail_out});
    }
    inflateEnd(&z);
    return code == Z_STREAM_END ? buf_str(&out) : (str){0};
}

bool soon(bool (*holds)(void *), void *arg)
{
    for (int i = 0; i < 500; i++) {
        if (holds(arg)) return true;
        usleep(10000);
    }
    return false;
}

// ---- files -----------------------------------------------------------------------------------------------------------------------

static char folder[] = "/tmp/http-test-XXXXXX";

static void remove_folder(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command)) perror(command);
}

str scratch(arena *mem)
{
    static bool made;
    if (!made && mkdtemp(folder)) atexit(remove_folder);
    made = true;
    return str_of(folder);
}

str scratch_file(arena *mem, const char *name, str content)
{
    str path = str_fmt(mem, "%s/%s", scratch(mem).at, name);
    for (char *slash = path.at + sizeof folder; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path.at, 0700);
        *slash = '/';
    }
    FILE *f = fopen(path.at, "w");
    if (!f || fwrite(content.at, 1, content.n, f) != content.n) perror(path.at);
    if (f) fclose(f);
    return path;
}

// ---- the application -------------------------------------------------------------------------------------------------------------

static int64_t number(exchange *e, const char *name)
{
    int64_t n = 0;
    str_to_int(http_query(e, str_of(name)), &n);
    return n;
}

static str letters(arena *mem, size_t n)
{
    str s = {arena_alloc(mem, n + 1), n};
    for (size_t i = 0; i < n; i++) s.at[i] = (char)('a' + i % 23);
    return s;
}

typedef struct {
    int64_t left;
    bool breaks;
} pieces;

static http_piece next_piece(void *arg, exchange *e)
{
    pieces *p = arg;
    if (!p->left) return p->breaks ? PIECE_BROKEN : PIECE_END;
    str some = letters(e->mem, 100000);
    answer_write(e, some.at, some.n);
    p->left--;
    return PIECE_MORE;
}

static void pieces_done(void *arg)
{
    __atomic_add_fetch(&seen.finished, 1, __ATOMIC_SEQ_CST);
}

static void echo(exchange *e)
{
    json_writer w = json_writer_on(e->mem);
    json_open(&w);
    json_key(&w, S("method")), json_str(&w, e->method);
    json_key(&w, S("path")), json_str(&w, e->path);
    json_key(&w, S("query")), json_str(&w, e->query);
    json_key(&w, S("type")), json_str(&w, e->content_type);
    json_key(&w, S("has_body")), json_bool(&w, e->has_body);
    json_key(&w, S("body")), json_str(&w, e->body.n < 100 ? e->body : str_fmt(e->mem, "%zu", e->body.n));
    json_key(&w, S("client")), json_str(&w, e->client);
    json_key(&w, S("secure")), json_bool(&w, e->secure);
    json_key(&w, S("cookie")), json_str(&w, http_cookie(e, "c"));
    json_close(&w);
    answer_json(e, 200, buf_str(&w.out));
}

static void describe_parts(exchange *e)
{
    buf text = {.mem = e->mem};
    each (p, e->parts) {
        int64_t *file = p->file;
        if (file) buf_fmt(&text, "%.*s=<%.*s:%lld>;", PR(p->name), PR(p->filename), (long long)*file);
        else buf_fmt(&text, "%.*s=%.*s;", PR(p->name), PR(p->value));
    }
    answer_text(e, 201, S("text/plain"), text.n ? buf_str(&text) : S(""));
}

static void handle(void *app, exchange *e)
{
    __atomic_add_fetch(&seen.handled, 1, __ATOMIC_SEQ_CST);
    str path = e->path;
    if (str_is(path, "/echo")) return echo(e);
    if (str_is(path, "/upload")) return describe_parts(e);
    if (str_is(path, "/json")) return answer_json(e, 200, str_fmt(e->mem, "\"%s\"", letters(e->mem, (size_t)number(e, "n")).at));
    if (str_is(path, "/empty")) return answer_empty(e, (int)number(e, "status"));
    if (str_is(path, "/slow")) {
        usleep((useconds_t)number(e, "ms") * 1000);
        return answer_json(e, 200, S("1"));
    }
    if (str_is(path, "/cookie")) {
        answer_cookie(e, S("a"), S("x y;ü"), S("Path=/; HttpOnly"));
        answer_cookie(e, S("b"), S("2"), (str){0});
        answer_header(e, "X-Evil", S("a\r\nX-Injected: 1"));
        answer_header(e, "X-Word", S("na\xefve \xc3\xbc"));
        return answer_empty(e, 204);
    }
    if (str_is(path, "/redirect")) return answer_redirect(e, 302, S("original?a=b"));
    if (str_is(path, "/twice")) {
        answer_header(e, "Cache-Control", S("max-age=9"));
        answer_json(e, 200, S("{}"));
        answer_forget(e);
        return answer_error(e, 404, S("Not \"Found\""));
    }
    if (str_is(path, "/stream") || str_is(path, "/broken")) {
        json_writer *w = answer_stream(e, 0, S("application/jsonlines+json"));
        for (int64_t i = number(e, "n"); i > 0; i--) json_int(w, i), json_newline(w);
        if (str_is(path, "/broken")) return answer_error(e, 400, S("too late"));
        return answer_stream_end(e);
    }
    if (str_is(path, "/pieces")) {
        pieces *p = new (e->mem, pieces);
        *p = (pieces){number(e, "n"), number(e, "breaks")};
        return answer_pieces(e, 200, S("application/octet-stream"), next_piece, pieces_done, p);
    }
    if (str_is(path, "/file")) {
        str name = str_fmt(e->mem, "%s/%.*s", scratch(e->mem).at, PR(http_query(e, S("name"))));
        http_file f = {
            .fd = -1, .content_type = S("image/jpeg"), .disposition = S("inline"), .cache_control = S("private"), .modified = WHEN_NONE};
        struct stat st;
        if (http_query(e, S("unopened")).n) {
            if (stat(name.at, &st) < 0 || !answer_unchanged(e, f, &st)) answer_error(e, 404, S("It has to be opened"));
            return;
        }
        f.fd = open(name.at, O_RDONLY | O_CLOEXEC);
        return answer_file(e, f);
    }
    if (str_starts(path, S("/static/")) &&
        http_static(e, str_fmt(e->mem, "%s/www", scratch(e->mem).at), str_slice(path, 8, path.n), (str){0}))
        return;
    if (!str_is(path, "/none")) answer_error(e, 404, S("Not Found"));
}

static void *sink_open(void *arg, exchange *e, str name, str filename)
{
    if (str_ends(filename, S(".exe"))) {
        answer_error(e, 400, S("Unsupported file type"));
        return NULL;
    }
    __atomic_add_fetch(&seen.opened, 1, __ATOMIC_SEQ_CST);
    return new (e->mem, int64_t);
}

static bool sink_write(void *file, const void *at, size_t n)
{
    *(int64_t *)file += (int64_t)n;
    __atomic_add_fetch(&seen.written, (int64_t)n, __ATOMIC_SEQ_CST);
    errno = ENOSPC;
    return n < 4 || memcmp(at, "FULL", 4) != 0;
}

static bool sink_finish(void *arg, exchange *e, void *file)
{
    if (!*(int64_t *)file) answer_error(e, 400, S("File is empty"));
    __atomic_add_fetch(&seen.finished, 1, __ATOMIC_SEQ_CST);
    return *(int64_t *)file > 0;
}

static void sink_discard(void *file)
{
    __atomic_add_fetch(&seen.discarded, 1, __ATOMIC_SEQ_CST);
}

static void upload(void *app, exchange *e, http_sink *sink)
{
    if (http_header(e, "X-Refuse").at) return answer_error(e, 401, S("Authentication required"));
    *sink = (http_sink){NULL, sink_open, sink_write, sink_finish, sink_discard};
}

typedef struct {
    http_options options;
    http_server *server;
} start;

static void start_server(ctx *c, void *arg)
{
    start *s = arg;
    s->server = http_start(c, s->options);
}

http_server *serve_with(arena *mem, http_options o)
{
    o.handle = handle;
    o.upload = upload;
    o.temporary_folder = scratch(mem);
    start s = {.options = o};
    ctx c = {.mem = mem};
    seen = (tally){0};
    if (!try(&c, start_server, &s)) printf("  %.*s\n", PR(c.message));
    return s.server;
}

http_server *serve(arena *mem)
{
    return serve_with(mem, (http_options){.io_threads = 2, .handler_threads = 4});
}

void end(http_server *s)
{
    http_stop(s, 5000);
}
