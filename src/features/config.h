// More of the configuration than config_get() in feature.h gives.
#pragma once
#include "features/feature.h"

bool config_in_file(void); // IMMICH_CONFIG_FILE is in use: nothing can be saved
