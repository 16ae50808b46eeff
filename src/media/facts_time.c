// When was it taken, and in which time zone (spec 06, 4.4).
#include "media/facts_parts.h"
#include "media/zone.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

// ---- notations -------------------------------------------------------------------------------------------------------------------
// The readers below take what they know off the front of the text and say whether they found it.
static bool take_char(str *s, const char *any)
{
    if (!s->n || !strchr(any, s->at[0])) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

static bool take_number(str *s, size_t least, size_t most, int *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->n && n < most && isdigit((unsigned char)s->at[n])) *out = *out * 10 + (s->at[n++] - '0');
    if (n < least) return false;
    *s = str_slice(*s, n, s->n);
    return true;
}

static void skip_blanks(str *s)
{
    while (take_char(s, " \t")) {}
}

static bool take_name(str *s, const char *const *names, int count, int *out)
{
    for (int i = 0; i < count; i++) {
        str name = str_of(names[i]);
        if (str_ieq(str_slice(*s, 0, name.n), name) && (s->n == name.n || !isalpha((unsigned char)s->at[name.n]))) {
            *out = i;
            *s = str_slice(*s, name.n, s->n);
            return true;
        }
    }
    return false;
}

// 08:15, 08:15:30, 08:15:30.123456; kept to the millisecond.
static bool take_clock(str *s, civil *c)
{
    if (!take_number(s, 1, 2, &c->hour) || !take_char(s, ":") || !take_number(s, 2, 2, &c->minute)) return false;
    if (take_char(s, ":") && !take_number(s, 2, 2, &c->second)) return false;
    if (take_char(s, ".,")) {
        int scale = 100 * 1000, digit;
        if (!s->n || !isdigit((unsigned char)s->at[0])) return false;
        for (; take_number(s, 1, 1, &digit); scale /= 10) c->microsecond += digit * scale;
        c->microsecond -= c->microsecond % 1000;
    }
    return true;
}

// Abbreviations that mean one offset everywhere.
static const struct {
    const char *name;
    int minutes;
} abbreviations[] = {
    {"ACDT", 630}, {"ACST", 570}, {"AEDT", 660}, {"AEST", 600}, {"AKDT", -480}, {"AKST", -540}, {"AWST", 480}, {"BRT", -180},
    {"CAT", 120},  {"CEST", 120}, {"CET", 60},   {"CDT", -300}, {"EAT", 180},   {"EDT", -240},  {"EEST", 180}, {"EET", 120},
    {"EST", -300}, {"GMT", 0},    {"HKT", 480},  {"HST", -600}, {"JST", 540},   {"KST", 540},   {"MDT", -360}, {"MSK", 180},
    {"NDT", -150}, {"NPT", 345},  {"NST", -210}, {"NZDT", 780}, {"NZST", 720},  {"PDT", -420},  {"PKT", 300},  {"SAST", 120},
    {"SGT", 480},  {"UTC", 0},    {"WAT", 60},   {"WEST", 60},  {"WET", 0},     {"WIB", 420},   {"WIT", 540},  {"WITA", 480},
};

static bool take_offset(str *s, int *minutes)
{
    if (take_char(s, "Zz")) {
        *minutes = 0;
        return true;
    }
    int hours, rest = 0, seconds, sign = s->n && s->at[0] == '-' ? -1 : 1;
    if (!take_char(s, "+-") || !take_number(s, 1, 2, &hours)) return false;
    if (take_char(s, ":") ? !take_number(s, 2, 2, &rest) : (take_number(s, 2, 2, &rest), false)) return false;
    if (take_char(s, ":") && !take_number(s, 2, 2, &seconds)) return false;
    *minutes = sign * (hours * 60 + rest);
    return rest < 60;
}

// What may follow a time: nothing, an offset with or without an abbreviation behind, or an abbreviation alone.
static bool take_zone(str s, moment *m)
{
    skip_blanks(&s);
    int minutes;
    if (s.n && strchr("Zz+-", s.at[0])) {
        if (!take_offset(&s, &minutes)) return false;
        m->has_offset = zone_offset_real(minutes);
        m->offset = m->has_offset ? minutes : 0;
        skip_blanks(&s);
    }
    size_t letters = 0;
    while (letters < s.n && isalpha((unsigned char)s.at[letters])) letters++;
    for (size_t i = 0; i < countof(abbreviations) && !m->has_offset; i++)
        if (str_is(str_slice(s, 0, letters), abbreviations[i].name)) m->has_offset = true, m->offset = abbreviations[i].minutes;
    return letters == s.n && letters <= 5;
}

