// Is every folder of the media location the one that it was at the last start (spec 05, 7.3)?
#pragma once
#include "app/process.h"

// Checks and creates the folders, and remembers in system_metadata (system-flags) which have been there. Fails when one is missing, except
// with IMMICH_IGNORE_MOUNT_CHECK_ERRORS.
void mounts_check(ctx *, const settings *, app *);
