// Socket.IO, protocol 5 (https://github.com/socketio/socket.io-protocol), as far as this server needs it: the namespace "/", events from
// the server to rooms. What clients emit is ignored (spec 07, 9).
#include "http/socket.h"
#include <stdlib.h>

enum { LEAVE_WITHIN = 5 }; // seconds for a client that was told to go

// ---- rooms -----------------------------------------------------------------------------------------------------------------------

typedef struct room room;
struct membership {
    client *client;
    room *room;
    size_t at; // in the room
};

struct room {
    entry entry;
    membership **members;
    size_t n, cap;
    char name[];
};

static void room_join(client *c, str name)
{
    socketio *io = c->io;
    for (int i = 0; i < c->room_count; i++)
        if (str_eq(c->rooms[i].room->entry.key, name)) return;
    room *r = (room *)table_find(&io->by_room, name);
    if (!r) {
        r = calloc(1, sizeof *r + name.n + 1);
        if (!r) log_die("out of memory");
        memcpy(r->name, name.at, name.n);
        r->entry.key = (str){r->name, name.n};
        table_add(&io->by_room, &r->entry);
    }
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 1;
        r->members = realloc(r->members, r->cap * sizeof *r->members);
        if (!r->members) log_die("out of memory");
    }
    membership *m = &c->rooms[c->room_count++];
    *m = (membership){.client = c, .room = r, .at = r->n};
    r->members[r->n++] = m;
}

static void room_leave(socketio *io, membership *m)
{
    room *r = m->room;
    membership *last = r->members[--r->n];
    r->members[m->at] = last;
    last->at = m->at;
    if (r->n) return;
    table_remove(&io->by_room, &r->entry);
    free(r->members);
    free(r);
}

void socketio_left(client *c)
{
    for (int i = 0; i < c->room_count; i++) room_leave(c->io, &c->rooms[i]);
    free(c->rooms);
    c->rooms = NULL;
    c->room_count = 0;
    if (c->joined) c->io->joined--;
    c->joined = false;
}

// ---- connecting ------------------------------------------------------------------------------------------------------------------

// The application is asked on a pool thread who the client is; the answer comes back to the socket thread, and after the client has joined
// its rooms the application hears of it, again on a pool thread.
typedef struct {
    job job;
    task task;
    arena *mem;
    client *client;
    xch *handshake;
    char id[21];
    strs rooms;
} welcome;

static void welcome_free(task *t)
{
    welcome *w = container_of(t, welcome, task);
    client_release(w->client);
    xch_release(w->handshake);
    arena_free(w->mem);
}

static void tell_joined(job *j)
{
    welcome *w = container_of(j, welcome, job);
    socketio *io = w->client->io;
    io->options.joined(io->options.app, str_of(w->id), w->rooms);
    loop_add(io->server->loop, &w->task, welcome_free);
}

static void leave(client *c)
{
    socketio_left(c);
    c->leave_by = monotonic() + LEAVE_WITHIN * SECOND;
    engineio_send_text(c, S("41")); // which may end it at once
}

static void join(task *t)
{
    welcome *w = container_of(t, welcome, task);
    client *c = w->client;
    socketio *io = c->io;
    c->connecting = false;
    // Not before: who is told that it is connected misses no event from then on.
    if (!c->closed) engineio_send_text(c, str_fmt(w->mem, "40{\"sid\":\"%s\"}", c->id));
    if (!c->closed && !w->rooms.n) {
        engineio_send_text(c, S("42[\"error\",\"unauthorized\"]"));
        leave(c);
    }
    if (c->closed || !w->rooms.n || io->stopping) return welcome_free(t);

    c->rooms = calloc(w->rooms.n + 1, sizeof *c->rooms);
    if (!c->rooms) log_die("out of memory");
    c->room_count = 0; // as it is; the static analyser cannot see that
    each (name, w->rooms) room_join(c, *name);
    room_join(c, str_of(c->id));
    c->joined = true;
    c->leave_by = 0;
    io->joined++;
    if (!io->options.joined) return welcome_free(t);
    pool_add(io->server->pool, &w->job, tell_joined);
}

static void ask_who(job *j)
{
    welcome *w = container_of(j, welcome, job);
    socketio *io = w->client->io;
    log_context(w->handshake->pub.correlation_id);
    w->rooms = io->options.connect(io->options.app, &w->handshake->pub, w->mem);
    log_context((str){0});
    loop_add(io->server->loop, &w->task, join);
}

static void connect_came(client *c)
{
    arena *mem = arena_new();
    welcome *w = new (mem, welcome);
    *w = (welcome){.mem = mem, .client = c, .handshake = c->handshake};
    c->handshake = NULL;
    c->connecting = true;
    c->refs++;
    id_new(c->id);
    memcpy(w->id, c->id, sizeof w->id);
    pool_add(c->io->server->pool, &w->job, ask_who);
}

