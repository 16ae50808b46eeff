// `calotype serve`: keeps an api process and the workers running, and carries the bus between them.
//
// The supervisor is small on purpose: it opens no database and reads no bytes of anybody, so nothing can bring it down. What a dead worker
// had at hand is put back by the worker that takes its place, which is told how the other one ended.
#pragma once
#include "app/process.h"

int supervisor_run(const settings *, command_line); // returns the exit code
