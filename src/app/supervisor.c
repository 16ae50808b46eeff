// See supervisor.h.
#include "app/supervisor.h"
#include "app/environment.h"
#include "app/notify.h"
#include "app/worker_name.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 30000,
    HEALTHY_MS = 60000, // a process that ran so long may crash again at the first pause
    STOP_MS = 12000,    // longer than what api and workers allow themselves
    LOCK_TRIES = 40,    // four seconds for a killed supervisor to vanish
    LOCK_PAUSE_MS = 100,
};

typedef struct {
    char name[24]; // api, worker-1
    bool is_api;
    pid_t pid;        // 0: not running
    int64_t started;  // monotonic
    int64_t start_at; // monotonic; 0: not waiting to be started
    int pause_ms;
    int ready_fd;     // -1: none
    char worker[320]; // a worker: the name under which it, or its predecessor, claims jobs
    char reason[200]; // how the predecessor died; "": there is none to mourn
} child;

typedef struct {
    const settings *settings;
    command_line line;
    arena *mem;
    child *children;
    int count;
    int signals; // signalfd
    bool began;  // some child has been started
    bool is_ready, stopping;
    int64_t kill_at; // when stopping
    int exit_code;
} supervisor;

// ---- one at a time ---------------------------------------------------------------------------------------------------------------

// A supervisor that was killed a moment ago holds the lock until the kernel has taken it apart.
static bool lock_soon(int fd)
{
    for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; tries++) {
        if (errno != EWOULDBLOCK || tries == LOCK_TRIES) return false;
        usleep(LOCK_PAUSE_MS * 1000);
    }
    return true;
}

// Two servers on one data directory would ruin each other's work.
static int lock_data(arena *mem, const settings *s)
{
    str path = str_cat(mem, s->data, S("/calotype.lock"));
    int fd = open(path.at, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) {
        log_at(
            LOG_FATAL,
            "Cannot write to the data directory %.*s: %s. Give the user that runs calotype the right to, or name another one with --data.",
            PR(s->data), strerror(errno));
        return -1;
    }
    char pid[16] = "";
    if (!lock_soon(fd)) {
        ssize_t n = read(fd, pid, sizeof pid - 1);
        log_at(LOG_FATAL, "Another calotype%s%.*s already uses the data directory %.*s. Stop it, or name another directory with --data.",
               n > 0 ? ", process " : "", (int)(n > 0 ? n : 0), pid, PR(s->data));
        close(fd);
        return -1;
    }
    int n = snprintf(pid, sizeof pid, "%d", (int)getpid());
    if (ftruncate(fd, 0) != 0 || write(fd, pid, (size_t)n) != n) log_debug("cannot note the process id in %.*s", PR(path));
    return fd;
}

// ---- starting --------------------------------------------------------------------------------------------------------------------

static void start_later(child *c)
{
    c->start_at = monotonic() + c->pause_ms * INT64_C(1000);
    c->pause_ms = c->pause_ms * 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : c->pause_ms * 2;
}

// A worker's name is made of its process, so it has to be noted while the process is there.
static void note_worker(child *c)
{
    arena *mem = arena_new();
    snprintf(c->worker, sizeof c->worker, "%.*s", PR(worker_name(mem, c->pid)));
    c->reason[0] = 0;
    arena_free(mem);
}

