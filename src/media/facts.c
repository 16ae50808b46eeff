// What the tags mean: one list is merged from the original, the probe and the sidecar, then each fact is looked up in it.
#include "media/facts_parts.h"
#include "media/types.h"
#include "media/zone.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// ---- numbers and texts -----------------------------------------------------------------------------------------------------------
// The "number rule": NAN unless it is a number that a 32-bit column holds.
static double number(const tags *t, const char *name)
{
    double n;
    return tag_number(t, name, &n) && fabs(n) <= 2147483648.0 ? n : NAN;
}

static int64_t integer(double n)
{
    return isnan(n) ? NO_NUMBER : llround(n);
}

// The digits that a text begins with; 0 if none.
static int64_t leading_integer(str text)
{
    int64_t n = 0;
    for (size_t i = 0; i < text.n && isdigit((unsigned char)text.at[i]) && n < INT32_MAX; i++) n = n * 10 + (text.at[i] - '0');
    return n <= INT32_MAX ? n : 0;
}

static str first_of(const tags *t, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tag_find(t, names[i])) return tag_text(t, names[i]);
    return (str){0};
}
#define first_text(t, ...) first_of((t), (const char *const[]){__VA_ARGS__}, countof(((const char *const[]){__VA_ARGS__})))

static str not_empty(str s)
{
    return s.n ? s : (str){0};
}

// What JavaScript counts as true.
static bool truthy(const tags *t, const char *name)
{
    str s = tag_text(t, name);
    double n;
    return s.n && !(tag_is_number(s, &n) && n == 0);
}

// ---- places ----------------------------------------------------------------------------------------------------------------------
typedef struct {
    bool valid, absurd; // absurd: given, but no place on earth, or 0,0 which cameras write when they don't know
    double latitude, longitude;
} position;

static double six_decimals(double x)
{
    return round(x * 1e6) / 1e6;
}

static position position_of(const tags *t)
{
    position p = {.latitude = NAN, .longitude = NAN};
    if (!tag_find(t, "GPSLatitude") && !tag_find(t, "GPSLongitude")) return p;
    str_to_double(tag_text(t, "GPSLatitude"), &p.latitude);
    str_to_double(tag_text(t, "GPSLongitude"), &p.longitude);
    p.latitude = six_decimals(p.latitude), p.longitude = six_decimals(p.longitude);
    p.absurd = fabs(p.latitude) > 90 || fabs(p.longitude) > 180 || (p.latitude == 0 && p.longitude == 0);
    p.valid = !p.absurd && !isnan(p.latitude) && !isnan(p.longitude);
    return p;
}

// ---- merging ---------------------------------------------------------------------------------------------------------------------
static tags without_position(arena *mem, const tags *t)
{
    tags out = {0};
    each (x, *t)
        if (!str_starts(x->name, S("GPS"))) *push(mem, out) = *x;
    return out;
}

// One file's tags with what they say together.
typedef struct {
    tags tags;
    str zone;
} source;

static source source_of(arena *mem, const tags *t, bool video)
{
    position p = position_of(t);
    source s = {.tags = p.absurd ? without_position(mem, t) : *t};
    s.zone = zone_of_tags(mem, &s.tags, video, p.valid, p.latitude, p.longitude);
    return s;
}

static void probe_tags(arena *mem, const probe *p, tags *out)
{
    if (p->duration > 0) tag_add(mem, out, "Duration", str_fmt(mem, "%.9g", p->duration));
    if (!p->video.n) return;
    const video_stream *v = &p->video.at[0];
    static const struct {
        int rotation;
        const char *orientation;
    } turns[] = {{0, "1"}, {-90, "6"}, {90, "8"}, {180, "3"}, {-180, "3"}};
    if (v->width) tag_add(mem, out, "ImageWidth", str_fmt(mem, "%d", v->width));
    if (v->height) tag_add(mem, out, "ImageHeight", str_fmt(mem, "%d", v->height));
    for (size_t i = 0; i < countof(turns); i++)
        if (turns[i].rotation == v->rotation) tag_add(mem, out, "Orientation", str_of(turns[i].orientation));
}

