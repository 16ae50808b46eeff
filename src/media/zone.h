// Time zones: which one holds at a place, and what the clocks there showed.
//
// A zone is named as asset_exif.timeZone stores it: an IANA name ("Europe/Madrid"), "UTC", or a fixed offset "UTC+5:30", "UTC-4". The rules of IANA
// zones come from the system's tzdata ($TZDIR or /usr/share/zoneinfo); a system without it knows only UTC and fixed offsets.
#pragma once
#include "base/base.h"

typedef struct zone zone;

// The zone's rules on the arena; NULL if the name is none or the system does not know it.
const zone *zone_load(arena *, str name);
// Seconds east of UTC at this instant.
int zone_offset(const zone *, when utc);
// The instant at which the clocks show `local` (wall-clock time written as if it were UTC). When they show it twice, the first; in the gap
// when they are put forward, the time an hour on, as clocks would have gone without the change.
when zone_to_utc(const zone *, when local);

// "UTC", "UTC+13", "UTC-3:30" for minutes east of UTC.
str zone_fixed_name(arena *, int minutes);
// Is or was this offset in use somewhere after 1982, between -11:00 and +14:00.
bool zone_offset_real(int minutes);
// The real offset nearest to so many minutes; false if none is within 30 minutes.
bool zone_offset_nearest(double minutes, int *out);

// The IANA name at a place; at sea an "Etc/GMT…" one. latitude -90..90, longitude -180..180. Near borders it may be the neighbour's: the map is
// a coarse quadtree (a cell is 2 to 60 km wide). Source: darkskyapp and PhotoStructure, "tz-lookup", CC0-1.0.
str zone_at(double latitude, double longitude);
