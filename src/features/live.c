// Live events: who a socket belongs to, and what it is told first.                                              spec 07, section 9
#include "features/app.h"
#include "features/authenticate.h"
#include "features/config.h"
#include "features/effects.h"
#include "features/schedules.h"
#include "features/server.h"
#include <stdio.h>

typedef struct {
    request rq;
    strs rooms;
} joining;

static void join(ctx *unused, void *arg)
{
    (void)unused;
    joining *j = arg;
    request *rq = &j->rq;
    rq->db = db_begin(&rq->ctx, rq->app->pool, DB_READ);
    authenticate(rq, false);
    db_commit(rq->db);
    auth *a = &rq->auth;
    if (a->kind == AUTH_SHARED_LINK) return;
    bool all = a->kind == AUTH_SESSION;
    each (p, a->permissions) all |= str_is(*p, "all");
    if (!all) return;
    *push(rq->mem, j->rooms) = uuid_text(rq->mem, a->user_id);
    if (a->kind == AUTH_SESSION) *push(rq->mem, j->rooms) = uuid_text(rq->mem, a->session_id);
}

strs live_connect(void *app, exchange *handshake, arena *mem)
{
    joining j = {.rq = {.ctx = {.mem = mem}, .app = app, .mem = mem, .http = handshake}};
    if (!try(&j.rq.ctx, join, &j)) log_debug("socket refused: %.*s", PR(j.rq.ctx.message));
    return j.rooms;
}

void live_joined(void *app_, str sid, strs rooms)
{
    (void)rooms;
    app *app = app_;
    char version[96];
    snprintf(version, sizeof version, "{\"major\":%d,\"minor\":%d,\"patch\":%d,\"prerelease\":null}", API_MAJOR, API_MINOR, API_PATCH);
    socketio_emit(app->http, sid, S("on_server_version"), str_of(version));
}

void features_prepare(ctx *c, app *app)
{
    config_prepare(c, app);
}

void features_start(app *app)
{
    leftovers_settle(app);
    config_start(app);
    if (app->bus) bus_on(app->bus, "clients", effects_hear_clients, app);
    server_remember_version(app);
    schedules_start(app);
}

void features_stop(void)
{
    schedules_stop();
}