void socketio_message(client *c, str text)
{
    char type = text.n ? text.at[0] : 0;
    str rest = str_slice(text, 1, text.n), space = {0};
    if (rest.n && rest.at[0] == '/') { // /namespace,data
        char *comma = memchr(rest.at, ',', rest.n);
        space = comma ? str_slice(rest, 0, (size_t)(comma - rest.at)) : rest;
        if (str_is(space, "/")) space = (str){0};
    }
    if (type == '0' && space.n) {
        arena *mem = arena_new();
        if (utf8_valid(space) && space.n < 200)
            engineio_send_text(c, str_fmt(mem, "44%.*s,{\"message\":\"Invalid namespace\"}", PR(space)));
        arena_free(mem);
    } else if (type == '0') {
        if (c->handshake && !c->io->stopping) connect_came(c);
        else engineio_close(c); // it asks twice
    } else if (type == '1' && !space.n) {
        socketio_left(c);
        c->leave_by = monotonic() + LEAVE_WITHIN * SECOND;
    } else if (type < '1' || type > '6') {
        engineio_close(c);
    }
}

// ---- for the application ---------------------------------------------------------------------------------------------------------

typedef struct {
    task task;
    socketio *io;
    packet *packet;
    bool all, disconnect;
    size_t n;
    char room[];
} order;

static void obey(client *c, order *o)
{
    if (o->disconnect) leave(c);
    else engineio_send(c, o->packet);
}

static void order_came(task *t)
{
    order *o = container_of(t, order, task);
    socketio *io = o->io;
    if (o->all) {
        for (client *c = io->clients, *next; c; c = next) {
            next = c->next;
            if (c->joined) obey(c, o);
        }
    } else {
        room *r = (room *)table_find(&io->by_room, (str){o->room, o->n});
        // From the end: who is cut off leaves the room, and the last one takes its place. The last to leave takes the room along.
        for (size_t i = r ? r->n : 0; i-- > 0;) obey(r->members[i]->client, o);
    }
    if (o->packet) packet_release(o->packet);
    free(o);
}

static void order_give(http_server *s, str room, packet *p, bool disconnect)
{
    order *o = s->socketio ? malloc(sizeof *o + room.n) : NULL;
    if (!o) {
        if (p) packet_release(p);
        return;
    }
    *o = (order){.io = s->socketio, .packet = p, .all = !room.at, .disconnect = disconnect, .n = room.n};
    if (room.at) memcpy(o->room, room.at, room.n);
    loop_add(s->loop, &o->task, order_came);
}

void socketio_emit(http_server *s, str room, str event, str args)
{
    arena *mem = arena_new();
    json_writer w = json_writer_on(mem);
    buf_add(&w.out, S("42"));
    json_open_array(&w);
    json_str(&w, event);
    if (args.n) json_raw(&w, args);
    json_close_array(&w);
    order_give(s, room, packet_new(buf_str(&w.out)), false);
    arena_free(mem);
}

void socketio_disconnect(http_server *s, str room)
{
    order_give(s, room, NULL, true);
}

int socketio_clients(http_server *s)
{
    return s->socketio ? s->socketio->joined : 0;
}

// ---- the server's side -----------------------------------------------------------------------------------------------------------

static void tick(void *io)
{
    engineio_tick(io);
}

void socketio_setup(http_server *s, socketio_options o)
{
    socketio *io = calloc(1, sizeof *io);
    if (!io) log_die("out of memory");
    *io = (socketio){.server = s, .options = o, .ping = packet_new(S("2"))};
    s->socketio = io;
    loop_every_second(s->loop, tick, io);
}

bool socketio_wants(http_server *s, exchange *e)
{
    str prefix = s->options.socketio_path;
    if (!s->socketio || !prefix.n || e->path.n < prefix.n || !str_ieq(str_slice(e->path, 0, prefix.n), prefix)) return false;
    return e->path.n == prefix.n || e->path.at[prefix.n] == '/';
}

void socketio_request(xch *x)
{
    engineio_request(x->server->socketio, x);
}

typedef struct {
    task task;
    socketio *io;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool stopped;
} ending;

static void close_all(task *t)
{
    ending *e = container_of(t, ending, task);
    e->io->stopping = true;
    while (e->io->clients) engineio_close(e->io->clients);
    pthread_mutex_lock(&e->lock);
    e->stopped = true;
    pthread_cond_signal(&e->done);
    pthread_mutex_unlock(&e->lock);
}

void socketio_stop(http_server *s)
{
    if (!s->socketio) return;
    ending e = {.io = s->socketio, .lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
    loop_add(s->loop, &e.task, close_all);
    pthread_mutex_lock(&e.lock);
    while (!e.stopped) pthread_cond_wait(&e.done, &e.lock);
    pthread_mutex_unlock(&e.lock);
}

void socketio_free(socketio *io)
{
    if (!io) return;
    packet_release(io->ping);
    table_free(&io->by_sid);
    table_free(&io->by_room);
    free(io);
}
