#include "test.h"

static char trace[100]; // what happened, in order

static void note(void *what)
{
    strcat(trace, what);
}

static void succeeds(ctx *c, void *arg)
{
    defer(c, note, "a");
    defer(c, note, "b");
    note(arg);
}

static void fails(ctx *c, void *arg)
{
    succeeds(c, arg);
    fail_hint(c, 418, "use coffee", "no %s for %d", "tea", 2);
}

static void tries(ctx *c, void *arg)
{
    defer(c, note, "z");
    bool inner = try(c, fails, "x");
    note(inner ? "+" : "-");
    if (arg) fail(c, 400, "outer");
}

TEST("work that returns has succeeded, and its clean-ups run newest first")
{
    ctx c = {.mem = mem};
    trace[0] = 0;
    check(try(&c, succeeds, "w"));
    check_str(str_of(trace), S("wba"));
    check_int(c.status, 0);
    check(!c.way_out && !c.deferred);
}

TEST("fail() tells why and where, and runs the clean-ups")
{
    ctx c = {.mem = mem};
    trace[0] = 0;
    check(!try(&c, fails, "w"));
    check_str(str_of(trace), S("wba"));
    check_int(c.status, 418);
    check_str(c.message, S("no tea for 2"));
    check_str(c.hint, S("use coffee"));
    check(str_ends(str_of(c.file), S("ctx.c")));
    check(c.line > 0);
}

TEST("an inner failure is the inner try's affair")
{
    ctx c = {.mem = mem};
    trace[0] = 0;
    check(try(&c, tries, NULL));
    check_str(str_of(trace), S("xba-z"));
    trace[0] = 0;
    check(!try(&c, tries, "fail"));
    check_str(str_of(trace), S("xba-z"));
    check_int(c.status, 400);
    check_str(c.message, S("outer"));
}

TEST("a new try forgets the last failure")
{
    ctx c = {.mem = mem};
    try(&c, fails, "");
    check(try(&c, succeeds, ""));
    check_int(c.status, 0);
    check(!c.message.at && !c.hint.at && !c.file);
}
