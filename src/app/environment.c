// Variables and their rules. What a variable must look like is a table; what it means is settings.c and the features' business.
#include "app/environment.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

// ---- files -----------------------------------------------------------------------------------------------------------------------

// A small text file; false with errno set.
static bool read_text(arena *mem, str path, str *out)
{
    enum { MOST = 1 << 20 };
    int fd = open(cstr(mem, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    buf b = {.mem = mem};
    char block[4096];
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0 && b.n < MOST) buf_add(&b, (str){block, (size_t)n});
    int error = errno;
    close(fd);
    errno = error;
    *out = buf_str(&b);
    return n == 0;
}

static bool is_name(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9')) return false;
    }
    return s.n > 0;
}

// 'as it is', "with \n and \"", or plain up to " #".
static str unquote(arena *mem, str value)
{
    char quote = value.n ? value.at[0] : 0;
    if (quote != '\'' && quote != '"') {
        ptrdiff_t comment = str_find(value, S(" #"));
        return str_dup(mem, str_trim(comment < 0 ? value : str_slice(value, 0, (size_t)comment)));
    }
    buf out = {.mem = mem};
    for (size_t i = 1; i < value.n && value.at[i] != quote; i++) {
        char c = value.at[i];
        if (quote == '"' && c == '\\' && i + 1 < value.n) {
            c = value.at[++i];
            if (c == 'n') c = '\n';
        }
        buf_char(&out, c);
    }
    return str_dup(mem, buf_str(&out));
}

bool environment_read(arena *mem, str path, str *problem)
{
    str text;
    if (!read_text(mem, path, &text)) {
        if (errno == ENOENT) return true;
        *problem = str_fmt(mem, "cannot read %.*s: %s", PR(path), strerror(errno));
        return false;
    }
    strs lines = str_split(mem, text, '\n');
    each (l, lines) {
        str line = str_trim(*l);
        if (!line.n || line.at[0] == '#') continue;
        if (str_starts(line, S("export "))) line = str_trim(str_slice(line, 7, line.n));
        ptrdiff_t equals = str_find(line, S("="));
        str name = str_trim(str_slice(line, 0, (size_t)(equals < 0 ? 0 : equals)));
        if (!is_name(name)) {
            *problem = str_fmt(mem, "%.*s, line %d: expected NAME=value", PR(path), (int)(l - lines.at) + 1);
            return false;
        }
        setenv(cstr(mem, name), unquote(mem, str_trim(str_slice(line, (size_t)equals + 1, line.n))).at, 0);
    }
    return true;
}

str environment_get(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? str_of(value) : (str){0};
}

bool environment_secret(arena *mem, const char *name, str *out, str *problem)
{
    *out = environment_get(name);
    if (out->at) return true;
    str path = environment_get(str_fmt(mem, "%s_FILE", name).at), folder = environment_get("CREDENTIALS_DIRECTORY");
    bool named = path.at != NULL;
    if (!named && folder.at) path = str_fmt(mem, "%.*s/%s", PR(folder), name);
    if (!path.at) return true;
    str text;
    if (!read_text(mem, path, &text)) {
        if (!named && errno == ENOENT) return true;
        *problem = str_fmt(mem, "cannot read %.*s, which holds %s: %s", PR(path), name, strerror(errno));
        return false;
    }
    text = str_trim(text);
    if (text.n) *out = str_dup(mem, text);
    return true;
}

// ---- rules -----------------------------------------------------------------------------------------------------------------------

typedef enum { A_BOOL, A_NUMBER, A_PORT, ONE_OF, A_PATH, PROXIES, TELEMETRY } rule_kind;

static const struct {
    const char *name;
    rule_kind kind;
    const char *options; // of ONE_OF
} rules[] = {
    {"IMMICH_PORT", A_PORT, NULL},
    {"IMMICH_ENV", ONE_OF, "production development testing"},
    {"IMMICH_LOG_LEVEL", ONE_OF, "verbose debug log warn error fatal"},
    {"IMMICH_LOG_FORMAT", ONE_OF, "console json"},
    {"IMMICH_MEDIA_LOCATION", A_PATH, NULL},
    {"IMMICH_TRUSTED_PROXIES", PROXIES, NULL},
    {"IMMICH_IGNORE_MOUNT_CHECK_ERRORS", A_BOOL, NULL},
    {"IMMICH_ALLOW_SETUP", A_BOOL, NULL},
    {"IMMICH_ALLOW_EXTERNAL_PLUGINS", A_BOOL, NULL},
    {"IMMICH_PLUGINS_INSTALL_FOLDER", A_PATH, NULL},
    {"IMMICH_API_METRICS_PORT", A_PORT, NULL},
    {"IMMICH_MICROSERVICES_METRICS_PORT", A_PORT, NULL},
    {"IMMICH_TELEMETRY_INCLUDE", TELEMETRY, NULL},
    {"IMMICH_TELEMETRY_EXCLUDE", TELEMETRY, NULL},
    {"CPU_CORES", A_NUMBER, NULL},
    {"CALOTYPE_WORKERS", A_NUMBER, NULL},
    {"DB_PORT", A_PORT, NULL},
    {"DB_SSL_MODE", ONE_OF, "disable allow prefer require verify-full"},
    {"DB_VECTOR_EXTENSION", ONE_OF, "pgvector vectorchord"},
    {"DB_SKIP_MIGRATIONS", A_BOOL, NULL},
    {"REDIS_PORT", A_PORT, NULL},
    {"REDIS_DBINDEX", A_NUMBER, NULL},
};

