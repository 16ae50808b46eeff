// From variables and options to settings.
#include "app/settings.h"
#include "app/environment.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_PORT = 2283, MOST_WORKERS = 256 };

// ---- the machine -----------------------------------------------------------------------------------------------------------------

// Processors that this process may use: its affinity, and what the control group grants it.
static int count_cores(void)
{
    cpu_set_t set;
    int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (f) {
        long long quota, period;
        if (fscanf(f, "%lld %lld", &quota, &period) == 2 && period > 0) {
            int granted = (int)((quota + period - 1) / period);
            if (granted >= 1 && granted < cores) cores = granted;
        }
        fclose(f);
    }
    return cores;
}

// ---- places ----------------------------------------------------------------------------------------------------------------------

static bool find_data(arena *mem, const char *given, settings *s, str *problem)
{
    str path = given ? str_of(given) : environment_get("CALOTYPE_DATA");
    if (!path.n) path = S("data");
    char real[PATH_MAX];
    struct stat st;
    bool there = mkdir(cstr(mem, path), 0750) == 0 || errno == EEXIST;
    there = there && realpath(cstr(mem, path), real) && stat(real, &st) == 0;
    if (there && !S_ISDIR(st.st_mode)) {
        there = false;
        errno = ENOTDIR;
    }
    if (!there) {
        *problem =
            str_fmt(mem, "cannot use the data directory %.*s: %s. Create it, or name another one with --data.", PR(path), strerror(errno));
        return false;
    }
    s->data = str_dup(mem, str_of(real));
    return true;
}

// The folder for sockets. A socket's address is short; where the data directory's name is not, the kernel's short name for an open folder
// serves.
static bool find_socket(arena *mem, settings *s, str *problem)
{
    str run = str_cat(mem, s->data, S("/run"));
    if (mkdir(run.at, 0750) != 0 && errno != EEXIST) {
        *problem = str_fmt(
            mem,
            "cannot write to the data directory %.*s: %s. Give the user that runs calotype the right to, or name another one with --data.",
            PR(s->data), strerror(errno));
        return false;
    }
    s->bus_socket = str_cat(mem, run, S("/bus.sock"));
    if (s->bus_socket.n < sizeof((struct sockaddr_un *)NULL)->sun_path) return true;
    int fd = open(run.at, O_PATH | O_DIRECTORY | O_CLOEXEC);
    s->bus_socket = str_fmt(mem, "/proc/self/fd/%d/bus.sock", fd);
    return fd >= 0;
}

// The web app: where it was told to be, or beside the program, where `make build` and an installation put it.
static str find_web(arena *mem)
{
    str told = environment_get("CALOTYPE_WEB");
    if (told.at) return told;
    str build_data = environment_get("IMMICH_BUILD_DATA");
    if (build_data.at) return str_fmt(mem, "%.*s/www", PR(build_data));
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    if (n <= 0) return (str){0};
    static const char *const beside[] = {"web", "../share/calotype/www", "../../../web"};
    for (size_t i = 0; i < countof(beside); i++) {
        str folder = str_fmt(mem, "%.*s/%s", (int)str_rfind_char((str){program, (size_t)n}, '/'), program, beside[i]);
        if (access(str_cat(mem, folder, S("/index.html")).at, R_OK) == 0) return folder;
    }
    return (str){0};
}

// ---- the database ----------------------------------------------------------------------------------------------------------------

// key='value' as libpq reads it.
static void add_keyword(buf *b, const char *key, str value)
{
    if (!value.n) return;
    buf_fmt(b, "%s%s='", b->n ? " " : "", key);
    for (size_t i = 0; i < value.n; i++) {
        if (value.at[i] == '\'' || value.at[i] == '\\') buf_char(b, '\\');
        buf_char(b, value.at[i]);
    }
    buf_char(b, '\'');
}

static str or_else(str value, str otherwise)
{
    return value.n ? value : otherwise;
}

