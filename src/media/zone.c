// Time zones from tzdata: TZif files (RFC 8536) and the POSIX rule at their end for times after the table; places from a quadtree.
#include "media/zone.h"
#include "media/zone_map.h"
#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// One end of daylight saving: the day by one of POSIX's three notations, the time of day in seconds of the clocks before the change.
typedef struct {
    enum { DAY_JULIAN, DAY_OF_YEAR, DAY_OF_MONTH } kind; // Jn (29 February never counts), n, Mm.w.d
    int day, month, week, time;
} rule;

struct zone {
    const uint8_t *times;   // 64-bit big-endian instants, seconds
    const uint8_t *kinds;   // which kind holds from times[i]
    const uint8_t *offsets; // per kind: 32-bit offset, is_dst, name index
    size_t time_count, kind_count;
    // After the last time, or always when there is none.
    bool has_rule, has_dst;
    int standard, daylight; // seconds east
    rule start, end;
};

// ---- fixed offsets ---------------------------------------------------------------------------------------------------------------
// Minutes east of UTC that were in use somewhere after 1982, ascending.
static const int16_t real_offsets[] = {-660, -600, -570, -540, -510, -480, -420, -360, -300, -270, -240, -210, -180, -150, -120,
                                       -60,  0,    60,   120,  180,  210,  240,  270,  300,  330,  345,  360,  390,  420,  450,
                                       480,  510,  525,  540,  570,  600,  630,  660,  690,  720,  765,  780,  825,  840};

bool zone_offset_real(int minutes)
{
    for (size_t i = 0; i < countof(real_offsets); i++)
        if (real_offsets[i] == minutes) return true;
    return false;
}

bool zone_offset_nearest(double minutes, int *out)
{
    double best = INFINITY;
    for (size_t i = 0; i < countof(real_offsets); i++) {
        double away = fabs(real_offsets[i] - minutes);
        if (away < best) best = away, *out = real_offsets[i];
    }
    return best <= 30;
}

str zone_fixed_name(arena *mem, int minutes)
{
    if (!minutes) return S("UTC");
    int m = abs(minutes) % 60, h = abs(minutes) / 60;
    char sign = minutes < 0 ? '-' : '+';
    return m ? str_fmt(mem, "UTC%c%d:%02d", sign, h, m) : str_fmt(mem, "UTC%c%d", sign, h);
}

// "UTC", "UTC+0", "UTC-3:30".
static bool fixed_offset(str name, int *seconds)
{
    if (!str_starts(name, S("UTC"))) return false;
    *seconds = 0;
    if (name.n == 3) return true;
    int sign = name.at[3] == '-' ? -1 : name.at[3] == '+' ? 1 : 0;
    str rest = str_slice(name, 4, name.n);
    ptrdiff_t colon = str_find(rest, S(":"));
    int64_t hours, minutes = 0;
    if (!sign || !str_to_int(colon < 0 ? rest : str_slice(rest, 0, (size_t)colon), &hours)) return false;
    if (colon >= 0 && !str_to_int(str_slice(rest, (size_t)colon + 1, rest.n), &minutes)) return false;
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return false;
    *seconds = sign * (int)(hours * 3600 + minutes * 60);
    return true;
}

// ---- POSIX rules -----------------------------------------------------------------------------------------------------------------
static bool number(const char **p, int *out)
{
    if (!isdigit((unsigned char)**p)) return false;
    for (*out = 0; isdigit((unsigned char)**p) && *out < 1000; (*p)++) *out = *out * 10 + (**p - '0');
    return true;
}

static bool zone_letters(const char **p)
{
    const char *start = *p;
    if (**p == '<') {
        while (**p && **p != '>') (*p)++;
        return *(*p)++ == '>';
    }
    while (isalpha((unsigned char)**p)) (*p)++;
    return *p - start >= 3;
}

// [+-]hh[:mm[:ss]] in seconds.
static bool clock_time(const char **p, int *out)
{
    int sign = 1, h, m = 0, s = 0;
    if (**p == '-') sign = -1, (*p)++;
    else if (**p == '+') (*p)++;
    if (!number(p, &h)) return false;
    if (**p == ':' && ((*p)++, !number(p, &m))) return false;
    if (**p == ':' && ((*p)++, !number(p, &s))) return false;
    *out = sign * (h * 3600 + m * 60 + s);
    return true;
}

