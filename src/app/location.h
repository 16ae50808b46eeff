// Is the media location still where the paths in the database say (spec 05, 7.4)?
#pragma once
#include "app/process.h"

// Notes the media location at the first start. When it has moved since then (the files came along, or mounts_check() would have failed),
// all paths in the database are changed to the new place. Fails when the paths there begin with neither.
void location_check(ctx *, const settings *, app *);