static bool find_database(arena *mem, settings *s, str *problem)
{
    s->sqlite_path = str_cat(mem, s->data, S("/calotype.db"));
    s->vector_extension = environment_get("DB_VECTOR_EXTENSION");
    s->skip_migrations = environment_is("DB_SKIP_MIGRATIONS", false);

    str host, user, password, name;
    if (!environment_secret(mem, "DB_URL", &s->postgres_url, problem)) return false;
    if (s->postgres_url.at) return true;
    if (!environment_secret(mem, "DB_HOSTNAME", &host, problem)) return false;
    if (!host.at) return true;
    if (!environment_secret(mem, "DB_USERNAME", &user, problem)) return false;
    if (!environment_secret(mem, "DB_PASSWORD", &password, problem)) return false;
    if (!environment_secret(mem, "DB_DATABASE_NAME", &name, problem)) return false;
    buf b = {.mem = mem};
    add_keyword(&b, "host", host);
    add_keyword(&b, "port", or_else(environment_get("DB_PORT"), S("5432")));
    add_keyword(&b, "user", or_else(user, S("postgres")));
    add_keyword(&b, "password", or_else(password, S("postgres")));
    add_keyword(&b, "dbname", or_else(name, S("immich")));
    add_keyword(&b, "sslmode", environment_get("DB_SSL_MODE"));
    s->postgres_url = str_dup(mem, buf_str(&b));
    return true;
}

// ---- parts of the server ---------------------------------------------------------------------------------------------------------

static bool list_has(arena *mem, str list, str wanted)
{
    strs items = str_split(mem, list, ',');
    each (item, items) {
        if (str_eq(str_trim(*item), wanted)) return true;
    }
    return false;
}

static bool find_parts(arena *mem, settings *s, str *problem)
{
    str include = or_else(environment_get("IMMICH_WORKERS_INCLUDE"), S("api,microservices"));
    str exclude = environment_get("IMMICH_WORKERS_EXCLUDE");
    buf unknown = {.mem = mem};
    strs items = str_split(mem, include, ',');
    each (item, items) {
        str word = str_trim(*item);
        if (!word.n || str_is(word, "api") || str_is(word, "microservices") || list_has(mem, exclude, word)) continue;
        buf_fmt(&unknown, "%s%.*s", unknown.n ? "," : "", PR(word));
    }
    if (unknown.n) {
        *problem = str_cat(mem, S("Invalid worker(s) found: "), buf_str(&unknown));
        return false;
    }
    s->runs_api = list_has(mem, include, S("api")) && !list_has(mem, exclude, S("api"));
    s->runs_workers = list_has(mem, include, S("microservices")) && !list_has(mem, exclude, S("microservices"));

    int64_t workers = environment_number("CALOTYPE_WORKERS", 0);
    if (!workers) workers = environment_number("CPU_CORES", 0);
    if (!workers) workers = count_cores();
    s->workers = workers > MOST_WORKERS ? MOST_WORKERS : (int)workers;
    return true;
}

bool settings_load(arena *mem, command_line line, settings *s, str *problem)
{
    *s = (settings){0};
    if (!environment_read(mem, S(".env"), problem)) return false;
    if (!find_data(mem, line.data, s, problem)) return false;
    if (!environment_read(mem, str_cat(mem, s->data, S("/.env")), problem)) return false;
    *problem = environment_check(mem);
    if (problem->at) return false;
    tzset(); // TZ may have come from a file

    str level = environment_get("IMMICH_LOG_LEVEL");
    s->log_level = LOG_INFO;
    if (level.at) log_level_parse(level, &s->log_level);
    s->log_json = str_is(environment_get("IMMICH_LOG_FORMAT"), "json");

    s->media_given = environment_get("IMMICH_MEDIA_LOCATION").at != NULL;
    s->media = s->media_given ? environment_get("IMMICH_MEDIA_LOCATION") : str_cat(mem, s->data, S("/media"));
    s->host = line.host ? str_of(line.host) : environment_get("IMMICH_HOST");
    s->port = line.port >= 0 ? line.port : (int)environment_number("IMMICH_PORT", DEFAULT_PORT);
    s->trusted_proxies = str_cat(mem, S("loopback,"), or_else(environment_get("IMMICH_TRUSTED_PROXIES"), S("linklocal,uniquelocal")));
    s->environment = or_else(environment_get("IMMICH_ENV"), S("production"));
    s->allow_setup = environment_is("IMMICH_ALLOW_SETUP", true);
    s->ignore_mount_checks = environment_is("IMMICH_IGNORE_MOUNT_CHECK_ERRORS", false);
    s->web_folder = find_web(mem);
    return find_database(mem, s, problem) && find_parts(mem, s, problem) && find_socket(mem, s, problem);
}
