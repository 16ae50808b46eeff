// The process as the features see it, and what the process calls of the features.
#pragma once
#include "features/feature.h"
#include "media/cage.h"

struct app {
    db_pool *pool;
    storage *storage;
    bus *bus;
    http_server *http; // NULL in a worker
    cage *cage;        // decodes media; NULL but in a worker
    str web_folder;    // the built web app; {0}: none
    bool allow_setup;  // IMMICH_ALLOW_SETUP
};

// In each process, when all but the port is open: sets the log level. Fails when the configuration file is unusable.
void features_prepare(ctx *, app *);
// In the api process, when the port is open: hears the bus, starts the schedules.
void features_start(app *);
// In the api process, before anything is closed: nothing happens by the clock any more.
void features_stop(void);

// Removes the files of work that a crash interrupted before its commit. A worker calls it before it puts the jobs of a dead one back, since they
// make such files anew; features_start() does too.
void leftovers_settle(app *);

// For http_options.
void dispatch_upload(void *app, exchange *, http_sink *);
void dispatch_handle(void *app, exchange *);

// For socketio_options.
strs live_connect(void *app, exchange *handshake, arena *);
void live_joined(void *app, str sid, strs rooms);

// Runs one job in a request of its own and pushes its follow-ups. Never fails: what went wrong is logged and in the outcome.
typedef struct {
    job_result result;
    bool park;  // keep the job as failed, with the reason: it broke its decoder
    bool again; // it did not come to its end, since the database was away: do it again
    str reason; // on the given arena
} job_outcome;
job_outcome job_run(app *, arena *, const job *);
bool job_known(job_name); // has this job a handler in this program

// Limits per queue from the system configuration, for queue_claim().
void job_concurrency(app *, int out[QUEUE_COUNT]);

// A request without a caller, for jobs, schedules and the command line. `work` runs in a transaction that is committed when it returns;
// jobs and events leave afterwards. False: it failed, and *error (on the arena) says why.
bool app_work(app *, arena *, void (*work)(request *, void *arg), void *arg, str *error);

// `calotype admin …`; the exit code.
int admin_main(app *, int argc, char **argv);
