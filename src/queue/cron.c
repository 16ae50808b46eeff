// Cron expressions. cron_next() walks real time, jumping over months, days and hours that do not match, so that time zones and their
// changes are the C library's business.
#include "queue/cron.h"
#include <time.h>

// ---- parsing ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    int low, high;
    const char *const *names; // of low, low + 1, …
    int name_count;
} field;

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
static const field fields[] = {
    {0, 59, NULL, 0}, {0, 59, NULL, 0}, {0, 23, NULL, 0}, {1, 31, NULL, 0}, {1, 12, month_names, 12}, {0, 7, day_names, 7},
};
static const struct {
    const char *name, *text;
} aliases[] = {
    {"@yearly", "0 0 0 1 1 *"},   {"@annually", "0 0 0 1 1 *"},   {"@monthly", "0 0 0 1 * *"},    {"@weekly", "0 0 0 * * 0"},
    {"@daily", "0 0 0 * * *"},    {"@midnight", "0 0 0 * * *"},   {"@hourly", "0 0 * * * *"},     {"@minutely", "0 * * * * *"},
    {"@secondly", "* * * * * *"}, {"@weekdays", "0 0 0 * * 1-5"}, {"@weekends", "0 0 0 * * 0,6"},
};

static bool parse_value(arena *mem, const field *f, str text, int *out, str *error)
{
    for (int i = 0; i < f->name_count; i++) {
        if (str_ieq(text, str_of(f->names[i]))) {
            *out = f->low + i;
            return true;
        }
    }
    int64_t n;
    if (!text.n || text.n > 9 || text.at[0] < '0' || text.at[0] > '9' || !str_to_int(text, &n)) {
        *error = str_fmt(mem, "Unknown alias: %.*s", PR(text));
        return false;
    }
    if (n < f->low || n > f->high) {
        *error = str_fmt(mem, "Field value (%.*s) is out of range", PR(text));
        return false;
    }
    *out = (int)n;
    return true;
}

