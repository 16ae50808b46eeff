// The log: a line is put together in memory and written with one write(), so that lines of several processes never mix.
#include "base/log.h"
#include "base/time.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CONTEXT_MAX = 64, HEAD_MAX = 256 };

static char process_name[CONTEXT_MAX] = "calotype";
static bool as_json;
static _Atomic log_level lowest = LOG_INFO;
static _Thread_local char context[CONTEXT_MAX];

static const char *const names[] = {"verbose", "debug", "log", "warn", "error", "fatal"};
static const char *const labels[] = {"VERB ", "DEBUG", "INFO ", "WARN ", "ERROR", "FATAL"};

void log_setup(const char *process, log_level level, bool json)
{
    snprintf(process_name, sizeof process_name, "%s", process);
    as_json = json;
    lowest = level;
}

bool log_level_parse(str s, log_level *out)
{
    for (size_t i = 0; i < countof(names); i++)
        if (str_is(s, names[i])) return *out = (log_level)i, true;
    return false;
}

void log_set_level(log_level level)
{
    lowest = level;
}

bool log_on(log_level level)
{
    return level >= lowest;
}

void log_context(str id)
{
    snprintf(context, sizeof context, "%.*s", PR(id));
}

// Appends text without what would break the line, the terminal or the JSON string; at most six bytes for one.
static char *escaped(char *to, str s)
{
    while (s.n) {
        const char *at = s.at;
        uint32_t c = utf8_next(&s);
        if (c == '\n' || c == '\t' || c == '\r') {
            *to++ = '\\';
            *to++ = c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
        } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            to += sprintf(to, "\\u%04x", c);
        } else if (c == 0xfffd) { // also what stands for an invalid byte
            to = stpcpy(to, "\xef\xbf\xbd");
        } else {
            if (as_json && (c == '"' || c == '\\')) *to++ = '\\';
            to = mempcpy(to, at, (size_t)(s.at - at));
        }
    }
    return to;
}

static char *head(char *to, log_level level, when t)
{
    char who[2 * CONTEXT_MAX + 2];
    snprintf(who, sizeof who, "%s%s%s", process_name, context[0] ? "~" : "", context);
    if (as_json) {
        to += sprintf(to, "{\"level\":\"%s\",\"pid\":%d,\"timestamp\":%lld,\"context\":\"", names[level], (int)getpid(),
                      (long long)(t / 1000));
        to = escaped(to, str_of(who));
        return to + sprintf(to, "\",\"message\":\"");
    }
    time_t seconds = (time_t)(t / SECOND);
    struct tm local;
    localtime_r(&seconds, &local);
    to += strftime(to, 32, "%Y-%m-%d %H:%M:%S", &local);
    to += sprintf(to, ".%03d %s [", (int)(t / 1000 % 1000), labels[level]);
    to = escaped(to, str_of(who));
    return to + sprintf(to, "] ");
}

static void write_line(log_level level, str message)
{
    char small[4096], *line = small;
    size_t room = HEAD_MAX + 12 * CONTEXT_MAX + 6 * message.n + 4;
    if (room > sizeof small && !(line = malloc(room))) { // no memory: as much of it as fits
        line = small;
        message.n = (sizeof small - HEAD_MAX - 12 * CONTEXT_MAX - 4) / 6;
    }
    char *end = escaped(head(line, level, now()), message);
    if (as_json) end = stpcpy(end, "\"}");
    *end++ = '\n';
    if (write(level >= LOG_ERROR ? STDERR_FILENO : STDOUT_FILENO, line, (size_t)(end - line)) < 0) {
        // Nobody is left to be told.
    }
    if (line != small) free(line);
}

static void log_va(log_level level, const char *fmt, va_list args)
{
    int saved = errno;
    char small[1024], *text = small;
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    if (n >= (int)sizeof small) {
        if ((text = malloc((size_t)n + 1))) vsnprintf(text, (size_t)n + 1, fmt, again);
        else text = small, n = sizeof small - 1;
    }
    va_end(again);
    if (n >= 0) write_line(level, (str){text, (size_t)n});
    if (text != small) free(text);
    errno = saved;
}

void log_at(log_level level, const char *fmt, ...)
{
    if (!log_on(level)) return;
    va_list args;
    va_start(args, fmt);
    log_va(level, fmt, args);
    va_end(args);
}

void log_die(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    log_va(LOG_FATAL, fmt, args);
    va_end(args);
    exit(1);
}