// HEIF turns its pictures itself; its EXIF orientation is only a memory of the camera's.
static void heif_orientation(arena *mem, const tags *original, tags *out)
{
    static const char *const turns[] = {"1", "8", "3", "6"};
    double rotation = number(original, "Rotation");
    for (int i = 0; i < 4; i++)
        if (rotation == i) tag_add(mem, out, "Orientation", str_of(turns[i]));
}

// First added, first served: the sidecar, then the probe, then the original.
static tags merge(arena *mem, const facts_input *in, const tags *original, const tags *sidecar, bool dates_of_sidecar)
{
    tags out = {0};
    bool heif = file_type_has(in->name, TYPE_HEIF), probed = in->original->probe.ok, animated = file_type_has(in->name, TYPE_ANIMATED);
    each (t, *sidecar)
        if (!str_is(t->name, "Duration")) *push(mem, out) = *t;
    if (probed) probe_tags(mem, &in->original->probe, &out);
    if (heif) heif_orientation(mem, original, &out);
    each (t, *original) {
        bool unwanted = (heif && str_is(t->name, "Orientation")) || (str_is(t->name, "Duration") && (probed || !animated)) ||
                        (dates_of_sidecar && is_date_tag(t->name));
        if (!unwanted && !tag_find(&out, t->name.at)) *push(mem, out) = *t;
    }
    return out;
}

// ---- single facts ----------------------------------------------------------------------------------------------------------------
static void size_facts(const tags *t, facts *f)
{
    str size = tag_text(t, "ImageSize");
    ptrdiff_t x = str_find(size, S("x"));
    if (x > 0) {
        f->exif_width = (int)leading_integer(size);
        f->exif_height = (int)leading_integer(str_slice(size, (size_t)x + 1, size.n));
    }
    if (!f->exif_width || !f->exif_height) {
        double w = number(t, "ImageWidth"), h = number(t, "ImageHeight");
        f->exif_width = w > 0 && w < INT32_MAX ? (int)w : 0;
        f->exif_height = h > 0 && h < INT32_MAX ? (int)h : 0;
    }
    double orientation = number(t, "Orientation");
    f->orientation = orientation >= 0 && orientation <= 8 ? (int)orientation : -1;
    bool turned = f->orientation >= 5;
    f->width = turned ? f->exif_height : f->exif_width;
    f->height = turned ? f->exif_width : f->exif_height;
}

static str lens_of(const tags *t)
{
    str lens = str_trim(first_text(t, "LensID", "LensType", "LensSpec", "LensModel"));
    return str_is(lens, "----") || str_starts(lens, S("Unknown")) ? (str){0} : not_empty(lens);
}

static int64_t bits_of(const tags *t)
{
    static const char *const names[] = {"BitsPerSample", "ComponentBitDepth", "ImagePixelDepth", "BitDepth", "ColorBitDepth"};
    for (size_t i = 0; i < countof(names); i++) {
        int64_t bits = leading_integer(tag_text(t, names[i]));
        if (bits) return bits >= 24 && bits % 3 == 0 ? bits / 3 : bits;
    }
    return NO_NUMBER;
}

static str description_of(const tags *t)
{
    str s = truthy(t, "ImageDescription") ? tag_text(t, "ImageDescription") : truthy(t, "Description") ? tag_text(t, "Description") : S("");
    s = str_trim(s);
    return s.n ? s : S("");
}

static strs tags_of(arena *mem, const tags *t)
{
    const tag *from = tag_find(t, "TagsList");
    if (from) return from->values;
    if ((from = tag_find(t, "HierarchicalSubject"))) {
        strs out = {0};
        each (entry, from->values) {
            strs parts = str_split(mem, *entry, '|');
            each (part, parts) *part = str_replace(mem, *part, S("/"), S("|"));
            *push(mem, out) = str_join(mem, parts, S("/"));
        }
        return out;
    }
    return (from = tag_find(t, "Keywords")) ? from->values : (strs){0};
}

