#include "test.h"

static when at(int year, int month, int day, int hour, int minute, int second, int microsecond)
{
    return when_of((civil){year, month, day, hour, minute, second, microsecond});
}

TEST("known moments")
{
    check_int(at(1970, 1, 1, 0, 0, 0, 0), 0);
    check_int(at(2000, 3, 1, 0, 0, 0, 0), 951868800 * SECOND);
    check_int(at(2024, 2, 29, 12, 34, 56, 789012), 1709210096789012);
    check_int(at(1969, 12, 31, 23, 59, 59, 999999), -1);
    check_int(at(1, 1, 1, 0, 0, 0, 0), -62135596800 * SECOND);
    check_int(at(0, 1, 1, 0, 0, 0, 0), -62167219200 * SECOND);
    check_int(at(9999, 12, 31, 23, 59, 59, 0), 253402300799 * SECOND);
}

TEST("every day from year -800 to 3200 follows the one before")
{
    civil c = {-800, 1, 1, 0, 0, 0, 0};
    for (when t = when_of(c); c.year <= 3200; t += DAY) {
        civil got = civil_of(t + 12345);
        if (got.year != c.year || got.month != c.month || got.day != c.day || got.microsecond != 12345 || when_of(c) != t)
            return test_failed(__FILE__, __LINE__, "%d-%d-%d became %d-%d-%d", c.year, c.month, c.day, got.year, got.month, got.day);
        if (++c.day > days_in_month(c.year, c.month)) {
            c.day = 1;
            if (++c.month > 12) c.month = 1, c.year++;
        }
    }
}

TEST("fields that overflow carry over")
{
    check_int(at(2023, 14, 1, 0, 0, 0, 0), at(2024, 2, 1, 0, 0, 0, 0));
    check_int(at(2024, 0, 1, 0, 0, 0, 0), at(2023, 12, 1, 0, 0, 0, 0));
    check_int(at(2024, -11, 1, 0, 0, 0, 0), at(2023, 1, 1, 0, 0, 0, 0));
    check_int(at(2023, 2, 29, 0, 0, 0, 0), at(2023, 3, 1, 0, 0, 0, 0));
    check_int(at(2024, 3, 0, 0, 0, 0, 0), at(2024, 2, 29, 0, 0, 0, 0));
    check_int(at(2024, 1, 1, 25, -61, 60, 1000000), at(2024, 1, 2, 0, 0, 1, 0));
}

TEST("leap years")
{
    check_int(days_in_month(2024, 2), 29);
    check_int(days_in_month(2023, 2), 28);
    check_int(days_in_month(1900, 2), 28);
    check_int(days_in_month(2000, 2), 29);
    check_int(days_in_month(0, 2), 29);
    check_int(days_in_month(2023, 4), 30);
    check_int(days_in_month(2023, 12), 31);
}

TEST("times are written as JavaScript writes them")
{
    check_str(when_iso(mem, at(2024, 1, 31, 8, 15, 0, 123999)), S("2024-01-31T08:15:00.123Z"));
    check_str(when_iso_micro(mem, at(2024, 1, 31, 8, 15, 0, 123456)), S("2024-01-31T08:15:00.123456Z"));
    check_str(when_date(mem, at(2024, 1, 31, 23, 59, 59, 0)), S("2024-01-31"));
    check_str(when_iso(mem, -1), S("1969-12-31T23:59:59.999Z"));
    check_str(when_iso(mem, at(9999, 12, 31, 0, 0, 0, 0)), S("9999-12-31T00:00:00.000Z"));
    check_str(when_iso(mem, at(10000, 1, 1, 0, 0, 0, 0)), S("+010000-01-01T00:00:00.000Z"));
    check_str(when_iso(mem, at(0, 1, 1, 0, 0, 0, 0)), S("0000-01-01T00:00:00.000Z"));
    check_str(when_iso(mem, at(-1, 1, 1, 0, 0, 0, 0)), S("-000001-01-01T00:00:00.000Z"));
    check(!when_iso(mem, WHEN_NONE).at && !when_iso_micro(mem, WHEN_NONE).at && !when_date(mem, WHEN_NONE).at);
}

TEST("the ends of time can be written")
{
    check(str_starts(when_iso(mem, INT64_MAX), S("+294247-01-10T04:00:54.775Z")));
    check(str_starts(when_iso(mem, INT64_MIN + 1), S("-290308-12-21T19:59:05.224Z")));
    civil_of(WHEN_NONE);
}

TEST("date-times are read in all forms that the API takes")
{
    struct {
        const char *text;
        when want;
    } good[] = {
        {"2024-02-29T12:34:56.789012Z", at(2024, 2, 29, 12, 34, 56, 789012)},
        {"2024-02-29T12:34:56.7890129999Z", at(2024, 2, 29, 12, 34, 56, 789012)},
        {"2024-02-29T12:34:56.5Z", at(2024, 2, 29, 12, 34, 56, 500000)},
        {"2024-02-29T12:34:56Z", at(2024, 2, 29, 12, 34, 56, 0)},
        {"2024-02-29T12:34Z", at(2024, 2, 29, 12, 34, 0, 0)},
        {"2024-02-29T12:34+02:00", at(2024, 2, 29, 10, 34, 0, 0)},
        {"2024-12-31T23:00:00-05:30", at(2025, 1, 1, 4, 30, 0, 0)},
        {"0000-01-01T00:00:00Z", at(0, 1, 1, 0, 0, 0, 0)},
        {"9999-12-31T23:59:59.999-23:59", at(10000, 1, 1, 23, 58, 59, 999000)},
    };
    for (size_t i = 0; i < countof(good); i++) {
        when got = 0;
        check(when_parse(str_of(good[i].text), &got));
        check_int(got, good[i].want);
    }
}

TEST("other date-times are refused")
{
    each_text (t, "", "2024-02-29", "2024-02-29T12:34:56", "2024-02-29T12:34:56+0200", "2024-02-29 12:34:56Z", "2024-02-29t12:34:56z",
               "2023-02-29T00:00:00Z", "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-04-31T00:00:00Z",
               "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00,5Z",
               "2024-01-01T00Z", "2024-01-01T00:00:00Z ", " 2024-01-01T00:00:00Z", "24-01-01T00:00:00Z", "+02024-01-01T00:00:00Z",
               "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00ZZ", "2024-1-1T00:00:00Z",
               "2024-01-01T00:00:00.5") {
        when got;
        if (when_parse(str_of(*t), &got)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", *t);
    }
    when got;
    check(!when_parse((str){0}, &got));
}

TEST("what is written is read back")
{
    for (when t = at(1800, 1, 1, 0, 0, 0, 0); t < at(2300, 1, 1, 0, 0, 0, 0); t += 9999999999337) {
        when back;
        if (!when_parse(when_iso_micro(mem, t), &back) || back != t) return test_failed(__FILE__, __LINE__, "%lld", (long long)t);
    }
}

TEST("a date is a real day")
{
    when t;
    check(date_parse(S("2024-02-29"), &t));
    check_int(t, at(2024, 2, 29, 0, 0, 0, 0));
    each_text (text, "", "2023-02-29", "2024-02-30", "2024-2-29", "2024-02-29Z", "2024-02-29T00:00Z", "20240229", "2024/02/29")
        check(!date_parse(str_of(*text), &t));
}

TEST("the clocks run")
{
    check(now() > at(2024, 1, 1, 0, 0, 0, 0));
    int64_t before = monotonic();
    check(monotonic() >= before);
}
