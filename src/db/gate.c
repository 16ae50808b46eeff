// Fair waiting: for a connection of the pool, and for the one writer of SQLite.
#include "db/engine.h"
#include <errno.h>
#include <pthread.h>
#include <time.h>

struct gate_waiter {
    gate_waiter *next;
    pthread_cond_t turn;
    bool inside;
};

void gate_init(gate *g, int places)
{
    *g = (gate){.places = places};
    pthread_mutex_init(&g->mutex, NULL);
}

// A place that becomes free is handed to the longest waiting thread, so newcomers can't overtake it.
bool gate_enter(gate *g, int64_t timeout_ms)
{
    pthread_mutex_lock(&g->mutex);
    if (g->places > 0 && !g->first) {
        g->places--;
        pthread_mutex_unlock(&g->mutex);
        return true;
    }
    gate_waiter me = {0};
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&me.turn, &clock);
    pthread_condattr_destroy(&clock);
    if (g->last) g->last->next = &me;
    else g->first = &me;
    g->last = &me;

    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    while (!me.inside)
        if (pthread_cond_timedwait(&me.turn, &g->mutex, &until) == ETIMEDOUT) break;

    if (!me.inside) {
        gate_waiter *before = NULL;
        for (gate_waiter *w = g->first; w != &me; w = w->next) before = w;
        if (before) before->next = me.next;
        else g->first = me.next;
        if (g->last == &me) g->last = before;
    }
    pthread_mutex_unlock(&g->mutex);
    pthread_cond_destroy(&me.turn);
    return me.inside;
}

void gate_leave(gate *g)
{
    pthread_mutex_lock(&g->mutex);
    gate_waiter *w = g->first;
    if (w) {
        g->first = w->next;
        if (!g->first) g->last = NULL;
        w->inside = true;
        pthread_cond_signal(&w->turn);
    } else {
        g->places++;
    }
    pthread_mutex_unlock(&g->mutex);
}
