// Time zones: fixed ones, those of tzdata (skipped with a notice where it is missing), and places on the map.
#include "../test.h"
#include "media/zone.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static when at(const char *iso)
{
    when w = WHEN_NONE;
    if (!when_parse(str_of(iso), &w)) test_failed(__FILE__, __LINE__, "%s is no date", iso);
    return w;
}

static const zone *iana(arena *mem, const char *name)
{
    const zone *z = zone_load(mem, str_of(name));
    if (!z) printf("  skipped: this system has no tzdata for %s\n", name);
    return z;
}

TEST("fixed zones are named by their hours, and minutes only when there are any")
{
    check_str(zone_fixed_name(mem, 0), S("UTC"));
    check_str(zone_fixed_name(mem, 780), S("UTC+13"));
    check_str(zone_fixed_name(mem, -240), S("UTC-4"));
    check_str(zone_fixed_name(mem, 330), S("UTC+5:30"));
    check_str(zone_fixed_name(mem, -210), S("UTC-3:30"));
}

TEST("a fixed zone's name gives its offset back")
{
    check_int(zone_offset(zone_load(mem, S("UTC-3:30")), 0), -(3 * 3600 + 1800));
    check_int(zone_offset(zone_load(mem, S("UTC+13")), 0), 13 * 3600);
    check_int(zone_offset(zone_load(mem, S("UTC+0")), 0), 0);
    check_int(zone_offset(zone_load(mem, S("UTC")), 0), 0);
}

TEST("names that are no zones, or would leave the folder, load nothing")
{
    static const char *const bad[] = {"",     "Nowhere/City", "../../etc/passwd", "/etc/passwd", "Europe/../../passwd",
                                      "UTC+", "UTC+99",       "UTC+1:99",         "Europe"};
    for (size_t i = 0; i < countof(bad); i++) check(!zone_load(mem, str_of(bad[i])));
}

TEST("clocks go forward and back")
{
    const zone *z = iana(mem, "Europe/Berlin");
    if (!z) return;
    check_int(zone_offset(z, at("2024-01-15T12:00:00Z")), 3600);
    check_int(zone_offset(z, at("2024-07-15T12:00:00Z")), 7200);
    check_int(zone_offset(z, at("2024-03-31T00:59:59Z")), 3600);
    check_int(zone_offset(z, at("2024-03-31T01:00:00Z")), 7200);
    check_int(zone_offset(z, at("2024-10-27T01:00:00Z")), 3600);
    check_int(zone_offset(z, at("1970-07-01T00:00:00Z")), 3600); // no summer time then
}

TEST("the rule at the end of the file reaches as far as one likes, on both halves of the earth")
{
    const zone *berlin = iana(mem, "Europe/Berlin"), *sydney = iana(mem, "Australia/Sydney");
    if (!berlin || !sydney) return;
    check_int(zone_offset(berlin, at("2190-07-01T00:00:00Z")), 7200);
    check_int(zone_offset(berlin, at("2190-12-01T00:00:00Z")), 3600);
    check_int(zone_offset(sydney, at("2190-01-01T00:00:00Z")), 11 * 3600);
    check_int(zone_offset(sydney, at("2190-07-01T00:00:00Z")), 10 * 3600);
}

TEST("wall-clock time: the hour shown twice is the first, the hour never shown is an hour on")
{
    const zone *z = iana(mem, "Europe/Berlin");
    if (!z) return;
    check_int(zone_to_utc(z, at("2024-07-01T12:00:00Z")), at("2024-07-01T10:00:00Z"));
    check_int(zone_to_utc(z, at("2024-10-27T02:30:00Z")), at("2024-10-27T00:30:00Z"));
    check_int(zone_to_utc(z, at("2024-03-31T02:30:00Z")), at("2024-03-31T01:30:00Z"));
}

TEST("only offsets that the world uses are real")
{
    static const int real[] = {0, 60, -240, 345, 765, 840, -660, -570};
    for (size_t i = 0; i < countof(real); i++) check(zone_offset_real(real[i]));
    static const int unreal[] = {-720, 1, 90, 841, 900, -690};
    for (size_t i = 0; i < countof(unreal); i++) check(!zone_offset_real(unreal[i]));
    int minutes = 0;
    check(zone_offset_nearest(-477.4, &minutes));
    check_int(minutes, -480);
    check(zone_offset_nearest(344, &minutes));
    check_int(minutes, 345);
    check(!zone_offset_nearest(-720, &minutes));
    check(!zone_offset_nearest(1000, &minutes));
}

TEST("places have zones")
{
    static const struct {
        double latitude, longitude;
        const char *name;
    } places[] = {
        {40.4168, -3.7038, "Europe/Madrid"},       {37.7749, -122.4194, "America/Los_Angeles"},
        {41.2203, -96.071625, "America/Chicago"},  {39, -108, "America/Denver"},
        {-33.8688, 151.2093, "Australia/Sydney"},  {27.7172, 85.324, "Asia/Kathmandu"},
        {60.146706, 24.906772, "Europe/Helsinki"}, {-34.6037, -58.3816, "America/Argentina/Buenos_Aires"},
        {35.6762, 139.6503, "Asia/Tokyo"},         {51.025, 7.591944, "Europe/Berlin"},
    };
    for (size_t i = 0; i < countof(places); i++) check_str(zone_at(places[i].latitude, places[i].longitude), str_of(places[i].name));
}

TEST("the ends of the map have zones too, and every zone of the map can be loaded")
{
    static const double ends[][2] = {{90, 0}, {-90, 0}, {90, 180}, {-90, -180}, {0, 180}, {0, -180}, {0, 0}};
    for (size_t i = 0; i < countof(ends); i++) check(zone_at(ends[i][0], ends[i][1]).n > 0);
    if (!iana(mem, "Europe/Berlin")) return;
    for (double latitude = -89; latitude < 90; latitude += 3)
        for (double longitude = -179; longitude < 180; longitude += 3) {
            str name = zone_at(latitude, longitude);
            if (!zone_load(mem, name)) test_failed(__FILE__, __LINE__, "%.*s can't be loaded", PR(name));
        }
}

// A zone from a file with one kind of clock, that many seconds east, and a POSIX rule.
static const zone *from_rules(arena *mem, uint32_t offset, const char *rule)
{
    buf file = {.mem = mem};
    const uint8_t kind[] = {(uint8_t)(offset >> 24), (uint8_t)(offset >> 16), (uint8_t)(offset >> 8), (uint8_t)offset, 0, 0};
    for (int i = 0; i < 2; i++) { // for programs of the last century, and for ours
        buf_add(&file, (str){"TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4", 44});
        buf_add(&file, (str){(char *)kind, sizeof kind});
        buf_add(&file, (str){"ABC", 4});
    }
    buf_fmt(&file, "\n%s\n", rule);
    int fd = memfd_create("rules", MFD_CLOEXEC);
    check_int(write(fd, file.at, file.n), (int64_t)file.n);
    setenv("TZDIR", "/dev", 1);
    const zone *z = zone_load(mem, str_fmt(mem, "fd/%d", fd));
    unsetenv("TZDIR");
    close(fd);
    return z;
}

TEST("a file of rules whose clocks are days off is none, and such a rule is left out")
{
    const zone *z = from_rules(mem, 3600, "ABC-2");
    check(z && zone_offset(z, 0) == 7200);
    z = from_rules(mem, 3600, "ABC-99999999");
    check(z && zone_offset(z, 0) == 3600);
    z = from_rules(mem, 3600, "ABC-2DEF99");
    check(z && zone_offset(z, 0) == 3600);
    check(!from_rules(mem, 0x490e24ff, ""));
}
