// The table of file types and the look-ups in it. Seventy rows are walked in less time than a hash of the name would take.
#include "media/types.h"

const file_type file_types[] = {
    {".avif", "image/avif", {0}, MEDIA_IMAGE, TYPE_WEB | TYPE_HEIF | TYPE_ANIMATED | TYPE_TRANSPARENT | TYPE_PROFILE},
    {".bmp", "image/bmp", {0}, MEDIA_IMAGE, TYPE_WEB | TYPE_TRANSPARENT},
    {".gif", "image/gif", {0}, MEDIA_IMAGE, TYPE_WEB | TYPE_ANIMATED | TYPE_TRANSPARENT},
    {".jpeg", "image/jpeg", {0}, MEDIA_IMAGE, TYPE_WEB | TYPE_PROFILE},
    {".jpg", "image/jpeg", {0}, MEDIA_IMAGE, TYPE_WEB | TYPE_PROFILE},
    {".png", "image/png", {"image/apng"}, MEDIA_IMAGE, TYPE_WEB | TYPE_ANIMATED | TYPE_TRANSPARENT | TYPE_PROFILE},
    {".webp", "image/webp", {0}, MEDIA_IMAGE, TYPE_WEB | TYPE_ANIMATED | TYPE_TRANSPARENT | TYPE_PROFILE},
    {".3fr", "image/3fr", {"image/x-hasselblad-3fr"}, MEDIA_IMAGE, TYPE_RAW},
    {".ari", "image/ari", {"image/x-arriflex-ari"}, MEDIA_IMAGE, TYPE_RAW},
    {".arw", "image/arw", {"image/x-sony-arw"}, MEDIA_IMAGE, TYPE_RAW},
    {".cap", "image/cap", {"image/x-phaseone-cap"}, MEDIA_IMAGE, TYPE_RAW},
    {".cin", "image/cin", {"image/x-phantom-cin"}, MEDIA_IMAGE, TYPE_RAW},
    {".cr2", "image/cr2", {"image/x-canon-cr2"}, MEDIA_IMAGE, TYPE_RAW},
    {".cr3", "image/cr3", {"image/x-canon-cr3"}, MEDIA_IMAGE, TYPE_RAW},
    {".crw", "image/crw", {"image/x-canon-crw"}, MEDIA_IMAGE, TYPE_RAW},
    {".dcr", "image/dcr", {"image/x-kodak-dcr"}, MEDIA_IMAGE, TYPE_RAW},
    {".dng", "image/dng", {"image/x-adobe-dng"}, MEDIA_IMAGE, TYPE_RAW | TYPE_PROFILE},
    {".erf", "image/erf", {"image/x-epson-erf"}, MEDIA_IMAGE, TYPE_RAW},
    {".fff", "image/fff", {"image/x-hasselblad-fff"}, MEDIA_IMAGE, TYPE_RAW},
    {".iiq", "image/iiq", {"image/x-phaseone-iiq"}, MEDIA_IMAGE, TYPE_RAW},
    {".k25", "image/k25", {"image/x-kodak-k25"}, MEDIA_IMAGE, TYPE_RAW},
    {".kdc", "image/kdc", {"image/x-kodak-kdc"}, MEDIA_IMAGE, TYPE_RAW},
    {".mrw", "image/mrw", {"image/x-minolta-mrw"}, MEDIA_IMAGE, TYPE_RAW},
    {".nef", "image/nef", {"image/x-nikon-nef"}, MEDIA_IMAGE, TYPE_RAW},
    {".nrw", "image/nrw", {"image/x-nikon-nrw"}, MEDIA_IMAGE, TYPE_RAW},
    {".orf", "image/orf", {"image/x-olympus-orf"}, MEDIA_IMAGE, TYPE_RAW},
    {".ori", "image/ori", {"image/x-olympus-ori"}, MEDIA_IMAGE, TYPE_RAW},
    {".pef", "image/pef", {"image/x-pentax-pef"}, MEDIA_IMAGE, TYPE_RAW},
    {".psd", "image/psd", {"image/vnd.adobe.photoshop"}, MEDIA_IMAGE, TYPE_RAW},
    {".raf", "image/raf", {"image/x-fuji-raf"}, MEDIA_IMAGE, TYPE_RAW},
    {".raw", "image/raw", {"image/x-panasonic-raw"}, MEDIA_IMAGE, TYPE_RAW},
    {".rw2", "image/rw2", {"image/x-panasonic-rw2"}, MEDIA_IMAGE, TYPE_RAW},
    {".rwl", "image/rwl", {"image/x-leica-rwl"}, MEDIA_IMAGE, TYPE_RAW},
    {".sr2", "image/sr2", {"image/x-sony-sr2"}, MEDIA_IMAGE, TYPE_RAW},
    {".srf", "image/srf", {"image/x-sony-srf"}, MEDIA_IMAGE, TYPE_RAW},
    {".srw", "image/srw", {"image/x-samsung-srw"}, MEDIA_IMAGE, TYPE_RAW},
    {".x3f", "image/x3f", {"image/x-sigma-x3f"}, MEDIA_IMAGE, TYPE_RAW},
    {".heic", "image/heic", {0}, MEDIA_IMAGE, TYPE_HEIF | TYPE_ANIMATED | TYPE_TRANSPARENT | TYPE_PROFILE},
    {".heif", "image/heif", {0}, MEDIA_IMAGE, TYPE_HEIF | TYPE_ANIMATED | TYPE_TRANSPARENT | TYPE_PROFILE},
    {".hif", "image/hif", {0}, MEDIA_IMAGE, TYPE_HEIF | TYPE_TRANSPARENT},
    {".insp", "image/jpeg", {0}, MEDIA_IMAGE, 0},
    {".jp2", "image/jp2", {0}, MEDIA_IMAGE, 0},
    {".jpe", "image/jpeg", {0}, MEDIA_IMAGE, 0},
    {".jxl", "image/jxl", {0}, MEDIA_IMAGE, TYPE_ANIMATED | TYPE_TRANSPARENT},
    {".mpo", "image/jpeg", {0}, MEDIA_IMAGE, 0},
    {".svg", "image/svg", {0}, MEDIA_IMAGE, TYPE_TRANSPARENT | TYPE_PROFILE},
    {".tif", "image/tiff", {0}, MEDIA_IMAGE, TYPE_TRANSPARENT},
    {".tiff", "image/tiff", {0}, MEDIA_IMAGE, TYPE_TRANSPARENT},
    {".3gp", "video/3gpp", {0}, MEDIA_VIDEO, 0},
    {".3gpp", "video/3gpp", {0}, MEDIA_VIDEO, 0},
    {".avi", "video/avi", {"video/msvideo", "video/vnd.avi", "video/x-msvideo"}, MEDIA_VIDEO, 0},
    {".flv", "video/x-flv", {0}, MEDIA_VIDEO, 0},
    {".insv", "video/mp4", {0}, MEDIA_VIDEO, 0},
    {".m2t", "video/mp2t", {0}, MEDIA_VIDEO, 0},
    {".m2ts", "video/mp2t", {0}, MEDIA_VIDEO, 0},
    {".m4v", "video/x-m4v", {0}, MEDIA_VIDEO, 0},
    {".mkv", "video/x-matroska", {0}, MEDIA_VIDEO, 0},
    {".mov", "video/quicktime", {0}, MEDIA_VIDEO, 0},
    {".mp4", "video/mp4", {0}, MEDIA_VIDEO, 0},
    {".mpe", "video/mpeg", {0}, MEDIA_VIDEO, 0},
    {".mpeg", "video/mpeg", {0}, MEDIA_VIDEO, 0},
    {".mpg", "video/mpeg", {0}, MEDIA_VIDEO, 0},
    {".mts", "video/mp2t", {0}, MEDIA_VIDEO, 0},
    {".mxf", "application/mxf", {0}, MEDIA_VIDEO, 0},
    {".ts", "video/mp2t", {0}, MEDIA_VIDEO, 0},
    {".vob", "video/mpeg", {0}, MEDIA_VIDEO, 0},
    {".webm", "video/webm", {0}, MEDIA_VIDEO, 0},
    {".wmv", "video/x-ms-wmv", {0}, MEDIA_VIDEO, 0},
    {".xmp", "application/xml", {"text/xml"}, MEDIA_SIDECAR, 0},
};
const size_t file_type_count = countof(file_types);

