// Product keys, as Immich sells them: kept and shown, never asked for.
#pragma once
#include "features/feature.h"

// Reads what is stored of a key; false when there is none.
bool license_read(arena *, str stored, UserLicense *out);
