// The api process: HTTP, WebSocket, schedules. Never decodes media.
#pragma once
#include "app/process.h"

int api_run(const settings *, const birth *); // returns the exit code
