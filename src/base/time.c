// The calendar by arithmetic alone. Days are counted from 1 March of year 0, so that the leap day is the last day of a year and every
// month's first day follows from one formula. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
// https://howardhinnant.github.io/date_algorithms.html
#include "base/time.h"
#include <stdlib.h>
#include <time.h>

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 }; // an era is 400 years

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static when clock_read(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

when now(void)
{
    return clock_read(CLOCK_REALTIME);
}

int64_t monotonic(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

static int64_t days_of(int64_t year, int month, int64_t day)
{
    if (month <= 2) year--;
    int64_t era = floor_div(year, 400), year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_TO_1970;
}

civil civil_of(when t)
{
    int64_t days = floor_div(t, DAY), rest = t % DAY + (t % DAY < 0 ? DAY : 0);
    int64_t shifted = days + DAYS_TO_1970, era = floor_div(shifted, DAYS_PER_ERA), day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return (civil){
        .year = (int)(era * 400 + year_of_era + (month <= 2)),
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .hour = (int)(rest / HOUR),
        .minute = (int)(rest / MINUTE % 60),
        .second = (int)(rest / SECOND % 60),
        .microsecond = (int)(rest % SECOND),
    };
}

when when_of(civil c)
{
    int64_t months = (int64_t)c.year * 12 + c.month - 1, year = floor_div(months, 12);
    int64_t days = days_of(year, (int)(months - year * 12) + 1, c.day);
    return days * DAY + c.hour * HOUR + c.minute * MINUTE + c.second * SECOND + c.microsecond;
}

int days_in_month(int year, int month)
{
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// ---- text ------------------------------------------------------------------------------------------------------------------------

static char *put_digits(char *at, unsigned value, int count)
{
    for (int i = count; i-- > 0; value /= 10) at[i] = (char)('0' + value % 10);
    return at + count;
}

static char *put_two(char *at, unsigned value)
{
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
    return at + 2;
}

// As JavaScript does: a sign and six digits for years that four do not hold.
static char *put_date(char *at, civil c)
{
    bool far = c.year < 0 || c.year > 9999;
    if (far) *at++ = c.year < 0 ? '-' : '+';
    at = put_digits(at, (unsigned)abs(c.year), far ? 6 : 4);
    *at++ = '-';
    at = put_two(at, (unsigned)c.month);
    *at++ = '-';
    return put_two(at, (unsigned)c.day);
}

size_t when_write(char out[WHEN_TEXT_MAX], when t, int decimals)
{
    civil c = civil_of(t);
    char *at = put_date(out, c);
    *at++ = 'T';
    at = put_two(at, (unsigned)c.hour);
    *at++ = ':';
    at = put_two(at, (unsigned)c.minute);
    *at++ = ':';
    at = put_two(at, (unsigned)c.second);
    if (decimals) {
        *at++ = '.';
        at = put_digits(at, (unsigned)(decimals == 6 ? c.microsecond : c.microsecond / 1000), decimals);
    }
    return (size_t)(at - out);
}

static str text_of(arena *mem, when t, int decimals)
{
    char out[WHEN_TEXT_MAX];
    if (t == WHEN_NONE) return (str){0};
    size_t n = when_write(out, t, decimals);
    out[n++] = 'Z';
    return str_dup(mem, (str){out, n});
}

str when_iso(arena *mem, when t)
{
    return text_of(mem, t, 3);
}

str when_iso_micro(arena *mem, when t)
{
    return text_of(mem, t, 6);
}

str when_date(arena *mem, when t)
{
    char out[WHEN_TEXT_MAX];
    return t == WHEN_NONE ? (str){0} : str_dup(mem, (str){out, (size_t)(put_date(out, civil_of(t)) - out)});
}

// Takes `count` digits off the front, a number of at most `max`.
static bool take_digits(str *s, int count, int max, int *out)
{
    if (s->n < (size_t)count) return false;
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (s->at[i] < '0' || s->at[i] > '9') return false;
        value = value * 10 + s->at[i] - '0';
    }
    *s = str_slice(*s, (size_t)count, s->n);
    *out = value;
    return value <= max;
}

static bool take(str *s, char c)
{
    if (!s->n || s->at[0] != c) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

static bool take_date(str *s, civil *c)
{
    return take_digits(s, 4, 9999, &c->year) && take(s, '-') && take_digits(s, 2, 12, &c->month) && take(s, '-') &&
           take_digits(s, 2, 31, &c->day) && c->month >= 1 && c->day >= 1 && c->day <= days_in_month(c->year, c->month);
}

bool date_parse(str s, when *out)
{
    civil c = {0};
    if (!take_date(&s, &c) || s.n) return false;
    *out = when_of(c);
    return true;
}

bool when_parse(str s, when *out)
{
    civil c = {0};
    if (!take_date(&s, &c) || !take(&s, 'T')) return false;
    if (!take_digits(&s, 2, 23, &c.hour) || !take(&s, ':') || !take_digits(&s, 2, 59, &c.minute)) return false;
    if (take(&s, ':')) {
        if (!take_digits(&s, 2, 59, &c.second)) return false;
        if (take(&s, '.')) {
            int decimals = 0;
            for (int value; take_digits(&s, 1, 9, &value); decimals++)
                if (decimals < 6) c.microsecond = c.microsecond * 10 + value;
            if (!decimals) return false;
            for (; decimals < 6; decimals++) c.microsecond *= 10;
        }
    }
    int64_t offset = 0;
    if (!take(&s, 'Z')) {
        int hours, minutes, sign = take(&s, '-') ? -1 : take(&s, '+') ? 1 : 0;
        if (!sign || !take_digits(&s, 2, 23, &hours) || !take(&s, ':') || !take_digits(&s, 2, 59, &minutes)) return false;
        offset = sign * (hours * HOUR + minutes * MINUTE);
    }
    if (s.n) return false;
    *out = when_of(c) - offset;
    return true;
}
