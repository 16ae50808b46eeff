// The environment and the command line, good and bad.
#include "app/settings.h"
#include "app/environment.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void remove_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (chdir("/") != 0 || system(command) != 0) printf("could not remove %s\n", folder);
}

// A clean environment in an empty working directory.
static void begin(void)
{
    if (folder[0]) remove_folder();
    else atexit(remove_folder);
    clearenv();
    setenv("PATH", "/usr/bin:/bin", 1);
    setenv("TZ", "UTC", 1);
    strcpy(folder, "/tmp/calotype-app-XXXXXX");
    check(mkdtemp(folder) && chdir(folder) == 0);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    check(f != NULL);
    fputs(text, f);
    fclose(f);
}

static const command_line nothing = {.port = -1};

static settings load(arena *mem, command_line line)
{
    settings s;
    str problem;
    if (!settings_load(mem, line, &s, &problem)) test_failed(__FILE__, __LINE__, "%.*s", PR(problem));
    return s;
}

static str problem_of(arena *mem)
{
    settings s;
    str problem = {0};
    if (settings_load(mem, nothing, &s, &problem)) return S("none");
    return problem;
}

TEST("nothing has to be set")
{
    begin();
    settings s = load(mem, nothing);
    check_str(s.data, str_fmt(mem, "%s/data", folder));
    check_str(s.media, str_fmt(mem, "%s/data/media", folder));
    check_str(s.sqlite_path, str_fmt(mem, "%s/data/calotype.db", folder));
    check_str(s.bus_socket, str_fmt(mem, "%s/data/run/bus.sock", folder));
    check(!s.postgres_url.at && !s.host.at && !s.media_given && s.allow_setup && !s.ignore_mount_checks && !s.skip_migrations);
    check_int(s.port, 2283);
    check(s.runs_api && s.runs_workers && s.workers >= 1);
    check_str(s.trusted_proxies, S("loopback,linklocal,uniquelocal"));
    check(s.log_level == LOG_INFO && !s.log_json);
}

TEST("the command line wins over the environment, the environment over ./.env, that over <data>/.env")
{
    begin();
    mkdir("d", 0700);
    put("d/.env", "IMMICH_PORT=1\nIMMICH_LOG_LEVEL=debug\nIMMICH_HOST=::1\nIMMICH_ENV=testing\n");
    put(".env", "# a comment\nCALOTYPE_DATA=d\nIMMICH_PORT=2\nexport IMMICH_LOG_LEVEL=warn # why not\n");
    setenv("IMMICH_PORT", "3", 1);
    settings s = load(mem, nothing);
    check_str(s.data, str_fmt(mem, "%s/d", folder));
    check_int(s.port, 3);
    check(s.log_level == LOG_WARN);
    check_str(s.host, S("::1"));
    check_str(s.environment, S("testing"));
    s = load(mem, (command_line){.data = "other", .host = "127.0.0.1", .port = 4});
    check_str(s.data, str_fmt(mem, "%s/other", folder));
    check_str(s.host, S("127.0.0.1"));
    check_int(s.port, 4);
}

TEST(".env: quotes, blanks, and what is no assignment")
{
    begin();
    put(".env", "A='it # is'\n B = \"two\\nlines \\\"q\\\"\" \nC=plain words\r\nD=\n");
    load(mem, nothing);
    check_str(str_of(getenv("A")), S("it # is"));
    check_str(str_of(getenv("B")), S("two\nlines \"q\""));
    check_str(str_of(getenv("C")), S("plain words"));
    check(!environment_get("D").at);
    put(".env", "FINE=1\nnot an assignment\n");
    check_str(problem_of(mem), S(".env, line 2: expected NAME=value"));
}

