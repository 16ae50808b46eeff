// What tags mean: dates and zones (spec 06, 4.4), sidecars, places, and every other fact, from tags written down here.
#include "../test.h"
#include "media/facts.h"
#include <math.h>

// ---- making facts ----------------------------------------------------------------------------------------------------------------
// Pairs of name and value, ended by NULL; a name that ends in '+' adds to the list of the pair before.
static tags tag_list(arena *mem, const char *const *pairs)
{
    tags list = {0};
    for (; pairs && *pairs; pairs += 2) {
        strs values = {0};
        *push(mem, values) = str_of(pairs[1]);
        for (; pairs[2] && !strcmp(pairs[2], "+"); pairs += 2) *push(mem, values) = str_of(pairs[3]);
        tag_add_list(mem, &list, pairs[-2 * (ptrdiff_t)(values.n - 1)], values);
    }
    return list;
}
#define TAGS(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static when at(const char *iso)
{
    when w = WHEN_NONE;
    if (!when_parse(str_of(iso), &w)) test_failed(__FILE__, __LINE__, "%s is no date", iso);
    return w;
}

static facts facts_with(arena *mem, const char *name, const char *const *original, const char *const *sidecar)
{
    file_tags file = {.tags = tag_list(mem, original), .probe.ok = strstr(name, ".mp4") != NULL};
    tags side = tag_list(mem, sidecar);
    return facts_of(mem, (facts_input){.name = str_of(name),
                                       .size = 1000,
                                       .modified = at("2001-02-03T04:05:06Z"),
                                       .born = WHEN_NONE,
                                       .created = at("2020-01-01T00:00:00Z"),
                                       .original = &file,
                                       .sidecar = sidecar ? &side : NULL});
}
#define photo(...) facts_with(mem, "a.jpg", TAGS(__VA_ARGS__), NULL)
#define video(...) facts_with(mem, "a.mp4", TAGS(__VA_ARGS__), NULL)

#define check_dates(f, taken_, local_, zone_)                                                                                              \
    do {                                                                                                                                   \
        facts f_ = (f);                                                                                                                    \
        check_str(when_iso(mem, f_.taken), S(taken_));                                                                                     \
        check_str(when_iso(mem, f_.local), S(local_));                                                                                     \
        check_str(f_.time_zone, str_of(zone_));                                                                                            \
    } while (0)

