// A time that was read is a day of the calendar, and is written so that it reads as the same.
#include "fuzz.h"

FUZZ
{
    when t, back;
    if (date_parse(input, &t)) must(str_eq(when_date(mem, t), input));
    if (!when_parse(input, &t)) return;
    civil c = civil_of(t);
    must(when_of(c) == t && c.day >= 1 && c.day <= days_in_month(c.year, c.month));
    if (c.year >= 0 && c.year <= 9999) must(when_parse(when_iso_micro(mem, t), &back) && back == t);
}
