// Facts: what the tags of a file, its sidecar and its probe mean (spec 06, 4.3 to 4.12). Pure: no media library, no database, no users; runs outside the
// cage. The only files read are the system's time zone rules.
#pragma once
#include "media/tags.h"

#define NO_NUMBER INT64_MIN // an unknown integer; an unknown double is NAN

typedef struct {
    str name;            // file name or path; the extension says what kind of file it is
    int64_t size;        // bytes
    when modified, born; // of the file; born WHEN_NONE where the file system does not tell
    when created;        // what the asset's fileCreatedAt is now; WHEN_NONE if nothing
    const file_tags *original;
    const tags *sidecar; // NULL: none
} facts_input;

// A named region that a photo program drew around a face: pixels of the upright image of this size.
typedef struct {
    str name;
    int image_width, image_height, x1, y1, x2, y2;
} face_region;

typedef struct {
    // asset
    when taken;        // fileCreatedAt and asset_exif.dateTimeOriginal
    when local;        // the wall clock then and there, written as if it were UTC
    int64_t duration;  // milliseconds, NO_NUMBER if it does not last
    int width, height; // upright; 0 if unknown

    // asset_exif; strings are {0} where the column is null
    int exif_width, exif_height; // as stored; 0 if unknown
    str make, model, lens, exposure_time, projection, colorspace, profile, time_zone, description /* never {0} */;
    int orientation; // 0 to 8, -1 if unknown
    double f_number, focal_length, fps, latitude, longitude;
    int64_t iso, rating, bits_per_sample;
    str live_photo_cid, auto_stack_id;
    strs tags; // paths with '/' between the levels

    // Where the video of a motion photo lies in the file; length 0 if there is none.
    struct {
        int64_t offset, length;
    } motion;
    LIST(face_region) faces;
} facts;

facts facts_of(arena *, facts_input);

// ---- dates (facts_time.c) --------------------------------------------------------------------------------------------------------
typedef struct {
    when local; // the wall clock, written as if it were UTC; to the millisecond
    bool has_offset;
    int offset; // minutes east of UTC
} moment;

// A date with time in one of the many notations of spec 06, 4.4. False for a date alone, zeros, and what is no date.
bool moment_parse(str, moment *out);
// "+02:00", "-3:30", "Z", "UTC": a real-world offset in minutes (zone.h).
bool offset_parse(str, int *minutes);
