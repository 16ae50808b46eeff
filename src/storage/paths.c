// Path rules: text only, nothing here touches a disk.
#include "storage/internal.h"
#include <errno.h>

static const char *const folder_names[FOLDER_COUNT] = {
    [FOLDER_UPLOAD] = "upload",   [FOLDER_LIBRARY] = "library", [FOLDER_THUMBS] = "thumbs", [FOLDER_ENCODED_VIDEO] = "encoded-video",
    [FOLDER_PROFILE] = "profile", [FOLDER_BACKUPS] = "backups",
};

const char *storage_folder_name(storage_folder folder)
{
    return folder_names[folder];
}

str storage_root(const storage *s)
{
    return s->root;
}

str storage_temporary(const storage *s)
{
    return s->temporary;
}

const char *path_z(path_buffer out, str path)
{
    if (!path.n || memchr(path.at, 0, path.n)) {
        errno = ENOENT;
        return NULL;
    }
    if (path.n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    memcpy(out, path.at, path.n);
    out[path.n] = 0;
    return out;
}

str path_parent(str path)
{
    ptrdiff_t slash = str_rfind_char(path, '/');
    return slash > 0 ? str_slice(path, 0, (size_t)slash) : S("/");
}

str path_normal(arena *mem, str path)
{
    if (!path.n || path.at[0] != '/') return (str){0};
    char *out = arena_alloc_raw(mem, path.n + 2);
    size_t n = 0;
    for (size_t i = 0; i < path.n;) {
        while (i < path.n && path.at[i] == '/') i++;
        size_t from = i;
        while (i < path.n && path.at[i] != '/') i++;
        str part = str_slice(path, from, i);
        if (!part.n || str_is(part, ".")) continue;
        if (str_is(part, "..")) {
            while (n && out[--n] != '/') {}
            continue;
        }
        out[n++] = '/';
        memcpy(out + n, part.at, part.n);
        n += part.n;
    }
    if (!n) out[n++] = '/';
    out[n] = 0;
    return (str){out, n};
}

bool storage_inside(const storage *s, str path)
{
    if (path.n >= PATH_MAX || (path.n && memchr(path.at, 0, path.n))) return false;
    arena *mem = arena_new();
    str normal = path_normal(mem, path);
    bool inside = normal.n > s->root.n + 1 && str_starts(normal, s->root) && normal.at[s->root.n] == '/';
    if (s->root.n == 1) inside = normal.n > 1; // the media location is "/" itself
    arena_free(mem);
    return inside;
}

// Control characters, of Unicode's second block (U+0080 to U+009F) too.
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

str storage_extension(str name)
{
    ptrdiff_t slash = str_rfind_char(name, '/');
    str base = str_slice(name, (size_t)(slash + 1), name.n);
    ptrdiff_t dot = str_rfind_char(base, '.');
    if (dot <= 0 || (size_t)dot + 1 == base.n) return S("");
    return str_slice(base, (size_t)dot, base.n);
}

// The longest start of at most n bytes that ends between two characters.
static str cut(str s, size_t n)
{
    if (s.n <= n) return s;
    while (n && ((unsigned char)s.at[n] & 0xc0) == 0x80) n--;
    return str_slice(s, 0, n);
}

str storage_safe_name(arena *mem, str name)
{
    enum { MOST = 255, LONGEST_EXTENSION = 32 };
    size_t from = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.at[i] == '/' || name.at[i] == '\\') from = i + 1;
    }
    str rest = utf8_clean(mem, str_slice(name, from, name.n));
    buf out = {.mem = mem};
    while (rest.n) {
        str before = rest;
        if (!is_control(utf8_next(&rest))) buf_add(&out, str_slice(before, 0, before.n - rest.n));
    }
    str safe = str_trim(buf_str(&out));
    if (!safe.n || str_is(safe, ".") || str_is(safe, "..")) return S("file");
    if (safe.n > MOST) {
        str extension = storage_extension(safe);
        if (extension.n > LONGEST_EXTENSION) extension = S("");
        safe = str_cat(mem, str_trim(cut(safe, MOST - extension.n)), extension);
    }
    return str_dup(mem, safe);
}

// Two characters for a folder name. Only what can mean nothing to a file system is let through.
static void nest(char out[3], str name, size_t at)
{
    for (size_t i = 0; i < 2; i++) {
        char c = at + i < name.n ? name.at[at + i] : '_';
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        out[i] = plain ? c : '_';
    }
    out[2] = 0;
}

str storage_nested(const storage *s, arena *mem, storage_folder folder, uuid owner, str filename)
{
    char id[37], first[3], second[3];
    uuid_write(owner, id);
    str name = storage_safe_name(mem, filename);
    nest(first, name, 0);
    nest(second, name, 2);
    return str_fmt(mem, "%.*s/%s/%s/%s/%s/%.*s", PR(s->root), folder_names[folder], id, first, second, PR(name));
}
