// More of the configuration than config_get() in feature.h gives.
#pragma once
#include "features/feature.h"

bool config_in_file(void); // IMMICH_CONFIG_FILE is in use: nothing can be saved

// In each process, before it serves: sets the log level, now and whenever it is changed. Fails when the configuration file is unusable.
void config_prepare(ctx *, app *);
// Once: names settings that nobody knows; with a configuration file there are no first steps for an administrator.
void config_start(app *);

// Refuses (400) what cannot work, against the configuration so far (config_check.c). May end the running transaction.
void config_check(request *, const AdminConfigDto *old, const AdminConfigDto *wanted);
