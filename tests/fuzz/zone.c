// Time zones: the first two lines are a place and a moment, the third is a zone's name, as a database may hold it.
#include "media/zone.h"
#include "fuzz.h"
#include <math.h>

static str line(str *rest)
{
    char *end = rest->n ? memchr(rest->at, '\n', rest->n) : NULL;
    str first = str_slice(*rest, 0, end ? (size_t)(end - rest->at) : rest->n);
    *rest = str_slice(*rest, first.n + 1, rest->n);
    return first;
}

// The clocks show `local` at the instant that is found for it, unless they leave it out.
static void check_zone(const zone *z, when local)
{
    when utc = zone_to_utc(z, local);
    int offset = zone_offset(z, utc);
    must(offset > -26 * 3600 && offset < 26 * 3600);
    must(llabs(local - utc) < 26 * HOUR);
    if (utc + offset * SECOND == local) return;
    // The offset changes nearby, forwards, and the time lies in the gap: an hour later nothing is left out any more.
    must(zone_offset(z, utc - DAY) < zone_offset(z, utc + DAY) || zone_offset(z, utc - 3 * HOUR) < zone_offset(z, utc + 3 * HOUR));
}

FUZZ
{
    str place = line(&input), moment = line(&input);
    double latitude = NAN, longitude = NAN;
    when local = 0;
    ptrdiff_t blank = str_find(place, S(" "));
    str_to_double(str_slice(place, 0, blank < 0 ? 0 : (size_t)blank), &latitude);
    str_to_double(str_slice(place, (size_t)(blank + 1), place.n), &longitude);
    if (!when_parse(moment, &local)) str_to_int(moment, &local);
    if (llabs(local) > 9000 * 366 * DAY) local = 0;

    str there = zone_at(latitude, longitude);
    must(there.n);
    bool on_earth = fabs(latitude) <= 90 && fabs(longitude) <= 180, has_rules = zone_load(mem, S("Europe/Berlin"));
    const zone *z = zone_load(mem, there);
    must(!on_earth || !has_rules || z);
    if (z) check_zone(z, local);

    if (!(z = zone_load(mem, input))) return;
    must(input.n <= 64 && !memchr(input.at, '.', input.n));
    check_zone(z, local);

    int minutes;
    if (zone_offset_nearest(latitude, &minutes)) {
        must(zone_offset_real(minutes) && fabs(latitude - minutes) <= 30);
        z = zone_load(mem, zone_fixed_name(mem, minutes));
        must(z && zone_offset(z, local) == minutes * 60 && zone_to_utc(z, local) == local - minutes * MINUTE);
    }
}