static bool rule_parse(const char **p, rule *r)
{
    if (*(*p)++ != ',') return false;
    r->time = 2 * 3600;
    if (**p == 'M') {
        r->kind = DAY_OF_MONTH;
        (*p)++;
        if (!number(p, &r->month) || *(*p)++ != '.' || !number(p, &r->week) || *(*p)++ != '.' || !number(p, &r->day)) return false;
        if (r->month < 1 || r->month > 12 || r->week < 1 || r->week > 5 || r->day > 6) return false;
    } else {
        r->kind = **p == 'J' ? ((*p)++, DAY_JULIAN) : DAY_OF_YEAR;
        if (!number(p, &r->day)) return false;
    }
    return **p != '/' || ((*p)++, clock_time(p, &r->time));
}

enum { FURTHEST = 25 * 3600 }; // seconds that a zone may be off (RFC 8536, 3.2)

// Offsets count westwards.
static bool posix_offset(const char **p, int *seconds)
{
    if (!clock_time(p, seconds)) return false;
    *seconds = -*seconds;
    return abs(*seconds) <= FURTHEST;
}

// "CET-1CEST,M3.5.0,M10.5.0/3"
static bool posix_parse(const char *p, zone *z)
{
    if (!zone_letters(&p) || !posix_offset(&p, &z->standard)) return false;
    z->has_rule = true;
    if (!*p) return true;
    z->daylight = z->standard + 3600;
    if (!zone_letters(&p)) return false;
    if (*p && *p != ',' && !posix_offset(&p, &z->daylight)) return false;
    z->has_dst = rule_parse(&p, &z->start) && rule_parse(&p, &z->end);
    return z->has_dst;
}

// When the rule strikes in this year, in seconds since 1970 of the wall clock before the change.
static int64_t rule_in(rule r, int year)
{
    int64_t first = when_of((civil){.year = year, .month = r.kind == DAY_OF_MONTH ? r.month : 1, .day = 1}) / SECOND;
    int day = r.day;
    if (r.kind == DAY_JULIAN) {
        day = r.day - 1 + (days_in_month(year, 2) == 29 && r.day >= 60);
    } else if (r.kind == DAY_OF_MONTH) {
        int64_t days = first / 86400 - (first % 86400 < 0);
        int weekday = (int)(((days + 4) % 7 + 7) % 7); // 1970-01-01 was a Thursday
        day = (r.day - weekday + 7) % 7 + (r.week - 1) * 7;
        if (day >= days_in_month(year, r.month)) day -= 7;
    }
    return first + day * INT64_C(86400) + r.time;
}

static int rule_offset(const zone *z, int64_t utc)
{
    if (!z->has_dst) return z->standard;
    int year = civil_of((utc + z->standard) * SECOND).year;
    int64_t start = rule_in(z->start, year) - z->standard, end = rule_in(z->end, year) - z->daylight;
    bool dst = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    return dst ? z->daylight : z->standard;
}

// ---- TZif ------------------------------------------------------------------------------------------------------------------------
static int64_t big(const uint8_t *p, int n)
{
    uint64_t v = p[0] & 0x80 ? ~UINT64_C(0) : 0;
    while (n--) v = v << 8 | *p++;
    return (int64_t)v;
}

enum { HEADER = 44 };

// The bytes that a block takes after its header, with times of this width; SIZE_MAX if the header is none.
static size_t block_size(bytes file, size_t at, size_t width)
{
    if (at + HEADER > file.n || memcmp(file.at + at, "TZif", 4) != 0) return SIZE_MAX;
    const uint8_t *h = file.at + at + 20;
    size_t isut = (uint32_t)big(h, 4), isstd = (uint32_t)big(h + 4, 4), leaps = (uint32_t)big(h + 8, 4), times = (uint32_t)big(h + 12, 4),
           kinds = (uint32_t)big(h + 16, 4), letters = (uint32_t)big(h + 20, 4);
    return times * (width + 1) + kinds * 6 + letters + leaps * (width + 4) + isstd + isut;
}

static const zone *tzif_parse(arena *mem, bytes file)
{
    size_t first = block_size(file, 0, 4);
    if (first == SIZE_MAX || file.at[4] < '2') return NULL; // version 1 has no 64-bit times; nobody writes it any more
    size_t at = HEADER + first, second = block_size(file, at, 8);
    if (second == SIZE_MAX || at + HEADER + second > file.n) return NULL;

    zone *z = new (mem, zone);
    const uint8_t *header = file.at + at + 20, *data = file.at + at + HEADER;
    z->time_count = (uint32_t)big(header + 12, 4);
    z->kind_count = (uint32_t)big(header + 16, 4);
    z->times = data;
    z->kinds = z->times + z->time_count * 8;
    z->offsets = z->kinds + z->time_count;
    for (size_t i = 0; i < z->time_count; i++)
        if (z->kinds[i] >= z->kind_count) return NULL;
    for (size_t i = 0; i < z->kind_count; i++)
        if (llabs(big(z->offsets + i * 6, 4)) > FURTHEST) return NULL;
    if (!z->kind_count) return NULL;

    str footer = str_trim(str_slice(bytes_str(file), at + HEADER + second, file.n));
    if (footer.n && !posix_parse(cstr(mem, footer), z)) z->has_rule = false;
    return z;
}

