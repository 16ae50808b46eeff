// A multipart request on its way from the epoll thread to the application's sink.
//
// The epoll thread copies what arrives into one buffer while a pool thread parses the other and feeds the sink. The pool is asked only when
// a buffer is half full or the body has ended, so a slow sender costs a buffer and no thread; when both buffers are busy the connection is
// suspended.
#include "http/internal.h"
#include "http/multipart.h"
#include <errno.h>
#include <stdlib.h>

enum { PARTS_LIMIT = 1000, FIELD_LIMIT = 1 << 20, FIELDS_LIMIT = 10 << 20 };

struct upload {
    xch *x;
    // Guarded by the exchange's lock.
    char *fill, *work;
    size_t fill_n, work_n;
    bool working; // a job is queued or runs
    bool last;    // the body has ended
    bool refused; // the answer is known
    // Of the job.
    multipart *parser;
    LIST(void *) opened;
    void *file; // of the part at hand
    bool skipping;
    buf text;
    size_t texts;
};

// ---- from parser to sink ---------------------------------------------------------------------------------------------------------

static bool refuse(upload *u, int status, str message)
{
    if (u->x->answer == ANSWER_NONE) answer_error(&u->x->pub, status, message);
    return false;
}

static bool part_begin(void *arg, str name, str filename, str type)
{
    upload *u = arg;
    xch *x = u->x;
    exchange *e = &x->pub;
    bool is_file = filename.at || str_starts(type, S("application/octet-stream"));
    u->file = NULL;
    u->text = (buf){.mem = e->mem};
    u->skipping = is_file && (!filename.n || !x->sink.open);
    if (u->skipping) return true;
    if (!name.n) return refuse(u, 400, S("Field name missing"));
    if (e->parts.n >= PARTS_LIMIT) return refuse(u, 400, S("Too many parts"));
    *push(e->mem, e->parts) = (http_part){.name = name, .filename = filename, .content_type = type};
    if (!is_file) return true;

    u->file = x->sink.open(x->sink.arg, e, name, filename);
    if (!u->file) return refuse(u, 500, S("Internal server error"));
    *push(e->mem, u->opened) = u->file;
    return true;
}

static bool part_data(void *arg, const char *at, size_t n)
{
    upload *u = arg;
    exchange *e = &u->x->pub;
    if (u->skipping) return true;
    if (u->file) {
        if (u->x->sink.write(u->file, at, n)) return true;
        log_error("cannot store an upload: %s", strerror(errno));
        return refuse(u, 500, S("Internal server error"));
    }
    u->texts += n;
    str name = e->parts.at[e->parts.n - 1].name;
    if (u->text.n + n > FIELD_LIMIT || u->texts > FIELDS_LIMIT)
        return refuse(u, 400, str_fmt(e->mem, "Field value too long - %.*s", PR(name)));
    buf_add(&u->text, (str){(char *)at, n});
    return true;
}

static bool part_end(void *arg)
{
    upload *u = arg;
    xch *x = u->x;
    if (u->skipping) return true;
    http_part *part = &x->pub.parts.at[x->pub.parts.n - 1];
    if (!u->file) return part->value = u->text.n ? utf8_clean(x->pub.mem, buf_str(&u->text)) : S(""), true;
    part->file = u->file;
    u->file = NULL;
    return x->sink.finish(x->sink.arg, &x->pub, part->file) || refuse(u, 500, S("Internal server error"));
}

static void discard_all(upload *u)
{
    each (file, u->opened) u->x->sink.discard(*file);
    u->opened.n = 0;
}

// ---- jobs ------------------------------------------------------------------------------------------------------------------------

static void parts_run(job *);

// With the lock held.
static void start(upload *u)
{
    char *swap = u->work;
    u->work = u->fill;
    u->work_n = u->fill_n;
    u->fill = swap;
    u->fill_n = 0;
    u->working = true;
    u->x->refs++;
    pool_add(u->x->server->pool, &u->x->job, parts_run);
}

