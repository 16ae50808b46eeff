// What the schedules push, and that they push it once.                                                          spec 05, section 1.8
#include "features/schedules.h"
#include "features_test.h"
#include <stdlib.h>
#include <time.h>

static when at(int day, int hour, int minute, int second)
{
    return when_of((civil){.year = 2031, .month = 5, .day = day, .hour = hour, .minute = minute, .second = second});
}

static void set_up(db *d)
{
    setenv("TZ", "UTC", 1);
    tzset();
    db_exec(d, "delete from calotype_cron");
    db_exec(d, "delete from system_metadata where key = 'system-config'");
    forget_jobs(d);
}

static bool has_word(str text, const char *word)
{
    return str_find(text, str_of(word)) >= 0;
}

BOTH("the nightly jobs come once at their time")
{
    set_up(d);
    app a = {.pool = pool};
    schedules_look(&a, at(1, 23, 58, 0), at(1, 23, 59, 59));
    check_str(waiting_jobs(d, mem), S(""));
    db_commit(d);

    schedules_look(&a, at(1, 23, 59, 30), at(2, 0, 0, 0));
    str jobs = waiting_jobs(d, mem);
    check(has_word(jobs, "AssetDeleteCheck UserDeleteCheck"));
    check(has_word(jobs, "SessionCleanup"));
    check(has_word(jobs, "AuditTableCleanup"));
    check(has_word(jobs, "UserSyncUsage"));
    forget_jobs(d);

    // Another host looks at the same minute, and this one again at a window that begins a little earlier.
    schedules_look(&a, at(1, 23, 59, 30), at(2, 0, 0, 0));
    schedules_look(&a, at(1, 23, 59, 0), at(2, 0, 0, 30));
    check_str(waiting_jobs(d, mem), S(""));
    db_commit(d);
    schedules_look(&a, at(2, 23, 59, 30), at(3, 0, 0, 0));
    check(has_word(waiting_jobs(d, mem), "SessionCleanup"));
    forget_jobs(d);
}

BOTH("the configuration says when the night is, and what is done in it")
{
    set_up(d);
    db_exec(d, "insert into system_metadata (key, value) values ('system-config', $1)",
            STR(S("{\"nightlyTasks\":{\"startTime\":\"03:07\",\"databaseCleanup\":false}}")));
    db_commit(d);
    app a = {.pool = pool};
    schedules_look(&a, at(1, 23, 59, 30), at(2, 0, 0, 30));
    check(!has_word(waiting_jobs(d, mem), "UserSyncUsage"));
    db_commit(d);
    schedules_look(&a, at(2, 3, 6, 59), at(2, 3, 7, 0));
    str jobs = waiting_jobs(d, mem);
    check(has_word(jobs, "UserSyncUsage"));
    check(!has_word(jobs, "SessionCleanup"));
    set_up(d);
}
