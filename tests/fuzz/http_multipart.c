// Multipart forms, whole and byte by byte: both must give the same bytes.
#include "http/multipart.h"
#include <stdlib.h>

typedef struct {
    size_t parts, bytes;
} count;

static bool begin(void *arg, str name, str filename, str type)
{
    ((count *)arg)->parts++;
    return true;
}

static bool data(void *arg, const char *at, size_t n)
{
    ((count *)arg)->bytes += n;
    return true;
}

static bool end(void *arg)
{
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    arena *mem = arena_new();
    count whole = {0}, bytewise = {0};
    multipart *m = multipart_new(mem, S("b"), (multipart_events){&whole, begin, data, end});
    multipart_push(m, (const char *)at, n);
    bool good = multipart_finish(m);
    m = multipart_new(mem, S("b"), (multipart_events){&bytewise, begin, data, end});
    for (size_t i = 0; i < n && multipart_push(m, (const char *)at + i, 1); i++) {}
    if (multipart_finish(m) != good || whole.parts != bytewise.parts || whole.bytes != bytewise.bytes) abort();
    multipart_boundary(mem, (str){(char *)at, n});
    arena_free(mem);
    return 0;
}