// ---- notations -------------------------------------------------------------------------------------------------------------------
TEST("dates come in many notations")
{
    static const struct {
        const char *text, *want;
        int offset;
    } good[] = {
        // offset 9999: none
        {"2024:01:31 08:15:30", "2024-01-31T08:15:30.000Z", 9999},
        {"2024:01:31 08:15:30.123456", "2024-01-31T08:15:30.123Z", 9999},
        {"2024:01:31 08:15", "2024-01-31T08:15:00.000Z", 9999},
        {"2024:1:3 08:15:30", "2024-01-03T08:15:30.000Z", 9999},
        {"2024-01-31T08:15:30", "2024-01-31T08:15:30.000Z", 9999},
        {"2024-1-3 08:15:30", "2024-01-03T08:15:30.000Z", 9999},
        {"2024:01:31 08:15:30Z", "2024-01-31T08:15:30.000Z", 0},
        {"2024:01:31 08:15:30 UTC", "2024-01-31T08:15:30.000Z", 0},
        {"2024:01:31 08:15:30+02:00", "2024-01-31T08:15:30.000Z", 120},
        {"2024:01:31 08:15:30-0330", "2024-01-31T08:15:30.000Z", -210},
        {"2024:01:31 08:15:30+5", "2024-01-31T08:15:30.000Z", 300},
        {"2024:01:31 08:15:30.5-07:00 MST", "2024-01-31T08:15:30.500Z", -420},
        {"2024:01:31 08:15:30 PDT", "2024-01-31T08:15:30.000Z", -420},
        {"2024:01:31 08:15:30 CEST", "2024-01-31T08:15:30.000Z", 120},
        {"2024:01:31 08:15:30 JST", "2024-01-31T08:15:30.000Z", 540},
        {"2024:01:31 08:15:30 IST", "2024-01-31T08:15:30.000Z", 9999},
        {"2024:01:31 08:15:30 CST", "2024-01-31T08:15:30.000Z", 9999},
        {"2024:01:31 08:15:30-12:00", "2024-01-31T08:15:30.000Z", 9999},
        {"Jan 31 2024 08:15:30", "2024-01-31T08:15:30.000Z", 9999},
        {"Jan 31 2024, 08:15:30", "2024-01-31T08:15:30.000Z", 9999},
        {"Wed Jan 31 08:15:30 2024", "2024-01-31T08:15:30.000Z", 9999},
        {"Jan 31 08:15:30 2024", "2024-01-31T08:15:30.000Z", 9999},
        {"Wed 31 Jan 2024 8:15:30 pm", "2024-01-31T20:15:30.000Z", 9999},
        {"Wed 31 Jan 2024 12:15:30 AM", "2024-01-31T00:15:30.000Z", 9999},
        {"31 Jan 2024 08:15:30", "2024-01-31T08:15:30.000Z", 9999},
        {"Wed 31 Jan 2024 08:15:30 +0200", "2024-01-31T08:15:30.000Z", 120},
    };
    for (size_t i = 0; i < countof(good); i++) {
        moment m;
        if (!moment_parse(str_of(good[i].text), &m)) {
            test_failed(__FILE__, __LINE__, "%s is not read", good[i].text);
            continue;
        }
        check_str(when_iso(mem, m.local), str_of(good[i].want));
        if ((m.has_offset ? m.offset : 9999) != good[i].offset) test_failed(__FILE__, __LINE__, "%s has offset %d", good[i].text, m.offset);
    }
}

TEST("what is no date with time is skipped")
{
    static const char *const bad[] = {"",
                                      "0000:00:00 00:00:00",
                                      "2023:13:13 10:00:00",
                                      "2023:02:29 10:00:00",
                                      "0001:01:01 00:00:00",
                                      "2023:05:05",
                                      "2023:05:05 25:00:00",
                                      "2023:05:05 10:61:00",
                                      "    :  :     :  :  ",
                                      "yesterday",
                                      "2023:05:05 10:00:00 in the morning",
                                      "2023-05/05 10:00:00",
                                      "12:30:00"};
    for (size_t i = 0; i < countof(bad); i++) {
        moment m;
        if (moment_parse(str_of(bad[i]), &m)) test_failed(__FILE__, __LINE__, "\"%s\" passes for a date", bad[i]);
    }
}

// ---- which date, which zone ------------------------------------------------------------------------------------------------------
TEST("without a zone the clock counts as UTC, and no zone is stored")
{
    check_dates(photo("DateTimeOriginal", "2022:01:01 00:00:00"), "2022-01-01T00:00:00.000Z", "2022-01-01T00:00:00.000Z", NULL);
}

TEST("an offset in the date moves the instant, not the clock")
{
    check_dates(photo("DateTimeOriginal", "2022:01:01 00:00:00+13:00"), "2021-12-31T11:00:00.000Z", "2022-01-01T00:00:00.000Z", "UTC+13");
}

TEST("the priority of dates: original, creation, GPS")
{
    facts f = photo("GPSDateTime", "2023:08:08 08:00:00", "CreateDate", "2023:04:04 04:00:00", "CreationDate", "2023:05:05 05:00:00",
                    "DateTimeOriginal", "2023:02:02 02:00:00");
    check_str(when_iso(mem, f.taken), S("2023-02-02T02:00:00.000Z"));
    f = photo("CreateDate", "2023:04:04 04:00:00", "CreationDate", "2023:05:05 05:00:00");
    check_str(when_iso(mem, f.taken), S("2023-05-05T05:00:00.000Z"));
    f = photo("DateTimeOriginal", "0000:00:00 00:00:00", "CreateDate", "2023:04:04 04:00:00");
    check_str(when_iso(mem, f.taken), S("2023-04-04T04:00:00.000Z"));
}

