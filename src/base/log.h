// One log line per event, to standard output (errors: standard error). Text or JSON (IMMICH_LOG_FORMAT), levels as in spec 05, 12.2.
// Secrets are never passed in.
#pragma once
#include "base/str.h"

typedef enum { LOG_VERBOSE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_FATAL, LOG_OFF } log_level; // OFF: a threshold above all

void log_setup(const char *process, log_level, bool json); // process: "api", "worker-1"
bool log_level_parse(str, log_level *out);                 // verbose debug log warn error fatal
void log_set_level(log_level);
bool log_on(log_level);
void log_context(str id); // per thread: correlation id or job; {0} clears

void log_at(log_level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_verbose(...) log_at(LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
_Noreturn void log_die(const char *fmt, ...) __attribute__((format(printf, 1, 2))); // logs at fatal, exits with 1
