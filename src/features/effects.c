// Effects of a request: jobs are written inside its transaction; wake-ups and events leave after the commit.
#include "features/effects.h"
#include "features/app.h"

typedef struct {
    bool to_clients;
    uuid room;
    str event, text;
} message;

struct outgoing {
    LIST(message) messages;
    bool woken[QUEUE_COUNT];
};

static outgoing *outgoing_of(request *rq)
{
    if (!rq->outgoing) rq->outgoing = new (rq->mem, outgoing);
    return rq->outgoing;
}

void job_push_(request *rq, job_options options)
{
    queue_add(rq->db, options);
    outgoing_of(rq)->woken[job_queue(options.name)] = true;
}

void wake(request *rq, queue_id q)
{
    outgoing_of(rq)->woken[q] = true;
}

void job_push_all(request *rq, const job_options *jobs, size_t n)
{
    if (!n) return;
    queue_add_all(rq->db, jobs, n);
    for (size_t i = 0; i < n; i++) outgoing_of(rq)->woken[job_queue(jobs[i].name)] = true;
}

void emit(request *rq, uuid room, const char *event, str args)
{
    outgoing *out = outgoing_of(rq);
    *push(rq->mem, out->messages) = (message){.to_clients = true, .room = room, .event = str_of(event), .text = str_dup(rq->mem, args)};
}

void announce(request *rq, const char *topic, str payload)
{
    outgoing *out = outgoing_of(rq);
    *push(rq->mem, out->messages) = (message){.event = str_of(topic), .text = str_dup(rq->mem, payload)};
}

// A message for clients travels as {"room":…,"event":…,"args":"…"} so that whichever process holds the socket delivers it.
static void send_to_clients(request *rq, const message *m)
{
    app *app = rq->app;
    str room = uuid_nil(m->room) ? (str){0} : uuid_text(rq->mem, m->room);
    if (app->http) socketio_emit(app->http, room, m->event, m->text);
    if (!app->bus) return;

    json_writer w = json_writer_on(rq->mem);
    json_open(&w);
    json_key(&w, S("room"));
    json_str(&w, room);
    json_key(&w, S("event"));
    json_str(&w, m->event);
    json_key(&w, S("args"));
    json_str(&w, m->text);
    json_close(&w);
    bus_send(app->bus, S("clients"), buf_str(&w.out), false);
}

void effects_leave(request *rq)
{
    outgoing *out = rq->outgoing;
    if (!out) return;
    rq->outgoing = NULL;
    if (rq->app->bus) {
        for (queue_id q = 1; q < QUEUE_COUNT; q++) {
            if (out->woken[q]) queue_wake(rq->app->bus, q);
        }
    }
    each (m, out->messages) {
        if (m->to_clients) send_to_clients(rq, m);
        else if (rq->app->bus) bus_send(rq->app->bus, m->event, m->text, true);
    }
}

void effects_hear_clients(void *app_, str topic, str payload)
{
    app *app = app_;
    (void)topic;
    if (!app->http) return;
    arena *mem = arena_new();
    json *j = json_parse(mem, payload, NULL);
    if (j) socketio_emit(app->http, json_get_str(j, "room"), json_get_str(j, "event"), json_get_str(j, "args"));
    arena_free(mem);
}