const file_type *file_type_of(str filename)
{
    ptrdiff_t slash = str_rfind_char(filename, '/');
    ptrdiff_t dot = str_rfind_char(filename, '.');
    if (dot < 0 || dot < slash) return NULL;
    str extension = str_slice(filename, dot, filename.n);
    for (size_t i = 0; i < countof(file_types); i++)
        if (str_ieq(extension, str_of(file_types[i].extension))) return &file_types[i];
    return NULL;
}

media_type media_type_of(str filename)
{
    const file_type *t = file_type_of(filename);
    return t ? t->type : MEDIA_OTHER;
}

bool file_type_has(str filename, unsigned trait)
{
    const file_type *t = file_type_of(filename);
    return t && (t->traits & trait);
}

const char *mime_of(str filename)
{
    const file_type *t = file_type_of(filename);
    return t ? t->mime : "application/octet-stream";
}

const char *extension_of_mime(str mime)
{
    if (str_is(mime, "image/jpeg")) return ".jpg"; // .jpeg comes first in the table, but nobody writes it
    for (size_t i = 0; i < countof(file_types); i++) {
        const file_type *t = &file_types[i];
        if (str_is(mime, t->mime)) return t->extension;
        for (size_t k = 0; k < countof(t->aliases) && t->aliases[k]; k++)
            if (str_is(mime, t->aliases[k])) return t->extension;
    }
    return NULL;
}
