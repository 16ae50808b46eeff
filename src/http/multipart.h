// A streaming parser for multipart/form-data (RFC 7578): bytes are pushed in, cut anywhere, and the parts come out through callbacks. It
// holds no part's content, only the header of the part at hand (at most 16 KiB).
#pragma once
#include "base/base.h"

typedef struct multipart multipart;

typedef struct {
    void *arg;
    // A part begins. filename {0}: none given. The texts live on the arena. False stops the parser, as for the others.
    bool (*begin)(void *arg, str name, str filename, str content_type);
    bool (*data)(void *arg, const char *, size_t);
    bool (*end)(void *arg);
} multipart_events;

// The boundary parameter of a Content-Type header; {0} if there is none that is valid.
str multipart_boundary(arena *, str content_type);
multipart *multipart_new(arena *, str boundary, multipart_events);
// False: stopped, by a callback or because the text is malformed (then multipart_error() says what is wrong).
bool multipart_push(multipart *, const char *, size_t);
// The input has ended. False: in the middle of something.
bool multipart_finish(multipart *);
str multipart_error(const multipart *); // {0} if none