static void complete(upload *u)
{
    xch *x = u->x;
    if (x->answer == ANSWER_NONE && !multipart_finish(u->parser)) refuse(u, 400, multipart_error(u->parser));
    if (x->answer == ANSWER_NONE) x->server->options.handle(x->server->options.app, &x->pub);
    discard_all(u);
    xch_settle(x);
}

static void parts_run(job *j)
{
    xch *x = container_of(j, xch, job);
    upload *u = x->upload;
    log_context(x->pub.correlation_id);
    if (!http_client_gone(&x->pub) && x->answer == ANSWER_NONE && !multipart_push(u->parser, u->work, u->work_n))
        refuse(u, 400, multipart_error(u->parser));

    pthread_mutex_lock(&x->lock);
    if (x->answer != ANSWER_NONE) {
        u->refused = true;
        u->fill_n = 0;
    }
    bool again = !x->gone && u->fill_n && (u->last || u->fill_n >= UPLOAD_BUFFER / 2);
    bool whole = !x->gone && u->last && !again;
    bool over = x->gone || u->refused;
    u->working = whole || over;
    if (again) start(u);
    if (!x->gone && !u->last) xch_wake(x);
    pthread_mutex_unlock(&x->lock);

    if (whole) complete(u);
    else if (over) discard_all(u);
    if (whole || over) {
        pthread_mutex_lock(&x->lock);
        u->working = false;
        if (over && !whole && !x->gone && u->last) start(u); // the body ended meanwhile: the answer is still to be sent
        pthread_mutex_unlock(&x->lock);
    }
    log_context((str){0});
    xch_release(x);
}

static void ask_run(job *j)
{
    xch *x = container_of(j, xch, job);
    exchange *e = &x->pub;
    log_context(e->correlation_id);
    x->server->options.upload(x->server->options.app, e, &x->sink);
    if (x->answer == ANSWER_NONE) {
        str boundary = multipart_boundary(e->mem, http_header(e, "Content-Type"));
        upload *u = x->upload = new (e->mem, upload);
        u->x = x;
        u->parser = multipart_new(e->mem, boundary, (multipart_events){u, part_begin, part_data, part_end});
        if (!boundary.n) answer_error(e, 400, S("Multipart: Boundary not found"));
    }
    log_context((str){0});
    pthread_mutex_lock(&x->lock);
    if (!x->gone) xch_wake(x);
    pthread_mutex_unlock(&x->lock);
    xch_release(x);
}

// ---- the epoll thread's side -----------------------------------------------------------------------------------------------------

void upload_ask(xch *x)
{
    pool_add(x->server->pool, &x->job, ask_run);
}

bool upload_take(xch *x, const char *at, size_t *n)
{
    upload *u = x->upload;
    pthread_mutex_lock(&x->lock);
    bool wanted = !u->refused;
    while (wanted && *n) {
        size_t take = UPLOAD_BUFFER - u->fill_n < *n ? UPLOAD_BUFFER - u->fill_n : *n;
        if (!u->fill) u->fill = malloc(UPLOAD_BUFFER);
        if (!u->fill) log_die("out of memory");
        memcpy(u->fill + u->fill_n, at, take);
        u->fill_n += take;
        at += take;
        *n -= take;
        if (!u->working && u->fill_n >= UPLOAD_BUFFER / 2) start(u);
        else if (*n) break;
    }
    if (wanted && *n) xch_park(x);
    pthread_mutex_unlock(&x->lock);
    return wanted;
}

bool upload_end(xch *x)
{
    upload *u = x->upload;
    pthread_mutex_lock(&x->lock);
    bool wanted = !x->abandoned;
    if (wanted) {
        x->stage = STAGE_WORK;
        u->last = true;
        xch_park(x);
        if (!u->working) start(u);
    }
    pthread_mutex_unlock(&x->lock);
    return wanted;
}

void upload_gone(xch *x)
{
    upload *u = x->upload;
    if (!u->working && u->opened.n) start(u);
}

void upload_free(upload *u)
{
    if (!u) return;
    free(u->fill);
    free(u->work);
}
