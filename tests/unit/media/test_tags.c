// What files say about themselves, read through the cage as the server does it; the files are made here, byte by byte.
#include "fixture.h"
#include "media/tags_parts.h"
#include <libavformat/avformat.h>
#include <math.h>
#include <unistd.h>

// ---- bytes -----------------------------------------------------------------------------------------------------------------------
static void add(buf *b, const void *at, size_t n)
{
    buf_add(b, (str){(char *)at, n});
}
static void add_text(buf *b, const char *s)
{
    add(b, s, strlen(s));
}
static void add_be(buf *b, uint64_t v, int width)
{
    while (width--) buf_char(b, (char)(v >> (8 * width)));
}
static void add_le(buf *b, uint64_t v, int width)
{
    for (int i = 0; i < width; i++) buf_char(b, (char)(v >> (8 * i)));
}

static void add_box(buf *b, const char *type, buf body)
{
    add_be(b, body.n + 8, 4);
    add_text(b, type);
    add(b, body.at, body.n);
}

// A little-endian TIFF block: IFD 0, its EXIF IFD and its GPS IFD, from lists of entries.
typedef struct {
    int tag, type; // 2 text, 3 short, 5 rational, 10 signed rational
    const char *text;
    uint32_t number, under; // rationals: number / under; three of them when `count` is 3 (degrees 0 minutes 0 seconds)
    int count;
} entry;

static void add_ifd(buf *tiff, const entry *list, int n)
{
    size_t data = tiff->n + 2 + 12 * (size_t)n + 4;
    buf extra = {.mem = tiff->mem};
    add_le(tiff, (uint64_t)n, 2);
    for (int i = 0; i < n; i++) {
        const entry *e = &list[i];
        size_t length = e->type == 2 ? strlen(e->text) + 1 : 0;
        add_le(tiff, (uint64_t)e->tag, 2);
        add_le(tiff, (uint64_t)e->type, 2);
        add_le(tiff, e->type == 2 ? length : e->count ? (uint64_t)e->count : 1, 4);
        if (e->type == 2 && length <= 4) {
            char four[4] = {0};
            memcpy(four, e->text, length);
            add(tiff, four, 4);
        } else if (e->type == 2) {
            add_le(tiff, data + extra.n, 4);
            add(&extra, e->text, length);
        } else if (e->type == 5) {
            add_le(tiff, data + extra.n, 4);
            add_le(&extra, e->number, 4);
            add_le(&extra, e->under, 4);
            for (int more = 1; more < e->count; more++) add_le(&extra, 0, 4), add_le(&extra, 1, 4);
        } else {
            add_le(tiff, e->number, 4);
        }
    }
    add_le(tiff, 0, 4);
    add(tiff, extra.at, extra.n);
}

static buf tiff_block(arena *mem)
{
    const entry camera[] = {
        {0x829a, 5, .number = 1, .under = 60},      {0x829d, 5, .number = 28, .under = 10}, {0x8827, 3, .number = 200},
        {0x9003, 2, .text = "2024:05:06 07:08:09"}, {0x9011, 2, .text = "+02:00"},          {0x9291, 2, .text = "250"},
        {0x920a, 5, .number = 57, .under = 10},     {0xa434, 2, .text = "Test 24-70mm"},
    };
    const entry place[] = {{1, 2, .text = "S"},
                           {2, 5, .number = 33, .under = 1, .count = 3},
                           {3, 2, .text = "W"},
                           {4, 5, .number = 70, .under = 1, .count = 3}};
    entry first[] = {{0x010f, 2, .text = "Maker"},
                     {0x0110, 2, .text = "Model 1"},
                     {0x0112, 3, .number = 6},
                     {0x8769, 4, .number = 0},
                     {0x8825, 4, .number = 0}};
    // Twice: the first time shows where the directories behind the first one begin.
    for (int round = 0;; round++) {
        buf tiff = {.mem = mem};
        add(&tiff, "II*\0\10\0\0\0", 8);
        add_ifd(&tiff, first, countof(first));
        first[3].number = (uint32_t)tiff.n;
        add_ifd(&tiff, camera, countof(camera));
        first[4].number = (uint32_t)tiff.n;
        add_ifd(&tiff, place, countof(place));
        if (round) return tiff;
    }
}

