// Which reader gets which file.
#include "media/tags_parts.h"
#include "media/types.h"
#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>

// As ExifTool prints it: "1/160", "1.3", "4".
str exposure_text(arena *mem, double seconds)
{
    if (seconds > 0 && seconds < 0.25001) return str_fmt(mem, "1/%d", (int)fmin(0.5 + 1 / seconds, INT32_MAX));
    str s = str_fmt(mem, "%.1f", seconds);
    return str_ends(s, S(".0")) ? str_slice(s, 0, s.n - 2) : s;
}

// The file in memory, to be unmapped with unmap(). Empty if there is nothing to map.
static bytes map(int fd)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > PTRDIFF_MAX) return (bytes){0};
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    return at == MAP_FAILED ? (bytes){0} : (bytes){at, (size_t)st.st_size};
}

static void unmap(bytes b)
{
    if (b.at) munmap(b.at, b.n);
}

file_tags tags_read(arena *mem, int fd, str extension)
{
    file_tags f = {0};
    if (media_type_of(extension) == MEDIA_VIDEO) {
        video_tags(mem, fd, &f.tags, &f.probe);
        return f;
    }
    bytes file = map(fd);
    if (!file.at) return f;
    exiv *e = exiv_new(mem);
    if (!box_tags(mem, file, e, &f.tags)) {
        exiv_add(e, file);
        picture_tags(mem, file, e, &f.tags);
    }
    exiv_tags(e, file_type_has(extension, TYPE_RAW), &f.tags);
    exiv_close(e);
    unmap(file);
    if (str_ieq(extension, S(".gif"))) video_tags(mem, fd, &(tags){0}, &f.probe);
    return f;
}

tags tags_read_sidecar(arena *mem, int fd)
{
    tags list = {0};
    bytes file = map(fd);
    if (!file.at) return list;
    exiv *e = exiv_new(mem);
    if (exiv_add_xmp(e, file)) exiv_tags(e, false, &list);
    exiv_close(e);
    unmap(file);
    return list;
}