TEST("a place gives the zone, and beats an offset inside the date")
{
    check_dates(photo("GPSDateTime", "2023:11:15 12:30:00Z", "GPSLatitude", "37.7749", "GPSLongitude", "-122.4194"),
                "2023-11-15T12:30:00.000Z", "2023-11-15T04:30:00.000Z", "America/Los_Angeles");
    check_dates(photo("DateTimeOriginal", "2019:03:21 11:04:22.348", "GPSLatitude", "41.2203", "GPSLongitude", "-96.071625"),
                "2019-03-21T16:04:22.348Z", "2019-03-21T11:04:22.348Z", "America/Chicago");
    check_dates(photo("DateTimeOriginal", "2023:11:15 12:30:00+01:00", "GPSLatitude", "37.7749", "GPSLongitude", "-122.4194"),
                "2023-11-15T11:30:00.000Z", "2023-11-15T03:30:00.000Z", "America/Los_Angeles");
}

TEST("an offset tag beats the place")
{
    check_dates(photo("DateTimeOriginal", "2022:08:14 14:12:31", "OffsetTimeOriginal", "+03:00", "GPSLatitude", "60.1467", "GPSLongitude",
                      "24.9068"),
                "2022-08-14T11:12:31.000Z", "2022-08-14T14:12:31.000Z", "UTC+3");
    check_dates(photo("DateTimeOriginal", "2022:08:14 14:12:31", "TimeZoneOffset", "-5"), "2022-08-14T19:12:31.000Z",
                "2022-08-14T14:12:31.000Z", "UTC-5");
    check_dates(photo("DateTimeOriginal", "2022:08:14 14:12:31", "OffsetTimeOriginal", "+00:00"), "2022-08-14T14:12:31.000Z",
                "2022-08-14T14:12:31.000Z", "UTC");
    check_dates(photo("DateTimeOriginal", "2022:08:14 14:12:31", "OffsetTime", "+03:00"), "2022-08-14T14:12:31.000Z",
                "2022-08-14T14:12:31.000Z", NULL);
    check_dates(photo("DateTimeOriginal", "2022:08:14 14:12:31", "OffsetTimeOriginal", "-12:00"), "2022-08-14T14:12:31.000Z",
                "2022-08-14T14:12:31.000Z", NULL);
}

TEST("Nikon counts summer time apart")
{
    const char *date = "2016:09:22 17:10:29.06";
    check_dates(photo("Make", "NIKON CORPORATION", "TimeZone", "-05:00", "DaylightSavings", "Yes", "DateTimeOriginal", date),
                "2016-09-22T21:10:29.060Z", "2016-09-22T17:10:29.060Z", "UTC-4");
    check_dates(photo("Make", "Canon", "TimeZone", "-05:00", "DaylightSavings", "Yes", "DateTimeOriginal", date),
                "2016-09-22T22:10:29.060Z", "2016-09-22T17:10:29.060Z", "UTC-5");
}

TEST("any stamp that carries an offset lends it to those that don't, unless it is UTC")
{
    check_dates(photo("DateTimeOriginal", "2020:05:05 10:00:00", "CreateDate", "2020:05:05 10:00:00+02:00"), "2020-05-05T08:00:00.000Z",
                "2020-05-05T10:00:00.000Z", "UTC+2");
    check_dates(photo("DateTimeOriginal", "2020:05:05 10:00:00", "TimeCreated", "10:00:00-04:00"), "2020-05-05T14:00:00.000Z",
                "2020-05-05T10:00:00.000Z", "UTC-4");
    check_dates(photo("DateTimeOriginal", "2020:05:05 10:00:00", "TimeCreated", "10:00:00+00:00"), "2020-05-05T10:00:00.000Z",
                "2020-05-05T10:00:00.000Z", NULL);
}

