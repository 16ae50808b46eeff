// What a file says about itself: names and texts as ExifTool prints them (spec 06, 4.2), and what a video probe says (spec 06, 4.7).
//
// This half reads hostile bytes, so it runs inside the caged decoder: it gets open descriptors, opens nothing by name, and its result crosses a pipe as
// JSON. What the tags mean (which date counts, whose rating) is decided outside the cage, in facts.h.
//
// A tag is a name and one or more texts, in ExifTool's printed form; for the few tags that the reference asks for as numbers (GPSLatitude,
// GPSLongitude, Orientation, FocalLength, Rotation) the plain number. A member of a structure has a path for a name: "RegionInfo.RegionList[1].Name"
// (counted from 1). Beyond ExifTool's names: "MotionPhotoVideo" and "EmbeddedVideoFile" hold "offset length" of the bytes in the file.
#pragma once
#include "media/cage.h"

typedef struct {
    str name;
    bool list; // ExifTool gives an array; values.n is at least 1 either way
    strs values;
} tag;
typedef LIST(tag) tags;
enum { MOST_TAGS = 20000 }; // of one file; thousands of named faces are fewer. Lists are searched one by one, so there has to be an end

const tag *tag_find(const tags *, const char *name); // NULL if absent
str tag_text(const tags *, const char *name);        // the first text; {0} if absent
// The first text as a number, where ExifTool's JSON would have a number: "12", "-0.5", "1e3", but not "1/160", "007" or "3 mm".
bool tag_number(const tags *, const char *name, double *out);
bool tag_is_number(str text, double *out);
// Appends a tag, or changes nothing if there is one of this name: the first wins, as in ExifTool. {0} adds nothing. The text is copied, made valid UTF-8.
void tag_add(arena *, tags *, const char *name, str text);
void tag_add_list(arena *, tags *, const char *name, strs texts);

// ---- video probe (as ffprobe -show_streams -show_format and a scan of all packets say) -----------------------------------------------
enum { UNKNOWN_COLOUR = 2 };

typedef struct {
    int index;
    int64_t bitrate;                            // bit/s, 0 if unknown
    str codec;                                  // "h264", "hevc", …
    int profile;                                // number of spec 06, 4.7; -1 if none
    int level;                                  // may be negative
    int width, height;                          // as displayed: pixel aspect applied, not rotated
    int64_t frame_count;                        // nb_frames or 0
    double frame_rate;                          // 0 if unknown
    int time_base;                              // denominator
    int rotation;                               // degrees of the display matrix, as ffprobe prints it: -90, 90, 180, 0 if none
    str pixel_format;                           // "yuv420p" if unknown
    int primaries, transfer, matrix;            // H.273 code points, UNKNOWN_COLOUR if unknown
    int dv_profile, dv_level, dv_compatibility; // Dolby Vision; -1 if none
} video_stream;

typedef struct {
    int index;
    int64_t bitrate;
    str codec;   // {0} if unknown
    int profile; // -1 if none
} audio_stream;

typedef LIST(int32_t) int32s;

typedef struct {
    bool ok; // the file could be probed
    str format, format_long;
    double duration;          // seconds, 0 if unknown
    LIST(video_stream) video; // best first: default disposition, then bitrate; no cover pictures
    LIST(audio_stream) audio;
    struct {                          // of the first video stream
        int32s pts, accumulated, own; // per keyframe: time stamp, sum of durations up to and with it, its own duration
        int64_t duration, packets, output_frames;
    } packets;
} probe;

typedef struct {
    tags tags;
    probe probe; // videos and .gif
} file_tags;

// ---- from the worker, through its cage; these fail like cage_call() -----------------------------------------------------------------
// Tags of an open file of this extension (".jpg", any case; it decides only between picture and video). A file that nothing can be said of gives
// no tags. The descriptor's position does not matter and is not kept.
file_tags media_tags(ctx *, cage *, int fd, str extension);
// Tags of an XMP sidecar.
tags media_sidecar_tags(ctx *, cage *, int fd);

// What the server writes into a sidecar (spec 06, 5). A member that is {0}, or NAN, is not written.
typedef struct {
    str description; // may be ""
    str date;        // ISO 8601 with offset
    double latitude, longitude;
    str rating;
    bool has_tags;
    strs tags;
} sidecar_edit;
// Reads the sidecar behind `old` (-1: there is none), changes it and writes the whole packet to the empty file behind `into`.
void media_sidecar_write(ctx *, cage *, int old, int into, sidecar_edit);

// ---- inside the decoder ----------------------------------------------------------------------------------------------------------
file_tags tags_read(arena *, int fd, str extension);
tags tags_read_sidecar(arena *, int fd);
// The new packet; {0} if the old text is no XMP.
str sidecar_edited(arena *, str old, sidecar_edit);

// Operations of the decoder (cage.h).
void tags_op(ctx *, const json *in, const int *fds, size_t n, json_writer *out);
void sidecar_tags_op(ctx *, const json *in, const int *fds, size_t n, json_writer *out);
void sidecar_write_op(ctx *, const json *in, const int *fds, size_t n, json_writer *out);

// Across the pipe. tags_from_json gives nothing for what is not shaped as written.
void tags_to_json(json_writer *, const file_tags *);
file_tags tags_from_json(arena *, const json *);
