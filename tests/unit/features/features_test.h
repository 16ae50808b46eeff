// What the tests of features share. A test runs on both engines (BOTH, db_test.h) or needs no database at all (TEST).
#pragma once
#include "../db/db_test.h"
#include "features/app.h"

// A media location of the whole program, removed at the end.
storage *test_storage(void);
// A request without a caller, on the hold of a BOTH test: of the app, pool and storage are set.
request *test_request(ctx *, db_pool *, db *);
// The same, signed in as this user.
request *request_of(ctx *, db_pool *, db *, uuid user);
// Runs a job as a worker does, in a transaction of its own, on what has been committed.
job_result run_job(db_pool *, arena *, job_name, job_data);
// Forgets all jobs that wait, and commits.
void forget_jobs(db *);
// The names of the jobs that wait, in the order in which they came, with blanks in between.
str waiting_jobs(db *, arena *);
