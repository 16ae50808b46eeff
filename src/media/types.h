// File types by extension: the one table behind upload checks, /server/media-types, download headers and the choice of decoder.
// Extension = text from the last dot of the base name, without case; ".jpg" alone counts, "foo" and "foo." have none (spec 02, 3; spec 06, 2).
#pragma once
#include "base/base.h"

typedef enum { MEDIA_OTHER, MEDIA_IMAGE, MEDIA_VIDEO, MEDIA_SIDECAR } media_type;

enum {
    TYPE_WEB = 1, // browsers show it
    TYPE_RAW = 2, // camera raw (and .psd, which the contract counts among them)
    TYPE_HEIF = 4,
    TYPE_ANIMATED = 8,     // possibly animated
    TYPE_TRANSPARENT = 16, // possibly transparent
    TYPE_PROFILE = 32,     // accepted as a profile picture
};

typedef struct {
    const char *extension;  // lower case, with the dot
    const char *mime;       // the one that we answer with
    const char *aliases[3]; // others that clients send; NULL after the last
    media_type type;
    unsigned traits; // TYPE_…
} file_type;

// All types in the order of /server/media-types: images, then videos, then sidecars.
extern const file_type file_types[];
extern const size_t file_type_count;

const file_type *file_type_of(str filename);      // NULL: unknown extension
media_type media_type_of(str filename);           // MEDIA_OTHER for an unknown extension
bool file_type_has(str filename, unsigned trait); // any of the traits
const char *mime_of(str filename);                // "application/octet-stream" for an unknown extension
// ".jpg" for image/jpeg, else the first extension that lists the MIME type (aliases too); NULL if none does.
const char *extension_of_mime(str mime);
