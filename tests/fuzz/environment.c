// `.env` files: what is accepted sets only what has a name, and any value comes back out of quotes.
#include "app/environment.h"
#include "fuzz.h"
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static bool read_env(arena *mem, str text, str *problem)
{
    int fd = memfd_create("env", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, text.at, text.n) == (ssize_t)text.n);
    clearenv();
    bool good = environment_read(mem, str_fmt(mem, "/proc/self/fd/%d", fd), problem);
    close(fd);
    return good;
}

FUZZ
{
    str problem = {0};
    bool good = read_env(mem, input, &problem);
    must(good == !problem.at);
    for (char **v = environ; v && *v; v++) {
        const char *equals = strchr(*v, '=');
        must(equals && equals > *v && (*v)[strspn(*v, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789")] == '=');
    }
    str wrong = environment_check(mem);
    must(!wrong.at || str_starts(wrong, S("Invalid environment variables: ")));

    str value = {input.at, input.n ? strnlen(input.at, input.n) : 0};
    buf line = {.mem = mem};
    buf_add(&line, S("# ours\r\nexport NAME = \""));
    for (size_t i = 0; i < value.n; i++) {
        if (value.at[i] == '"' || value.at[i] == '\\' || value.at[i] == '\n') buf_char(&line, '\\');
        buf_char(&line, value.at[i] == '\n' ? 'n' : value.at[i]);
    }
    buf_add(&line, S("\" # and more\n"));
    must(read_env(mem, buf_str(&line), &problem) && str_eq(environment_get("NAME"), value));
    clearenv();
}
