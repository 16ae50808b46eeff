// The worker's end of the cage: starting, asking, and burying decoders.
#include "media/cage.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/cage_wire.h"

enum { START_SECONDS = 30, DEFAULT_JOBS = 500 };

struct cage {
    cage_options options;
    pid_t pid; // 0: none is running
    int socket;
    bool told; // the wall has been logged
};

static size_t default_memory(void)
{
    const size_t least = (size_t)1 << 30, most = (size_t)8 << 30;
    size_t half = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) / 2;
    return half < least ? least : half > most ? most : half;
}

cage *cage_new(cage_options o)
{
    cage *k = calloc(1, sizeof *k);
    if (!k) log_die("out of memory");
    k->options = o;
    if (!o.memory) k->options.memory = default_memory();
    if (!o.jobs) k->options.jobs = DEFAULT_JOBS;
    return k;
}

void cage_free(cage *k)
{
    if (!k) return;
    cage_rest(k);
    free(k);
}

// Waits for the end of a decoder that has hung up or is being killed; says how it ended.
static str bury(arena *mem, cage *k)
{
    enum { PATIENCE_MS = 2000, STEP_MS = 5 };
    close(k->socket);
    int status = 0;
    pid_t gone = 0;
    for (int waited = 0; waited < PATIENCE_MS && !gone; waited += STEP_MS) {
        gone = waitpid(k->pid, &status, WNOHANG);
        if (!gone) poll(NULL, 0, STEP_MS);
    }
    if (!gone) {
        kill(k->pid, SIGKILL);
        gone = waitpid(k->pid, &status, 0);
    }
    k->pid = 0;
    if (gone < 0) return S("the decoder is gone");
    if (!WIFSIGNALED(status)) return str_fmt(mem, "the decoder ended with status %d", WEXITSTATUS(status));
    int signal = WTERMSIG(status);
    if (signal == SIGALRM) return S("the decoder took too long");
    return str_fmt(mem, "the decoder was killed by signal %d (%s)", signal, strsignal(signal));
}

void cage_rest(cage *k)
{
    if (!k->pid) return;
    arena *mem = arena_new();
    kill(k->pid, SIGKILL); // it holds nothing that would have to be finished
    bury(mem, k);
    arena_free(mem);
}

// Of our own environment the decoder gets what the loader, the sanitizers and the time zone need, and no secrets.
static char **environment(arena *mem)
{
    static const char *const passed[] = {"LD_LIBRARY_PATH", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"};
    static const char *const fixed[] = {"LC_ALL=C.UTF-8", "HOME=/nonexistent", "OMP_NUM_THREADS=1", "MALLOC_ARENA_MAX=2"};
    char **env = new_n(mem, char *, countof(passed) + countof(fixed) + 1);
    size_t n = 0;
    for (size_t i = 0; i < countof(fixed); i++) env[n++] = (char *)fixed[i];
    for (size_t i = 0; i < countof(passed); i++)
        if (getenv(passed[i])) env[n++] = str_fmt(mem, "%s=%s", passed[i], getenv(passed[i])).at;
    return env;
}

// The decoder's program lies beside ours, so that the others need not carry its libraries.
static str beside_us(arena *mem)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    ptrdiff_t slash = n < 0 ? -1 : str_rfind_char((str){path, (size_t)n}, '/');
    return slash < 0 ? S(CAGE_DECODER) : str_fmt(mem, "%.*s/" CAGE_DECODER, (int)slash, path);
}

static pid_t spawn(ctx *c, cage *k, int socket)
{
    char *const own[] = {beside_us(c->mem).at, NULL};
    char *const *given = k->options.argv ? k->options.argv : own;
    LIST(char *) argv = {0};
    for (; *given; given++) *push(c->mem, argv) = *given;
    *push(c->mem, argv) = str_fmt(c->mem, "%d", (int)getpid()).at;
    *push(c->mem, argv) = str_fmt(c->mem, "%zu", k->options.memory).at;
    *push(c->mem, argv) = str_fmt(c->mem, "%d", k->options.jobs).at;
    push(c->mem, argv);

    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, socket, CAGE_SOCKET);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    pid_t pid = 0;
    int error = posix_spawn(&pid, argv.at[0], &files, &how, argv.at, environment(c->mem));
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error) errno = error;
    return error ? 0 : pid;
}

// ---- messages --------------------------------------------------------------------------------------------------------------------
typedef enum { WIRE_DONE, WIRE_GONE, WIRE_LATE } wire_result;

static int64_t left_ms(when deadline)
{
    int64_t left = (deadline - monotonic()) / 1000;
    return left > 0 ? left : 0;
}

// Waits until the socket is ready or the time is over.
static wire_result wait_for(cage *k, short events, when deadline)
{
    struct pollfd p = {.fd = k->socket, .events = events};
    for (;;) {
        int64_t left = left_ms(deadline);
        int n = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
        if (n > 0) return WIRE_DONE;
        if (n == 0) return WIRE_LATE;
        if (errno != EINTR) return WIRE_GONE;
    }
}

