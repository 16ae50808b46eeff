// The version of the API that clients see, and what is done with it at the start.
#pragma once
#include "features/feature.h"

#define API_MAJOR 3
#define API_MINOR 2
#define API_PATCH 2
#define API_VERSION "3.2.2"

void server_remember_version(app *); // a row in version_history after an upgrade
