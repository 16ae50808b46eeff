// From request to answer: route, caller, rights, validation, handler, commit, effects, answer.            spec 01, sections 1 to 3
//
// This is the one place where the contract's data about a route is enforced.
#include "contract/handler.h"
#include "features/app.h"
#include "features/authenticate.h"
#include "features/effects.h"
#include "features/site.h"
#include "features/uploads.h"
#include <ctype.h>

typedef struct {
    request rq;
    route_match match;
    bool admitted; // caller and rights were checked when the upload began
} call;

static call *call_of(app *app, exchange *x)
{
    if (x->user) return x->user;
    call *c = new (x->mem, call);
    c->rq = (request){.ctx = {.mem = x->mem}, .app = app, .mem = x->mem, .http = x};
    x->user = c;
    return c;
}

// ---- failures --------------------------------------------------------------------------------------------------------------------

// "createUserAdmin" -> "create user admin", "finishOAuth" -> "finish oauth"
static str operation_words(arena *mem, const char *operation)
{
    buf words = {.mem = mem};
    bool upper_before = false;
    for (const char *p = operation; *p; p++) {
        bool upper = isupper((unsigned char)*p);
        if (upper && !upper_before) buf_char(&words, ' ');
        buf_char(&words, (char)tolower((unsigned char)*p));
        upper_before = upper;
    }
    return buf_str(&words);
}

static void answer_failure(call *c)
{
    request *rq = &c->rq;
    ctx *failure = &rq->ctx;
    if (failure->status < 500) {
        log_debug("%s:%d: %d %.*s", failure->file, failure->line, failure->status, PR(failure->message));
    } else {
        log_error("%.*s %.*s: %.*s (%s:%d)%s%.*s", PR(rq->http->method), PR(rq->http->path), PR(failure->message), failure->file,
                  failure->line, failure->hint.n ? ". " : "", PR(failure->hint));
    }
    str message = failure->message;
    if (failure->status == 500) { // what went wrong inside is nobody's business
        message = S("Internal server error");
        if (c->match.route)
            message = str_fmt(rq->mem, "Failed to %.*s%s", PR(operation_words(rq->mem, c->match.route->operation)),
                              c->match.as_patch ? " v3" : "");
    }
    answer_forget(rq->http);
    answer_error(rq->http, failure->status, message);
}

// ---- the steps -------------------------------------------------------------------------------------------------------------------

static void find_route(call *c)
{
    request *rq = &c->rq;
    exchange *x = rq->http;
    if (c->match.route) return;
    switch (route_find(rq->mem, x->method, x->path, &c->match)) {
    case ROUTE_FOUND: return;
    case ROUTE_BAD_ESCAPE: fail(rq, 400, "Failed to decode param '%.*s'", PR(c->match.bad));
    case ROUTE_UNKNOWN: fail(rq, 404, "Cannot %.*s %.*s", PR(x->method), PR(x->url));
    }
}

static bool key_allows(const auth *a, const char *permission)
{
    each (p, a->permissions) {
        if (str_is(*p, "all") || str_is(*p, permission)) return true;
    }
    return false;
}

// Who is it, and may such a caller use this route at all?
static void admit(call *c)
{
    request *rq = &c->rq;
    const route *r = c->match.route;
    if (r->is_public || c->admitted) return;
    authenticate(rq, true);
    auth *a = &rq->auth;
    if (r->admin_only && !a->is_admin) fail(rq, 403, "Forbidden");
    if (a->kind == AUTH_SHARED_LINK && (!r->shared_link || r->admin_only)) fail(rq, 403, "Forbidden");
    if (a->kind == AUTH_API_KEY && r->permission && !key_allows(a, r->permission))
        fail(rq, 403, "Missing required permission: %s", r->permission);
    authenticate_touch(rq);
    c->admitted = true;
}

static str header_value(void *x, const char *name)
{
    return http_header(x, name);
}

static const json *json_body(request *rq)
{
    exchange *x = rq->http;
    if (!x->has_body || !str_is(x->content_type, "application/json")) return NULL;
    if (!x->body.n) {
        json *empty = new (rq->mem, json);
        empty->type = JSON_OBJECT;
        return empty;
    }
    str error = {0};
    json *body = json_parse(rq->mem, x->body, &error);
    if (!body) fail(rq, 400, "%.*s", PR(error));
    if (body->type != JSON_OBJECT && body->type != JSON_ARRAY) fail(rq, 400, "The JSON body must be an object or an array");
    return body;
}

