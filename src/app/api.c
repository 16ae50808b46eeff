// See api.h. Everything is opened in the order in which one thing needs the other; only then is the port opened.
#include "app/api.h"
#include "app/location.h"
#include "app/mounts.h"
#include "features/server.h"
#include <poll.h>
#include <unistd.h>

enum { GRACE_MS = 10000 };

typedef struct {
    const settings *settings;
    const birth *birth;
    app app;
} process;

static void start(ctx *c, void *arg)
{
    process *p = arg;
    const settings *s = p->settings;
    app *app = &p->app;
    process_open(c, s, p->birth, 0, app);
    mounts_check(c, s, app);
    location_check(c, s, app);
    features_prepare(c, app);
    app->http = http_start(c, (http_options){
                                  .host = s->host,
                                  .port = s->port,
                                  .trusted_proxies = s->trusted_proxies,
                                  .temporary_folder = storage_temporary(app->storage),
                                  .app = app,
                                  .upload = dispatch_upload,
                                  .handle = dispatch_handle,
                                  .socketio_path = S("/api/socket.io"),
                              });
    socketio_setup(app->http, (socketio_options){.app = app, .connect = live_connect, .joined = live_joined});
    features_start(app);
}

int api_run(const settings *s, const birth *b)
{
    process p = {.settings = s, .birth = b};
    ctx c = {.mem = arena_new()};
    if (!try(&c, start, &p)) return process_failed(&c, &p.app);

    const char *host = s->host.n ? s->host.at : "localhost";
    bool six = strchr(host, ':') != NULL;
    log_info("Calotype " CALOTYPE_VERSION " (Immich API " API_VERSION ") is listening on http://%s%s%s:%d [%.*s]", six ? "[" : "", host,
             six ? "]" : "", http_port(p.app.http), PR(s->environment));
    int stop = process_stop_fd(p.app.bus);
    process_ready(b);
    while (poll(&(struct pollfd){.fd = stop, .events = POLLIN}, 1, -1) < 0) {}

    log_info("Stopping");
    http_stop(p.app.http, GRACE_MS);
    features_stop();
    bus_close(p.app.bus);
    db_close(p.app.pool);
    return process_exit_code();
}