TEST("the difference to a clock in UTC is the zone, if the world has such a zone")
{
    check_dates(photo("DateTimeOriginal", "2020:05:05 10:00:40", "GPSDateTime", "2020:05:05 08:00:02Z"), "2020-05-05T08:00:40.000Z",
                "2020-05-05T10:00:40.000Z", "UTC+2");
    check_dates(photo("DateTimeOriginal", "2020:05:05 10:00:40", "GPSDateStamp", "2020:05:05", "GPSTimeStamp", "04:31:00"),
                "2020-05-05T04:30:40.000Z", "2020-05-05T10:00:40.000Z", "UTC+5:30");
    check_dates(photo("DateTimeOriginal", "2020:05:05 10:00:40", "GPSDateTime", "2020:05:08 08:00:02Z"), "2020-05-05T10:00:40.000Z",
                "2020-05-05T10:00:40.000Z", NULL);
}

TEST("a date in plain UTC and nothing else: UTC+0")
{
    check_dates(photo("DateTimeCreated", "2005:12:17 22:03:32+00:00"), "2005-12-17T22:03:32.000Z", "2005-12-17T22:03:32.000Z", "UTC+0");
    check_dates(photo("DateTimeOriginal", "2005:12:17 22:03:32Z"), "2005-12-17T22:03:32.000Z", "2005-12-17T22:03:32.000Z", "UTC+0");
}

TEST("videos count in UTC")
{
    check_dates(video("CreateDate", "2020:05:05 10:00:00"), "2020-05-05T10:00:00.000Z", "2020-05-05T10:00:00.000Z", "UTC");
    check_dates(video("CreateDate", "2020:05:05 08:00:00", "CreationDate", "2020:05:05 10:00:00+02:00"), "2020-05-05T08:00:00.000Z",
                "2020-05-05T10:00:00.000Z", "UTC+2");
    check_dates(video("CreateDate", "2020:05:05 08:00:00", "GPSLatitude", "48.2", "GPSLongitude", "16.37"), "2020-05-05T08:00:00.000Z",
                "2020-05-05T10:00:00.000Z", "Europe/Vienna");
    check_dates(video("Make", "Apple"), "2001-02-03T04:05:06.000Z", "2001-02-03T04:05:06.000Z", "UTC");
}

TEST("without any date the earliest of the file's times counts, unshifted")
{
    check_dates(photo("Make", "Canon"), "2001-02-03T04:05:06.000Z", "2001-02-03T04:05:06.000Z", NULL);
    check_dates(photo("TimeCreated", "14:30:00+00:00"), "2001-02-03T04:05:06.000Z", "2001-02-03T04:05:06.000Z", NULL);
    check_dates(photo("ModifyDate", "1999:01:01 00:00:00"), "2001-02-03T04:05:06.000Z", "2001-02-03T04:05:06.000Z", NULL);
}

// ---- sidecars --------------------------------------------------------------------------------------------------------------------
#define with_sidecar(original, ...) facts_with(mem, "a.jpg", original, TAGS(__VA_ARGS__))

TEST("a date in the sidecar brings its zone, and the original's dates and zone are gone")
{
    const char *const *original = TAGS("SubSecDateTimeOriginal", "2010:01:01 10:00:00.5+05:00", "DateTimeOriginal",
                                       "2010:01:01 10:00:00.5+05:00", "OffsetTimeOriginal", "+05:00");
    check_dates(with_sidecar(original, "CreateDate", "2000-09-27T14:35:33+02:00"), "2000-09-27T12:35:33.000Z", "2000-09-27T14:35:33.000Z",
                "UTC+2");
    check_dates(with_sidecar(original, "CreateDate", "2000-09-27T14:35:33"), "2000-09-27T14:35:33.000Z", "2000-09-27T14:35:33.000Z", NULL);
}

TEST("a place in the sidecar moves the zone of the original's date")
{
    const char *const *original = TAGS("DateTimeOriginal", "2023:11:15 12:30:00+00:00");
    check_dates(with_sidecar(original, "GPSLatitude", "37.7749", "GPSLongitude", "-122.4194"), "2023-11-15T12:30:00.000Z",
                "2023-11-15T04:30:00.000Z", "America/Los_Angeles");
}

