// Who is dead, and who only might be.
#include "app/worker_name.h"
#include "test.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

TEST("a living worker is alive, under its name and no other")
{
    str name = worker_name(mem, getpid());
    check_str(worker_name(mem, getpid()), name);
    check(!worker_is_dead(mem, name, true));
    check(!worker_is_dead(mem, name, false));
    // The same number, started at another time.
    check(worker_is_dead(mem, str_cat(mem, name, S("1")), false));
}

TEST("a worker that has ended is dead, even before its parent has looked")
{
    pid_t pid = fork();
    if (!pid) {
        pause();
        _exit(0);
    }
    str name = worker_name(mem, pid);
    check(!worker_is_dead(mem, name, false));
    kill(pid, SIGKILL);
    siginfo_t info;
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    check(worker_is_dead(mem, name, false));
    waitpid(pid, NULL, 0);
    check(worker_is_dead(mem, name, false));
}

TEST("a name from elsewhere is dead only for a database that nobody else can reach")
{
    check(!worker_is_dead(mem, S("other/0123abcd:1:1"), false));
    check(worker_is_dead(mem, S("other/0123abcd:1:1"), true));
    check(!worker_is_dead(mem, S("nonsense"), false));
    check(worker_is_dead(mem, S("nonsense"), true));
}