bool offset_parse(str text, int *minutes)
{
    text = str_trim(text);
    if (str_is(text, "UTC")) return *minutes = 0, true;
    return take_offset(&text, minutes) && !text.n && zone_offset_real(*minutes);
}

// 2024:01:31 08:15:00, 2024-1-31T8:15
static bool take_numeric_date(str *s, civil *c)
{
    if (!take_number(s, 4, 4, &c->year) || !s->n) return false;
    char separator[2] = {s->at[0], 0};
    if (!take_char(s, ":-/") || !take_number(s, 1, 2, &c->month) || !take_char(s, separator) || !take_number(s, 1, 2, &c->day))
        return false;
    if (!take_char(s, "T ")) return false;
    skip_blanks(s);
    return take_clock(s, c);
}

static bool take_month(str *s, civil *c)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (!take_name(s, months, 12, &c->month)) return false;
    c->month++;
    skip_blanks(s);
    return true;
}

// Jan 31 2024 08:15:00; Jan 31 2024, 08:15:00; [Wed] Jan 31 08:15:00 2024; [Wed] 31 Jan 2024 8:15:00 am; [Wed] 31 Jan 2024 08:15:00
static bool take_worded_date(str *s, civil *c)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}, *const halves[] = {"AM", "PM"};
    int unused, half;
    take_name(s, days, 7, &unused);
    take_char(s, ",");
    skip_blanks(s);
    if (take_month(s, c)) {
        if (!take_number(s, 1, 2, &c->day)) return false;
        take_char(s, ",");
        skip_blanks(s);
        str clock_first = *s;
        if (take_clock(&clock_first, c)) {
            *s = clock_first;
            skip_blanks(s);
            return take_number(s, 4, 4, &c->year);
        }
        c->hour = c->minute = c->second = c->microsecond = 0;
        if (!take_number(s, 4, 4, &c->year)) return false;
        take_char(s, ",");
        skip_blanks(s);
        return take_clock(s, c);
    }
    if (!take_number(s, 1, 2, &c->day)) return false;
    skip_blanks(s);
    if (!take_month(s, c) || !take_number(s, 4, 4, &c->year)) return false;
    skip_blanks(s);
    if (!take_clock(s, c)) return false;
    skip_blanks(s);
    if (take_name(s, halves, 2, &half)) {
        if (c->hour < 1 || c->hour > 12) return false;
        c->hour = c->hour % 12 + 12 * half;
    }
    return true;
}

bool moment_parse(str text, moment *out)
{
    civil c = {0};
    *out = (moment){0};
    text = str_trim(text);
    bool digits = text.n && isdigit((unsigned char)text.at[0]);
    str s = text;
    if (!(digits && take_numeric_date(&s, &c))) {
        c = (civil){0};
        s = text;
        if (!take_worded_date(&s, &c)) return false;
    }
    if (c.year < 2 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(c.year, c.month)) return false;
    if (c.hour > 23 || c.minute > 59 || c.second > 59) return false;
    out->local = when_of(c);
    return take_zone(s, out);
}

// ---- which date ------------------------------------------------------------------------------------------------------------------
static const char *const date_tags[] = {
    "SubSecDateTimeOriginal", "SubSecCreateDate", "DateTimeOriginal", "CreationDate", "CreateDate",
    "MediaCreateDate",        "DateTimeCreated",  "GPSDateTime",      "DateTimeUTC",  "SonyDateTime2",
    "SourceImageCreateTime",
};

bool is_date_tag(str name)
{
    for (size_t i = 0; i < countof(date_tags); i++)
        if (str_is(name, date_tags[i])) return true;
    return false;
}

bool has_usable_date(const tags *list)
{
    moment m;
    for (size_t i = 0; i < countof(date_tags); i++)
        if (moment_parse(tag_text(list, date_tags[i]), &m)) return true;
    return false;
}

static bool counts_in_utc(const char *tag_name, bool video)
{
    return video || !strncmp(tag_name, "GPS", 3) || strstr(tag_name, "UTC");
}

bool date_of_tags(arena *mem, const tags *list, bool video, str read_in, str *shown_in, when *taken, when *local)
{
    for (size_t i = 0; i < countof(date_tags); i++) {
        moment m;
        str text = str_trim(tag_text(list, date_tags[i]));
        if (!moment_parse(text, &m)) continue;

        const zone *reading = m.has_offset || counts_in_utc(date_tags[i], video) ? NULL : zone_load(mem, read_in);
        *taken = m.has_offset ? m.local - m.offset * MINUTE : reading ? zone_to_utc(reading, m.local) : m.local;
        if (!shown_in->n && (str_ends(text, S("Z")) || str_ends(text, S("+00:00")))) *shown_in = S("UTC+0");
        const zone *shown = zone_load(mem, *shown_in);
        *local = *taken + (shown ? zone_offset(shown, *taken) * SECOND : 0);
        return true;
    }
    return false;
}

