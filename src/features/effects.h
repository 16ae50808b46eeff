// What the dispatcher and the job runner need of effects.c.
#pragma once
#include "features/feature.h"

void effects_leave(request *);                                // after the commit
void effects_hear_clients(void *app, str topic, str payload); // bus handler: another process emits to our sockets