static buf jpeg_of(arena *mem, buf tiff, buf more)
{
    buf b = {.mem = mem};
    add(&b, "\xff\xd8\xff\xe1", 4);
    add_be(&b, tiff.n + 8, 2);
    add(&b, "Exif\0\0", 6);
    add(&b, tiff.at, tiff.n);
    add(&b, more.at, more.n);
    add(&b, "\xff\xc0\0\x0b\x08\0\x10\0\x20\1\1\x11\0\xff\xd9", 15); // a frame of 32 x 16, one channel
    return b;
}

// ---- reading ---------------------------------------------------------------------------------------------------------------------
typedef struct {
    int fd;
    const char *extension;
    bool sidecar;
    file_tags got;
} reading;

static void read_it(ctx *c, void *arg)
{
    reading *r = arg;
    if (r->sidecar) r->got.tags = media_sidecar_tags(c, fixture_cage(), r->fd);
    else r->got = media_tags(c, fixture_cage(), r->fd, str_of(r->extension));
}

static file_tags read_bytes(arena *mem, buf b, const char *extension)
{
    reading r = {.fd = file_of(b.at, b.n), .extension = extension, .sidecar = !strcmp(extension, ".xmp")};
    ctx c = {.mem = mem};
    if (!try(&c, read_it, &r)) test_failed(__FILE__, __LINE__, "%.*s", PR(c.message));
    close(r.fd);
    return r.got;
}

#define check_tag(f, name, want) check_str(tag_text(&(f).tags, name), S(want))

TEST("EXIF of a JPEG: names and forms are ExifTool's")
{
    file_tags f = read_bytes(mem, jpeg_of(mem, tiff_block(mem), (buf){0}), ".jpg");
    check_tag(f, "ImageSize", "32x16");
    check_tag(f, "BitsPerSample", "8");
    check_tag(f, "Make", "Maker");
    check_tag(f, "Model", "Model 1");
    check_tag(f, "Orientation", "6");
    check_tag(f, "ExposureTime", "1/60");
    check_tag(f, "FNumber", "2.8");
    check_tag(f, "FocalLength", "5.7");
    check_tag(f, "ISO", "200");
    check_tag(f, "LensID", "Test 24-70mm");
    check_tag(f, "OffsetTimeOriginal", "+02:00");
    check_tag(f, "SubSecDateTimeOriginal", "2024:05:06 07:08:09.250+02:00");
    check_tag(f, "DateTimeOriginal", "2024:05:06 07:08:09.250+02:00");
    check_tag(f, "GPSLatitude", "-33");
    check_tag(f, "GPSLongitude", "-70");
}