static bytes read_rules(arena *mem, str name)
{
    const char *folder = getenv("TZDIR");
    char *path = cstr(mem, str_fmt(mem, "%s/%.*s", folder && *folder ? folder : "/usr/share/zoneinfo", PR(name)));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bytes file = {0};
    if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size < 1 << 20) {
        file = (bytes){arena_alloc_raw(mem, (size_t)st.st_size), (size_t)st.st_size};
        if (read(fd, file.at, file.n) != (ssize_t)file.n) file = (bytes){0};
    }
    if (fd >= 0) close(fd);
    return file;
}

const zone *zone_load(arena *mem, str name)
{
    int seconds;
    if (fixed_offset(name, &seconds)) {
        zone *z = new (mem, zone);
        *z = (zone){.has_rule = true, .standard = seconds};
        return z;
    }
    // The name becomes a path: only what zone names are made of.
    if (!name.n || name.n > 64 || !isalpha((unsigned char)name.at[0])) return NULL;
    for (size_t i = 0; i < name.n; i++)
        if (!isalnum((unsigned char)name.at[i]) && str_find(S("_+-/"), str_slice(name, i, i + 1)) < 0) return NULL;
    bytes file = read_rules(mem, name);
    return file.at ? tzif_parse(mem, file) : NULL;
}

static int kind_offset(const zone *z, size_t kind)
{
    return (int)big(z->offsets + kind * 6, 4);
}

int zone_offset(const zone *z, when instant)
{
    int64_t utc = instant / SECOND - (instant % SECOND < 0);
    size_t low = 0, high = z->time_count; // the number of changes at or before utc
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (big(z->times + middle * 8, 8) <= utc) low = middle + 1;
        else high = middle;
    }
    if (low == z->time_count && z->has_rule) return rule_offset(z, utc);
    return kind_offset(z, low ? z->kinds[low - 1] : 0);
}

when zone_to_utc(const zone *z, when local)
{
    // The clocks of the day before and the day after differ if a change is near; the bigger offset gives the earlier instant.
    int before = zone_offset(z, local - DAY), after = zone_offset(z, local + DAY);
    int big_one = before > after ? before : after, small_one = before > after ? after : before;
    when early = local - big_one * SECOND, late = local - small_one * SECOND;
    if (zone_offset(z, early) == big_one) return early;
    if (zone_offset(z, late) == small_one) return late;
    return local - before * SECOND;
}

// ---- places ----------------------------------------------------------------------------------------------------------------------
// The map is a string of pairs of base-56 digits. The first 48 x 24 pairs are the cells of the globe, row by row from the north-west; then come nodes
// of 2 x 2 pairs. A pair is the number of a zone name counted from the end of the number range (56 * 56), or how many nodes to go on from here.
static int map_pair(int at)
{
    return (size_t)at + 1 < zone_map_size ? 56 * (zone_map_tree[at] - '#') + zone_map_tree[at + 1] - '#' : 56 * 56 - 1;
}

str zone_at(double latitude, double longitude)
{
    enum { COLUMNS = 48, ROWS = 24, RANGE = 56 * 56 };
    double x = fmin(COLUMNS * (180 + longitude) / 360, nextafter(COLUMNS, 0)), y = fmin(ROWS * (90 - latitude) / 180, nextafter(ROWS, 0));
    if (!(x >= 0 && y >= 0)) return S("UTC");
    int column = (int)x, row = (int)y;
    int pair = map_pair(2 * (COLUMNS * row + column));
    for (int node = -1; pair + zone_map_names < RANGE; pair = map_pair(2 * COLUMNS * ROWS + 8 * node + 4 * row + 2 * column)) {
        node += pair + 1;
        x = 2 * (x - column);
        y = 2 * (y - row);
        column = (int)x;
        row = (int)y;
    }
    return str_of(zone_map_name[pair + zone_map_names - RANGE]);
}
