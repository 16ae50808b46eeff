// The worker process: claims jobs and runs them, one at a time.
#pragma once
#include "app/process.h"

int worker_run(const settings *, const birth *); // returns the exit code
