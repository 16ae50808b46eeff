// What happens by the clock.
#pragma once
#include "features/feature.h"

void schedules_start(app *);                         // the thread
void schedules_stop(void);                           // for good; waits until the thread is not at work
bool schedules_look(app *, when after, when before); // pushes what was due in between, once on all hosts; false: it failed