static pair_texts texts_of(http_pairs pairs)
{
    return (pair_texts){(const str *)pairs.at, pairs.n};
}

static pair_texts form_fields(request *rq)
{
    exchange *x = rq->http;
    if (str_is(x->content_type, "application/x-www-form-urlencoded")) return texts_of(http_form_pairs(x));
    http_pairs fields = {0};
    each (p, x->parts) {
        if (!p->file) *push(rq->mem, fields) = (http_pair){p->name, p->value};
    }
    return texts_of(fields);
}

// Parses and validates; a bad request is answered with all its issues at once.
static void *read_input(call *c, const json *body)
{
    request *rq = &c->rq;
    const route *r = c->match.route;
    route_input given = {
        .query = texts_of(http_query_pairs(rq->http)),
        .header = header_value,
        .header_arg = rq->http,
        .body = body,
        .fields = form_fields(rq),
        .form = str_is(rq->http->content_type, "application/x-www-form-urlencoded"),
    };
    void *in = arena_alloc(rq->mem, r->in->size);
    issues found = {0};
    if (route_read(rq->mem, &c->match, &given, in, &found)) return in;
    answer_json(rq->http, 400, issues_answer(rq->mem, found));
    return NULL;
}

static void write_answer(call *c, const void *out)
{
    request *rq = &c->rq;
    const route *r = c->match.route;
    if (rq->answered || rq->http->status) return;
    int status = rq->status ? rq->status : r->status;
    if (r->answer == ANSWER_NONE || !r->out) {
        answer_empty(rq->http, status);
        return;
    }
    json_writer w = json_writer_on(rq->mem);
    schema_write(&w, r->out, out);
    answer_json(rq->http, status, buf_str(&w.out));
}

static void run(ctx *unused, void *arg)
{
    (void)unused;
    call *c = arg;
    request *rq = &c->rq;
    exchange *x = rq->http;
    log_context(x->correlation_id);
    const json *body = json_body(rq);
    if (site_answers(rq)) return;
    find_route(c);

    rq->db = db_begin(&rq->ctx, rq->app->pool, DB_READ);
    admit(c);
    const route *r = c->match.route;
    handler *handle = route_handler(r);
    if (!handle) fail(rq, 501, "%s is not available in this version of Calotype", r->operation);

    void *in = read_input(c, body);
    if (!in) return;
    void *out = arena_alloc(rq->mem, r->out_size);
    if (r->out) schema_clear(r->out, out);
    if (!str_is(x->method, "GET")) { // a GET goes on in the transaction that found its caller
        db_commit(rq->db);
        db_set_mode(rq->db, DB_WRITE);
    }
    handle(rq, rq->db, rq->mem, in, out);
    db_commit(rq->db);
    storage_settle(&rq->ctx);
    effects_leave(rq);
    write_answer(c, out);
}

static void finish(call *c, bool good)
{
    if (!good) answer_failure(c);
    log_context((str){0});
}

void dispatch_handle(void *app, exchange *x)
{
    call *c = call_of(app, x);
    finish(c, try(&c->rq.ctx, run, c));
}

// ---- uploads ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    call *call;
    http_sink *sink;
} upload;

static void *open_nowhere(void *arg, exchange *x, str name, str filename)
{
    (void)arg;
    (void)filename;
    answer_error(x, 400, str_fmt(x->mem, "Unexpected field - %.*s", PR(name)));
    return NULL;
}

static void begin_upload(ctx *unused, void *arg)
{
    (void)unused;
    upload *u = arg;
    call *c = u->call;
    request *rq = &c->rq;
    *u->sink = (http_sink){.open = open_nowhere};
    find_route(c);
    rq->db = db_begin(&rq->ctx, rq->app->pool, DB_READ);
    admit(c);
    if (str_is(str_of(c->match.route->operation), "uploadAsset")) uploadAsset_upload(rq, u->sink);
    db_commit(rq->db);
}

void dispatch_upload(void *app, exchange *x, http_sink *sink)
{
    call *c = call_of(app, x);
    finish(c, try(&c->rq.ctx, begin_upload, &(upload){c, sink}));
}
