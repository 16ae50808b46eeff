// What all processes of the program share: exit codes, opening the rooms, being told to stop.
#pragma once
#include "app/settings.h"
#include "features/app.h"
#include <sys/types.h>

enum {
    EXIT_FINE = 0,
    EXIT_TROUBLE = 1,
    EXIT_AGAIN = 7,          // a restart was asked for (spec 05, 1.11)
    EXIT_USAGE = 64,         // the command line is wrong
    EXIT_CONFIGURATION = 78, // starting again would fail again: somebody has to change something
};

// How a process was started by the supervisor; zero when it was started by hand.
typedef struct {
    const char *name; // worker-1
    pid_t supervisor;
    int ready_fd;     // gets a byte when the process serves; 0: none
    bool first;       // nobody else has opened this data directory yet
    const char *lost; // the worker that this one stands in for, and how it ended
    const char *reason;
} birth;

// Dies with the supervisor, ignores broken pipes. False: the supervisor is gone already.
bool process_begin(const birth *);
void process_ready(const birth *);

// Opens the database (waiting for PostgreSQL as long as it takes), brings its schema up to date, and opens storage and bus.
void process_open(ctx *, const settings *, const birth *, int connections, app *);
// Says in one line why a start failed, and returns the exit code.
int process_failed(const ctx *, const app *);

// From now on SIGTERM and SIGINT, or a restart asked for over the bus (topic "AppRestart"; the bus may be NULL), make this descriptor
// readable.
int process_stop_fd(bus *);
int process_exit_code(void); // EXIT_AGAIN when a restart was asked for
