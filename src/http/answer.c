// Answers. The answer_…() functions only note what is to be sent, so that a later one can replace an earlier one; answer_build() makes the
// response of it when the application is done.
#include "http/internal.h"
#include <libdeflate.h>
#include <unistd.h>

enum { COMPRESS_ABOVE = 1024, GZIP_LEVEL = 1 };

// ---- headers ---------------------------------------------------------------------------------------------------------------------

void answer_header(exchange *e, const char *name, str value)
{
    if (!value.n) return;
    for (size_t i = 0; i < value.n; i++)
        if (strchr("\r\n", value.at[i])) return log_warn("header %s left out: it has a line break or NUL", name); // strchr finds NUL too
    *push(e->mem, ((xch *)e)->answer_headers) = (http_pair){str_of(name), str_dup(e->mem, value)};
}

void answer_content_header(xch *x, const char *name, str value)
{
    if (value.n) *push(x->pub.mem, x->content_headers) = (http_pair){str_of(name), value};
}

void answer_cookie(exchange *x, str name, str value, str attributes)
{
    str encoded = percent_encode(x->mem, value);
    answer_header(x, "Set-Cookie", str_fmt(x->mem, "%.*s=%.*s%s%.*s", PR(name), PR(encoded), attributes.n ? "; " : "", PR(attributes)));
}

bool answer_drop(xch *x)
{
    if (stream_break(x)) return false;
    if (x->answer == ANSWER_FILE) close(x->fd);
    stream_free(x->stream);
    x->stream = NULL;
    x->answer = ANSWER_NONE;
    x->pub.status = 0;
    x->content_headers = (http_pairs){0};
    x->bytes = (str){0};
    return true;
}

void answer_forget(exchange *x)
{
    answer_drop((xch *)x);
    ((xch *)x)->answer_headers = (http_pairs){0};
}

// ---- bytes -----------------------------------------------------------------------------------------------------------------------

static bool compressible(str type)
{
    return str_starts(type, S("text/")) || str_starts(type, S("application/json")) || str_starts(type, S("application/javascript"));
}

// {0} if compression does not pay.
static str gzip(arena *mem, str s)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
    if (!c) return (str){0};
    str packed = {arena_alloc_raw(mem, s.n), 0};
    packed.n = libdeflate_gzip_compress(c, s.at, s.n, packed.at, s.n);
    libdeflate_free_compressor(c);
    return packed.n ? packed : (str){0};
}

bool etag_matches(str list, str etag)
{
    if (str_starts(etag, S("W/"))) etag = str_slice(etag, 2, etag.n);
    while (list.n) {
        char *comma = memchr(list.at, ',', list.n);
        str one = comma ? str_slice(list, 0, (size_t)(comma - list.at)) : list;
        list = str_slice(list, one.n + 1, list.n);
        one = str_trim(one);
        if (str_starts(one, S("W/"))) one = str_slice(one, 2, one.n);
        if (str_is(one, "*") || str_eq(one, etag)) return true;
    }
    return false;
}

static str etag_of(arena *mem, str body)
{
    sha1 hash = sha1_of(str_bytes(body));
    str text = base64_encode(mem, (bytes){hash.b, sizeof hash.b});
    return str_fmt(mem, "\"%zx-%.27s\"", body.n, text.at);
}

void answer_not_modified(xch *x, uint64_t length)
{
    x->answer = ANSWER_LENGTH;
    x->size = length;
    x->pub.status = 304;
}

void answer_bytes(xch *x, int status, str content_type, str body)
{
    exchange *e = &x->pub;
    if (!answer_drop(x)) return;
    x->answer = ANSWER_BYTES;
    x->bytes = body;
    e->status = status;
    bool fresh = false, packed = false;
    if (status == 200 && str_starts(content_type, S("application/json")) && str_is(e->method, "GET")) {
        str etag = etag_of(e->mem, body);
        answer_content_header(x, "ETag", etag);
        fresh = etag_matches(http_header(e, "If-None-Match"), etag);
    }
    if (body.n > COMPRESS_ABOVE && compressible(content_type)) {
        answer_content_header(x, "Vary", S("Accept-Encoding"));
        str less = accepts_encoding(http_header(e, "Accept-Encoding"), S("gzip")) ? gzip(e->mem, body) : (str){0};
        packed = less.at;
        if (packed) x->bytes = less;
    }
    if (fresh) return answer_not_modified(x, x->bytes.n);
    answer_content_header(x, "Content-Type", content_type);
    if (packed) answer_content_header(x, "Content-Encoding", S("gzip"));
}

void answer_json(exchange *x, int status, str json)
{
    answer_bytes((xch *)x, status, S("application/json; charset=utf-8"), json);
}

void answer_error(exchange *x, int status, str message)
{
    json_writer w = json_writer_on(x->mem);
    json_open(&w);
    json_key(&w, S("message"));
    json_str(&w, message);
    json_close(&w);
    answer_json(x, status, buf_str(&w.out));
}

void answer_empty(exchange *x, int status)
{
    answer_bytes((xch *)x, status, (str){0}, (str){0});
}

void answer_text(exchange *x, int status, str content_type, str text)
{
    answer_bytes((xch *)x, status, content_type, str_dup(x->mem, text));
}

void answer_redirect(exchange *x, int status, str location)
{
    answer_header(x, "Location", location);
    answer_header(x, "Vary", S("Accept"));
    const char *word = status == 301 ? "Moved Permanently" : status == 307 ? "Temporary Redirect" : status == 302 ? "Found" : "See Other";
    answer_bytes((xch *)x, status, S("text/plain; charset=utf-8"), str_fmt(x->mem, "%s. Redirecting to %.*s", word, PR(location)));
}

// ---- the response ----------------------------------------------------------------------------------------------------------------

// libmicrohttpd sends a Content-Length with every 304, which must then be that of the content (RFC 9110, 8.6); it does not ask for the
// content.
static ssize_t no_content(void *arg, uint64_t position, char *at, size_t room)
{
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

struct MHD_Response *answer_build(xch *x)
{
    struct MHD_Response *r = NULL;
    switch (x->answer) {
    case ANSWER_NONE: break;
    case ANSWER_UPGRADE: return x->response; // made by websocket.c
    case ANSWER_STREAM: r = stream_response(x); break;
    case ANSWER_BYTES: r = MHD_create_response_from_buffer(x->bytes.n, x->bytes.at, MHD_RESPMEM_PERSISTENT); break;
    case ANSWER_LENGTH: r = MHD_create_response_from_callback(x->size, 1, no_content, NULL, NULL); break;
    case ANSWER_FILE:
        r = MHD_create_response_from_fd_at_offset64(x->size, x->fd, x->offset);
        if (r) x->answer = ANSWER_NONE; // the descriptor is the response's now
        break;
    }
    if (!r) return NULL;
    each (h, x->answer_headers) MHD_add_response_header(r, h->name.at, h->value.at);
    each (h, x->content_headers) MHD_add_response_header(r, h->name.at, h->value.at);
    MHD_add_response_header(r, "X-Correlation-ID", x->pub.correlation_id.at);
    if (x->server->stopping) MHD_add_response_header(r, "Connection", "close");
    return r;
}