TEST("any tag of the sidecar wins, except how long it lasts")
{
    facts f = facts_with(mem, "a.webp", TAGS("Rating", "2", "Make", "Canon", "Duration", "2.50 s"),
                         TAGS("Rating", "5", "Duration", "9 s", "Description", "Hi"));
    check_int(f.rating, 5);
    check_str(f.make, S("Canon"));
    check_str(f.description, S("Hi"));
    check_int(f.duration, 2500);
}

// ---- places ----------------------------------------------------------------------------------------------------------------------
TEST("places are rounded to six decimals; impossible ones and 0,0 are none, and take their clock with them")
{
    facts f = photo("GPSLatitude", "40.78868522", "GPSLongitude", "-4.00514085");
    check(f.latitude == 40.788685 && f.longitude == -4.005141);
    static const char *const bad[][2] = {{"91", "10"}, {"45", "-180.5"}, {"0", "0"}, {"0.0000001", "0"}};
    for (size_t i = 0; i < countof(bad); i++) {
        f = photo("GPSLatitude", bad[i][0], "GPSLongitude", bad[i][1], "GPSDateTime", "2023:11:15 12:30:00Z");
        check(isnan(f.latitude) && isnan(f.longitude));
        check_str(when_iso(mem, f.taken), S("2001-02-03T04:05:06.000Z"));
    }
    f = photo("GPSLatitude", "40");
    check(isnan(f.latitude) && isnan(f.longitude));
}

// ---- other facts -----------------------------------------------------------------------------------------------------------------
TEST("size: ImageSize first, else width and height; upright when turned")
{
    facts f = photo("ImageSize", "4032x3024", "ImageWidth", "160", "ImageHeight", "120", "Orientation", "6");
    check(f.exif_width == 4032 && f.exif_height == 3024 && f.width == 3024 && f.height == 4032 && f.orientation == 6);
    f = photo("ImageSize", "0x0", "ImageWidth", "160", "ImageHeight", "120", "Orientation", "3");
    check(f.exif_width == 160 && f.exif_height == 120 && f.width == 160 && f.height == 120);
    f = photo("ImageWidth", "4in", "ImageHeight", "3in");
    check(!f.exif_width && !f.width && f.orientation == -1);
}

TEST("HEIF turns by its own rotation, not by EXIF")
{
    static const int turns[] = {1, 8, 3, 6};
    for (int i = 0; i < 4; i++) {
        const char digit[] = {(char)('0' + i), 0};
        check_int(facts_with(mem, "a.HEIC", TAGS("Orientation", "6", "Rotation", digit), NULL).orientation, turns[i]);
    }
    check_int(facts_with(mem, "a.heic", TAGS("Orientation", "6"), NULL).orientation, -1);
    check_int(photo("Orientation", "6", "Rotation", "0").orientation, 6);
}

TEST("a lens that is unknown, or dashes, is none")
{
    check_str(photo("LensID", "Canon EF 50mm f/1.8", "LensModel", "EF50").lens, S("Canon EF 50mm f/1.8"));
    check_str(photo("LensModel", " 50 mm ").lens, S("50 mm"));
    check(!photo("LensID", "Unknown 7-21mm", "LensModel", "x").lens.at);
    check(!photo("LensModel", "----").lens.at);
    check(!photo("LensID", "", "LensModel", "EF50").lens.at);
}

TEST("ratings are 1 to 5")
{
    static const struct {
        const char *text;
        int64_t want;
    } ratings[] = {{"0", NO_NUMBER}, {"1", 1},          {"4.6", 5},         {"5", 5},           {"5.4", NO_NUMBER},
                   {"6", NO_NUMBER}, {"-1", NO_NUMBER}, {"0.9", NO_NUMBER}, {"five", NO_NUMBER}};
    for (size_t i = 0; i < countof(ratings); i++) check_int(photo("Rating", ratings[i].text).rating, ratings[i].want);
}

