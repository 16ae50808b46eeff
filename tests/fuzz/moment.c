// Dates as cameras write them: what passes is a day of the calendar and an offset that the world has.
#include "fuzz.h"
#include "media/facts.h"
#include "media/zone.h"

FUZZ
{
    moment m;
    int minutes;
    if (offset_parse(input, &minutes)) must(zone_offset_real(minutes));
    if (!moment_parse(input, &m)) return;
    civil c = civil_of(m.local);
    must(c.year >= 2 && c.year <= 9999 && m.local % 1000 == 0);
    must(!m.has_offset || zone_offset_real(m.offset));
}
