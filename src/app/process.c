// See process.h.
#include "app/process.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- birth -----------------------------------------------------------------------------------------------------------------------

bool process_begin(const birth *b)
{
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_NAME, "calotype"); // the supervisor starts it as /proc/self/exe, which says nothing in a process list
    if (!b->supervisor) return true;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == b->supervisor;
}

void process_ready(const birth *b)
{
    if (!b->ready_fd) return;
    if (write(b->ready_fd, "", 1) != 1) log_warn("cannot tell the supervisor that this process is ready");
    close(b->ready_fd);
}

// ---- opening ---------------------------------------------------------------------------------------------------------------------

void process_open(ctx *c, const settings *s, const birth *b, int connections, app *app)
{
    app->web_folder = s->web_folder;
    app->allow_setup = s->allow_setup;
    app->pool = db_open(c, (db_options){
                               .sqlite_path = s->sqlite_path,
                               .postgres_url = s->postgres_url,
                               .vector_extension = s->vector_extension,
                               .connections = connections,
                               .alone = b->first,
                           });
    db_wait(app->pool, -1);
    if (!s->skip_migrations) db_migrate(c, app->pool);
    app->storage = storage_open(c, s->media);
    app->bus = bus_connect(s->bus_socket.at);
}

int process_failed(const ctx *c, const app *app)
{
    log_at(LOG_FATAL, "%.*s%s%.*s", PR(c->message), c->hint.n ? ". " : "", PR(c->hint));
    // A database that went away in the middle comes back; everything else is for the operator.
    bool lost = app->pool && !db_wait(app->pool, 0);
    return lost ? EXIT_TROUBLE : EXIT_CONFIGURATION;
}

// ---- being told to stop ----------------------------------------------------------------------------------------------------------

static int stop_fd = -1;
static volatile sig_atomic_t exit_code;

static void ask_to_stop(int unused)
{
    (void)unused;
    int error = errno;
    if (write(stop_fd, &(uint64_t){1}, sizeof(uint64_t)) < 0) {} // full: it is readable already
    errno = error;
}

static void on_restart(void *unused, str topic, str payload)
{
    (void)unused, (void)topic, (void)payload;
    exit_code = EXIT_AGAIN;
    ask_to_stop(0);
}

int process_stop_fd(bus *bus)
{
    stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0) log_die("cannot make an eventfd: %s", strerror(errno));
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    if (bus) bus_on(bus, "AppRestart", on_restart, NULL);
    return stop_fd;
}

int process_exit_code(void)
{
    return exit_code;
}

// ---- names -----------------------------------------------------------------------------------------------------------------------

// When the process started, in ticks since the boot; 0 if there is no such process or only its remains.
static unsigned long long start_of(pid_t pid)
{
    char path[40], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;
    // The program's name, in parentheses, may contain anything. The state follows it as field 3, the start is field 22.
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X') return 0;
    at += 2;
    for (int field = 3; field < 22; field++) {
        at = strchr(at, ' ');
        if (!at) return 0;
        at++;
    }
    unsigned long long start;
    return sscanf(at, "%llu", &start) == 1 ? start : 0;
}

// This machine since its boot, and within it this container.
static str host_name(arena *mem)
{
    char host[256] = "localhost", boot[64] = "";
    gethostname(host, sizeof host - 1);
    for (char *h = host; *h; h++) {
        if (!isalnum((unsigned char)*h) && *h != '.' && *h != '-') *h = '-';
    }
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, boot, sizeof boot);
    if (fd >= 0) close(fd);
    struct stat space = {0};
    stat("/proc/self/ns/pid", &space);
    str text = str_fmt(mem, "%.*s %llu", (int)(n > 0 ? n : 0), boot, (unsigned long long)space.st_ino);
    sha1 sum = sha1_of(str_bytes(text));
    return str_fmt(mem, "%s/%.*s", host, 8, hex_encode(mem, (bytes){sum.b, 4}).at);
}

str process_worker_name(arena *mem, pid_t pid)
{
    return str_fmt(mem, "%.*s:%d:%llu", PR(host_name(mem)), (int)pid, start_of(pid));
}

bool process_worker_is_dead(arena *mem, str name, bool alone)
{
    strs parts = str_split(mem, name, ':');
    int64_t pid, start;
    if (parts.n != 3 || !str_to_int(parts.at[1], &pid) || !str_to_int(parts.at[2], &start)) return alone;
    if (!str_eq(parts.at[0], host_name(mem))) return alone;
    return start_of((pid_t)pid) != (unsigned long long)start;
}
