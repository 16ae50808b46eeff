// try() and fail(): one setjmp per piece of work, and a stack of clean-ups.
#include "base/ctx.h"
#include "base/log.h"

struct deferred {
    deferred *older;
    void (*cleanup)(void *);
    void *arg;
};

bool try(ctx *c, void (*work)(ctx *, void *arg), void *arg)
{
    jmp_buf *outer = c->way_out;
    deferred *below = c->deferred;
    volatile bool fine = false;
    jmp_buf here;

    c->status = 0;
    c->message = c->hint = (str){0};
    c->file = NULL;
    c->line = 0;
    c->way_out = &here;
    if (setjmp(here) == 0) {
        work(c, arg);
        fine = true;
    }
    c->way_out = outer;
    while (c->deferred != below) {
        deferred *d = c->deferred;
        c->deferred = d->older;
        d->cleanup(d->arg);
    }
    return fine;
}

void defer(ctx *c, void (*cleanup)(void *), void *arg)
{
    deferred *d = new (c->mem, deferred);
    *d = (deferred){.older = c->deferred, .cleanup = cleanup, .arg = arg};
    c->deferred = d;
}

void ctx_fail(ctx *c, int status, str hint, const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    c->message = str_vfmt(c->mem, fmt, args);
    va_end(args);
    c->status = status;
    c->hint = hint;
    c->file = file;
    c->line = line;
    if (!c->way_out) log_die("%s:%d: failed outside of any try(): %.*s", file, line, PR(c->message));
    longjmp(*c->way_out, 1);
}