static int64_t duration_of(const tags *t)
{
    str text = str_trim(tag_text(t, "Duration"));
    size_t n = 0;
    while (n < text.n && (isdigit((unsigned char)text.at[n]) || text.at[n] == '.')) n++;
    double seconds;
    return n && str_to_double(str_slice(text, 0, n), &seconds) && seconds < 1e9 ? llround(seconds * 1000) : NO_NUMBER;
}

// ---- the video behind a motion photo ---------------------------------------------------------------------------------------------
static bool place(str text, int64_t *offset, int64_t *length)
{
    ptrdiff_t blank = str_find(text, S(" "));
    return blank > 0 && str_to_int(str_slice(text, 0, (size_t)blank), offset) &&
           str_to_int(str_slice(text, (size_t)blank + 1, text.n), length);
}

static int64_t item_number(arena *mem, const tags *t, int item, const char *member)
{
    double n = number(t, str_fmt(mem, "ContainerDirectory[%d].Item.%s", item, member).at);
    return n > 0 ? (int64_t)n : 0;
}

static void motion_facts(arena *mem, const tags *t, int64_t size, facts *f)
{
    bool photo = truthy(t, "MotionPhoto"), micro = truthy(t, "MicroVideo");
    if (!photo && !micro) return;
    int64_t length = 0, padding = 0, offset;
    for (int i = 1; photo && i < 100; i++) {
        if (!str_is(tag_text(t, str_fmt(mem, "ContainerDirectory[%d].Item.Semantic", i).at), "MotionPhoto")) continue;
        length = item_number(mem, t, i, "Length");
        padding = item_number(mem, t, i, "Padding");
        break;
    }
    double back = number(t, "MicroVideoOffset");
    if (micro && back > 0) length = (int64_t)back;
    if (!place(tag_text(t, "MotionPhotoVideo"), &offset, &length) &&
        !(str_is(tag_text(t, "EmbeddedVideoType"), "MotionPhoto_Data") && place(tag_text(t, "EmbeddedVideoFile"), &offset, &length)))
        offset = size - length - padding;
    if (length <= 0 || offset < 0 || length > size - offset) return;
    f->motion.offset = offset;
    f->motion.length = length;
}

// ---- faces -----------------------------------------------------------------------------------------------------------------------
static double region_number(arena *mem, const tags *t, int region, const char *member)
{
    double n;
    str text = str_trim(tag_text(t, str_fmt(mem, "RegionInfo.RegionList[%d].Area.%s", region, member).at));
    return str_to_double(text, &n) && isfinite(n) ? n : NAN;
}

static int pixel(double x)
{
    return (int)floor(fmax(-1e9, fmin(1e9, x)));
}

static void face_facts(arena *mem, const tags *t, facts *f)
{
    double width = number(t, "RegionInfo.AppliedToDimensions.W"), height = number(t, "RegionInfo.AppliedToDimensions.H");
    if (!(width > 0) || !(height > 0)) return;
    int o = f->orientation;
    if (o >= 5) {
        double was = width;
        width = height, height = was;
    }
    for (int i = 1; i < 10000; i++) {
        double x = region_number(mem, t, i, "X"), y = region_number(mem, t, i, "Y"), w = region_number(mem, t, i, "W"),
               h = region_number(mem, t, i, "H");
        str name = tag_text(t, str_fmt(mem, "RegionInfo.RegionList[%d].Name", i).at);
        if (isnan(x) && isnan(y) && !name.at) return; // the end of the list
        if (!name.n || isnan(x + y + w + h)) continue;
        double turned_x[] = {x, x, 1 - x, 1 - x, x, y, 1 - y, 1 - y, y}, turned_y[] = {y, y, y, 1 - y, 1 - y, x, x, 1 - x, 1 - x};
        if (o > 0) x = turned_x[o], y = turned_y[o];
        if (o >= 5) {
            double was = w;
            w = h, h = was;
        }
        *push(mem, f->faces) = (face_region){.name = name,
                                             .image_width = (int)width,
                                             .image_height = (int)height,
                                             .x1 = pixel((x - w / 2) * width),
                                             .y1 = pixel((y - h / 2) * height),
                                             .x2 = pixel((x + w / 2) * width),
                                             .y2 = pixel((y + h / 2) * height)};
    }
}

