// See process.h.
#include "app/process.h"
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
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