TEST("every wrong variable is named, with its rule")
{
    begin();
    setenv("IMMICH_PORT", "abc", 1);
    setenv("DB_PORT", "1.5", 1);
    setenv("REDIS_PORT", "70000", 1);
    setenv("IMMICH_ALLOW_SETUP", "", 1);
    setenv("IMMICH_ENV", "staging", 1);
    setenv("IMMICH_MEDIA_LOCATION", "relative", 1);
    setenv("IMMICH_TRUSTED_PROXIES", "10.0.0.0/8,nonsense", 1);
    setenv("IMMICH_TELEMETRY_INCLUDE", "job,all,foo", 1);
    setenv("IMMICH_TELEMETRY_EXCLUDE", "all", 1);
    str p = problem_of(mem);
    check(str_starts(p, S("Invalid environment variables: \n  - [")));
    check(str_find(p, S("\n  - [IMMICH_PORT] Invalid input: expected number, received NaN")) > 0);
    check(str_find(p, S("\n  - [DB_PORT] Invalid input: expected int, received number")) > 0);
    check(str_find(p, S("\n  - [REDIS_PORT] Too big: expected number to be <=65535")) > 0);
    check(str_find(p, S("\n  - [IMMICH_ALLOW_SETUP] Invalid option: expected one of \"true\"|\"1\"|")) > 0);
    check(str_find(p, S("\n  - [IMMICH_ENV] Invalid option: expected one of \"production\"|\"development\"|\"testing\"")) > 0);
    check(str_find(p, S("\n  - [IMMICH_MEDIA_LOCATION] Must be an absolute path")) > 0);
    check(str_find(p, S("\n  - [IMMICH_TRUSTED_PROXIES] Must be an ip address or ip address range")) > 0);
    check(str_find(p, S("\n  - [IMMICH_TELEMETRY_INCLUDE] Invalid telemetry found: foo")) > 0);
    check(str_find(p, S("\n  - [IMMICH_TELEMETRY_EXCLUDE] Invalid telemetry found: all")) > 0);
}

TEST("values that are fine")
{
    begin();
    setenv("IMMICH_ALLOW_SETUP", "OFF", 1);
    setenv("DB_SKIP_MIGRATIONS", "Enabled", 1);
    setenv("IMMICH_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8,192.168.1.1,linklocal", 1);
    setenv("IMMICH_PORT", "", 1); // as docker compose passes on what is not set
    setenv("IMMICH_MEDIA_LOCATION", "/srv/media", 1);
    setenv("CALOTYPE_WORKERS", "3", 1);
    settings s = load(mem, nothing);
    check(!s.allow_setup && s.skip_migrations && s.media_given);
    check_int(s.port, 2283);
    check_int(s.workers, 3);
    check_str(s.media, S("/srv/media"));
}

TEST("parts of the server")
{
    begin();
    setenv("IMMICH_WORKERS_EXCLUDE", " api ", 1);
    settings s = load(mem, nothing);
    check(!s.runs_api && s.runs_workers);
    setenv("IMMICH_WORKERS_INCLUDE", "api, micro,nano", 1);
    check_str(problem_of(mem), S("Invalid worker(s) found: micro,nano"));
}

TEST("PostgreSQL from its parts, from one URL, from files")
{
    begin();
    setenv("DB_USERNAME", "me", 1); // alone, as in an .env for docker compose, it means nothing
    check(!load(mem, nothing).postgres_url.at);
    setenv("DB_HOSTNAME", "db.example", 1);
    check_str(load(mem, nothing).postgres_url, S("host='db.example' port='5432' user='me' password='postgres' dbname='immich'"));

    put("password", "it's \\ secret\n");
    setenv("DB_PASSWORD_FILE", "password", 1);
    setenv("DB_SSL_MODE", "require", 1);
    check_str(load(mem, nothing).postgres_url,
              S("host='db.example' port='5432' user='me' password='it\\'s \\\\ secret' dbname='immich' sslmode='require'"));

    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    put("DB_URL", "postgres://a:b@c/d\n");
    check_str(load(mem, nothing).postgres_url, S("postgres://a:b@c/d"));

    setenv("DB_URL_FILE", "missing", 1);
    check_str(problem_of(mem), S("cannot read missing, which holds DB_URL: No such file or directory"));
}

TEST("a data directory with a long name has its sockets all the same")
{
    begin();
    char name[201] = "";
    memset(name, 'x', 200);
    settings s = load(mem, (command_line){.data = name, .port = -1});
    check(s.bus_socket.n < 100);
    put(cstr(mem, s.bus_socket), "");
    check(access(str_fmt(mem, "%.*s/run/bus.sock", PR(s.data)).at, F_OK) == 0);
}

TEST("a data directory that cannot be is said so")
{
    begin();
    put("data", "a file");
    check(str_starts(problem_of(mem), S("cannot use the data directory data: Not a directory")));
    setenv("CALOTYPE_DATA", "no/such/parent", 1);
    check(str_starts(problem_of(mem), S("cannot use the data directory no/such/parent: No such file or directory")));
}
