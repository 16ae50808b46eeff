// EXIF, XMP and IPTC as ExifTool would name and print them, read by gexiv2.
//
// The rules below say for each tag where it comes from, best source first. They follow ExifTool with the MWG composites: EXIF before XMP before IPTC,
// dates with their sub-seconds and offsets (https://exiftool.org/TagNames/MWG.html).
#include "media/tags_parts.h"
#include <ctype.h>
#include <gexiv2/gexiv2.h>
#include <math.h>

enum { MOST_BLOCKS = 8 };

struct exiv {
    arena *mem;
    GExiv2Metadata *blocks[MOST_BLOCKS];
    int count;
    strs xmp_keys; // of all blocks
};

// ---- access ----------------------------------------------------------------------------------------------------------------------
exiv *exiv_new(arena *mem)
{
    static bool ready;
    if (!ready) {
        gexiv2_log_set_level(GEXIV2_LOG_LEVEL_MUTE);
        ready = gexiv2_initialize();
    }
    exiv *e = new (mem, exiv);
    e->mem = mem;
    return e;
}

void exiv_close(exiv *e)
{
    for (int i = 0; i < e->count; i++) g_object_unref(e->blocks[i]);
    e->count = 0;
}

static bool is_in_name(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_-.:", c)) || c & 0x80;
}

// gexiv2 sorts keys by the numbers in them. Past 64 bits it never comes to an end, and takes all memory on the way.
static bool has_endless_name(str xml)
{
    enum { LONGEST_NUMBER = 19 };
    for (size_t i = 0, digits = 0; i < xml.n; i++) {
        digits = isdigit((unsigned char)xml.at[i]) ? digits + 1 : 0;
        if (digits <= LONGEST_NUMBER) continue;
        size_t start = i, end = i + 1;
        while (start && is_in_name(xml.at[start - 1])) start--;
        while (end < xml.n && is_in_name(xml.at[end])) end++;
        i = end - 1;
        while (end < xml.n && isspace((unsigned char)xml.at[end])) end++;
        if ((start && xml.at[start - 1] == '<') || (end < xml.n && xml.at[end] == '=')) return true;
    }
    return false;
}

// What exiv2 cannot write out anew, such as two properties under one name, cannot be looked through: that counts as endless too.
static bool has_endless_keys(GExiv2Metadata *m)
{
    if (!gexiv2_metadata_has_xmp(m)) return false;
    char *xml = gexiv2_metadata_try_generate_xmp_packet(m, GEXIV2_OMIT_PACKET_WRAPPER, 0, NULL);
    bool endless = !xml || has_endless_name(str_of(xml));
    g_free(xml);
    return endless;
}

static bool add(exiv *e, bytes block, bool is_xmp)
{
    if (!e || e->count == MOST_BLOCKS || !block.n) return false;
    GExiv2Metadata *m = gexiv2_metadata_new();
    bool readable = gexiv2_metadata_open_buf(m, block.at, (glong)block.n, NULL);
    if (readable && has_endless_keys(m)) {
        gexiv2_metadata_clear_xmp(m);
        readable = !is_xmp; // the rest of a photo is good; a sidecar without its XMP would be written over as if it had been empty
    }
    if (!readable) {
        g_object_unref(m);
        return false;
    }
    e->blocks[e->count++] = m;
    char **keys = gexiv2_metadata_get_xmp_tags(m);
    for (char **key = keys; key && *key; key++) *push(e->mem, e->xmp_keys) = str_dup(e->mem, str_of(*key));
    g_strfreev(keys);
    return true;
}

bool exiv_add(exiv *e, bytes block)
{
    return add(e, block, false);
}

// UTF-16 with a byte order mark to UTF-8; other text as it is.
static str as_utf8(arena *mem, bytes text)
{
    bool big = bytes_have(text, 0, "\xfe\xff");
    if (!big && !bytes_have(text, 0, "\xff\xfe")) return bytes_str(text);
    buf b = {.mem = mem};
    for (size_t at = 2; at + 1 < text.n; at += 2) {
        uint32_t c = big ? be16(text.at + at) : le16(text.at + at);
        if (c >> 10 == 0x36 && at + 3 < text.n) { // the first half of a pair
            at += 2;
            c = 0x10000 + ((c & 0x3ff) << 10) + ((big ? be16(text.at + at) : le16(text.at + at)) & 0x3ff);
        }
        buf_code_point(&b, c);
    }
    return buf_str(&b);
}

