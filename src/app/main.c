// The command line.
#include "app/api.h"
#include "app/routes.h"
#include "app/supervisor.h"
#include "app/worker.h"
#include "features/server.h"
#include <stdio.h>
#include <stdlib.h>

static const char version[] = "calotype " CALOTYPE_VERSION " (Immich API " API_VERSION ")\n";

static const char help[] =
    "Calotype: a photo and video backup server that speaks the Immich API.\n"
    "\n"
    "Usage: calotype COMMAND [OPTIONS]\n"
    "\n"
    "  serve            everything: the API and a worker for each processor, started and kept running\n"
    "  api              the API alone      } with the same settings on more hosts,\n"
    "  worker           one worker alone   } when the database is PostgreSQL\n"
    "  admin COMMAND    administration; calotype admin help lists the commands\n"
    "\n"
    "  --data DIR       where the embedded database, and media unless told otherwise, live (CALOTYPE_DATA, else ./data)\n"
    "  --host ADDRESS   listen on this address only (IMMICH_HOST)\n"
    "  --port N         listen on this port (IMMICH_PORT, else 2283)\n"
    "  --version        print the version\n"
    "  --help           print this\n"
    "\n"
    "All settings are environment variables, with Immich's names and meaning; those in ./.env and DIR/.env count as well. None is needed.\n"
    "  IMMICH_MEDIA_LOCATION   where photos and videos are kept (else DIR/media)\n"
    "  DB_HOSTNAME or DB_URL   use this PostgreSQL instead of the embedded database (also DB_USERNAME, DB_PASSWORD, DB_DATABASE_NAME, DB_PORT)\n"
    "  CALOTYPE_WORKERS        how many workers (else one for each processor)\n"
    "  IMMICH_LOG_LEVEL        verbose, debug, log, warn, error or fatal\n"
    "  TZ                      time zone of schedules and of folder names\n"
    "\n"
    "Exit codes: 0 stopped as asked, 1 trouble, 64 wrong command line, 78 a setting, a folder or the database has to be put right first.\n";

static const char admin_help[] = "Usage: calotype admin COMMAND [OPTIONS]\n"
                                 "\n"
                                 "  list-users             all accounts, deleted ones included\n"
                                 "  reset-admin-password   a new password for the administrator\n"
                                 "  grant-admin            makes a user an administrator\n"
                                 "  revoke-admin           makes an administrator a user\n"
                                 "  routes                 every operation of the API, and which are still missing\n"
                                 "  version                the version of the API\n"
                                 "  help                   print this\n";

// ---- options ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    command_line line;
    birth birth;
    const char *command;
    char **rest; // what follows the command and is no option
    int rest_count;
} arguments;

_Noreturn static void misused(const char *fmt, const char *what)
{
    fprintf(stderr, "calotype: ");
    fprintf(stderr, fmt, what);
    fprintf(stderr, " (calotype --help explains all)\n");
    exit(EXIT_USAGE);
}

static int number(const char *option, const char *text, int most)
{
    int64_t n;
    if (!str_to_int(str_of(text), &n) || n < 0 || n > most) misused("%s needs a number in range", option);
    return (int)n;
}

// The value of "--name value" or "--name=value"; moves *i onto it. NULL when argv[*i] is another option.
static const char *option(const char *name, char **argv, int *i)
{
    size_t n = strlen(name);
    if (strncmp(argv[*i], name, n) != 0) return NULL;
    if (argv[*i][n] == '=') return argv[*i] + n + 1;
    if (argv[*i][n]) return NULL;
    if (!argv[*i + 1]) misused("%s needs a value", name);
    return argv[++*i];
}

