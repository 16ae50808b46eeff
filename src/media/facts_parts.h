// What facts.c and facts_time.c share.
#pragma once
#include "media/facts.h"

// Do the tags have a date that counts?
bool has_usable_date(const tags *);
bool is_date_tag(str name);

// The zone that one file's tags speak of; {0} if none. position: the tags have a valid place.
str zone_of_tags(arena *, const tags *, bool video, bool position, double latitude, double longitude);

// The date of the tags, first of the priority list: as instant and as the clocks showed it. `read_in` is the zone for stamps without one, `*shown_in`
// the zone of the result, which may become "UTC+0". False: no date.
bool date_of_tags(arena *, const tags *, bool video, str read_in, str *shown_in, when *taken, when *local);
