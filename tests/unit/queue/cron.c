// Cron expressions: what they mean, what is refused in which words, and the days on which clocks change.
#include "queue/cron.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

// The next time as local text.
static str next(arena *mem, const char *expression, const char *after)
{
    cron c;
    str error = {0};
    if (!cron_parse(mem, str_of(expression), &c, &error)) return error;
    struct tm t = {.tm_isdst = -1};
    strptime(after, "%Y-%m-%d %H:%M:%S", &t);
    t.tm_isdst = -1;
    when at = cron_next(&c, (when)mktime(&t) * SECOND);
    if (at == WHEN_NONE) return S("never");
    time_t seconds = (time_t)(at / SECOND);
    char text[40];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", localtime_r(&seconds, &t));
    return str_dup(mem, str_of(text));
}

TEST("cron: the next time in UTC")
{
    zone("UTC");
    check_str(next(mem, "0 0 * * *", "2024-02-28 13:00:00"), S("2024-02-29 00:00:00"));
    check_str(next(mem, "0 0 * * *", "2024-02-28 00:00:00"), S("2024-02-29 00:00:00"));
    check_str(next(mem, "* * * * *", "2024-02-28 13:00:30"), S("2024-02-28 13:01:00"));
    check_str(next(mem, "*/15 * * * *", "2024-02-28 13:50:00"), S("2024-02-28 14:00:00"));
    check_str(next(mem, "5/20 * * * *", "2024-02-28 13:26:00"), S("2024-02-28 13:45:00"));
    check_str(next(mem, "0 02 * * *", "2024-12-31 02:00:00"), S("2025-01-01 02:00:00"));
    check_str(next(mem, "30 10 * * * *", "2024-01-01 00:10:30"), S("2024-01-01 01:10:30"));
    check_str(next(mem, "*/10 * * * * *", "2024-01-01 00:10:31"), S("2024-01-01 00:10:40"));
    check_str(next(mem, "0 0 29 feb *", "2024-03-01 00:00:00"), S("2028-02-29 00:00:00"));
    check_str(next(mem, "0 0 31 2 *", "2024-03-01 00:00:00"), S("never"));
    check_str(next(mem, "0 0 * * MON", "2024-02-28 00:00:00"), S("2024-03-04 00:00:00"));
    check_str(next(mem, "0 0 * * 7", "2024-02-28 00:00:00"), S("2024-03-03 00:00:00"));
    check_str(next(mem, "0 0 * * 5-7", "2024-03-02 00:00:00"), S("2024-03-03 00:00:00"));
    check_str(next(mem, "0 0 1,15 * *", "2024-02-28 00:00:00"), S("2024-03-01 00:00:00"));
    check_str(next(mem, "0 0 ? * *", "2024-02-28 00:00:00"), S("2024-02-29 00:00:00"));
    // Either day is enough when both are given: Friday the 1st or any 13th or any Monday.
    check_str(next(mem, "0 0 13 * 1", "2024-02-28 00:00:00"), S("2024-03-04 00:00:00"));
    check_str(next(mem, "0 0 13 * 1", "2024-03-12 00:00:00"), S("2024-03-13 00:00:00"));
    check_str(next(mem, "@daily", "2024-02-28 13:00:00"), S("2024-02-29 00:00:00"));
    check_str(next(mem, "@weekdays", "2024-03-01 13:00:00"), S("2024-03-04 00:00:00"));
    check_str(next(mem, "  @Yearly ", "2024-03-01 13:00:00"), S("2025-01-01 00:00:00"));
}

TEST("cron: before 1970 and between seconds")
{
    zone("UTC");
    cron c;
    check(cron_parse(mem, S("* * * * * *"), &c, NULL));
    check_int(cron_next(&c, 1), SECOND);
    check_int(cron_next(&c, -1), 0);
    check_int(cron_next(&c, 0), SECOND);
}