static bool parse_item(arena *mem, const field *f, str item, uint64_t *bits, str *error)
{
    int step = 1;
    ptrdiff_t slash = str_find(item, S("/"));
    str range = slash < 0 ? item : str_slice(item, 0, slash);
    if (slash >= 0) {
        str text = str_slice(item, slash + 1, item.n);
        int64_t n;
        if (text.n > 9 || !str_to_int(text, &n) || n < 1) {
            *error = str_fmt(mem, "Field (%.*s) cannot be parsed", PR(item));
            return false;
        }
        step = (int)n;
    }

    int from = f->low, to = f->high;
    ptrdiff_t dash = str_find(range, S("-"));
    if (str_is(range, "*") || str_is(range, "?")) {
        if (f->high == 7) to = 6; // Sunday once
    } else if (dash >= 0) {
        if (!parse_value(mem, f, str_slice(range, 0, dash), &from, error)) return false;
        if (!parse_value(mem, f, str_slice(range, dash + 1, range.n), &to, error)) return false;
    } else {
        if (!parse_value(mem, f, range, &from, error)) return false;
        if (slash < 0) to = from;
    }
    if (from > to) {
        *error = str_fmt(mem, "Field (%.*s) cannot be parsed", PR(item));
        return false;
    }
    for (int i = from; i <= to; i += step) *bits |= UINT64_C(1) << i;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static strs words(arena *mem, str text)
{
    strs list = {0};
    size_t i = 0;
    while (i < text.n) {
        while (i < text.n && is_blank(text.at[i])) i++;
        size_t from = i;
        while (i < text.n && !is_blank(text.at[i])) i++;
        if (i > from) *push(mem, list) = str_slice(text, from, i);
    }
    return list;
}

bool cron_parse(arena *mem, str text, cron *out, str *error)
{
    str ignored;
    if (!error) error = &ignored;
    text = str_trim(text);
    if (str_starts(text, S("@"))) {
        str alias = text;
        for (size_t i = 0; i < countof(aliases); i++) {
            if (str_ieq(alias, str_of(aliases[i].name))) text = str_of(aliases[i].text);
        }
        if (text.at == alias.at) {
            *error = str_fmt(mem, "Unknown alias: %.*s", PR(str_slice(alias, 1, alias.n)));
            return false;
        }
    }
    strs parts = words(mem, text);
    if (parts.n < 5 || parts.n > 6) {
        *error = parts.n < 5 ? S("Too few fields") : S("Too many fields");
        return false;
    }

    uint64_t bits[6] = {1}; // without seconds: at second 0
    bool any[6] = {0};
    for (size_t i = 6 - parts.n, p = 0; i < 6; i++, p++) {
        bits[i] = 0;
        any[i] = str_is(parts.at[p], "*") || str_is(parts.at[p], "?");
        strs items = str_split(mem, parts.at[p], ',');
        each (item, items) {
            if (!parse_item(mem, &fields[i], *item, &bits[i], error)) return false;
        }
    }
    if (bits[5] >> 7 & 1) bits[5] |= 1; // 7 is Sunday too
    *out = (cron){
        .seconds = bits[0],
        .minutes = bits[1],
        .hours = (uint32_t)bits[2],
        .days = (uint32_t)bits[3],
        .months = (uint32_t)bits[4],
        .weekdays = (uint8_t)(bits[5] & 0x7f),
        .any_hour = any[2],
        .any_day = any[3],
        .any_weekday = any[5],
    };
    return true;
}

// ---- the next time ---------------------------------------------------------------------------------------------------------------

static bool day_matches(const cron *c, const struct tm *t)
{
    if (!(c->months >> (t->tm_mon + 1) & 1)) return false;
    bool day = c->days >> t->tm_mday & 1, weekday = c->weekdays >> t->tm_wday & 1;
    if (c->any_day) return weekday;
    if (c->any_weekday) return day;
    return day || weekday;
}

// The clocks show `t`, and showed another offset the second before: does a fixed time lie in what they left out?
static bool left_out(const cron *c, const struct tm *t, long offset)
{
    long gap = t->tm_gmtoff - offset;
    if (gap <= 0 || c->any_hour || !day_matches(c, t)) return false;
    long first = t->tm_hour * 3600 + t->tm_min * 60 + t->tm_sec - gap;
    for (long s = first; s < first + gap; s += 60) {
        if (s >= 0 && (c->hours >> (s / 3600) & 1) && (c->minutes >> (s / 60 % 60) & 1)) return true;
    }
    return false;
}

// Did the clocks show this same time once before, an hour or so ago?
static bool seen_before(time_t at, const struct tm *t)
{
    for (int back = 1800; back <= 7200; back += 1800) {
        time_t earlier = at - back;
        struct tm e;
        localtime_r(&earlier, &e);
        if (e.tm_hour == t->tm_hour && e.tm_min == t->tm_min && e.tm_mday == t->tm_mday && e.tm_gmtoff > t->tm_gmtoff) return true;
    }
    return false;
}

// The clocks are put forward between these two: the first second at which they are, and what they show then.
static time_t change_after(time_t before, time_t after, struct tm *shown)
{
    long offset = shown->tm_gmtoff;
    while (after - before > 1) {
        time_t middle = before + (after - before) / 2;
        struct tm t;
        localtime_r(&middle, &t);
        if (t.tm_gmtoff < offset) before = middle;
        else after = middle;
    }
    localtime_r(&after, shown);
    return after;
}

when cron_next(const cron *c, when after)
{
    time_t at = (time_t)(after / SECOND - (after % SECOND < 0)) + 1;
    const time_t end = at + INT64_C(8) * 366 * 86400;
    struct tm t;
    localtime_r(&(time_t){at - 1}, &t);
    long offset = t.tm_gmtoff;
    localtime_r(&at, &t);
    while (at < end) {
        if (left_out(c, &t, offset)) return (when)at * SECOND;
        time_t next;
        if (!day_matches(c, &t)) {
            struct tm midnight = {.tm_year = t.tm_year, .tm_mon = t.tm_mon, .tm_mday = t.tm_mday + 1, .tm_isdst = -1};
            next = mktime(&midnight);
            if (next <= at) next = at + 3600; // a midnight that does not exist
        } else if (!(c->hours >> t.tm_hour & 1) || (!c->any_hour && seen_before(at, &t))) {
            next = at + 3600 - t.tm_min * 60 - t.tm_sec;
        } else if (!(c->minutes >> t.tm_min & 1)) {
            next = at + 60 - t.tm_sec;
        } else if (!(c->seconds >> t.tm_sec & 1)) {
            next = at + 1;
        } else {
            return (when)at * SECOND;
        }
        offset = t.tm_gmtoff;
        localtime_r(&next, &t);
        if (t.tm_gmtoff > offset) next = change_after(at, next, &t);
        at = next;
    }
    return WHEN_NONE;
}

bool cron_claim(db *db, str name, when due)
{
    return db_exec(db,
                   "insert into calotype_cron (name, last_run) values ($1, $2) on conflict (name) do update "
                   "set last_run = excluded.last_run where calotype_cron.last_run < excluded.last_run",
                   STR(name), WHEN(due)) > 0;
}