static const char packet_head[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:GCamera='http://ns.google.com/photos/1.0/camera/'>",
                  packet_tail[] = "</rdf:Description></rdf:RDF></x:xmpmeta>";

static buf packet(arena *mem, const char *inside)
{
    buf b = {.mem = mem};
    add_text(&b, packet_head);
    add_text(&b, inside);
    add_text(&b, packet_tail);
    return b;
}

TEST("a sidecar: zones stay, texts in the default language, lists with commas")
{
    file_tags f = read_bytes(
        mem,
        packet(mem, "<exif:DateTimeOriginal>2023-11-21T22:56:12.196-06:00</exif:DateTimeOriginal><xmp:Rating>4</xmp:Rating>"
                    "<exif:GPSLatitude>42,30.0N</exif:GPSLatitude><exif:GPSLongitude>69,15,30W</exif:GPSLongitude>"
                    "<dc:description><rdf:Alt><rdf:li xml:lang='de'>Hallo, Welt</rdf:li><rdf:li xml:lang='x-default'>Hello, world"
                    "</rdf:li></rdf:Alt></dc:description>"
                    "<dc:subject><rdf:Bag><rdf:li>one, two</rdf:li><rdf:li>2024</rdf:li></rdf:Bag></dc:subject>"),
        ".xmp");
    check_tag(f, "DateTimeOriginal", "2023-11-21T22:56:12.196-06:00");
    check_tag(f, "Rating", "4");
    check_tag(f, "GPSLatitude", "42.5");
    double longitude = 0;
    check(str_to_double(tag_text(&f.tags, "GPSLongitude"), &longitude) && fabs(longitude + 69.2583333) < 1e-6);
    check_tag(f, "Description", "Hello, world");
    const tag *keywords = tag_find(&f.tags, "Keywords");
    check(keywords && keywords->list && keywords->values.n == 2);
    if (keywords) check_str(keywords->values.at[0], S("one, two"));
    check(!tag_find(&f.tags, "SubSecDateTimeOriginal"));
}

TEST("a sidecar may be UTF-16, and may have anything around its RDF")
{
    buf plain = packet(mem, "<xmp:Rating>3</xmp:Rating>"), wide = {.mem = mem}, dressed = {.mem = mem};
    add(&wide, "\xff\xfe", 2);
    for (size_t i = 0; i < plain.n; i++) add_le(&wide, (uint8_t)plain.at[i], 2);
    file_tags f = read_bytes(mem, wide, ".xmp");
    check_tag(f, "Rating", "3");
    add_text(&dressed, "\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- hello -->\n");
    add(&dressed, plain.at, plain.n);
    f = read_bytes(mem, dressed, ".xmp");
    check_tag(f, "Rating", "3");
}

TEST("what is no metadata gives no tags, and no failure")
{
    static const char *const extensions[] = {".jpg", ".heic", ".png", ".nef", ".xmp", ".jxl"};
    buf garbage = {.mem = mem};
    for (int i = 0; i < 5000; i++) buf_char(&garbage, (char)(i * i * 7 + i));
    for (size_t i = 0; i < countof(extensions); i++) {
        check_int((int64_t)read_bytes(mem, garbage, extensions[i]).tags.n, 0);
        check_int((int64_t)read_bytes(mem, (buf){.mem = mem}, extensions[i]).tags.n, 0);
    }
    check(!read_bytes(mem, garbage, ".mp4").probe.ok);
}

TEST("XMP that goes on in further JPEG segments, in any order")
{
    buf whole = packet(mem, "<xmp:Rating>2</xmp:Rating><dc:description>x</dc:description>"), segments = {.mem = mem};
    size_t half = whole.n / 2;
    for (int i = 1; i >= 0; i--) {
        size_t from = i ? half : 0, n = i ? whole.n - half : half;
        add(&segments, "\xff\xe1", 2);
        add_be(&segments, 2 + 35 + 32 + 8 + n, 2);
        add(&segments, "http://ns.adobe.com/xmp/extension/", 35);
        add_text(&segments, "0123456789ABCDEF0123456789ABCDEF");
        add_be(&segments, whole.n, 4);
        add_be(&segments, from, 4);
        add(&segments, whole.at + from, n);
    }
    file_tags f = read_bytes(mem, jpeg_of(mem, tiff_block(mem), segments), ".jpg");
    check_tag(f, "Rating", "2");
    check_tag(f, "Make", "Maker");
}

TEST("a colour profile's name, of version 2 and of version 4")
{
    for (int version = 2; version <= 4; version += 2) {
        buf profile = {.mem = mem}, text = {.mem = mem};
        if (version == 2) {
            add_text(&text, "desc");
            add_be(&text, 0, 4);
            add_be(&text, 11, 4);
            add(&text, "Display P3", 11);
        } else {
            add_text(&text, "mluc");
            add_be(&text, 0, 4);
            add_be(&text, 1, 4);
            add_be(&text, 12, 4);
            add_text(&text, "enUS");
            add_be(&text, 20, 4);
            add_be(&text, 28, 4);
            for (const char *c = "Display P3"; *c; c++) add_be(&text, (uint8_t)*c, 2);
        }
        for (int i = 0; i < 128; i++) buf_char(&profile, 0);
        add_be(&profile, 1, 4);
        add_text(&profile, "desc");
        add_be(&profile, 144, 4);
        add_be(&profile, text.n, 4);
        add(&profile, text.at, text.n);
        tags found = {0};
        icc_tags(mem, (bytes){(uint8_t *)profile.at, profile.n}, &found);
        check_str(tag_text(&found, "ProfileDescription"), S("Display P3"));
    }
}

TEST("HEIF: the primary item's size and turn, its EXIF, and the video of a motion photo")
{
    buf tiff = tiff_block(mem), item = {.mem = mem};
    add_be(&item, 6, 4);
    add(&item, "Exif\0\0", 6);
    add(&item, tiff.at, tiff.n);

    buf ftyp = {.mem = mem}, hdlr = {.mem = mem}, pitm = {.mem = mem}, iinf = {.mem = mem}, infe = {.mem = mem}, iloc = {.mem = mem},
        ipco = {.mem = mem}, ipma = {.mem = mem}, iprp = {.mem = mem}, ispe = {.mem = mem}, irot = {.mem = mem}, meta = {.mem = mem},
        file = {.mem = mem}, mpvd = {.mem = mem};
    add_text(&ftyp, "heic");
    add_be(&ftyp, 0, 4);
    add_text(&ftyp, "mif1heic");
    add_be(&hdlr, 0, 8);
    add_text(&hdlr, "pict");
    add_be(&hdlr, 0, 8), add_be(&hdlr, 0, 5);
    add_be(&pitm, 0, 4), add_be(&pitm, 1, 2);
    add_be(&infe, 0x02000000, 4), add_be(&infe, 2, 2), add_be(&infe, 0, 2), add(&infe, "Exif\0", 5);
    add_be(&iinf, 0, 4), add_be(&iinf, 1, 2), add_box(&iinf, "infe", infe);
    add_be(&ispe, 0, 4), add_be(&ispe, 4032, 4), add_be(&ispe, 3024, 4);
    add_be(&irot, 3, 1);
    add_box(&ipco, "ispe", ispe), add_box(&ipco, "irot", irot);
    add_be(&ipma, 0, 4), add_be(&ipma, 1, 4), add_be(&ipma, 1, 2), add_be(&ipma, 2, 1), add_be(&ipma, 0x81, 1), add_be(&ipma, 0x82, 1);
    add_box(&iprp, "ipco", ipco), add_box(&iprp, "ipma", ipma);

    add_box(&file, "ftyp", ftyp);
    // iloc version 1, offsets and lengths of four bytes, one item in the 'idat' of the meta box.
    add_be(&iloc, 0x01000000, 4), add_be(&iloc, 0x4400, 2), add_be(&iloc, 1, 2);
    add_be(&iloc, 2, 2), add_be(&iloc, 1, 2), add_be(&iloc, 0, 2), add_be(&iloc, 1, 2), add_be(&iloc, 0, 4), add_be(&iloc, item.n, 4);
    add_be(&meta, 0, 4);
    add_box(&meta, "hdlr", hdlr), add_box(&meta, "pitm", pitm), add_box(&meta, "iloc", iloc), add_box(&meta, "iinf", iinf);
    add_box(&meta, "iprp", iprp), add_box(&meta, "idat", item);
    add_box(&file, "meta", meta);
    add_text(&mpvd, "not really a video");
    size_t video = file.n + 8;
    add_box(&file, "mpvd", mpvd);

    file_tags f = read_bytes(mem, file, ".heic");
    check_tag(f, "ImageSize", "4032x3024");
    check_tag(f, "Rotation", "3");
    check_tag(f, "Make", "Maker");
    check_tag(f, "SubSecDateTimeOriginal", "2024:05:06 07:08:09.250+02:00");
    check_str(tag_text(&f.tags, "MotionPhotoVideo"), str_fmt(mem, "%zu 18", video));
}

TEST("JPEG XL: the size from the codestream, EXIF from its box")
{
    buf tiff = tiff_block(mem), exif = {.mem = mem}, code = {.mem = mem}, file = {.mem = mem}, signature = {.mem = mem};
    add_be(&exif, 0, 4);
    add(&exif, tiff.at, tiff.n);
    add(&code, "\xff\x0a\x08\x04\x8e\x81<dummy>", 13); // 200 x 130
    add_be(&signature, 0x0d0a870a, 4);
    add_box(&file, "JXL ", signature), add_box(&file, "Exif", exif), add_box(&file, "jxlc", code);
    file_tags f = read_bytes(mem, file, ".jxl");
    check_tag(f, "ImageSize", "200x130");
    check_tag(f, "Make", "Maker");
}

TEST("Samsung keeps the video of a motion photo in a trailer")
{
    buf b = jpeg_of(mem, tiff_block(mem), (buf){0});
    size_t block = b.n;
    add_le(&b, 0x0a300000, 4), add_le(&b, 16, 4);
    add_text(&b, "MotionPhoto_Data");
    size_t video = b.n;
    add_text(&b, "the video itself");
    size_t head = b.n;
    add_text(&b, "SEFH");
    add_le(&b, 107, 4), add_le(&b, 1, 4), add_le(&b, 0x0a300000, 4), add_le(&b, head - block, 4), add_le(&b, head - block, 4);
    add_le(&b, b.n - head, 4);
    add_text(&b, "SEFT");
    file_tags f = read_bytes(mem, b, ".jpg");
    check_tag(f, "EmbeddedVideoType", "MotionPhoto_Data");
    check_str(tag_text(&f.tags, "EmbeddedVideoFile"), str_fmt(mem, "%zu 16", video));
}

TEST("Apple's note pairs a photo with its video")
{
    buf note = {.mem = mem}, tiff = {.mem = mem};
    add(&note, "Apple iOS\0\0\1MM", 14);
    add_be(&note, 1, 2), add_be(&note, 0x11, 2), add_be(&note, 2, 2), add_be(&note, 5, 4), add_be(&note, 14 + 2 + 12 + 4, 4),
        add_be(&note, 0, 4);
    add(&note, "CID1\0", 5);
    add_text(&tiff, "II*");
    add_le(&tiff, 0, 1), add_le(&tiff, 8, 4);
    add_le(&tiff, 1, 2), add_le(&tiff, 0x8769, 2), add_le(&tiff, 4, 2), add_le(&tiff, 1, 4), add_le(&tiff, 26, 4), add_le(&tiff, 0, 4);
    add_le(&tiff, 1, 2), add_le(&tiff, 0x927c, 2), add_le(&tiff, 7, 2), add_le(&tiff, note.n, 4), add_le(&tiff, 44, 4), add_le(&tiff, 0, 4);
    add(&tiff, note.at, note.n);
    file_tags f = read_bytes(mem, jpeg_of(mem, tiff, (buf){0}), ".jpg");
    check_tag(f, "ContentIdentifier", "CID1");
}

// ---- videos ----------------------------------------------------------------------------------------------------------------------
// A QuickTime film of ten raw frames of 16 x 8 pixels, 10 per second, every fifth a keyframe, turned by a quarter.
static int film(arena *mem)
{
    AVFormatContext *f = NULL;
    avformat_alloc_output_context2(&f, NULL, "mov", NULL);
    AVStream *s = avformat_new_stream(f, NULL);
    s->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
    s->codecpar->codec_id = AV_CODEC_ID_RAWVIDEO;
    s->codecpar->format = AV_PIX_FMT_RGB24;
    s->codecpar->width = 16, s->codecpar->height = 8;
    s->time_base = (AVRational){1, 600};
    av_dict_set(&f->metadata, "creation_time", "2021-06-07T08:09:10.000000Z", 0);
    av_dict_set(&f->metadata, "com.apple.quicktime.creationdate", "2021-06-07T10:09:10+0200", 0);
    av_dict_set(&f->metadata, "com.apple.quicktime.location.ISO6709", "+48.2083+016.3725+151/", 0);
    av_dict_set(&f->metadata, "com.apple.quicktime.content.identifier", "CID1", 0);
    av_dict_set(&f->metadata, "com.apple.quicktime.make", "Apple", 0);
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags", "use_metadata_tags", 0);
    avio_open_dyn_buf(&f->pb);
    if (avformat_write_header(f, &options) < 0) test_failed(__FILE__, __LINE__, "no film");
    AVPacket *p = av_packet_alloc();
    for (int i = 0; i < 10; i++) {
        av_new_packet(p, 16 * 8 * 3);
        memset(p->data, i, (size_t)p->size);
        p->pts = p->dts = av_rescale_q(i * 60, (AVRational){1, 600}, s->time_base);
        p->duration = av_rescale_q(60, (AVRational){1, 600}, s->time_base);
        p->flags = i % 5 ? 0 : AV_PKT_FLAG_KEY;
        av_write_frame(f, p);
        av_packet_unref(p);
    }
    av_packet_free(&p);
    av_write_trailer(f);
    uint8_t *at;
    int n = avio_close_dyn_buf(f->pb, &at);
    uint8_t *head = memmem(at, (size_t)n, "tkhd", 4);
    static const uint8_t quarter[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0};
    if (head) memcpy(head + 4 + 40, quarter, sizeof quarter);
    int fd = file_of(at, (size_t)n);
    av_free(at);
    av_dict_free(&options);
    avformat_free_context(f);
    return fd;
}

TEST("a video: streams, packets, and what the phone wrote beside them")
{
    int fd = film(mem);
    bytes all = file_bytes(mem, fd);
    close(fd);
    file_tags f = read_bytes(mem, (buf){.mem = mem, .at = (char *)all.at, .n = all.n}, ".mov");
    check(f.probe.ok && f.probe.video.n == 1 && f.probe.audio.n == 0);
    if (!f.probe.video.n) return;
    video_stream v = f.probe.video.at[0];
    check_str(f.probe.format, S("mov,mp4,m4a,3gp,3g2,mj2"));
    check_str(f.probe.format_long, S("QuickTime / MOV"));
    check_str(v.codec, S("rawvideo"));
    check_str(v.pixel_format, S("rgb24"));
    check_int(v.width, 16);
    check_int(v.height, 8);
    check_int(v.rotation, -90);
    check_int(v.frame_count, 10);
    check(v.frame_rate == 10 && f.probe.duration == 1);
    check_int(v.primaries, UNKNOWN_COLOUR);
    check_int(v.profile, -1);
    check_int(v.dv_profile, -1);
    check_int(f.probe.packets.packets, 10);
    check_int(f.probe.packets.duration, v.time_base);
    check_int(f.probe.packets.output_frames, 10);
    check(f.probe.packets.pts.n >= 2);
    if (f.probe.packets.pts.n >= 2) {
        check_int(f.probe.packets.pts.at[0], 0);
        check_int(f.probe.packets.accumulated.at[0], v.time_base / 10);
        check_int(f.probe.packets.own.at[1], v.time_base / 10);
    }
    check_tag(f, "CreateDate", "2021-06-07T08:09:10");
    check_tag(f, "CreationDate", "2021-06-07T10:09:10+0200");
    check_tag(f, "GPSLatitude", "48.2083");
    check_tag(f, "GPSLongitude", "16.3725");
    check_tag(f, "ContentIdentifier", "CID1");
    check_tag(f, "Make", "Apple");
}

// ---- the list and the pipe -------------------------------------------------------------------------------------------------------
TEST("numbers are what ExifTool's JSON would write without quotes")
{
    static const char *const yes[] = {"0", "12", "-0.5", "1e3", "0.1234567890123456", "1E-7", "-7"};
    static const char *const no[] = {"", "-", "007", "1/160", "3 mm", "1.", ".5", "+1", "1e", "12345678901234567", "0x10", "nan", "inf"};
    double n;
    for (size_t i = 0; i < countof(yes); i++) check(tag_is_number(str_of(yes[i]), &n));
    for (size_t i = 0; i < countof(no); i++) check(!tag_is_number(str_of(no[i]), &n));
}

TEST("the first tag of a name wins; undefined ones don't count; texts become valid UTF-8")
{
    tags list = {0};
    tag_add(mem, &list, "A", S("undef"));
    tag_add(mem, &list, "A", (str){0});
    tag_add(mem, &list, "A", S("one\xff"));
    tag_add(mem, &list, "A", S("two"));
    check_int((int64_t)list.n, 1);
    check_str(tag_text(&list, "A"), S("one\xef\xbf\xbd"));
    check(!tag_find(&list, "a") && !tag_text(&list, "B").at);
}

TEST("tags and probe survive the pipe; nonsense gives nothing")
{
    file_tags f = {0};
    tag_add(mem, &f.tags, "One", S("\"quoted\"\n"));
    tag_add_list(mem, &f.tags, "Many", (strs){(str[]){S("a"), S("b")}, 2, 2});
    f.probe = (probe){.ok = true, .format = S("mov"), .format_long = S("QuickTime / MOV"), .duration = 1.5};
    *push(mem, f.probe.video) =
        (video_stream){.index = 1, .codec = S("hevc"), .bitrate = 5000000000, .level = -99, .dv_profile = -1, .frame_rate = 29.97};
    *push(mem, f.probe.audio) = (audio_stream){.codec = S("aac"), .profile = 2};
    *push(mem, f.probe.packets.pts) = 7;
    *push(mem, f.probe.packets.accumulated) = 8;
    *push(mem, f.probe.packets.own) = 9;
    json_writer w = json_writer_on(mem);
    tags_to_json(&w, &f);
    file_tags g = tags_from_json(mem, json_parse(mem, buf_str(&w.out), NULL));
    check_str(tag_text(&g.tags, "One"), S("\"quoted\"\n"));
    const tag *many = tag_find(&g.tags, "Many");
    check(many && many->list && many->values.n == 2);
    check(g.probe.ok && g.probe.duration == 1.5 && g.probe.video.n == 1 && g.probe.audio.n == 1);
    check_int(g.probe.video.at[0].bitrate, 5000000000);
    check_int(g.probe.video.at[0].level, -99);
    check_str(g.probe.video.at[0].codec, S("hevc"));
    check_int(g.probe.audio.at[0].profile, 2);
    check_int(g.probe.packets.own.at[0], 9);

    static const char *const nonsense[] = {"[]", "{}", "{\"tags\":[1]}",
                                           "{\"tags\":{\"A\":7,\"B\":[]},\"probe\":{\"video\":{},\"pts\":[1],\"own\":[]}}"};
    for (size_t i = 0; i < countof(nonsense); i++) {
        g = tags_from_json(mem, json_parse(mem, str_of(nonsense[i]), NULL));
        check(!g.tags.n && !g.probe.video.n && !g.probe.packets.pts.n);
    }
    check(!tags_from_json(mem, NULL).tags.n);
}

TEST("there is an end to the tags of one file, on both sides of the pipe")
{
    file_tags f = {0};
    json_writer w = json_writer_on(mem);
    json_open(&w);
    json_key(&w, S("tags"));
    json_open(&w);
    for (int i = 0; i < MOST_TAGS + 10; i++) {
        json_key(&w, str_fmt(mem, "T%d", i));
        json_str(&w, S("x"));
        if (i > MOST_TAGS - 10) tag_add(mem, &f.tags, str_fmt(mem, "T%d", i).at, S("x"));
        else *push(mem, f.tags) = (tag){.name = S("T"), .values = {(str[]){S("x")}, 1, 1}};
    }
    json_close(&w);
    json_close(&w);
    check_int((int64_t)f.tags.n, MOST_TAGS);
    check_int((int64_t)tags_from_json(mem, json_parse(mem, buf_str(&w.out), NULL)).tags.n, MOST_TAGS);
}

// ---- writing sidecars ------------------------------------------------------------------------------------------------------------
typedef struct {
    int old, into;
    sidecar_edit edit;
} writing;

static void write_it(ctx *c, void *arg)
{
    writing *w = arg;
    media_sidecar_write(c, fixture_cage(), w->old, w->into, w->edit);
}

static buf written(arena *mem, str old, sidecar_edit edit)
{
    writing w = {.old = old.at ? file_of(old.at, old.n) : -1, .into = file_new(), .edit = edit};
    ctx c = {.mem = mem};
    if (!try(&c, write_it, &w)) test_failed(__FILE__, __LINE__, "%.*s", PR(c.message));
    bytes out = file_bytes(mem, w.into);
    close(w.into);
    if (w.old >= 0) close(w.old);
    return (buf){.mem = mem, .at = (char *)out.at, .n = out.n};
}

TEST("a new sidecar says what was edited, and nothing else")
{
    sidecar_edit edit = {.description = S("A \"day\", lang=\"x\" <at> the sea"),
                         .date = S("2023-11-21T22:56:12.196-06:00"),
                         .latitude = 42.5,
                         .longitude = -69.25,
                         .rating = S("0"),
                         .has_tags = true,
                         .tags = {(str[]){S("a/b"), S("c, d")}, 2, 2}};
    buf text = written(mem, (str){0}, edit);
    check(str_find((str){text.at, text.n}, S("42,30.0N")) > 0 && str_find((str){text.at, text.n}, S("69,15.0W")) > 0);
    file_tags f = read_bytes(mem, text, ".xmp");
    check_tag(f, "Description", "A \"day\", lang=\"x\" <at> the sea");
    check_tag(f, "ImageDescription", "A \"day\", lang=\"x\" <at> the sea");
    check_tag(f, "DateTimeOriginal", "2023-11-21T22:56:12.196-06:00");
    check_tag(f, "GPSLatitude", "42.5");
    check_tag(f, "GPSLongitude", "-69.25");
    check_tag(f, "Rating", "0");
    const tag *list = tag_find(&f.tags, "TagsList");
    check(list && list->values.n == 2);
    if (list && list->values.n == 2) check_str(list->values.at[1], S("c, d"));

    f = read_bytes(mem, written(mem, (str){0}, (sidecar_edit){.rating = S("3"), .latitude = NAN, .longitude = NAN}), ".xmp");
    check_int((int64_t)f.tags.n, 1);
}

TEST("an edited sidecar keeps what was in it")
{
    buf old = packet(
        mem,
        "<xmp:Rating>1</xmp:Rating><xmp:Label>Red</xmp:Label><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Old</rdf:li></rdf:Alt>"
        "</dc:description><GCamera:BurstID>B1</GCamera:BurstID>");
    buf text =
        written(mem, (str){old.at, old.n}, (sidecar_edit){.description = S(""), .latitude = NAN, .longitude = NAN, .has_tags = true});
    file_tags f = read_bytes(mem, text, ".xmp");
    check_tag(f, "Rating", "1");
    check_tag(f, "BurstID", "B1");
    check_tag(f, "Description", "");
    check_tag(f, "TagsList", "");
    check(str_find((str){text.at, text.n}, S("Red")) > 0);
}

TEST("an edited description is not taken together with its other languages")
{
    buf old = packet(mem, "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Old</rdf:li><rdf:li xml:lang='de'>Alt</rdf:li>"
                          "<rdf:li xml:lang='x-repair'>Any</rdf:li></rdf:Alt></dc:description>");
    buf text = written(mem, (str){old.at, old.n}, (sidecar_edit){.description = S("New"), .latitude = NAN, .longitude = NAN});
    file_tags f = read_bytes(mem, text, ".xmp");
    check_tag(f, "Description", "New");
}

TEST("names with numbers without end are refused, such values are not")
{
    file_tags f =
        read_bytes(mem, packet(mem, "<xmp:Rating>4</xmp:Rating><xmp:A77777777777777777777x>1</xmp:A77777777777777777777x>"), ".xmp");
    check(!f.tags.n);
    f = read_bytes(mem, packet(mem, "<xmp:Rating>4</xmp:Rating><GCamera:BurstID>77777777777777777777x</GCamera:BurstID>"), ".xmp");
    check_tag(f, "Rating", "4");
    check_tag(f, "BurstID", "77777777777777777777x");
}

TEST("XMP that would never be read to its end costs a photo nothing else, even when it cannot be written out")
{
    static const char endless[] = "<xmp:A77777777777777777777x>1</xmp:A77777777777777777777x>";
    // Two properties that exiv2 gives one name, first a list, then a text.
    static const char twofold[] = "<xmp:B xmlns:xmp='http://b.example/'><rdf:Bag/></xmp:B><xmp:B>1</xmp:B>";
    const char *const inside[] = {endless, str_cat(mem, str_of(twofold), str_of(endless)).at};
    for (size_t i = 0; i < countof(inside); i++) {
        buf text = packet(mem, inside[i]), segment = {.mem = mem};
        add(&segment, "\xff\xe1", 2);
        add_be(&segment, 2 + 29 + text.n, 2);
        add(&segment, "http://ns.adobe.com/xap/1.0/", 29);
        add(&segment, text.at, text.n);
        file_tags f = read_bytes(mem, jpeg_of(mem, tiff_block(mem), segment), ".jpg");
        check_tag(f, "Make", "Maker");
        check_tag(f, "DateTimeOriginal", "2024:05:06 07:08:09.250+02:00");
        check(!read_bytes(mem, text, ".xmp").tags.n);
    }
}

TEST("what is no sidecar is not written over")
{
    ctx c = {.mem = mem};
    writing w = {.old = file_of("hello", 5), .into = file_new(), .edit = {.rating = S("3"), .latitude = NAN, .longitude = NAN}};
    check(!try(&c, write_it, &w));
    check_int(c.status, 422);
    close(w.old);
    close(w.into);
}
