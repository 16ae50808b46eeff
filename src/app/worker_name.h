// Names by which a dead worker is known: host/boot:pid:start.
//
// Such a name tells a process from every other one that ever was, also from one with the same number before the last boot or in another
// container. So jobs of workers that died with the machine come back at once, and nobody takes a living worker's job.
#pragma once
#include "base/base.h"
#include <sys/types.h>

str worker_name(arena *, pid_t);
// Is that worker certainly dead? `alone`: no other machine can have made the name (SQLite), so that one from an earlier boot is dead too.
bool worker_is_dead(arena *, str name, bool alone);
