// A context: the memory and the way out of one piece of work (a request, a job, a start-up step).
//
// fail() never returns. It records status and message and jumps to the enclosing try, which runs the clean-ups that were
// registered inside it (newest first) and returns false. So code reads top to bottom and never passes errors along.
// Third-party callbacks must not be jumped over: they record and return, and the caller fails afterwards.
//
//     ctx c = {.mem = mem};
//     if (!try(&c, work, arg)) log_warn("%.*s", PR(c.message));
//
// Every richer context (request) begins with a ctx, so that fail(rq, …) works for all of them.
#pragma once
#include "base/str.h"
#include <setjmp.h>

typedef struct ctx ctx;
typedef struct deferred deferred;

struct ctx {
    arena *mem;
    jmp_buf *way_out;   // set by try()
    deferred *deferred; // newest first
    int status;         // HTTP status of the failure, 500 for our own mistakes; 0 while all is well
    str message;        // for the client
    str hint;           // for the operator: what to do
    const char *file;   // where it failed
    int line;
};

// Runs work(c, arg). True: it returned. False: it failed; status, message, file and line are set and the clean-ups have run.
// Clean-ups registered inside run in both cases. Nests.
bool try(ctx *, void (*work)(ctx *, void *arg), void *arg);

// Registers a clean-up for the end of the innermost try.
void defer(ctx *, void (*cleanup)(void *), void *arg);

#define fail(who, http_status, ...) ctx_fail((ctx *)(who), (http_status), (str){0}, __FILE__, __LINE__, __VA_ARGS__)
#define fail_hint(who, http_status, hint_text, ...)                                                                                        \
    ctx_fail((ctx *)(who), (http_status), str_of(hint_text), __FILE__, __LINE__, __VA_ARGS__)

_Noreturn void ctx_fail(ctx *, int status, str hint, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
