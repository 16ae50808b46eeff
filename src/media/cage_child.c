// The decoder's end of the cage: take a request, run it, answer; trust the worker, not the files.
#include "base/log.h"
#include "media/cage.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/cage_wire.h"

// Sanitizers reserve terabytes and talk to the kernel in their own ways: no wall and no memory limit with them.
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

typedef struct {
    uint32_t length;
    char body[CAGE_REQUEST_MAX];
    int fds[CAGE_FDS];
    size_t n;
} request_message;

static void limit(int what, rlim_t value)
{
    setrlimit(what, &(struct rlimit){value, value});
}

// False when the worker has hung up.
static bool receive_exactly(void *to, size_t size, request_message *m)
{
    for (char *at = to; size;) {
        union {
            char room[CMSG_SPACE(sizeof(int) * CAGE_FDS)];
            struct cmsghdr align;
        } control;
        struct iovec part = {at, size};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
        ssize_t got = recvmsg(CAGE_SOCKET, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
            if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
            m->n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(m->fds, CMSG_DATA(head), m->n * sizeof(int));
        }
        at += got, size -= (size_t)got;
    }
    return true;
}

static bool receive_request(request_message *m)
{
    m->n = 0;
    return receive_exactly(&m->length, sizeof m->length, m) && m->length <= sizeof m->body && receive_exactly(m->body, m->length, m);
}

static bool send_answer(str body)
{
    uint32_t length = (uint32_t)body.n;
    struct iovec parts[2] = {{&length, sizeof length}, {body.at, body.n}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    for (size_t left = sizeof length + body.n; left;) {
        ssize_t sent = sendmsg(CAGE_SOCKET, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        left -= (size_t)sent;
        size_t head = parts[0].iov_len < (size_t)sent ? parts[0].iov_len : (size_t)sent;
        parts[0].iov_base = (char *)parts[0].iov_base + head, parts[0].iov_len -= head;
        parts[1].iov_base = (char *)parts[1].iov_base + (sent - (ssize_t)head), parts[1].iov_len -= (size_t)sent - head;
    }
    return true;
}

typedef struct {
    const cage_op *op;
    const json *in;
    const request_message *message;
    json_writer out;
} job;

static void run_job(ctx *c, void *arg)
{
    job *j = arg;
    j->op->run(c, j->in, j->message->fds, j->message->n, &j->out);
}

// Whether libraries have kept more than they gave back. statm: /proc/self/statm, opened before the wall went up; its second number counts pages.
static bool swollen(int statm)
{
    const size_t bound = (size_t)512 << 20;
    char text[128] = {0};
    malloc_trim(0);
    if (SANITIZED || pread(statm, text, sizeof text - 1, 0) <= 0) return false;
    char *second = strchr(text, ' ');
    return second && strtoull(second, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) > bound;
}

// Runs a request and writes its answer; true when there will be no further one.
static bool answer(arena *mem, const request_message *m, const cage_op *ops, size_t n, bool last, int statm, json_writer *w)
{
    const json *request = json_parse(mem, (str){(char *)m->body, m->length}, NULL);
    str name = json_get_str(request, "op");
    job j = {.in = json_get(request, "in"), .message = m, .out = json_writer_on(mem)};
    for (size_t i = 0; i < n; i++)
        if (str_is(name, ops[i].name)) j.op = &ops[i];

    ctx c = {.mem = mem};
    bool fine = false;
    if (!j.op || !j.in) {
        c.status = 500;
        c.message = str_fmt(mem, "the decoder has no operation \"%.*s\"", PR(name));
    } else {
        // The worker kills a decoder that is late; the alarm ends one whose worker is stuck or gone.
        const json *seconds = json_get(request, "seconds");
        alarm(seconds && seconds->integer > 0 ? (unsigned)seconds->integer + 5 : 0);
        fine = try(&c, run_job, &j);
        alarm(0);
    }
    json_open(w);
    json_key(w, S("ok"));
    json_bool(w, fine);
    if (fine) {
        str out = buf_str(&j.out.out);
        json_key(w, S("out"));
        json_raw(w, out.n ? out : S("null"));
    } else {
        json_key(w, S("status"));
        json_int(w, c.status);
        json_key(w, S("message"));
        json_str(w, c.message);
    }
    last = last || swollen(statm);
    json_key(w, S("last"));
    json_bool(w, last);
    json_close(w);
    return last;
}

int cage_main(int argc, char **argv, const cage_op *ops, size_t n, void (*prepare)(void))
{
    enum { OURS = 3 };
    const rlim_t largest_output = (rlim_t)4 << 30;
    if (argc < OURS + 1) log_die("the decoder is started by a worker, not by hand");
    pid_t worker = (pid_t)atol(argv[argc - 3]);
    size_t memory = strtoull(argv[argc - 2], NULL, 10);
    int jobs = atoi(argv[argc - 1]);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != worker) return 1; // it died before the line above
    close_range(CAGE_SOCKET + 1, ~0U, 0);
    signal(SIGPIPE, SIG_IGN);
    // Ctrl-C and a service manager reach the whole group; when to stop is the worker's decision.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    log_setup("decoder", LOG_WARN, false);

    prepare();
    // From here on libraries print to nobody: the log is the worker's, and what a file makes them say is not for it.
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    if (!SANITIZED) dup2(nowhere, STDERR_FILENO);
    close(nowhere);
    int statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, largest_output);
    if (!SANITIZED) limit(RLIMIT_DATA, memory);

    arena *mem = arena_new();
    json_writer w = json_writer_on(mem);
    json_open(&w);
    json_key(&w, S("ok"));
    json_bool(&w, true);
    json_key(&w, S("wall"));
    json_str(&w, SANITIZED ? S("no wall (sanitizer build)") : cage_wall(mem));
    json_close(&w);
    if (!send_answer(buf_str(&w.out))) return 0;

    static request_message m;
    bool last = false;
    for (int done = 1; !last; done++) {
        arena_reset(mem);
        if (!receive_request(&m)) break;
        w = json_writer_on(mem);
        last = answer(mem, &m, ops, n, done >= jobs, statm, &w);
        for (size_t i = 0; i < m.n; i++) close(m.fds[i]);
        if (!send_answer(buf_str(&w.out))) break;
    }
    return 0;
}