static void start(supervisor *v, child *c)
{
    char parent[16], port[16], ready[16];
    char *argv[24];
    int n = 0;
    argv[n++] = "calotype";
    argv[n++] = c->is_api ? "api" : "worker";
    argv[n++] = "--name", argv[n++] = c->name;
    argv[n++] = "--data", argv[n++] = v->settings->data.at;
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    argv[n++] = "--supervisor", argv[n++] = parent;
    if (c->is_api) {
        snprintf(port, sizeof port, "%d", v->settings->port);
        argv[n++] = "--port", argv[n++] = port;
    }
    if (c->is_api && v->line.host) argv[n++] = "--host", argv[n++] = (char *)v->line.host;
    if (!v->began) argv[n++] = "--first";
    v->began = true;
    if (c->reason[0]) {
        argv[n++] = "--lost", argv[n++] = c->worker;
        argv[n++] = "--reason", argv[n++] = c->reason;
    }

    // The child's end of the pipe keeps its number; giving it to itself takes close-on-exec away.
    int pipe_fds[2];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    if (pipe2(pipe_fds, O_CLOEXEC) != 0) log_die("cannot make a pipe: %s", strerror(errno));
    posix_spawn_file_actions_adddup2(&files, pipe_fds[1], pipe_fds[1]);
    snprintf(ready, sizeof ready, "%d", pipe_fds[1]);
    argv[n++] = "--ready", argv[n++] = ready;
    argv[n] = NULL;

    int error = posix_spawn(&c->pid, "/proc/self/exe", &files, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    close(pipe_fds[1]);
    c->ready_fd = pipe_fds[0];
    c->started = monotonic();
    c->start_at = 0;
    if (!error) {
        note_worker(c);
        return;
    }
    log_error("cannot start %s: %s", c->name, strerror(error));
    c->pid = 0;
    close(c->ready_fd);
    c->ready_fd = -1;
    start_later(c);
}

// The workers come after the api: the first ping is what somebody waits for.
static void start_workers(supervisor *v)
{
    for (int i = 0; i < v->count; i++) {
        if (!v->children[i].is_api) start(v, &v->children[i]);
    }
}

static void on_ready(supervisor *v, child *c)
{
    char byte;
    bool ready = read(c->ready_fd, &byte, 1) == 1;
    close(c->ready_fd);
    c->ready_fd = -1;
    if (!ready || v->is_ready || v->stopping) return;
    v->is_ready = true;
    notify("READY=1");
    if (c->is_api) start_workers(v);
}

// ---- ending ----------------------------------------------------------------------------------------------------------------------

static void stop(supervisor *v, int code)
{
    if (v->stopping) {
        // Asked twice: no more patience.
        v->kill_at = monotonic();
        return;
    }
    log_info("Stopping");
    notify("STOPPING=1");
    v->stopping = true;
    v->exit_code = code;
    v->kill_at = monotonic() + STOP_MS * INT64_C(1000);
    for (int i = 0; i < v->count; i++) {
        v->children[i].start_at = 0;
        if (v->children[i].pid) kill(v->children[i].pid, SIGTERM);
    }
}

static void describe(char *out, size_t size, int status)
{
    if (WIFSIGNALED(status)) snprintf(out, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else snprintf(out, size, "ended with exit code %d", WEXITSTATUS(status));
}

static void on_end(supervisor *v, child *c, int status)
{
    char how[100];
    describe(how, sizeof how, status);
    pid_t pid = c->pid;
    c->pid = 0;
    if (c->ready_fd >= 0) close(c->ready_fd);
    c->ready_fd = -1;
    if (v->stopping) return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONFIGURATION) {
        stop(v, EXIT_CONFIGURATION);
        return;
    }
    if (monotonic() - c->started > HEALTHY_MS * INT64_C(1000)) c->pause_ms = FIRST_PAUSE_MS;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_AGAIN) {
        log_info("%s (process %d) starts again as asked", c->name, (int)pid);
        c->pause_ms = FIRST_PAUSE_MS;
        c->start_at = monotonic();
        return;
    }
    log_error("%s (process %d) %s; it starts again in %g s", c->name, (int)pid, how, c->pause_ms / 1000.0);
    if (!c->is_api) snprintf(c->reason, sizeof c->reason, "the worker process %s while it ran this job", how);
    start_later(c);
}

static void reap(supervisor *v)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (int i = 0; i < v->count; i++) {
            if (v->children[i].pid == pid) on_end(v, &v->children[i], status);
        }
    }
}

