// The cage: untrusted bytes are decoded in a child process that holds nothing worth stealing and can break nothing but itself.
//
// A worker keeps one decoder: the program calotype-decoder beside its own, so that neither the API nor a worker carries a decoding library.
// It has no database, no configuration, an empty environment and one socket. The worker sends it small JSON messages with open descriptors beside them: inputs read-only, outputs write-only.
// So the decoder needs no path, and a wall (seccomp and Landlock, as far as the kernel has them) takes away what it does not need.
//
// A broken file costs one call: if the decoder crashes, hangs or grows too large, it is killed, the call fails with the reason, and the next
// call starts a fresh one. It is also replaced after some number of jobs or when it has swollen, so that leaks of libraries do not add up.
//
// Message: 32-bit length in host order, then JSON. Request: {"op", "seconds", "fds", "in"}; answer: {"ok": true, "out"} or
// {"ok": false, "status", "message"}; "last": true when the decoder goes after this answer. The decoder speaks first: {"ok": true, "wall"}.
// Its answers are parsed as the work of an enemy: bounded, strict JSON, no descriptors accepted.
#pragma once
#include "base/base.h"

typedef struct cage cage;

typedef struct {
    char *const *argv; // how to start the decoder; NULL: calotype-decoder beside this program
    size_t memory;     // bytes that it may allocate; 0: half of the machine's memory, 1 to 8 GiB
    int jobs;          // replaced after so many; 0: 500
} cage_options;

enum { CAGE_FDS = 8 };      // descriptors per call, at most
enum { CAGE_BROKEN = 502 }; // status of a failure that cost the decoder its life

// Starts nothing yet. A cage belongs to one thread, and the decoder dies with the thread that started it.
cage *cage_new(cage_options);
void cage_free(cage *); // stops the decoder; NULL is fine
// Stops an idle decoder and so gives its memory back; the next call starts another.
void cage_rest(cage *);

// Runs one operation. in: JSON text, {0} for none; fds stay the caller's. Returns the answer's "out" (NULL if it has none), on the context's arena.
// Fails: 422 with the decoder's own words when it refused the file, CAGE_BROKEN when it crashed, hung
// or outgrew its memory, 500 when it could not be started.
const json *cage_call(ctx *, cage *, const char *op, str in, const int *fds, size_t n, int timeout_s);

// ---- inside the decoder ----------------------------------------------------------------------------------------------------------
// One operation: in is never NULL; out is written as one JSON value. fds are closed afterwards. Failing the context answers the call.
typedef struct {
    const char *name;
    void (*run)(ctx *, const json *in, const int *fds, size_t n, json_writer *out);
} cage_op;

// The decoder's main: argv as cage.c made it. prepare() runs before the wall goes up and may open files (loading modules, fonts, tables).
// Returns the exit status when the worker hangs up.
int cage_main(int argc, char **argv, const cage_op *ops, size_t n, void (*prepare)(void));

// Raises the wall around this process; says what it consists of ("seccomp, Landlock 3"). Parts that the kernel lacks are left out.
str cage_wall(arena *);