static const char yes_words[] = "true 1 yes on y enabled", no_words[] = "false 0 no off n disabled";

static bool is_one_of(arena *mem, str value, const char *options)
{
    strs list = str_split(mem, str_of(options), ' ');
    each (o, list) {
        if (str_eq(*o, value)) return true;
    }
    return false;
}

static str expected_one_of(arena *mem, const char *options)
{
    buf b = {.mem = mem};
    buf_add(&b, S("Invalid option: expected one of "));
    strs list = str_split(mem, str_of(options), ' ');
    each (o, list) buf_fmt(&b, "%s\"%.*s\"", o == list.at ? "" : "|", PR(*o));
    return buf_str(&b);
}

static str check_number(arena *mem, str value, int64_t low, int64_t high)
{
    int64_t n;
    double d;
    if (!str_to_double(value, &d)) return S("Invalid input: expected number, received NaN");
    if (!str_to_int(value, &n)) return S("Invalid input: expected int, received number");
    if (n < low) return str_fmt(mem, "Too small: expected number to be >=%lld", (long long)low);
    if (n > high) return str_fmt(mem, "Too big: expected number to be <=%lld", (long long)high);
    return (str){0};
}

static bool is_address_or_range(arena *mem, str s)
{
    if (str_is(s, "linklocal") || str_is(s, "uniquelocal") || str_is(s, "loopback")) return true;
    ptrdiff_t slash = str_find(s, S("/"));
    const char *address = cstr(mem, slash < 0 ? s : str_slice(s, 0, (size_t)slash));
    struct in6_addr ignored;
    bool four = inet_pton(AF_INET, address, &ignored) == 1;
    if (!four && inet_pton(AF_INET6, address, &ignored) != 1) return false;
    int64_t bits;
    return slash < 0 || (str_to_int(str_slice(s, (size_t)slash + 1, s.n), &bits) && bits >= 0 && bits <= (four ? 32 : 128));
}

static str check_telemetry(arena *mem, str value, bool may_be_all)
{
    strs list = str_split(mem, value, ',');
    each (item, list) {
        str word = str_trim(*item);
        if (!is_one_of(mem, word, "host api io repo job") && !(may_be_all && str_is(word, "all"))) {
            return str_fmt(mem, "Invalid telemetry found: %.*s", PR(word));
        }
    }
    return (str){0};
}

// What is wrong with the value; {0} when nothing is.
static str check_value(arena *mem, size_t rule, str value)
{
    switch (rules[rule].kind) {
    case A_BOOL: {
        str word = str_lower(mem, value);
        if (is_one_of(mem, word, yes_words) || is_one_of(mem, word, no_words)) return (str){0};
        return expected_one_of(mem, "true 1 yes on y enabled false 0 no off n disabled");
    }
    case A_NUMBER: return check_number(mem, value, 0, INT32_MAX);
    case A_PORT: return check_number(mem, value, 0, 65535);
    case ONE_OF: return is_one_of(mem, value, rules[rule].options) ? (str){0} : expected_one_of(mem, rules[rule].options);
    case A_PATH: return value.at[0] == '/' ? (str){0} : S("Must be an absolute path");
    case PROXIES: {
        strs list = str_split(mem, value, ',');
        each (p, list) {
            if (!is_address_or_range(mem, str_trim(*p))) return S("Must be an ip address or ip address range");
        }
        return (str){0};
    }
    case TELEMETRY: return check_telemetry(mem, value, str_ends(str_of(rules[rule].name), S("INCLUDE")));
    }
    return (str){0};
}

str environment_check(arena *mem)
{
    buf b = {.mem = mem};
    for (size_t i = 0; i < countof(rules); i++) {
        const char *value = getenv(rules[i].name);
        // An empty value is none, as docker compose passes it on; but an empty yes-or-no is a slip.
        if (!value || (!*value && rules[i].kind != A_BOOL)) continue;
        str wrong = check_value(mem, i, str_of(value));
        if (wrong.at) buf_fmt(&b, "\n  - [%s] %.*s", rules[i].name, PR(wrong));
    }
    return b.n ? str_cat(mem, S("Invalid environment variables: "), buf_str(&b)) : (str){0};
}

bool environment_is(const char *name, bool otherwise)
{
    str value = environment_get(name);
    if (!value.at) return otherwise;
    arena *mem = arena_new();
    bool yes = is_one_of(mem, str_lower(mem, value), yes_words);
    arena_free(mem);
    return yes;
}

int64_t environment_number(const char *name, int64_t otherwise)
{
    int64_t n = otherwise;
    str_to_int(environment_get(name), &n);
    return n;
}
