#include "../test.h"
#include "media/types.h"

TEST("the type of a file is in its extension, whatever its case")
{
    check_int(media_type_of(S("IMG_0001.JPG")), MEDIA_IMAGE);
    check_int(media_type_of(S("a/b.c/clip.MoV")), MEDIA_VIDEO);
    check_int(media_type_of(S("clip.mxf")), MEDIA_VIDEO);
    check_int(media_type_of(S("IMG_0001.jpg.xmp")), MEDIA_SIDECAR);
    check_int(media_type_of(S(".jpg")), MEDIA_IMAGE);
    check_int(media_type_of(S("jpg")), MEDIA_OTHER);
    check_int(media_type_of(S("photo.")), MEDIA_OTHER);
    check_int(media_type_of(S("folder.jpg/file")), MEDIA_OTHER);
    check_int(media_type_of((str){0}), MEDIA_OTHER);
}

TEST("48 image and 20 video extensions, in the order of the contract")
{
    int count[4] = {0};
    for (size_t i = 0; i < file_type_count; i++) count[file_types[i].type]++;
    check_int(count[MEDIA_IMAGE], 48);
    check_int(count[MEDIA_VIDEO], 20);
    check_int(count[MEDIA_SIDECAR], 1);
    check_str(str_of(file_types[0].extension), S(".avif"));
    check_str(str_of(file_types[7].extension), S(".3fr"));
    check_str(str_of(file_types[47].extension), S(".tiff"));
    check_str(str_of(file_types[48].extension), S(".3gp"));
}

TEST("MIME types and back")
{
    check_str(str_of(mime_of(S("x.jpe"))), S("image/jpeg"));
    check_str(str_of(mime_of(S("x.mts"))), S("video/mp2t"));
    check_str(str_of(mime_of(S("x.nef"))), S("image/nef"));
    check_str(str_of(mime_of(S("x.exe"))), S("application/octet-stream"));
    check_str(str_of(extension_of_mime(S("image/jpeg"))), S(".jpg"));
    check_str(str_of(extension_of_mime(S("image/x-nikon-nef"))), S(".nef"));
    check_str(str_of(extension_of_mime(S("video/x-msvideo"))), S(".avi"));
    check(!extension_of_mime(S("text/html")));
}

TEST("traits")
{
    check(file_type_has(S("a.PSD"), TYPE_RAW));
    check(!file_type_has(S("a.heic"), TYPE_WEB));
    check(file_type_has(S("a.avif"), TYPE_WEB) && file_type_has(S("a.avif"), TYPE_HEIF));
    check(file_type_has(S("a.svg"), TYPE_TRANSPARENT) && !file_type_has(S("a.jpg"), TYPE_TRANSPARENT));
    check(file_type_has(S("a.hif"), TYPE_HEIF) && !file_type_has(S("a.hif"), TYPE_ANIMATED));
    check(file_type_has(S("a.dng"), TYPE_PROFILE) && !file_type_has(S("a.gif"), TYPE_PROFILE));
    check(!file_type_has(S("a.xyz"), TYPE_WEB));
}
