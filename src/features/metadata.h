// Reading what files say about themselves into the database: the parts behind the job AssetExtractMetadata.  spec 06, section 4
#pragma once
#include "features/feature.h"
#include "media/facts.h"

// An asset on its way through the extraction.
typedef struct {
    uuid id, owner, library;
    str path, name; // originalPath, originalFileName
    str sidecar;    // path; {0}: none
    bool video, external;
    when created; // fileCreatedAt before the extraction
    int64_t size;
    when modified, born;
} extraction;

// Reads and stores one asset; commits on the way. False: there is no such asset. Fails when the file is missing or a video can't be probed.
bool metadata_extract(request *, uuid id, str source);

// Stores the facts and all that hangs on them, in the present transaction: asset, EXIF (locked columns stay), streams, tags, faces, live photo
// (metadata_store.c). False: the asset is gone.
bool metadata_store(request *, const extraction *, const facts *, const probe *);

// The video inside a motion photo becomes an asset of its own (metadata_motion.c). In transactions of its own; fails like any work.
void metadata_motion(request *, const extraction *, const facts *);
