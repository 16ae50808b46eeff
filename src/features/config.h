// More of the configuration than config_get() in feature.h gives.
#pragma once
#include "features/feature.h"

bool config_in_file(void); // IMMICH_CONFIG_FILE is in use: nothing can be saved

// At the start of a process: a configuration file must be readable, and the log level is set, now and whenever it is changed.
// Fails when the file is unusable.
void config_start(ctx *, app *);

// Refuses (400) what cannot work, against the configuration so far (config_check.c). May end the running transaction.
void config_check(request *, const AdminConfigDto *old, const AdminConfigDto *wanted);