static arguments read_arguments(int argc, char **argv)
{
    arguments a = {.line.port = -1, .rest = argv};
    for (int i = 1; i < argc; i++) {
        const char *value;
        if ((value = option("--data", argv, &i))) a.line.data = value;
        else if ((value = option("--host", argv, &i))) a.line.host = value;
        else if ((value = option("--port", argv, &i))) a.line.port = number("--port", value, 65535);
        else if ((value = option("--name", argv, &i))) a.birth.name = value;
        else if ((value = option("--supervisor", argv, &i))) a.birth.supervisor = number("--supervisor", value, INT32_MAX);
        else if ((value = option("--ready", argv, &i))) a.birth.ready_fd = number("--ready", value, INT32_MAX);
        else if (!strcmp(argv[i], "--first")) a.birth.first = true;
        else if ((value = option("--lost", argv, &i))) a.birth.lost = value;
        else if ((value = option("--reason", argv, &i))) a.birth.reason = value;
        else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) a.command = "help";
        else if (!strcmp(argv[i], "--version")) a.command = "version";
        else if (argv[i][0] == '-' && (!a.command || strcmp(a.command, "admin") != 0)) misused("unknown option \"%s\"", argv[i]);
        else if (!a.command) a.command = argv[i];
        else a.rest[a.rest_count++] = argv[i];
    }
    return a;
}

// ---- commands --------------------------------------------------------------------------------------------------------------------

static bool settle(arena *mem, const arguments *a, const char *process, settings *s)
{
    str problem;
    log_setup(process, LOG_INFO, false);
    if (!settings_load(mem, a->line, s, &problem)) {
        fprintf(stderr, "calotype: %.*s\n", PR(problem));
        return false;
    }
    log_setup(process, s->log_level, s->log_json);
    return true;
}

static void open_for_admin(ctx *c, void *arg)
{
    void **args = arg;
    const settings *s = args[0];
    app *app = args[1];
    app->pool = db_open(c, (db_options){.sqlite_path = s->sqlite_path, .postgres_url = s->postgres_url, .connections = 2});
    if (!db_wait(app->pool, 10000)) fail_hint(c, 500, "Is it running, and do the DB_ variables name it?", "The database does not answer");
    app->storage = storage_open(c, s->media);
    app->bus = bus_connect(s->bus_socket.at);
}

static int admin(arena *mem, const arguments *a)
{
    const char *command = a->rest_count ? a->rest[0] : "help";
    if (!strcmp(command, "routes")) return routes_print(stdout);
    if (!strcmp(command, "version")) return puts("v" API_VERSION) < 0;
    if (!strcmp(command, "help")) return fputs(admin_help, stdout) < 0;

    settings s;
    if (!settle(mem, a, "admin", &s)) return EXIT_CONFIGURATION;
    log_set_level(LOG_WARN);
    app app = {0};
    ctx c = {.mem = mem};
    if (!try(&c, open_for_admin, (void *[]){&s, &app})) return process_failed(&c, &app);
    int code = admin_main(&app, a->rest_count, a->rest);
    bus_close(app.bus);
    db_close(app.pool);
    return code;
}

int main(int argc, char **argv)
{
    arguments a = read_arguments(argc, argv);
    if (!a.command) {
        fputs(help, stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(a.command, "help")) return fputs(help, stdout) < 0;
    if (!strcmp(a.command, "version")) return fputs(version, stdout) < 0;

    arena *mem = arena_new();
    if (!strcmp(a.command, "admin")) return admin(mem, &a);
    bool serve = !strcmp(a.command, "serve"), api = !strcmp(a.command, "api"), worker = !strcmp(a.command, "worker");
    if (!serve && !api && !worker) misused("unknown command \"%s\"", a.command);
    if (a.rest_count) misused("\"%s\" is one word too many", a.rest[0]);

    settings s;
    const char *process = serve ? "supervisor" : a.birth.name ? a.birth.name : a.command;
    if (!settle(mem, &a, process, &s)) return EXIT_CONFIGURATION;
    if (!process_begin(&a.birth)) return EXIT_TROUBLE;
    return serve ? supervisor_run(&s, a.line) : api ? api_run(&s, &a.birth) : worker_run(&s, &a.birth);
}