// ---- which zone ------------------------------------------------------------------------------------------------------------------
// Stamps that may carry the zone, or be compared with one that is surely UTC.
static const char *const zoned_tags[] = {"SubSecDateTimeOriginal", "SubSecCreateDate", "DateTimeOriginal", "CreateDate",
                                         "MediaCreateDate",        "CreationDate",     "DateTimeCreated",  "TimeCreated"};

static bool word_nikon(str make)
{
    for (size_t i = 0; i + 5 <= make.n; i++)
        if (str_ieq(str_slice(make, i, i + 5), S("nikon")) && (i + 5 == make.n || !isalnum((unsigned char)make.at[i + 5])) &&
            (i == 0 || !isalnum((unsigned char)make.at[i - 1])))
            return true;
    return false;
}

static bool zone_from_offsets(const tags *list, int *minutes)
{
    static const char *const names[] = {"TimeZone", "OffsetTimeOriginal", "OffsetTimeDigitized", "TimeZoneOffset"};
    for (size_t i = 0; i < countof(names); i++) {
        double hours;
        str text = tag_text(list, names[i]);
        if (tag_is_number(text, &hours) && fabs(hours) <= 14) *minutes = (int)lround(hours * 60);
        else if (!offset_parse(text, minutes)) continue;
        if (str_is(tag_text(list, "DaylightSavings"), "Yes") && word_nikon(tag_text(list, "Make"))) *minutes += 60;
        if (zone_offset_real(*minutes)) return true;
    }
    return false;
}

// TimeCreated has no date; one is lent to it so that its offset can be read.
static bool zoned_moment(arena *mem, const tags *list, const char *name, moment *m)
{
    str text = tag_text(list, name);
    if (!strcmp(name, "TimeCreated") && text.n) text = str_fmt(mem, "2000:01:01 %.*s", PR(text));
    return moment_parse(text, m);
}

static bool zone_from_stamps(arena *mem, const tags *list, int *minutes)
{
    moment m;
    for (size_t i = 0; i < countof(zoned_tags); i++) {
        if (!zoned_moment(mem, list, zoned_tags[i], &m) || !m.has_offset || !m.offset) continue;
        *minutes = m.offset;
        return true;
    }
    return false;
}

// A stamp of a clock that shows UTC.
static bool utc_stamp(arena *mem, const tags *list, when *out)
{
    str day = tag_text(list, "GPSDateStamp"), time = tag_text(list, "GPSTimeStamp");
    str stamps[] = {tag_text(list, "GPSDateTime"), tag_text(list, "DateTimeUTC"),
                    day.n && time.n ? str_fmt(mem, "%.*s %.*s", PR(day), PR(time)) : (str){0}, tag_text(list, "SonyDateTime2")};
    moment m;
    for (size_t i = 0; i < countof(stamps); i++) {
        if (!moment_parse(stamps[i], &m)) continue;
        *out = m.local - m.offset * MINUTE;
        return true;
    }
    return false;
}

static bool zone_from_difference(arena *mem, const tags *list, when utc, int *minutes)
{
    for (size_t i = 0; i < countof(zoned_tags) - 1; i++) { // without TimeCreated, which has no date
        moment m;
        if (moment_parse(tag_text(list, zoned_tags[i]), &m) && !m.has_offset)
            return zone_offset_nearest((double)(m.local - utc) / MINUTE, minutes);
    }
    return false;
}

str zone_of_tags(arena *mem, const tags *list, bool video, bool position, double latitude, double longitude)
{
    int minutes;
    when utc;
    moment stamp;
    if (zone_from_offsets(list, &minutes)) return zone_fixed_name(mem, minutes);
    if (position) return zone_at(latitude, longitude);
    if (zone_from_stamps(mem, list, &minutes)) return zone_fixed_name(mem, minutes);
    if (video) return S("UTC");
    if (utc_stamp(mem, list, &utc) && zone_from_difference(mem, list, utc, &minutes)) return zone_fixed_name(mem, minutes);
    if (moment_parse(tag_text(list, "TimeStamp"), &stamp) && zone_from_difference(mem, list, stamp.local - stamp.offset * MINUTE, &minutes))
        return zone_fixed_name(mem, minutes);
    return (str){0};
}
