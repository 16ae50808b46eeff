// libavformat on an open descriptor: the decoder opens no paths, so containers that refer to other files or to the network find nothing.
#pragma once
#include "base/base.h"
#include <libavformat/avformat.h>

// Opens the container behind fd (a regular file, read from its start) and reads the stream headers. The formats are those that cameras, phones
// and screen recorders write; playlists, image sequences and devices are refused. Fails the context with 422 and libav's reason.
// Everything is closed at the end of the enclosing try; fd stays the caller's.
AVFormatContext *av_open_fd(ctx *, int fd);

// libav's text for an error code, on the arena.
const char *av_reason(arena *, int error);
