// The path rules against names that people, phones and attackers send.
#include "media_folder.h"
#include <stdlib.h>

TEST("safe names keep what is harmless")
{
    check_str(storage_safe_name(mem, S("IMG_0001.JPG")), S("IMG_0001.JPG"));
    check_str(storage_safe_name(mem, S("Überraschung 🎂 (1).heic")), S("Überraschung 🎂 (1).heic"));
    check_str(storage_safe_name(mem, S(".hidden")), S(".hidden"));
    check_str(storage_safe_name(mem, S("..jpg")), S("..jpg"));
    check_str(storage_safe_name(mem, S("  padded.jpg ")), S("padded.jpg"));
}

TEST("safe names lose folders, controls and nothing-names")
{
    check_str(storage_safe_name(mem, S("../../etc/passwd")), S("passwd"));
    check_str(storage_safe_name(mem, S("C:\\Users\\me\\photo.jpg")), S("photo.jpg"));
    check_str(storage_safe_name(mem, S("a/..")), S("file"));
    check_str(storage_safe_name(mem, S("..")), S("file"));
    check_str(storage_safe_name(mem, S(".")), S("file"));
    check_str(storage_safe_name(mem, S("")), S("file"));
    check_str(storage_safe_name(mem, (str){0}), S("file"));
    check_str(storage_safe_name(mem, S("dir/")), S("file"));
    check_str(storage_safe_name(mem, S("\x01\x1f\x7f")), S("file"));
    check_str(storage_safe_name(mem, S("a\0b.jpg")), S("ab.jpg"));
    check_str(storage_safe_name(mem, S("a\nb\x7f.jpg")), S("ab.jpg"));
    check_str(storage_safe_name(mem, S("a\xc2\x85z.jpg")), S("az.jpg"));
    check_str(storage_safe_name(mem, S("bad\xff.jpg")), S("bad\xef\xbf\xbd.jpg"));
}

TEST("a name that is too long keeps its extension and whole characters")
{
    buf b = {.mem = mem};
    for (int i = 0; i < 200; i++) buf_add(&b, S("ä"));
    buf_add(&b, S(".jpeg"));
    str safe = storage_safe_name(mem, buf_str(&b));
    check(safe.n <= 255 && safe.n > 250);
    check(utf8_valid(safe));
    check(str_ends(safe, S("ä.jpeg")));

    b.n = 0;
    for (int i = 0; i < 254; i++) buf_char(&b, 'a');
    buf_add(&b, S(" and more"));
    check_int(storage_safe_name(mem, buf_str(&b)).n, 254); // not with the blank at its end
}

TEST("extensions")
{
    check_str(storage_extension(S("a.JPG")), S(".JPG"));
    check_str(storage_extension(S("a.tar.gz")), S(".gz"));
    check_str(storage_extension(S("a.b/c")), S(""));
    check_str(storage_extension(S("/x/.hidden")), S(""));
    check_str(storage_extension(S("a.")), S(""));
    check_str(storage_extension(S("")), S(""));
}

TEST("inside means strictly below the root")
{
    storage *s = media_folder(mem);
    str root = storage_root(s);
    check(storage_inside(s, str_cat(mem, root, S("/upload/x"))));
    check(storage_inside(s, str_cat(mem, root, S("/a/../b"))));
    check(storage_inside(s, str_cat(mem, root, S("//a/./b/"))));
    check(!storage_inside(s, root));
    check(!storage_inside(s, str_cat(mem, root, S("/"))));
    check(!storage_inside(s, str_cat(mem, root, S("/a/.."))));
    check(!storage_inside(s, str_cat(mem, root, S("/../x"))));
    check(!storage_inside(s, str_cat(mem, root, S("-other/x"))));
    check(!storage_inside(s, str_cat(mem, root, S("/a\0/../../x"))));
    check(!storage_inside(s, S("upload/x")));
    check(!storage_inside(s, S("/etc/passwd")));
    check(!storage_inside(s, S("")));
    check(!storage_inside(s, (str){0}));
}

TEST("nested paths are those of the specification")
{
    storage *s = media_folder(mem);
    uuid owner;
    uuid_parse(S("11111111-2222-4333-8444-555555555555"), &owner);
    check_str(storage_nested(s, mem, FOLDER_THUMBS, owner, S("abcdef_preview.jpeg")),
              str_fmt(mem, "%.*s/thumbs/11111111-2222-4333-8444-555555555555/ab/cd/abcdef_preview.jpeg", PR(storage_root(s))));
}

// Pieces that hurt, put together at random.
TEST("whatever the name, a nested path lies inside, five levels deep")
{
    static const char *const pieces[] = {"..",  "/", "\\", ".",     "a",        "\x01", "\xff", "\xf0\x9f",
                                         "%2e", " ", "~",  "..jpg", "\xc2\x80", "con",  "\n"};
    storage *s = media_folder(mem);
    unsigned seed = 7;
    uuid owner = uuid_v4();
    for (int round = 0; round < 20000; round++) {
        arena *m = arena_new();
        buf b = {.mem = m};
        for (int n = rand_r(&seed) % 9; n >= 0; n--) {
            const char *piece = pieces[(size_t)rand_r(&seed) % countof(pieces)];
            if (rand_r(&seed) % 20 == 0) buf_char(&b, 0);
            else buf_add(&b, str_of(piece));
        }
        str path = storage_nested(s, m, FOLDER_UPLOAD, owner, buf_str(&b));
        check(storage_inside(s, path));
        check(utf8_valid(path));
        size_t slashes = 0;
        for (size_t i = storage_root(s).n; i < path.n; i++) slashes += path.at[i] == '/';
        check_int((int64_t)slashes, 5);
        check(str_find(str_cat(m, path, S("/")), S("/../")) < 0);
        arena_free(m);
    }
}