TEST("cron: refusals")
{
    check_str(next(mem, "", "2024-01-01 00:00:00"), S("Too few fields"));
    check_str(next(mem, "* * * *", "2024-01-01 00:00:00"), S("Too few fields"));
    check_str(next(mem, "* * * * * * *", "2024-01-01 00:00:00"), S("Too many fields"));
    check_str(next(mem, "0 25 * * *", "2024-01-01 00:00:00"), S("Field value (25) is out of range"));
    check_str(next(mem, "0 0 0 * *", "2024-01-01 00:00:00"), S("Field value (0) is out of range"));
    check_str(next(mem, "@foo", "2024-01-01 00:00:00"), S("Unknown alias: foo"));
    check_str(next(mem, "0 0 * foo *", "2024-01-01 00:00:00"), S("Unknown alias: foo"));
    static const char *const bad[] = {"a * * * *",    "1- * * * *", "-1 * * * *", "5-2 * * * *",   "*/0 * * * *",         "*/x * * * *",
                                      "1,,2 * * * *", "*/ * * * *", "/5 * * * *", "1/2/3 * * * *", "99999999999 * * * *", "* * * * 8"};
    cron c;
    for (size_t i = 0; i < countof(bad); i++) {
        if (cron_parse(mem, str_of(bad[i]), &c, NULL)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", bad[i]);
    }
}

TEST("cron: a time that the clocks leave out runs right after the gap, a repeated one once")
{
    zone("Europe/Berlin");
    time_t probe = 1711846800; // 2024-03-31 01:00 UTC: from 02:00 to 03:00
    struct tm t;
    localtime_r(&probe, &t);
    if (t.tm_hour != 3) {
        printf("  skipped: no time zone data\n");
        return;
    }
    check_str(next(mem, "30 2 * * *", "2024-03-31 00:00:00"), S("2024-03-31 03:00:00"));
    check_str(next(mem, "30 2 * * *", "2024-03-31 03:00:00"), S("2024-04-01 02:30:00"));
    check_str(next(mem, "30 2 * * *", "2024-03-31 01:59:59"), S("2024-03-31 03:00:00"));
    check_str(next(mem, "0 3 * * *", "2024-03-31 00:00:00"), S("2024-03-31 03:00:00"));
    check_str(next(mem, "30 * * * *", "2024-03-31 01:30:00"), S("2024-03-31 03:30:00"));

    // 2024-10-27 03:00 summer time is 02:00 again.
    cron c;
    check(cron_parse(mem, S("30 2 * * *"), &c, NULL));
    when first = cron_next(&c, INT64_C(1729980000) * SECOND); // 00:00 local
    check_int(first / SECOND, 1729989000);                    // 02:30 summer time
    check_int(cron_next(&c, first) / SECOND, 1729989000 + 25 * 3600);
    check(cron_parse(mem, S("30 * * * *"), &c, NULL));
    check_int(cron_next(&c, first) / SECOND, 1729989000 + 3600); // 02:30 winter time

    // A zone whose midnight does not exist.
    zone("America/Sao_Paulo");
    check_str(next(mem, "0 0 * * *", "2018-11-03 12:00:00"), S("2018-11-04 01:00:00"));
    check_str(next(mem, "0 5 * * *", "2018-11-03 12:00:00"), S("2018-11-04 05:00:00"));
    zone("UTC");
}
TEST("cron: clocks that go forward in the middle of an hour")
{
    zone("Pacific/Chatham"); // 2024-09-29 from 02:45 to 03:45
    time_t probe = 1727532000;
    struct tm t;
    localtime_r(&probe, &t);
    if (t.tm_hour != 3 || t.tm_min != 45) {
        printf("  skipped: no time zone data\n");
        return;
    }
    check_str(next(mem, "0 3 * * *", "2024-09-29 00:00:00"), S("2024-09-29 03:45:00"));
    check_str(next(mem, "50 2 * * *", "2024-09-29 00:00:00"), S("2024-09-29 03:45:00"));
    check_str(next(mem, "50 3 * * *", "2024-09-29 00:00:00"), S("2024-09-29 03:50:00"));
    check_str(next(mem, "30 2 * * *", "2024-09-29 00:00:00"), S("2024-09-29 02:30:00"));
    check_str(next(mem, "0 4 * * *", "2024-09-29 00:00:00"), S("2024-09-29 04:00:00"));
}