// From the first `start` to the last `end`; {0} if they are not there.
static str between(str text, str start, str end)
{
    ptrdiff_t from = str_find(text, start), to = -1;
    for (ptrdiff_t next = from; next >= 0; to = next) {
        ptrdiff_t step = str_find(str_slice(text, (size_t)next + 1, text.n), end);
        if (step < 0) break;
        next += 1 + step;
    }
    return from >= 0 && to > from ? str_slice(text, (size_t)from, (size_t)to + end.n) : (str){0};
}

bool exiv_add_xmp(exiv *e, bytes text)
{
    if (!e) return false;
    // exiv2 looks for a packet at the very start; programs write marks, processing instructions and blanks before it, and some no packet at all.
    str all = as_utf8(e->mem, text), packet = between(all, S("<x:xmpmeta"), S("</x:xmpmeta>"));
    if (!packet.at) {
        str rdf = between(all, S("<rdf:RDF"), S("</rdf:RDF>"));
        if (!rdf.at) return false;
        packet = str_fmt(e->mem, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">%.*s</x:xmpmeta>", PR(rdf));
    }
    if (!add(e, str_bytes(packet), true)) return false;
    // exiv2 makes EXIF out of XMP and drops time zones on the way.
    gexiv2_metadata_clear_exif(e->blocks[e->count - 1]);
    gexiv2_metadata_clear_iptc(e->blocks[e->count - 1]);
    return true;
}

static str taken(arena *mem, char *from)
{
    str s = str_dup(mem, str_of(from));
    g_free(from);
    return s;
}

// "Xmp.*.Name" stands for the first XMP property of that name, whatever its schema: ExifTool drops groups, and cameras invent prefixes.
static const char *actual_key(exiv *e, const char *key)
{
    if (strncmp(key, "Xmp.*", 5) != 0) return key;
    str tail = str_of(key + 5); // ".Name"
    each (k, e->xmp_keys)
        if (str_ends(*k, tail)) return k->at;
    return NULL;
}

str exiv_text(exiv *e, const char *key)
{
    if (!(key = actual_key(e, key))) return (str){0};
    for (int i = 0; i < e->count; i++) {
        char *value = gexiv2_metadata_try_get_tag_string(e->blocks[i], key, NULL);
        if (value) return taken(e->mem, value);
    }
    return (str){0};
}

str exiv_shown(exiv *e, const char *key)
{
    for (int i = 0; i < e->count; i++) {
        char *value = gexiv2_metadata_try_get_tag_interpreted_string(e->blocks[i], key, NULL);
        if (value) return taken(e->mem, value);
    }
    return (str){0};
}

bytes exiv_bytes(exiv *e, const char *key)
{
    bytes out = {0};
    for (int i = 0; i < e->count && !out.at; i++) {
        GBytes *raw = gexiv2_metadata_try_get_tag_raw(e->blocks[i], key, NULL);
        if (!raw) continue;
        gsize n;
        const void *at = g_bytes_get_data(raw, &n);
        out = (bytes){arena_alloc_raw(e->mem, n), n};
        if (n) memcpy(out.at, at, n);
        g_bytes_unref(raw);
    }
    return out;
}

static strs exiv_list(exiv *e, const char *key)
{
    strs list = {0};
    if (!(key = actual_key(e, key))) return list;
    for (int i = 0; i < e->count && !list.n; i++) {
        char **values = gexiv2_metadata_try_get_tag_multiple(e->blocks[i], key, NULL);
        for (char **v = values; v && *v; v++) *push(e->mem, list) = str_dup(e->mem, str_of(*v));
        g_strfreev(values);
    }
    return list;
}

