// Writing previews and thumbnails: the matching colour profile goes in, everything that could tell of place or person stays out.
#include "media/picture.h"

void picture_save(ctx *c, VipsImage *in, const render_output *o, bool p3, str xmp)
{
    VipsImage *image;
    if (vips_copy(in, &image, NULL)) vips_refuse(c, "cannot copy the image");
    own(c, image);
    if (o->format == PICTURE_JPEG && vips_image_hasalpha(image)) {
        if (vips_flatten(image, &image, NULL)) vips_refuse(c, "cannot flatten the image"); // onto black
        own(c, image);
    }
    gchar **fields = vips_image_get_fields(image);
    for (gchar **f = fields; *f; f++)
        if (vips_image_get_typeof(image, *f) == VIPS_TYPE_BLOB) vips_image_remove(image, *f); // EXIF, XMP, IPTC, the old profile
    g_strfreev(fields);
    if (xmp.n) vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, xmp.at, xmp.n);

    // libvips adds an EXIF block of its own making, and how to prevent it differs by version and format: picture_write() leaves it out.
    const char *profile = p3 ? "p3" : "srgb";
    void *at = NULL;
    size_t n = 0;
    int failed =
        o->format == PICTURE_WEBP
            ? vips_webpsave_buffer(image, &at, &n, "Q", o->quality, "profile", profile, NULL)
            : vips_jpegsave_buffer(image, &at, &n, "Q", o->quality, "interlace", o->progressive, "subsample_mode",
                                   o->quality >= 80 ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON, "profile", profile, NULL);
    if (failed) vips_refuse(c, "cannot encode the image");
    defer(c, g_free, at);
    picture_write(c, (bytes){at, n}, o->format, o->fd);
}

// The GPano namespace has simple properties only; they stand as attributes or as elements. The prefix is by convention always the same.
str gpano_packet(arena *mem, bytes xmp)
{
    str rest = {(char *)xmp.at, xmp.n};
    buf out = {.mem = mem};
    strs seen = {0};
    for (ptrdiff_t at; (at = str_find(rest, S("GPano:"))) >= 0;) {
        bool element = at > 0 && rest.at[at - 1] == '<';
        rest = str_slice(rest, at + 6, rest.n);
        size_t n = 0;
        while (n < rest.n && g_ascii_isalnum(rest.at[n])) n++;
        str name = str_slice(rest, 0, n);
        rest = str_slice(rest, n, rest.n);
        char opening = element ? '>' : '=', closing = '<';
        if (!rest.n || rest.at[0] != opening) continue;
        rest = str_slice(rest, 1, rest.n);
        if (!element) {
            if (!rest.n || (rest.at[0] != '"' && rest.at[0] != '\'')) continue;
            closing = rest.at[0];
            rest = str_slice(rest, 1, rest.n);
        }
        size_t end = 0;
        while (end < rest.n && rest.at[end] != closing) end++;
        str value = str_trim(str_slice(rest, 0, end));
        bool plain = name.n && value.n && value.n < 100;
        for (size_t i = 0; i < value.n; i++) plain &= g_ascii_isalnum(value.at[i]) || strchr(" .:+-_()", value.at[i]);
        each (s, seen) plain &= !str_eq(*s, name);
        if (!plain) continue;
        *push(mem, seen) = name;
        buf_fmt(&out, " GPano:%.*s=\"%.*s\"", PR(name), PR(value));
    }
    if (!seen.n) return (str){0};
    return str_fmt(mem,
                   "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                   "<rdf:Description rdf:about=\"\" xmlns:GPano=\"http://ns.google.com/photos/1.0/panorama/\"%.*s/></rdf:RDF></x:xmpmeta>",
                   PR(buf_str(&out)));
}