static wire_result send_request(cage *k, str body, const int *fds, size_t n, when deadline)
{
    uint32_t length = (uint32_t)body.n;
    struct iovec parts[2] = {{&length, sizeof length}, {body.at, body.n}};
    union {
        char room[CMSG_SPACE(sizeof(int) * CAGE_FDS)];
        struct cmsghdr align;
    } control = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (n) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * n);
        memcpy(CMSG_DATA(head), fds, sizeof(int) * n);
    }
    for (size_t left = sizeof length + body.n; left;) {
        wire_result ready = wait_for(k, POLLOUT, deadline);
        if (ready != WIRE_DONE) return ready;
        ssize_t sent = sendmsg(k->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (sent < 0) return WIRE_GONE;
        left -= (size_t)sent;
        message.msg_control = NULL; // the descriptors went with the first bytes
        message.msg_controllen = 0;
        size_t head = parts[0].iov_len < (size_t)sent ? parts[0].iov_len : (size_t)sent;
        parts[0].iov_base = (char *)parts[0].iov_base + head, parts[0].iov_len -= head;
        parts[1].iov_base = (char *)parts[1].iov_base + (sent - (ssize_t)head), parts[1].iov_len -= (size_t)sent - head;
    }
    return WIRE_DONE;
}

static wire_result receive(cage *k, void *to, size_t n, when deadline)
{
    for (char *at = to; n;) {
        wire_result ready = wait_for(k, POLLIN, deadline);
        if (ready != WIRE_DONE) return ready;
        ssize_t got = recv(k->socket, at, n, MSG_DONTWAIT); // without a control buffer: descriptors that it sends are dropped
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return WIRE_GONE;
        at += got, n -= (size_t)got;
    }
    return WIRE_DONE;
}

// Kills the decoder that did not do what it should, and fails the call.
static _Noreturn void give_up(ctx *c, cage *k, wire_result why, int seconds)
{
    if (why == WIRE_LATE) {
        kill(k->pid, SIGKILL);
        bury(c->mem, k);
        fail(c, CAGE_BROKEN, "the decoder gave no answer within %d s", seconds);
    }
    str end = bury(c->mem, k);
    fail(c, CAGE_BROKEN, "%.*s", PR(end));
}

static const json *receive_answer(ctx *c, cage *k, int seconds, when deadline)
{
    uint32_t length;
    wire_result got = receive(k, &length, sizeof length, deadline);
    if (got != WIRE_DONE) give_up(c, k, got, seconds);
    const json *answer = NULL;
    if (length && length <= CAGE_ANSWER_MAX) {
        str body = {arena_alloc_raw(c->mem, length), length};
        got = receive(k, body.at, body.n, deadline);
        if (got != WIRE_DONE) give_up(c, k, got, seconds);
        answer = json_parse(c->mem, body, NULL);
    }
    const json *ok = json_get(answer, "ok");
    if (!ok || ok->type != JSON_BOOL) {
        kill(k->pid, SIGKILL);
        bury(c->mem, k);
        fail(c, CAGE_BROKEN, "the decoder gave a wrong answer");
    }
    return answer;
}

static void start(ctx *c, cage *k)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) fail(c, 500, "cannot start the decoder: %s", strerror(errno));
    k->pid = spawn(c, k, pair[1]);
    int error = errno;
    close(pair[1]);
    if (!k->pid) {
        close(pair[0]);
        fail_hint(c, 500, "It has to lie beside the calotype program.", "cannot start the decoder: %s", strerror(error));
    }
    k->socket = pair[0];
    const json *hello = receive_answer(c, k, START_SECONDS, monotonic() + START_SECONDS * SECOND);
    str wall = json_get_str(hello, "wall");
    if (!k->told) log_info("decoder behind %.*s", PR(wall));
    k->told = true;
}

const json *cage_call(ctx *c, cage *k, const char *op, str in, const int *fds, size_t n, int timeout_s)
{
    if (n > CAGE_FDS) fail(c, 500, "too many descriptors for the decoder");
    if (k->pid && waitpid(k->pid, NULL, WNOHANG) == k->pid) { // ended while idle, by the kernel's out-of-memory killer, say
        close(k->socket);
        k->pid = 0;
    }
    if (!k->pid) start(c, k);

    json_writer w = json_writer_on(c->mem);
    json_open(&w);
    json_key(&w, S("op"));
    json_str(&w, str_of(op));
    json_key(&w, S("seconds"));
    json_int(&w, timeout_s);
    json_key(&w, S("fds"));
    json_int(&w, (int64_t)n);
    json_key(&w, S("in"));
    json_raw(&w, in.n ? in : S("{}"));
    json_close(&w);
    str body = buf_str(&w.out);
    if (body.n > CAGE_REQUEST_MAX) fail(c, 500, "too long a request for the decoder");

    when deadline = monotonic() + timeout_s * SECOND;
    wire_result sent = send_request(k, body, fds, n, deadline);
    if (sent != WIRE_DONE) give_up(c, k, sent, timeout_s);
    const json *answer = receive_answer(c, k, timeout_s, deadline);

    const json *last = json_get(answer, "last");
    if (last && last->type == JSON_BOOL && last->boolean) bury(c->mem, k);
    if (json_get(answer, "ok")->boolean) return json_get(answer, "out");
    str message = json_get_str(answer, "message");
    const json *status = json_get(answer, "status");
    bool file_at_fault = status && status->type == JSON_NUMBER && status->integer == 422;
    fail(c, file_at_fault ? 422 : 500, "%.*s", PR(message.n ? message : S("the decoder failed")));
}
