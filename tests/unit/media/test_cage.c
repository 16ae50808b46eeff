// The cage with a decoder that misbehaves on request.
#include "../test.h"
#include "media/cage.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

// ---- inside the decoder ----------------------------------------------------------------------------------------------------------
static void try_to_leave(json_writer *out)
{
    json_open_array(out);
    int fd = open("/tmp/calotype-test-escape", O_WRONLY | O_CREAT, 0600);
    if (fd >= 0) json_str(out, S("created a file"));
    if (open("/etc/passwd", O_RDONLY) >= 0) json_str(out, S("read a file"));
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) json_str(out, S("made a socket"));
    if (!mkdir("/tmp/calotype-test-escape.d", 0700)) json_str(out, S("made a folder"));
    pid_t child = fork();
    if (!child) _exit(0);
    if (child > 0) json_str(out, S("made a process"));
    if (!kill(getppid(), 0)) json_str(out, S("sent a signal"));
    execl("/bin/true", "true", NULL); // if this works, the answer never comes
    json_close_array(out);
}

static void drill(ctx *c, const json *in, const int *fds, size_t n, json_writer *out)
{
    str what = json_get_str(in, "do");
    if (str_is(what, "crash")) {
        signal(SIGSEGV, SIG_DFL); // a sanitizer would report it
        raise(SIGSEGV);
    }
    if (str_is(what, "abort")) abort();
    if (str_is(what, "exit")) _exit(3);
    if (str_is(what, "hang"))
        for (;;) pause();
    if (str_is(what, "refuse")) fail(c, 422, "this file is not for me");
    if (str_is(what, "lie")) (void)!write(3, "\4\0\0\0lies", 8);
    if (str_is(what, "shout")) (void)!write(3, "\377\377\377\377", 4);
    if (str_is(what, "hog")) {
        const size_t piece = (size_t)64 << 20;
        size_t got = 0;
        for (char *p; got < ((size_t)16 << 30) && (p = malloc(piece)); got += piece) *(volatile char *)p = 1;
        json_int(out, (int64_t)(got >> 20));
        return;
    }
    if (str_is(what, "leave")) {
        try_to_leave(out);
        return;
    }
    if (str_is(what, "files")) {
        char text[64];
        ssize_t got = read(fds[0], text, sizeof text);
        (void)!write(fds[1], "seen", 4);
        json_str(out, (str){text, got < 0 ? 0 : (size_t)got});
        return;
    }
    if (str_is(what, "descriptors")) {
        int open_ones = 0;
        for (int fd = 0; fd < 1024; fd++) open_ones += fcntl(fd, F_GETFD) >= 0;
        json_int(out, open_ones);
        return;
    }
    json_int(out, getpid());
}

static void nothing(void)
{
}

__attribute__((constructor)) static void be_drilled(int argc, char **argv)
{
    static const cage_op ops[] = {{"drill", drill}};
    if (argc > 1 && !strcmp(argv[1], "drill")) _exit(cage_main(argc, argv, ops, countof(ops), nothing));
}

// ---- outside ---------------------------------------------------------------------------------------------------------------------
typedef struct {
    cage *cage;
    const char *what;
    const int *fds;
    size_t n;
    int seconds;
    const json *out;
} call;

static void do_call(ctx *c, void *arg)
{
    call *k = arg;
    k->out = cage_call(c, k->cage, "drill", str_fmt(c->mem, "{\"do\":\"%s\"}", k->what), k->fds, k->n, k->seconds ? k->seconds : 20);
}

static cage *drilled(int jobs)
{
    static char *const argv[] = {"/proc/self/exe", "drill", NULL};
    return cage_new((cage_options){.argv = argv, .memory = (size_t)1 << 30, .jobs = jobs});
}

static ctx drilled_call(arena *mem, call *k)
{
    ctx c = {.mem = mem};
    try(&c, do_call, k);
    return c;
}

static int64_t pid_of(arena *mem, cage *cage)
{
    call k = {.cage = cage, .what = "tell"};
    drilled_call(mem, &k);
    return k.out ? k.out->integer : 0;
}

