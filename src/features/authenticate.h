// Who is calling (spec 01, section 3): from credentials to an auth, before any route check.
#pragma once
#include "features/feature.h"

// Fills rq->auth from the exchange; fails with 401. Sockets give no query credentials.
void authenticate(request *, bool query_too);
// Writes what an accepted session changes (last use, device, elevation), if anything, in a transaction of its own. Never fails.
void authenticate_touch(request *);

// Names of the device from the headers (spec 01, 9.1).
typedef struct {
    str type, os, app_version;
} device;
device device_of(exchange *, arena *);
str app_version_of(exchange *, arena *);                           // that alone, which every request is asked for
device device_named(str agent, str header_model, str header_type); // views of its arguments

// The digest that the database keeps of a token or key.
bytes token_digest(arena *, str token);