// ---- all -------------------------------------------------------------------------------------------------------------------------
static when earliest(when a, when b)
{
    return a == WHEN_NONE ? b : b == WHEN_NONE ? a : a < b ? a : b;
}

static void date_facts(arena *mem, const facts_input *in, const source *original, const source *sidecar, const tags *merged,
                       bool dates_of_sidecar, facts *f)
{
    bool video = media_type_of(in->name) == MEDIA_VIDEO;
    // Stamps are read in the zone of the file that they stand in, and shown in the zone that holds in the end.
    str read_in = dates_of_sidecar ? sidecar->zone : original->zone;
    f->time_zone = sidecar->zone.n || dates_of_sidecar ? sidecar->zone : original->zone;
    if (date_of_tags(mem, merged, video && !dates_of_sidecar, read_in, &f->time_zone, &f->taken, &f->local)) return;
    f->taken = f->local = earliest(in->created, earliest(in->modified, in->born));
}

facts facts_of(arena *mem, facts_input in)
{
    facts f = {0};
    static const tags none;
    bool video = media_type_of(in.name) == MEDIA_VIDEO;
    source original = source_of(mem, &in.original->tags, video), sidecar = source_of(mem, in.sidecar ? in.sidecar : &none, false);
    bool dates_of_sidecar = has_usable_date(&sidecar.tags);
    tags merged = merge(mem, &in, &original.tags, &sidecar.tags, dates_of_sidecar);
    const tags *t = &merged;

    date_facts(mem, &in, &original, &sidecar, t, dates_of_sidecar, &f);
    size_facts(t, &f);
    f.duration = duration_of(t);
    f.make = first_text(t, "Make", "Device.Manufacturer", "AndroidMake");
    if (!f.make.at) f.make = not_empty(tag_text(t, "DeviceManufacturer"));
    f.model = first_text(t, "Model", "Device.ModelName", "AndroidModel");
    if (!f.model.at) f.model = not_empty(tag_text(t, "DeviceModelName"));
    f.lens = lens_of(t);
    f.f_number = number(t, "FNumber");
    f.focal_length = number(t, "FocalLength");
    f.iso = integer(number(t, "ISO"));
    f.exposure_time = tag_text(t, "ExposureTime");
    f.description = description_of(t);
    double rating = number(t, "Rating");
    f.rating = rating >= 1 && rating <= 5 ? llround(rating) : NO_NUMBER;
    f.projection = tag_text(t, "ProjectionType");
    for (size_t i = 0; i < f.projection.n; i++) {
        if (!i) f.projection = str_dup(mem, f.projection);
        f.projection.at[i] = (char)toupper((unsigned char)f.projection.at[i]);
    }
    f.bits_per_sample = bits_of(t);
    f.colorspace = tag_text(t, "ColorSpace");
    f.profile = not_empty(tag_text(t, "ProfileDescription"));
    f.fps = in.original->probe.video.n && in.original->probe.video.at[0].frame_rate > 0 ? in.original->probe.video.at[0].frame_rate
                                                                                        : number(t, "VideoFrameRate");
    f.live_photo_cid = first_text(t, "ContentIdentifier", "MediaGroupUUID");
    f.auto_stack_id = first_text(t, "BurstID", "BurstUUID", "CameraBurstID", "MediaUniqueID");
    position p = position_of(t);
    f.latitude = p.valid ? p.latitude : NAN;
    f.longitude = p.valid ? p.longitude : NAN;
    f.tags = tags_of(mem, t);
    motion_facts(mem, t, in.size, &f);
    face_facts(mem, t, &f);
    return f;
}
