#include "test.h"
#include <sys/wait.h>
#include <unistd.h>

TEST("new UUIDs have version and variant, and differ")
{
    uuid last = {0};
    for (int i = 0; i < 1000; i++) {
        uuid u = uuid_v4();
        check(uuid_is_v4(uuid_text(mem, u)));
        check(!uuid_eq(u, last) && !uuid_nil(u));
        last = u;
    }
    uuid u = uuid_v7_at(1709210096789012);
    str text = uuid_text(mem, u);
    check(str_starts(text, S("018df4dc-5495-7")));
    check(!uuid_is_v4(text));
    check(strchr("89ab", text.at[19]));
}

TEST("version 7 sorts by time")
{
    check(uuid_cmp(uuid_v7_at(1000 * SECOND), uuid_v7_at(1001 * SECOND)) < 0);
    check(uuid_cmp(uuid_v7(), uuid_v7_at(0)) > 0);
}

TEST("a UUID is read in either case and written in lower case")
{
    uuid u;
    check(uuid_parse(S("0190A1b2-c3D4-7e5f-8a9b-0c1d2e3f4a5B"), &u));
    check_int(u.b[0], 0x01);
    check_int(u.b[15], 0x5b);
    check_str(uuid_text(mem, u), S("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"));
    check(uuid_parse(S("00000000-0000-0000-0000-000000000000"), &u) && uuid_nil(u));
}

TEST("what is no UUID is refused")
{
    uuid u;
    each_text (t, "", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5bb", "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b",
               "0190a1b2-c3d4-7e5f-8a9b00c1d2e3f4a5b", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5g", "{190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5}",
               "0190a1b2-c3d4-7e5f-8a9-b0c1d2e3f4a5b")
        check(!uuid_parse(str_of(*t), &u));
    check(!uuid_parse((str){0}, &u));
    check(uuid_is_v4(S("0190A1B2-C3D4-4E5F-8A9B-0C1D2E3F4A5B")));
    check(!uuid_is_v4(S("0190A1B2-C3D4-4E5F-7A9B-0C1D2E3F4A5B")));
    check(!uuid_is_v4(S("00000000-0000-0000-0000-000000000000")));
}

TEST("a forked child makes other UUIDs than its parent")
{
    uuid_v4(); // so that there is a stock to share
    int ends[2];
    check(!pipe(ends));
    pid_t child = fork();
    if (!child) {
        uuid u = uuid_v4();
        _exit(write(ends[1], &u, sizeof u) != sizeof u);
    }
    uuid ours = uuid_v4(), theirs;
    check_int(read(ends[0], &theirs, sizeof theirs), sizeof theirs);
    check(!uuid_eq(ours, theirs));
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
}

TEST("a set holds each UUID once, small or large")
{
    enum { MANY = 5000 };
    uuid all[MANY];
    ids set = {0};
    for (int i = 0; i < MANY; i++) {
        all[i] = uuid_v4();
        check(!ids_has(set, all[i]));
        check(ids_add(mem, &set, all[i]));
        check(!ids_add(mem, &set, all[i / 2]));
    }
    check_int(set.n, MANY);
    for (int i = 0; i < MANY; i++) check(uuid_eq(set.at[i], all[i]) && ids_has(set, all[i]));
    check(!ids_has(set, uuid_v4()));
}

TEST("a list from elsewhere can be indexed, and notices what is pushed past the index")
{
    ids list = {0};
    for (int i = 0; i < 100; i++) *push(mem, list) = uuid_v4();
    ids_prepare(mem, &list);
    check(list.index != NULL);
    for (int i = 0; i < 100; i++) check(ids_has(list, list.at[i]));
    uuid late = uuid_v4();
    *push(mem, list) = late;
    check(ids_has(list, late));
    check(!ids_add(mem, &list, late));
    check(ids_add(mem, &list, uuid_v4()));
    check(ids_has(list, late));
    list.n = 0;
    check(!ids_has(list, late));
    check(ids_add(mem, &list, late));
    ids few = {0};
    ids_prepare(mem, &few);
    check(!few.index && !ids_has(few, late));
}
