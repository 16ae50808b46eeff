// Tags: the list, its way across the pipe, and which reader gets which file.
#include "media/tags_parts.h"
#include "media/types.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

// ---- the list --------------------------------------------------------------------------------------------------------------------
const tag *tag_find(const tags *list, const char *name)
{
    each (t, *list)
        if (str_is(t->name, name)) return t;
    return NULL;
}

str tag_text(const tags *list, const char *name)
{
    const tag *t = tag_find(list, name);
    return t ? t->values.at[0] : (str){0};
}

// ^-?(\d|[1-9]\d{1,14})(\.\d{1,16})?(e[-+]?\d{1,3})?$
bool tag_is_number(str text, double *out)
{
    size_t i = text.n && text.at[0] == '-', start = i;
    while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
    if (i == start || i - start > 15 || (i - start > 1 && text.at[start] == '0')) return false;
    if (i < text.n && text.at[i] == '.') {
        start = ++i;
        while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
        if (i == start || i - start > 16) return false;
    }
    if (i < text.n && (text.at[i] | 32) == 'e') {
        i++;
        if (i < text.n && (text.at[i] == '-' || text.at[i] == '+')) i++;
        start = i;
        while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
        if (i == start || i - start > 3) return false;
    }
    return i == text.n && str_to_double(text, out);
}

bool tag_number(const tags *list, const char *name, double *out)
{
    const tag *t = tag_find(list, name);
    return t && tag_is_number(t->values.at[0], out);
}

static bool absent(str text)
{
    return !text.at || str_is(text, "undef") || str_is(text, "null") || str_is(text, "undefined");
}

static void add(arena *mem, tags *list, str name, strs texts, bool is_list)
{
    char *key = cstr(mem, name);
    strs kept = {0};
    each (text, texts)
        if (!absent(*text)) *push(mem, kept) = utf8_clean(mem, *text);
    if (!kept.n || tag_find(list, key)) return;
    *push(mem, *list) = (tag){.name = str_of(key), .list = is_list, .values = kept};
}

void tag_add(arena *mem, tags *list, const char *name, str text)
{
    add(mem, list, str_of(name), (strs){&text, 1, 1}, false);
}

void tag_add_list(arena *mem, tags *list, const char *name, strs texts)
{
    add(mem, list, str_of(name), texts, texts.n > 1);
}

// As ExifTool prints it: "1/160", "1.3", "4".
str exposure_text(arena *mem, double seconds)
{
    if (seconds > 0 && seconds < 0.25001) return str_fmt(mem, "1/%d", (int)fmin(0.5 + 1 / seconds, INT32_MAX));
    str s = str_fmt(mem, "%.1f", seconds);
    return str_ends(s, S(".0")) ? str_slice(s, 0, s.n - 2) : s;
}

// ---- reading ---------------------------------------------------------------------------------------------------------------------
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