TEST("the number rule: texts, and what a 32-bit column can't hold, are null")
{
    check(photo("FNumber", "2.8").f_number == 2.8);
    check(isnan(photo("FNumber", "f/2.8").f_number));
    check(isnan(photo("FocalLength", "1e10").focal_length));
    check_int(photo("ISO", "0").iso, 0);
    check_int(photo("ISO", "Auto").iso, NO_NUMBER);
}

TEST("the camera's description comes before the general one, without blanks around")
{
    check_str(photo("ImageDescription", " A ", "Description", "B").description, S("A"));
    check_str(photo("ImageDescription", "", "Description", " B\n").description, S("B"));
    check_str(photo("ImageDescription", "    ", "Description", "B").description, S(""));
    check(photo("Make", "x").description.at != NULL);
}

TEST("makers and models of phones stand elsewhere")
{
    facts f = video("AndroidMake", "Google", "AndroidModel", "Pixel 8");
    check_str(f.make, S("Google"));
    check_str(f.model, S("Pixel 8"));
    check(!photo("DeviceManufacturer", "").make.at);
    check_str(photo("Device.Manufacturer", "Sony", "AndroidMake", "x").make, S("Sony"));
}

TEST("depth is per channel")
{
    check_int(photo("BitsPerSample", "8 8 8").bits_per_sample, 8);
    check_int(photo("ColorBitDepth", "24").bits_per_sample, 8);
    check_int(photo("BitDepth", "16").bits_per_sample, 16);
    check_int(photo("BitsPerSample", "none", "BitDepth", "10").bits_per_sample, 10);
    check_int(photo("BitDepth", "none").bits_per_sample, NO_NUMBER);
}

TEST("tags: TagsList before HierarchicalSubject before Keywords; '|' divides levels, '/' inside a level becomes '|'")
{
    facts f = photo("Keywords", "k", "HierarchicalSubject", "a|b/c", "+", "d", "TagsList", "x/y", "+", "2024");
    check_int((int64_t)f.tags.n, 2);
    check_str(f.tags.at[0], S("x/y"));
    check_str(f.tags.at[1], S("2024"));
    f = photo("Keywords", "k", "HierarchicalSubject", "a|b/c", "+", "d");
    check_int((int64_t)f.tags.n, 2);
    check_str(f.tags.at[0], S("a/b|c"));
    check_str(f.tags.at[1], S("d"));
    f = photo("Keywords", "one, two");
    check_int((int64_t)f.tags.n, 1);
    check_str(f.tags.at[0], S("one, two"));
    check_int((int64_t)photo("Make", "x").tags.n, 0);
}

TEST("how long it lasts: animations say so themselves, photos never do, of videos the probe knows")
{
    check_int(facts_with(mem, "a.webp", TAGS("Duration", "1.23 s"), NULL).duration, 1230);
    check_int(photo("Duration", "1.23 s").duration, NO_NUMBER);
    file_tags f = {.tags = tag_list(mem, TAGS("Duration", "99 s")), .probe = {.ok = true, .duration = 4.9669}};
    facts_input in = {.name = S("a.mov"), .modified = 0, .born = WHEN_NONE, .created = WHEN_NONE, .original = &f};
    check_int(facts_of(mem, in).duration, 4967);
    f.probe.duration = 0;
    check_int(facts_of(mem, in).duration, NO_NUMBER);
}

TEST("a video's size, turn and frame rate are the probe's")
{
    file_tags f = {.probe.ok = true};
    *push(mem, f.probe.video) = (video_stream){.width = 1920, .height = 1080, .rotation = -90, .frame_rate = 29.97};
    facts got = facts_of(mem, (facts_input){.name = S("a.mov"), .born = WHEN_NONE, .created = WHEN_NONE, .original = &f});
    check(got.exif_width == 1920 && got.width == 1080 && got.height == 1920 && got.orientation == 6 && got.fps == 29.97);
}

