// What lies beside the API.                                                                          spec 01, section 1; spec 05, 6.2
#include "features/site.h"
#include "features/app.h"

static bool under(str path, const char *folder)
{
    str f = str_of(folder);
    return path.n >= f.n && str_ieq(str_slice(path, 0, f.n), f) && (path.n == f.n || path.at[f.n] == '/');
}

static void custom_css(request *rq)
{
    rq->db = db_begin(&rq->ctx, rq->app->pool, DB_READ);
    str css = config_get(rq)->theme.customCss;
    db_commit(rq->db);
    answer_text(rq->http, 200, S("text/css; charset=utf-8"), css.at ? css : S(""));
}

static bool accepts_html(str accept)
{
    return !accept.n || str_find(accept, S("text/html")) >= 0 || str_find(accept, S("*/*")) >= 0 || str_find(accept, S("text/*")) >= 0;
}

// What the page may do. Photos and films come from here, or were made in the page; map tiles come from wherever the administrator says.
static void harden(exchange *x)
{
    answer_header(
        x, "Content-Security-Policy",
        S("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
          "media-src 'self' blob:; font-src 'self' data: https:; connect-src 'self' https:; worker-src 'self' blob:; object-src 'none'; "
          "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"));
    answer_header(x, "X-Frame-Options", S("SAMEORIGIN"));
    answer_header(x, "Referrer-Policy", S("same-origin"));
    answer_header(x, "Cross-Origin-Opener-Policy", S("same-origin-allow-popups"));
}

// A file of the web app, or its one page for every path that is none.
static void web_app(request *rq)
{
    exchange *x = rq->http;
    str folder = rq->app->web_folder;
    if (!str_is(x->method, "GET")) fail(rq, 404, "Cannot %.*s %.*s", PR(x->method), PR(x->url));
    str forever = under(x->path, "/assets") ? S("public,max-age=31536000,immutable") : (str){0};
    if (folder.n && x->path.n > 1 && http_static(x, folder, x->path, forever)) return;

    if (str_is(x->path, "/favicon.ico")) fail(rq, 404, "Not Found");
    str accept = http_header(x, "accept");
    if (!accepts_html(accept)) fail(rq, 406, "The route %.*s was requested as %.*s, but only returns text/html", PR(x->path), PR(accept));
    if (folder.n && http_static(x, folder, S("/index.html"), S("no-store"))) {
        harden(x);
        return;
    }
    answer_text(x, 200, S("text/plain; charset=utf-8"),
                S("Calotype is running, but its web app is not installed here. Build it with `make build`; the API is at /api.\n"));
}

bool site_answers(request *rq)
{
    str path = rq->http->path;
    if (under(path, "/api")) return false;
    if (str_is(path, "/.well-known/immich")) {
        answer_json(rq->http, 200, S("{\"api\":{\"endpoint\":\"/api\"}}"));
    } else if (str_is(path, "/custom.css")) {
        custom_css(rq);
    } else {
        web_app(rq);
    }
    return true;
}
