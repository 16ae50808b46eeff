#include "test.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// What `work` writes to standard output (1) or standard error (2), from a child process with a log of its own.
static str written(arena *mem, int stream, void (*work)(void))
{
    int ends[2];
    if (pipe(ends)) return (str){0};
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        dup2(open("/dev/null", O_WRONLY), 3 - stream);
        dup2(ends[1], stream);
        close(ends[0]);
        close(ends[1]);
        setenv("TZ", "UTC", 1);
        work();
        _exit(0);
    }
    close(ends[1]);
    buf all = {.mem = mem};
    char part[4096];
    for (ssize_t n; (n = read(ends[0], part, sizeof part)) > 0;) buf_add(&all, (str){part, (size_t)n});
    close(ends[0]);
    waitpid(child, NULL, 0);
    return buf_str(&all);
}

static void some_lines(void)
{
    log_setup("api", LOG_INFO, false);
    log_debug("not this");
    log_info("photo %d\nforged line\x1b[31m", 7);
    log_context(S("0123abcd"));
    log_error("broken \xff");
    log_warn("with id");
    log_context((str){0});
    log_set_level(LOG_VERBOSE);
    log_verbose("now this");
}

TEST("a text line has time, level, process and message, and stays one line")
{
    strs lines = str_split(mem, written(mem, 1, some_lines), '\n');
    check_int(lines.n, 4);
    str first = lines.at[0];
    check_int(first.at[4] == '-' && first.at[10] == ' ' && first.at[13] == ':' && first.at[19] == '.', 1);
    check_str(str_slice(first, 23, first.n), S(" INFO  [api] photo 7\\nforged line\\u001b[31m"));
    check_str(str_slice(lines.at[1], 23, 999), S(" WARN  [api~0123abcd] with id"));
    check_str(str_slice(lines.at[2], 23, 999), S(" VERB  [api] now this"));
}

TEST("errors go to standard error")
{
    str line = written(mem, 2, some_lines);
    check_str(str_slice(line, 23, 999), S(" ERROR [api~0123abcd] broken \xef\xbf\xbd\n"));
}

static void json_lines(void)
{
    log_setup("worker-1", LOG_DEBUG, true);
    log_context(S("job\"1"));
    log_debug("say \"hi\"\\ \xff\x01");
    static char big[20000];
    memset(big, '"', sizeof big - 1);
    log_info("%s", big);
}

TEST("a JSON line is JSON, however long")
{
    strs lines = str_split(mem, written(mem, 1, json_lines), '\n');
    check_int(lines.n, 3);
    json *line = json_parse(mem, lines.at[0], NULL);
    check_str(json_get_str(line, "level"), S("debug"));
    check_str(json_get_str(line, "message"), S("say \"hi\"\\ \xef\xbf\xbd\x01"));
    check_str(json_get_str(line, "context"), S("worker-1~job\"1"));
    check(json_get(line, "pid") && json_get(line, "pid")->integer > 0);
    check(json_get(line, "timestamp") && json_get(line, "timestamp")->integer > 1700000000000);
    check_int(json_get_str(json_parse(mem, lines.at[1], NULL), "message").n, 19999);
}

TEST("levels have the names of IMMICH_LOG_LEVEL")
{
    log_level level;
    check(log_level_parse(S("verbose"), &level) && level == LOG_VERBOSE);
    check(log_level_parse(S("log"), &level) && level == LOG_INFO);
    check(log_level_parse(S("fatal"), &level) && level == LOG_FATAL);
    check(!log_level_parse(S("info"), &level));
    check(!log_level_parse((str){0}, &level));
    check(log_on(LOG_INFO) && !log_on(LOG_DEBUG));
}
