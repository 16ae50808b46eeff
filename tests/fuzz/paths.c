// The one place where names from outside become paths: what comes out is a plain name, and lies where it should.
#include "fuzz.h"
#include "storage/internal.h"

static void check_name(arena *mem, str name)
{
    must(name.n && name.n <= 255 && utf8_valid(name) && !memchr(name.at, 0, name.n) && !memchr(name.at, '/', name.n));
    must(!str_is(name, ".") && !str_is(name, ".."));
    for (size_t i = 0; i < name.n; i++) must((uint8_t)name.at[i] >= 0x20 && name.at[i] != 0x7f && name.at[i] != '\\');
    must(str_eq(storage_safe_name(mem, name), name));
}

FUZZ
{
    str name = storage_safe_name(mem, input), extension = storage_extension(input);
    check_name(mem, name);
    must(!extension.n ||
         (extension.n > 1 && *extension.at == '.' && str_ends(input, extension) && !memchr(extension.at, '/', extension.n)));

    storage s = {.root = S("/media/photos")};
    str path = storage_nested(&s, mem, FOLDER_UPLOAD, (uuid){{1}}, input);
    must(storage_inside(&s, path) && str_eq(path_normal(mem, path), path) && str_ends(path, name));
    must(!memcmp(path.at, "/media/photos/upload/01000000-", 30) && str_eq(path_parent(path), str_slice(path, 0, path.n - name.n - 1)));

    str normal = path_normal(mem, input);
    must(normal.n || !input.n || *input.at != '/');
    if (normal.n) {
        must(*normal.at == '/' && normal.n <= input.n + 1 && str_eq(path_normal(mem, normal), normal));
        strs parts = str_split(mem, str_slice(normal, 1, normal.n), '/');
        each (part, parts) must((part->n || parts.n == 1) && !str_is(*part, ".") && !str_is(*part, ".."));
    }
    str joined = str_cat(mem, S("/media/photos/"), input);
    bool inside = storage_inside(&s, joined);
    must(!inside || str_starts(path_normal(mem, joined), S("/media/photos/")));
    must(!inside || !memchr(joined.at, 0, joined.n));
}