str exiv_explain(exiv *e, const char *key, str value)
{
    // A TIFF file with one entry, an orientation: exiv2 refuses one without any.
    static const uint8_t empty[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    str out = {0};
    GExiv2Metadata *m = gexiv2_metadata_new();
    if (gexiv2_metadata_open_buf(m, empty, sizeof empty, NULL) && gexiv2_metadata_try_set_tag_string(m, key, cstr(e->mem, value), NULL)) {
        char *shown = gexiv2_metadata_try_get_tag_interpreted_string(m, key, NULL);
        if (shown) out = taken(e->mem, shown);
    }
    g_object_unref(m);
    return out;
}

// ---- printed forms ---------------------------------------------------------------------------------------------------------------
// "57/10", "12" or "0.5"; of several the first. False for 0/0 and for what is no number.
static bool rational(str text, double *out)
{
    text = str_trim(text);
    ptrdiff_t blank = str_find(text, S(" ")), slash;
    if (blank > 0) text = str_slice(text, 0, (size_t)blank);
    if ((slash = str_find(text, S("/"))) < 0) return str_to_double(text, out);
    double over, under;
    if (!str_to_double(str_slice(text, 0, (size_t)slash), &over) || !str_to_double(str_slice(text, (size_t)slash + 1, text.n), &under))
        return false;
    *out = over / under;
    return under != 0;
}

static str without_nuls(str s)
{
    while (s.n && (s.at[s.n - 1] == 0 || s.at[s.n - 1] == ' ')) s.n--;
    return s;
}

// Takes `lang="de-DE" ` off the front. False, and nothing taken, if it is not there.
static bool take_language(str *s, str *language)
{
    ptrdiff_t end = str_starts(*s, S("lang=\"")) ? str_find(*s, S("\" ")) : -1;
    if (end < 0) return false;
    *language = str_slice(*s, strlen("lang=\""), (size_t)end);
    size_t letters = 0;
    while (letters < language->n && isalpha((unsigned char)language->at[letters])) letters++;
    bool plausible = (letters == 2 || letters == 3) && (letters == language->n || language->at[letters] == '-');
    // Private ones, x-default among them; exiv2 gives x-repair to what has no language.
    if (!plausible && !str_starts(*language, S("x-"))) return false;
    *s = str_slice(*s, (size_t)end + 2, s->n);
    return true;
}

// The default language of an XMP text, else its first; exiv2 writes `lang="x-default" text, lang="de-DE" Text`.
static str default_language(str all)
{
    str best = {0}, language, next = {0};
    if (!take_language(&all, &language)) return all;
    for (;;) {
        size_t end = 0;
        str rest = {0};
        for (; end < all.n; end++) {
            rest = str_slice(all, end + 2, all.n);
            if (str_starts(str_slice(all, end, all.n), S(", ")) && take_language(&rest, &next)) break;
        }
        if (!best.at || str_is(language, "x-default")) best = str_slice(all, 0, end);
        if (end == all.n) return best;
        all = rest;
        language = next;
    }
}

typedef enum { TEXT, SOLID, LANGUAGE, LIST_OF, NUMBER, EXPOSURE, APERTURE, FIRST } form;

static strs value_of(exiv *e, form f, const char *key)
{
    if (f == LIST_OF) return exiv_list(e, key);
    str text = exiv_text(e, key);
    if (f == LANGUAGE) text = default_language(text);
    strs out = {0};
    double n;
    if (!text.at) return out;
    switch (f) {
    case NUMBER: text = rational(text, &n) ? str_fmt(e->mem, "%.10g", n) : text; break;
    case EXPOSURE: text = rational(text, &n) ? exposure_text(e->mem, n) : text; break;
    case APERTURE: text = rational(text, &n) ? str_fmt(e->mem, n >= 1 ? "%.1f" : "%.2f", n) : text; break;
    case FIRST: text = str_split(e->mem, text, ' ').at[0]; break;
    default: text = without_nuls(text); break;
    }
    // A blank text of the camera must not hide what the user wrote elsewhere.
    if (f != SOLID || str_trim(text).n) *push(e->mem, out) = text;
    return out;
}

static const struct {
    const char *name;
    form form;
    const char *keys[6];
} rules[] = {
    {"Make", TEXT, {"Exif.Image.Make", "Xmp.tiff.Make"}},
    {"Model", TEXT, {"Exif.Image.Model", "Xmp.tiff.Model"}},
    {"Device.Manufacturer", TEXT, {"Xmp.*.Manufacturer"}},
    {"Orientation", FIRST, {"Exif.Image.Orientation", "Xmp.tiff.Orientation"}},
    {"ImageWidth", FIRST, {"Exif.Image.ImageWidth", "Xmp.tiff.ImageWidth"}},
    {"ImageHeight", FIRST, {"Exif.Image.ImageLength", "Xmp.tiff.ImageLength"}},
    {"ImageDescription", LANGUAGE, {"Exif.Image.ImageDescription", "Xmp.tiff.ImageDescription"}},
    {"Description", SOLID, {"Exif.Image.ImageDescription"}},
    {"Description", LANGUAGE, {"Xmp.dc.description", "Iptc.Application2.Caption"}},
    {"ExposureTime", EXPOSURE, {"Exif.Photo.ExposureTime", "Exif.Image.ExposureTime", "Xmp.exif.ExposureTime"}},
    {"FNumber", APERTURE, {"Exif.Photo.FNumber", "Exif.Image.FNumber", "Xmp.exif.FNumber"}},
    {"FocalLength", NUMBER, {"Exif.Photo.FocalLength", "Exif.Image.FocalLength", "Xmp.exif.FocalLength"}},
    {"ISO",
     FIRST,
     {"Exif.Photo.ISOSpeedRatings", "Exif.Image.ISOSpeedRatings", "Xmp.exifEX.PhotographicSensitivity", "Exif.Casio.ISO",
      "Exif.Casio2.ISO"}},
    {"ISO", LIST_OF, {"Xmp.exif.ISOSpeedRatings"}},
    {"LensModel", TEXT, {"Exif.Photo.LensModel", "Exif.Canon.LensModel", "Xmp.exifEX.LensModel", "Xmp.*.LensModel"}},
    {"Rating", TEXT, {"Xmp.xmp.Rating", "Exif.Image.Rating", "Exif.Photo.Rating", "Xmp.*.Rating"}},
    {"ProjectionType", TEXT, {"Xmp.GPano.ProjectionType", "Xmp.*.ProjectionType"}},
    {"TagsList", LIST_OF, {"Xmp.digiKam.TagsList"}},
    {"HierarchicalSubject", LIST_OF, {"Xmp.lr.hierarchicalSubject"}},
    {"Keywords", LIST_OF, {"Xmp.dc.subject", "Iptc.Application2.Keywords", "Xmp.pdf.Keywords"}},
    {"BitsPerSample", TEXT, {"Exif.Image.BitsPerSample"}},
    {"OffsetTimeOriginal", TEXT, {"Exif.Photo.OffsetTimeOriginal", "Xmp.exif.OffsetTimeOriginal"}},
    {"OffsetTimeDigitized", TEXT, {"Exif.Photo.OffsetTimeDigitized", "Xmp.exif.OffsetTimeDigitized"}},
    {"TimeZoneOffset", FIRST, {"Exif.Image.TimeZoneOffset"}},
    {"GPSDateStamp", TEXT, {"Exif.GPSInfo.GPSDateStamp"}},
    {"CreationDate", TEXT, {"Xmp.pdf.CreationDate", "Xmp.pdfx.CreationDate", "Xmp.*.CreationDate"}},
    {"DateTimeUTC", TEXT, {"Xmp.*.DateTimeUTC"}},
    {"SourceImageCreateTime", TEXT, {"Xmp.*.SourceImageCreateTime"}},
    {"ContentIdentifier", TEXT, {"Xmp.*.ContentIdentifier"}},
    {"MediaGroupUUID", TEXT, {"Xmp.*.MediaGroupUUID"}},
    {"BurstID", TEXT, {"Xmp.*.BurstID"}},
    {"BurstUUID", TEXT, {"Xmp.*.BurstUUID"}},
    {"CameraBurstID", TEXT, {"Xmp.*.CameraBurstID"}},
    {"MediaUniqueID", TEXT, {"Xmp.*.MediaUniqueID"}},
    {"MotionPhoto", TEXT, {"Xmp.*.MotionPhoto"}},
    {"MicroVideo", TEXT, {"Xmp.*.MicroVideo"}},
    {"MicroVideoOffset", TEXT, {"Xmp.*.MicroVideoOffset"}},
};

// ---- dates -----------------------------------------------------------------------------------------------------------------------
// Both "2024:01:31 08:15:00" and the XMP form pass; facts.h reads either. A date with its sub-seconds and offset, as ExifTool's SubSec… composites.
static str whole_date(exiv *e, str date, const char *fraction_key, const char *offset_key, bool *richer)
{
    str fraction = str_trim(exiv_text(e, fraction_key)), offset = str_trim(exiv_text(e, offset_key));
    size_t digits = 0;
    while (digits < fraction.n && isdigit((unsigned char)fraction.at[digits])) digits++;
    bool has_offset = offset.n >= 6 && strchr("+-", offset.at[0]) && date.n == 19;
    *richer = digits || has_offset;
    buf b = {.mem = e->mem};
    buf_add(&b, date);
    if (digits && date.n == 19) buf_fmt(&b, ".%.*s", (int)digits, fraction.at);
    if (has_offset) buf_add(&b, offset);
    return buf_str(&b);
}

static str iptc_moment(exiv *e, const char *date_key, const char *time_key)
{
    str date = exiv_text(e, date_key), time = exiv_text(e, time_key);
    return date.n && time.n ? str_fmt(e->mem, "%.*s %.*s", PR(date), PR(time)) : (str){0};
}

static void add_date(exiv *e, tags *out, const char *name, const char *exif, const char *fraction, const char *offset,
                     const char *const xmp[2], str iptc)
{
    str date = str_trim(exiv_text(e, exif));
    if (date.n && date.at[0] != 0) {
        bool richer;
        str whole = whole_date(e, date, fraction, offset, &richer);
        if (richer) tag_add(e->mem, out, str_fmt(e->mem, "SubSec%s", name).at, whole);
        tag_add(e->mem, out, name, whole);
    }
    tag_add(e->mem, out, name, exiv_text(e, xmp[0]));
    tag_add(e->mem, out, name, iptc);
    if (xmp[1]) tag_add(e->mem, out, name, exiv_text(e, xmp[1]));
}

static void date_tags(exiv *e, tags *out)
{
    str created = iptc_moment(e, "Iptc.Application2.DateCreated", "Iptc.Application2.TimeCreated");
    add_date(e, out, "DateTimeOriginal", "Exif.Photo.DateTimeOriginal", "Exif.Photo.SubSecTimeOriginal", "Exif.Photo.OffsetTimeOriginal",
             (const char *[]){"Xmp.photoshop.DateCreated", "Xmp.exif.DateTimeOriginal"}, created);
    add_date(e, out, "CreateDate", "Exif.Photo.DateTimeDigitized", "Exif.Photo.SubSecTimeDigitized", "Exif.Photo.OffsetTimeDigitized",
             (const char *[]){"Xmp.xmp.CreateDate", NULL},
             iptc_moment(e, "Iptc.Application2.DigitizationDate", "Iptc.Application2.DigitizationTime"));
    tag_add(e->mem, out, "DateTimeCreated", created);
    tag_add(e->mem, out, "TimeCreated", exiv_text(e, "Iptc.Application2.TimeCreated"));
}

// ---- zones -----------------------------------------------------------------------------------------------------------------------
static void zone_tags(exiv *e, tags *out)
{
    static const char *const minutes[] = {"Exif.NikonWt.Timezone", "Exif.CanonTi.TimeZone"};
    for (size_t i = 0; i < countof(minutes); i++) {
        int64_t m;
        if (str_to_int(exiv_text(e, minutes[i]), &m) && m > -1000 && m < 1000)
            tag_add(e->mem, out, "TimeZone", str_fmt(e->mem, "%c%02d:%02d", m < 0 ? '-' : '+', abs((int)m) / 60, abs((int)m) % 60));
    }
    str saving = exiv_text(e, "Exif.NikonWt.DaylightSavings");
    if (saving.at) tag_add(e->mem, out, "DaylightSavings", str_is(saving, "1") ? S("Yes") : S("No"));
}

// ---- positions -------------------------------------------------------------------------------------------------------------------
// EXIF: three rationals, degrees minutes seconds. XMP: "41,24.2028N", "41,24,12N" or "41.4". Not yet signed by the reference letter of EXIF.
static bool degrees(str text, double *out)
{
    text = str_trim(text);
    double sign = 1, scale = 1;
    if (text.n && strchr("NSEWnsew", text.at[text.n - 1])) {
        if (strchr("SWsw", text.at[text.n - 1])) sign = -1;
        text.n--;
    }
    *out = 0;
    int parts = 0;
    for (size_t i = 0; i < text.n && parts < 3; parts++, scale *= 60) {
        size_t start = i;
        while (i < text.n && text.at[i] != ' ' && text.at[i] != ',') i++;
        double n;
        if (rational(str_slice(text, start, i), &n)) *out += n / scale;
        else if (!parts) return false;
        while (i < text.n && (text.at[i] == ' ' || text.at[i] == ',')) i++;
    }
    *out *= sign;
    return parts > 0;
}

static void position_tag(exiv *e, tags *out, const char *name, const char *ref_name, const char *exif, const char *ref, const char *xmp)
{
    double value;
    str letter = str_trim(exiv_text(e, ref));
    if (degrees(exiv_text(e, exif), &value)) {
        if (letter.n && strchr("SWsw", letter.at[0])) value = -fabs(value);
        tag_add(e->mem, out, ref_name, letter);
    } else if (!degrees(exiv_text(e, xmp), &value)) {
        return;
    }
    tag_add(e->mem, out, name, str_fmt(e->mem, "%.15g", value));
}

static void gps_tags(exiv *e, tags *out)
{
    position_tag(e, out, "GPSLatitude", "GPSLatitudeRef", "Exif.GPSInfo.GPSLatitude", "Exif.GPSInfo.GPSLatitudeRef",
                 "Xmp.exif.GPSLatitude");
    position_tag(e, out, "GPSLongitude", "GPSLongitudeRef", "Exif.GPSInfo.GPSLongitude", "Exif.GPSInfo.GPSLongitudeRef",
                 "Xmp.exif.GPSLongitude");
    strs clock = str_split(e->mem, str_trim(exiv_text(e, "Exif.GPSInfo.GPSTimeStamp")), ' ');
    double h, m, s;
    if (clock.n == 3 && rational(clock.at[0], &h) && rational(clock.at[1], &m) && rational(clock.at[2], &s) && h < 25 && m < 60 && s < 61 &&
        h >= 0 && m >= 0 && s >= 0) {
        str time = str_fmt(e->mem, s == floor(s) ? "%02.0f:%02.0f:%02.0f" : "%02.0f:%02.0f:%06.3f", h, m, s);
        tag_add(e->mem, out, "GPSTimeStamp", time);
        str day = str_trim(exiv_text(e, "Exif.GPSInfo.GPSDateStamp"));
        if (day.n) tag_add(e->mem, out, "GPSDateTime", str_fmt(e->mem, "%.*sT%.*sZ", PR(day), PR(time)));
    }
    tag_add(e->mem, out, "GPSDateTime", exiv_text(e, "Xmp.exif.GPSTimeStamp"));
}

// ---- makers' notes ---------------------------------------------------------------------------------------------------------------
// Apple's note is an IFD of its own: 0x11 pairs a live photo with its video, 0x0b names a burst. Source: https://exiftool.org/TagNames/Apple.html
static void apple_tags(exiv *e, tags *out)
{
    bytes note = exiv_bytes(e, "Exif.Photo.MakerNote");
    if (!bytes_have(note, 0, "Apple iOS") || note.n < 16) return;
    size_t count = be16(note.at + 14);
    for (size_t i = 0; i < count; i++) {
        bytes entry = bytes_at(note, 16 + i * 12, 12);
        if (!entry.at) return;
        uint32_t id = be16(entry.at), type = be16(entry.at + 2), n = be32(entry.at + 4);
        const char *name = id == 0x11 ? "ContentIdentifier" : id == 0x0b ? "BurstUUID" : NULL;
        if (!name || type != 2) continue;
        bytes text = n <= 4 ? bytes_at(entry, 8, n) : bytes_at(note, be32(entry.at + 8), n);
        if (text.at) tag_add(e->mem, out, name, without_nuls(bytes_str(text)));
    }
}

// Canon leaves ISO out of EXIF in older cameras: ExifTool's composite of the note's parts, which count in steps of 1/32.
static void canon_tags(exiv *e, tags *out)
{
    double n, base, automatic;
    str camera = exiv_shown(e, "Exif.CanonCs.ISOSpeed");
    if (tag_is_number(camera, &n) && n > 0) tag_add(e->mem, out, "ISO", camera);
    else if (str_to_double(exiv_text(e, "Exif.CanonSi.ISOSpeed"), &base) &&
             str_to_double(exiv_text(e, "Exif.CanonSi.AutoISO"), &automatic) && base > 0)
        tag_add(e->mem, out, "ISO", str_fmt(e->mem, "%.0f", exp2(base / 32) * 100 / 32 * exp2(automatic / 32)));
}

static void colour_tag(exiv *e, tags *out)
{
    static const struct {
        const char *code, *name;
    } spaces[] = {{"1", "sRGB"}, {"2", "Adobe RGB"}, {"65533", "Wide Gamut RGB"}, {"65534", "ICC Profile"}, {"65535", "Uncalibrated"}};
    str code = exiv_text(e, "Exif.Photo.ColorSpace");
    if (!code.at) code = exiv_text(e, "Xmp.exif.ColorSpace");
    for (size_t i = 0; i < countof(spaces); i++)
        if (str_is(code, spaces[i].code)) tag_add(e->mem, out, "ColorSpace", str_of(spaces[i].name));
    if (code.n) tag_add(e->mem, out, "ColorSpace", str_fmt(e->mem, "Unknown (%.*s)", PR(code)));
}

// ---- structures ------------------------------------------------------------------------------------------------------------------
// "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Area/stArea:x" becomes "RegionInfo.RegionList[1].Area.X".
static void structure_tags(exiv *e, tags *out)
{
    each (key, e->xmp_keys) {
        strs parts = str_split(e->mem, *key, '/');
        buf name = {.mem = e->mem};
        str head = parts.at[0];
        if (str_is(head, "Xmp.mwg-rs.Regions") && parts.n > 1) buf_add(&name, S("RegionInfo"));
        else if (str_starts(head, S("Xmp.")) && str_find(head, S("ontainer.Directory[")) > 0 && parts.n > 1)
            buf_fmt(&name, "ContainerDirectory%.*s", PR(str_slice(head, (size_t)str_find(head, S("[")), head.n)));
        else continue;
        for (size_t i = 1; i < parts.n; i++) {
            str part = str_slice(parts.at[i], (size_t)(str_find(parts.at[i], S(":")) + 1), parts.at[i].n);
            if (!part.n) break;
            buf_fmt(&name, ".%c%.*s", toupper((unsigned char)part.at[0]), PR(str_slice(part, 1, part.n)));
        }
        str text = exiv_text(e, key->at);
        if (text.at && !str_starts(text, S("type=\""))) tag_add(e->mem, out, buf_str(&name).at, text);
    }
}

// TIFF and raw formats: the main image, not the preview. Containers that say their size themselves have set it already. In some raw formats exiv2 finds
// only a small image; then EXIF knows better (elsewhere it may speak of the picture before it was cut).
static void size_tag(exiv *e, bool raw, tags *out)
{
    int64_t width = gexiv2_metadata_get_pixel_width(e->blocks[0]), height = gexiv2_metadata_get_pixel_height(e->blocks[0]), w, h;
    if (raw && str_to_int(exiv_text(e, "Exif.Photo.PixelXDimension"), &w) && str_to_int(exiv_text(e, "Exif.Photo.PixelYDimension"), &h) &&
        w > width && h > height)
        width = w, height = h;
    if (width > 0 && height > 0) tag_add(e->mem, out, "ImageSize", str_fmt(e->mem, "%lldx%lld", (long long)width, (long long)height));
}

void exiv_tags(exiv *e, bool raw, tags *out)
{
    if (!e->count) return;
    for (size_t i = 0; i < countof(rules); i++)
        for (const char *const *key = rules[i].keys; key < rules[i].keys + countof(rules[i].keys) && *key; key++)
            tag_add_list(e->mem, out, rules[i].name, value_of(e, rules[i].form, *key));
    date_tags(e, out);
    zone_tags(e, out);
    gps_tags(e, out);
    apple_tags(e, out);
    canon_tags(e, out);
    colour_tag(e, out);
    structure_tags(e, out);
    tag_add(e->mem, out, "LensID", lens_name(e->mem, e));
    bytes profile = exiv_bytes(e, "Exif.Image.InterColorProfile");
    if (profile.n) icc_tags(e->mem, profile, out);
    size_tag(e, raw, out);
}

// ---- writing ---------------------------------------------------------------------------------------------------------------------
static void set_text(arena *mem, GExiv2Metadata *m, const char *key, str value)
{
    if (value.at) gexiv2_metadata_try_set_tag_string(m, key, cstr(mem, value), NULL);
}

// "42,30.0N": whole degrees, minutes, hemisphere.
static str xmp_degrees(arena *mem, double x, const char *letters)
{
    if (isnan(x)) return (str){0};
    double whole = floor(fabs(x)), minutes = round((fabs(x) - whole) * 60 * 1e8) / 1e8;
    str m = str_fmt(mem, "%.8f", minutes);
    while (m.n > 3 && m.at[m.n - 1] == '0' && m.at[m.n - 2] != '.') m.n--;
    return str_fmt(mem, "%.0f,%.*s%c", whole, PR(m), letters[x < 0]);
}

str sidecar_edited(arena *mem, str old, sidecar_edit edit)
{
    exiv *e = exiv_new(mem);
    str fresh =
        S("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'></rdf:RDF></x:xmpmeta>");
    if (!exiv_add_xmp(e, str_bytes(old.at ? old : fresh))) return (str){0};
    GExiv2Metadata *m = e->blocks[0];
    if (edit.description.at) {
        str text = str_cat(mem, S("lang=\"x-default\" "), edit.description);
        set_text(mem, m, "Xmp.dc.description", text);
        set_text(mem, m, "Xmp.tiff.ImageDescription", text);
    }
    set_text(mem, m, "Xmp.exif.DateTimeOriginal", edit.date);
    set_text(mem, m, "Xmp.photoshop.DateCreated", edit.date);
    set_text(mem, m, "Xmp.exif.GPSLatitude", xmp_degrees(mem, edit.latitude, "NS"));
    set_text(mem, m, "Xmp.exif.GPSLongitude", xmp_degrees(mem, edit.longitude, "EW"));
    set_text(mem, m, "Xmp.xmp.Rating", edit.rating);
    if (edit.has_tags) {
        const char **values = new_n(mem, const char *, edit.tags.n + 2);
        values[0] = "";
        for (size_t i = 0; i < edit.tags.n; i++) values[i] = cstr(mem, edit.tags.at[i]);
        gexiv2_metadata_try_set_tag_multiple(m, "Xmp.digiKam.TagsList", values, NULL);
    }
    char *packet = gexiv2_metadata_try_generate_xmp_packet(m, 0, 0, NULL);
    str out = packet ? taken(mem, packet) : (str){0};
    exiv_close(e);
    return out;
}