// ---- the loop --------------------------------------------------------------------------------------------------------------------

static bool any_running(const supervisor *v)
{
    for (int i = 0; i < v->count; i++) {
        if (v->children[i].pid) return true;
    }
    return false;
}

// What is due now; returns the milliseconds until the next thing is, -1 for never.
static int run_timers(supervisor *v)
{
    int64_t time = monotonic(), next = INT64_MAX;
    if (v->stopping) {
        for (int i = 0; time >= v->kill_at && i < v->count; i++) {
            if (v->children[i].pid) kill(v->children[i].pid, SIGKILL);
        }
        next = time >= v->kill_at ? time + SECOND : v->kill_at;
    }
    for (int i = 0; i < v->count; i++) {
        child *c = &v->children[i];
        if (c->start_at && c->start_at <= time) start(v, c);
        if (c->start_at && c->start_at < next) next = c->start_at;
    }
    if (notify_watchdog_ms() > 0) {
        notify("WATCHDOG=1");
        if (time + notify_watchdog_ms() * INT64_C(1000) < next) next = time + notify_watchdog_ms() * INT64_C(1000);
    }
    return next == INT64_MAX ? -1 : next <= time ? 0 : (int)((next - time + 999) / 1000);
}

static void on_signals(supervisor *v)
{
    struct signalfd_siginfo info;
    while (read(v->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) reap(v);
        else stop(v, EXIT_FINE);
    }
}

static void loop(supervisor *v)
{
    struct pollfd *fds = new_n(v->mem, struct pollfd, (size_t)v->count + 1);
    while (any_running(v) || !v->stopping) {
        int wait = run_timers(v), n = 0;
        fds[n++] = (struct pollfd){.fd = v->signals, .events = POLLIN};
        for (int i = 0; i < v->count; i++) fds[n++] = (struct pollfd){.fd = v->children[i].ready_fd, .events = POLLIN};
        if (poll(fds, (nfds_t)n, wait) <= 0) continue;
        for (int i = 0; i < v->count; i++) {
            if (fds[i + 1].revents && v->children[i].ready_fd == fds[i + 1].fd) on_ready(v, &v->children[i]);
        }
        if (fds[0].revents) on_signals(v);
    }
}

static int take_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    // A terminal that closes stops the server, unless it was started with nohup.
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int supervisor_run(const settings *s, command_line line)
{
    supervisor v = {.settings = s, .line = line, .mem = arena_new()};
    if (!s->runs_api && !s->runs_workers) {
        log_warn("IMMICH_WORKERS_INCLUDE and IMMICH_WORKERS_EXCLUDE leave nothing to start");
        return EXIT_FINE;
    }
    if (environment_get("REDIS_HOSTNAME").at || environment_get("REDIS_URL").at || environment_get("REDIS_SOCKET").at) {
        log_info("Redis is configured, but not needed: this version keeps jobs and events in the database");
    }
    if (lock_data(v.mem, s) < 0) return EXIT_CONFIGURATION;
    notify_begin();
    v.signals = take_signals();
    if (!bus_hub_start(s->bus_socket.at)) return EXIT_CONFIGURATION;

    v.count = (s->runs_api ? 1 : 0) + (s->runs_workers ? s->workers : 0);
    v.children = new_n(v.mem, child, (size_t)v.count);
    for (int i = 0; i < v.count; i++) {
        child *c = &v.children[i];
        c->is_api = s->runs_api && i == 0;
        c->pause_ms = FIRST_PAUSE_MS;
        c->ready_fd = -1;
        if (c->is_api) snprintf(c->name, sizeof c->name, "api");
        else snprintf(c->name, sizeof c->name, "worker-%d", i + !s->runs_api);
    }
    if (s->runs_api) start(&v, &v.children[0]);
    else start_workers(&v);
    loop(&v);
    return v.exit_code;
}