TEST("whatever the decoder does, the call fails with a reason and the next one works")
{
    static const struct {
        const char *what, *reason;
        int seconds;
    } cases[] = {
        {"crash", "killed by signal 11", 0},      {"abort", "killed by signal 6", 0}, {"exit", "ended with status 3", 0},
        {"hang", "gave no answer within 1 s", 1}, {"lie", "gave a wrong answer", 0},  {"shout", "gave a wrong answer", 0},
    };
    cage *cage = drilled(0);
    for (size_t i = 0; i < countof(cases); i++) {
        call k = {.cage = cage, .what = cases[i].what, .seconds = cases[i].seconds};
        ctx c = drilled_call(mem, &k);
        check_int(c.status, CAGE_BROKEN);
        if (str_find(c.message, str_of(cases[i].reason)) < 0) test_failed(__FILE__, __LINE__, "%s: %.*s", cases[i].what, PR(c.message));
        check(pid_of(mem, cage) > 0);
    }
    cage_free(cage);
}

TEST("a refusal keeps the decoder alive and carries its words")
{
    cage *cage = drilled(0);
    int64_t pid = pid_of(mem, cage);
    call k = {.cage = cage, .what = "refuse"};
    ctx c = drilled_call(mem, &k);
    check_int(c.status, 422);
    check_str(c.message, S("this file is not for me"));
    check_int(pid_of(mem, cage), pid);
    cage_free(cage);
}

static void call_nobody(ctx *c, void *arg)
{
    cage_call(c, arg, "paint", (str){0}, NULL, 0, 20);
}

TEST("an unknown operation is refused")
{
    cage *cage = drilled(0);
    ctx c = {.mem = mem};
    check(!try(&c, call_nobody, cage));
    check_str(c.message, S("the decoder has no operation \"paint\""));
    cage_free(cage);
}

TEST("descriptors travel, and only those")
{
    cage *cage = drilled(0);
    int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC), bystander = open("/dev/null", O_RDONLY);
    (void)!write(in, "hello", 5);
    lseek(in, 0, SEEK_SET);
    call k = {.cage = cage, .what = "files", .fds = (int[]){in, out}, .n = 2};
    check_int(drilled_call(mem, &k).status, 0);
    check_str(k.out ? k.out->text : (str){0}, S("hello"));
    char seen[4] = "";
    check_int(pread(out, seen, 4, 0), 4);
    check(!memcmp(seen, "seen", 4));
    // In, out, error, the socket and its own memory figures; the descriptors of the earlier call are closed.
    k = (call){.cage = cage, .what = "descriptors"};
    check_int(drilled_call(mem, &k).status, 0);
    check_int(k.out ? k.out->integer : 0, 5);
    close(in), close(out), close(bystander);
    cage_free(cage);
}

TEST("the decoder is replaced after its number of jobs, and when it was stopped or died in its sleep")
{
    cage *cage = drilled(2);
    int64_t first = pid_of(mem, cage), again = pid_of(mem, cage), next = pid_of(mem, cage);
    check(first && first == again && next && next != first);
    cage_rest(cage);
    int64_t rested = pid_of(mem, cage);
    check(rested && rested != next);
    kill((pid_t)rested, SIGKILL);
    usleep(100 * 1000);
    int64_t fresh = pid_of(mem, cage);
    check(fresh && fresh != rested);
    cage_free(cage);
    check_int(waitpid(-1, NULL, WNOHANG), -1); // nothing is left behind
    check_int(errno, ECHILD);
}

TEST("memory ends at the limit")
{
    if (SANITIZED) return;
    cage *cage = drilled(0);
    call k = {.cage = cage, .what = "hog"};
    check_int(drilled_call(mem, &k).status, 0);
    check(k.out && k.out->integer >= 512 && k.out->integer <= 1024);
    cage_free(cage);
}

TEST("the wall: no files, no sockets, no processes, no signals")
{
    if (SANITIZED) return;
    cage *cage = drilled(0);
    call k = {.cage = cage, .what = "leave"};
    check_int(drilled_call(mem, &k).status, 0);
    check(k.out && k.out->type == JSON_ARRAY);
    for (const json *j = k.out ? k.out->first : NULL; j; j = j->next) test_failed(__FILE__, __LINE__, "the decoder %.*s", PR(j->text));
    cage_free(cage);
}
