// Schedules: the first byte chooses the zone, the next two the moment, the rest is the expression. The next time is later, matches, and stays the next one for
// every moment before it.
#include "queue/cron.h"
#include "fuzz.h"
#include <time.h>

static void use_zone(size_t choice)
{
    static const char *const zones[] = {
        "UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham", "Pacific/Apia"};
    static size_t current = SIZE_MAX;
    choice %= countof(zones);
    if (choice == current) return;
    setenv("TZ", zones[current = choice], 1);
    tzset();
}

FUZZ
{
    if (input.n < 3) return;
    const uint8_t *head = (const uint8_t *)input.at;
    use_zone(head[0]);
    when after = (head[1] << 8 | head[2]) * 9 * HOUR + 1;
    cron c;
    str error = {0};
    if (!cron_parse(mem, str_slice(input, 3, input.n), &c, &error)) {
        must(error.n);
        return;
    }
    must(c.seconds && c.minutes && c.hours && c.days && c.months && c.weekdays);
    must(!(c.seconds >> 60 || c.minutes >> 60 || c.hours >> 24 || c.days & 1 || c.months & 1 || c.months >> 13 || c.weekdays >> 7));

    when at = cron_next(&c, after);
    if (at == WHEN_NONE) return;
    must(at > after && at % SECOND == 0);
    must(cron_next(&c, at - 1) == at && cron_next(&c, after + (at - after) / 2 - SECOND) <= at);
    time_t seconds = at / SECOND;
    struct tm t;
    localtime_r(&seconds, &t);
    must(c.months >> (t.tm_mon + 1) & 1);
    must(c.days >> t.tm_mday & 1 || c.weekdays >> t.tm_wday & 1);
    // Elsewhere a time that the clocks left out fires behind the gap.
    if (head[0] % 7 == 0) must(c.hours >> t.tm_hour & 1 && c.minutes >> t.tm_min & 1 && c.seconds >> t.tm_sec & 1);
}