TEST("live photos and bursts")
{
    check_str(photo("ContentIdentifier", "C", "MediaGroupUUID", "M").live_photo_cid, S("C"));
    check_str(photo("MediaGroupUUID", "M").live_photo_cid, S("M"));
    check_str(photo("BurstUUID", "U", "BurstID", "B").auto_stack_id, S("B"));
    check_str(photo("ProjectionType", "equirectangular").projection, S("EQUIRECTANGULAR"));
}

TEST("where the video of a motion photo lies")
{
    facts f = photo("MotionPhoto", "1", "ContainerDirectory[1].Item.Semantic", "Primary", "ContainerDirectory[2].Item.Semantic",
                    "MotionPhoto", "ContainerDirectory[2].Item.Length", "300", "ContainerDirectory[2].Item.Padding", "20");
    check(f.motion.offset == 680 && f.motion.length == 300);
    f = photo("MicroVideo", "1", "MicroVideoOffset", "400");
    check(f.motion.offset == 600 && f.motion.length == 400);
    f = photo("MotionPhoto", "1", "MotionPhotoVideo", "100 50", "EmbeddedVideoType", "MotionPhoto_Data", "EmbeddedVideoFile", "10 20");
    check(f.motion.offset == 100 && f.motion.length == 50);
    f = photo("MotionPhoto", "1", "EmbeddedVideoType", "MotionPhoto_Data", "EmbeddedVideoFile", "10 20");
    check(f.motion.offset == 10 && f.motion.length == 20);
    check(!photo("MotionPhoto", "0", "MotionPhotoVideo", "100 50").motion.length);
    check(!photo("MotionPhoto", "1").motion.length);
    check(!photo("MotionPhoto", "1", "MotionPhotoVideo", "990 50").motion.length); // beyond the end
    check(!photo("MicroVideo", "1", "MicroVideoOffset", "4000").motion.length);
}

TEST("face regions turn with the picture; those without a name are none")
{
    static const struct {
        const char *orientation;
        int width, height, x1, y1, x2, y2;
    } want[] = {
        {"1", 1000, 100, 0, 20, 200, 60},    {"2", 1000, 100, 800, 20, 1000, 60}, {"3", 1000, 100, 800, 40, 1000, 80},
        {"4", 1000, 100, 0, 40, 200, 80},    {"5", 100, 1000, 20, 0, 60, 200},    {"6", 100, 1000, 40, 0, 80, 200},
        {"7", 100, 1000, 40, 800, 80, 1000}, {"8", 100, 1000, 20, 800, 60, 1000},
    };
    for (size_t i = 0; i < countof(want); i++) {
        facts f = photo("Orientation", want[i].orientation, "RegionInfo.AppliedToDimensions.W", "1000", "RegionInfo.AppliedToDimensions.H",
                        "100", "RegionInfo.RegionList[1].Area.X", "0.3", "RegionInfo.RegionList[1].Area.Y", "0.3",
                        "RegionInfo.RegionList[1].Area.W", "0.1", "RegionInfo.RegionList[1].Area.H", "0.1", "RegionInfo.RegionList[2].Name",
                        "Ada", "RegionInfo.RegionList[2].Area.X", ".1", "RegionInfo.RegionList[2].Area.Y", ".4",
                        "RegionInfo.RegionList[2].Area.W", ".2", "RegionInfo.RegionList[2].Area.H", ".4");
        check_int((int64_t)f.faces.n, 1);
        if (f.faces.n != 1) continue;
        face_region r = f.faces.at[0];
        check_str(r.name, S("Ada"));
        check_int(r.image_width, want[i].width);
        check_int(r.image_height, want[i].height);
        if (r.x1 != want[i].x1 || r.y1 != want[i].y1 || r.x2 != want[i].x2 || r.y2 != want[i].y2)
            test_failed(__FILE__, __LINE__, "orientation %s: %d,%d to %d,%d", want[i].orientation, r.x1, r.y1, r.x2, r.y2);
    }
    check_int((int64_t)photo("RegionInfo.RegionList[1].Name", "Ada", "RegionInfo.RegionList[1].Area.X", ".1").faces.n, 0);
}
