// Users: labels, lists, statistics, and how they are removed.
#include "features/users.h"
#include "features_test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

HANDLER(searchUsersAdmin);
HANDLER(getUserStatisticsAdmin);
HANDLER(getMyCalendarHeatmap);

TEST("a storage label becomes a safe folder name")
{
    static const struct {
        const char *given, *label;
    } known[] = {
        {"ada", "ada"},
        {"a/d.a", "ada"},
        {"a\\b?c<d>e:f*g|h\"i", "abcdefghi"},
        {"a\x01\x1f"
         "b\x7f",
         "ab\x7f"},
        {"Ada L  ", "Ada L"},
        {"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
        {"..", NULL},
        {"", NULL},
        {"   ", NULL},
        {"con", NULL},
        {"LPT9", NULL},
        {"com", "com"},
        {"com10", "com10"},
        {"a\xc2\x85"
         "b",
         "ab"},
    };
    for (size_t i = 0; i < countof(known); i++) {
        str label = user_storage_label(mem, str_of(known[i].given));
        check(!label.at == !known[i].label);
        check_str(label, known[i].label ? str_of(known[i].label) : S(""));
    }
    check(!user_storage_label(mem, (str){0}).at);
}

TEST("a long storage label ends at a whole character within 255 bytes")
{
    buf long_one = {.mem = mem};
    buf_char(&long_one, 'x');
    for (int i = 0; i < 200; i++) buf_add(&long_one, S("\xc3\xa9"));
    buf_char(&long_one, 'y');
    str label = user_storage_label(mem, buf_str(&long_one));
    check_int((int64_t)label.n, 255);
    check(utf8_valid(label));
    check(label.at[label.n - 1] != 'y');
}

TEST("e-mails are lower-cased in any script")
{
    check_str(lower_email(mem, S("Ada.L@Example.COM")), S("ada.l@example.com"));
    check_str(lower_email(mem, S("\xc3\x89T\xc3\x89@x")), S("\xc3\xa9t\xc3\xa9@x"));
    check_str(lower_email(mem, S("\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd@x")), S("\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@x"));
}

BOTH("all users, or the one that was asked for")
{
    uuid ada = new_user(d), bob = new_user(d);
    db_exec(d, "update \"user\" set \"deletedAt\" = $2 where id = $1", UUID(bob), WHEN(now()));
    request *rq = request_of(c, pool, d, ada);
    searchUsersAdmin_out found = {0};
    searchUsersAdmin_handler(rq, d, mem, &(searchUsersAdmin_in){.id = ada}, &found);
    check_int((int64_t)found.items.n, 1);
    found = (searchUsersAdmin_out){0};
    searchUsersAdmin_handler(rq, d, mem, &(searchUsersAdmin_in){0}, &found);
    size_t living = found.items.n;
    check(living > 0);
    found = (searchUsersAdmin_out){0};
    searchUsersAdmin_handler(rq, d, mem, &(searchUsersAdmin_in){.withDeleted = OPT_IS(opt_bool, true)}, &found);
    check(found.items.n > living);
}

BOTH("an e-mail is taken by anybody but oneself, and by no deleted user")
{
    uuid ada = new_user(d);
    str email = db_str(d, "select email from \"user\" where id = $1", UUID(ada));
    request *rq = request_of(c, pool, d, ada);
    check(email_taken(rq, email, (uuid){0}));
    check(!email_taken(rq, email, ada));
    check(email_taken(rq, email, uuid_v4()));
    db_exec(d, "update \"user\" set \"deletedAt\" = $2 where id = $1", UUID(ada), WHEN(now()));
    check(!email_taken(rq, email, (uuid){0}));
}

BOTH("statistics of a user count by kind and state")
{
    uuid ada = new_user(d), trashed = new_asset(d, ada), favourite = new_asset(d, ada), hidden = new_asset(d, ada);
    new_asset(d, ada);
    db_exec(d, "update asset set \"deletedAt\" = $2, status = 'trashed' where id = $1", UUID(trashed), WHEN(now()));
    db_exec(d, "update asset set \"isFavorite\" = true, type = 'VIDEO' where id = $1", UUID(favourite));
    db_exec(d, "update asset set visibility = 'hidden' where id = $1", UUID(hidden));
    request *rq = request_of(c, pool, d, ada);

    AssetStatsResponseDto s = {0};
    getUserStatisticsAdmin_handler(rq, d, mem, &(getUserStatisticsAdmin_in){.id = ada}, &s);
    check(s.images == 1 && s.videos == 1 && s.total == 2);
    s = (AssetStatsResponseDto){0};
    getUserStatisticsAdmin_handler(rq, d, mem, &(getUserStatisticsAdmin_in){.id = ada, .isFavorite = OPT_IS(opt_bool, true)}, &s);
    check(s.images == 0 && s.videos == 1);
    s = (AssetStatsResponseDto){0};
    getUserStatisticsAdmin_handler(rq, d, mem, &(getUserStatisticsAdmin_in){.id = ada, .isTrashed = OPT_IS(opt_bool, true)}, &s);
    check(s.images == 1 && s.total == 1);
    s = (AssetStatsResponseDto){0};
    getUserStatisticsAdmin_handler(rq, d, mem, &(getUserStatisticsAdmin_in){.id = ada, .visibility = ASSET_VISIBILITY_HIDDEN}, &s);
    check(s.images == 1 && s.total == 1);
}

BOTH("the heat map has a day for each day, and counts what is not in the trash")
{
    uuid ada = new_user(d), trashed = new_asset(d, ada), old = new_asset(d, ada);
    new_asset(d, ada);
    db_exec(d, "update asset set \"deletedAt\" = $2 where id = $1", UUID(trashed), WHEN(now()));
    when taken = when_of((civil){.year = 2020, .month = 2, .day = 29, .hour = 23, .minute = 59});
    db_exec(d, "update asset set \"localDateTime\" = $2 where id = $1", UUID(old), WHEN(taken));
    request *rq = request_of(c, pool, d, ada);

    CalendarHeatmapResponseDto year = {0};
    getMyCalendarHeatmap_handler(rq, d, mem, &(getMyCalendarHeatmap_in){WHEN_NONE, WHEN_NONE, CALENDAR_HEATMAP_TYPE_UPLOAD}, &year);
    check_int((int64_t)year.series.n, 364);
    check_int(year.totalCount, 2);
    check_int(year.series.at[363].count, 2);
    check_str(year.series.at[363].date, year.to);
    check_str(year.series.at[0].date, year.from);

    CalendarHeatmapResponseDto week = {0};
    when from = when_of((civil){.year = 2020, .month = 2, .day = 27}), to = when_of((civil){.year = 2020, .month = 3, .day = 1});
    getMyCalendarHeatmap_handler(rq, d, mem, &(getMyCalendarHeatmap_in){from, to, CALENDAR_HEATMAP_TYPE_TAKEN}, &week);
    check_int((int64_t)week.series.n, 4);
    check_int(week.totalCount, 1);
    check_int(week.series.at[2].count, 1);
    check_str(week.series.at[2].date, S("2020-02-29"));

    CalendarHeatmapResponseDto future = {0};
    getMyCalendarHeatmap_handler(rq, d, mem, &(getMyCalendarHeatmap_in){now() + 9 * DAY, WHEN_NONE, CALENDAR_HEATMAP_TYPE_UPLOAD}, &future);
    check_int((int64_t)future.series.n, 0);
}

static str file_in(arena *mem, const char *folder, str name)
{
    str path = str_fmt(mem, "%.*s/%s/%.*s", PR(storage_root(test_storage())), folder, PR(name));
    mkdir(str_fmt(mem, "%.*s/%s", PR(storage_root(test_storage())), folder).at, 0700);
    mkdir(path.at, 0700);
    path = str_cat(mem, path, S("/photo.jpg"));
    int fd = open(path.at, O_CREAT | O_WRONLY, 0600);
    check(fd >= 0);
    close(fd);
    return path;
}

BOTH("a user is removed when the time has come: first the rows, then the folders")
{
    forget_jobs(d);
    uuid ada = new_user(d), bob = new_user(d);
    str id = uuid_text(mem, ada), label = str_fmt(mem, "ada-%.*s", PR(id));
    uuid album = new_album(d, ada), photo = new_asset(d, ada);
    db_exec(d, "update \"user\" set \"deletedAt\" = $2, \"storageLabel\" = $3 where id = $1", UUID(ada), WHEN(now() - 8 * DAY), STR(label));
    db_commit(d);
    str upload = file_in(mem, "upload", id), library = file_in(mem, "library", label), other = file_in(mem, "upload", uuid_text(mem, bob));

    check(run_job(pool, mem, JOB_UserDeleteCheck, (job_data){0}) == JOB_SUCCESS);
    check_str(waiting_jobs(d, mem), S("UserDelete"));
    forget_jobs(d);
    check(run_job(pool, mem, JOB_UserDelete, (job_data){.id = ada}) == JOB_SUCCESS);
    check(!db_has(d, "select 1 from \"user\" where id = $1", UUID(ada)));
    check(!db_has(d, "select 1 from album where id = $1", UUID(album)));
    check(!db_has(d, "select 1 from asset where id = $1", UUID(photo)));
    check(storage_exists(upload) && storage_exists(library));

    int limits[QUEUE_COUNT];
    for (queue_id q = 1; q < QUEUE_COUNT; q++) limits[q] = 1;
    job folders;
    check(queue_claim(d, S("test"), limits, NULL, &folders) && folders.name == JOB_UserDelete);
    db_commit(d);
    check(run_job(pool, mem, folders.name, folders.data) == JOB_SUCCESS);
    check(!storage_exists(upload) && !storage_exists(library) && storage_exists(other));
    forget_jobs(d);
    check(run_job(pool, mem, JOB_UserDelete, (job_data){.id = ada}) == JOB_SKIPPED);
}

BOTH("a folder whose label somebody else has got by now stays")
{
    uuid bob = new_user(d);
    str label = str_fmt(mem, "bob-%.*s", PR(uuid_text(mem, bob))), path = file_in(mem, "library", label);
    db_exec(d, "update \"user\" set \"storageLabel\" = $2 where id = $1", UUID(bob), STR(label));
    db_commit(d);
    str folder = str_slice(path, 0, (size_t)str_rfind_char(path, '/'));
    check(run_job(pool, mem, JOB_UserDelete, (job_data){.id = uuid_v4(), .paths = {&folder, 1, 1}}) == JOB_SUCCESS);
    check(storage_exists(path));
}

BOTH("a user whose time has not come stays, unless by force")
{
    uuid ada = new_user(d);
    db_commit(d);
    check(run_job(pool, mem, JOB_UserDelete, (job_data){.id = ada}) == JOB_SKIPPED);
    check(db_has(d, "select 1 from \"user\" where id = $1", UUID(ada)));
    db_commit(d);
}

BOTH("the used space is counted anew")
{
    uuid ada = new_user(d), photo = new_asset(d, ada);
    db_exec(d, "insert into asset_exif (\"assetId\", \"fileSizeInByte\") values ($1, 1234)", UUID(photo));
    db_commit(d);
    check(run_job(pool, mem, JOB_UserSyncUsage, (job_data){0}) == JOB_SUCCESS);
    check_int(db_int(d, "select \"quotaUsageInBytes\" from \"user\" where id = $1", UUID(ada)), 1234);
    db_commit(d);
}

BOTH("traces of deletions are forgotten after 31 days, and sessions after 90")
{
    uuid ada = new_user(d);
    db_exec(d, "delete from user_audit");
    db_exec(d, "insert into user_audit (\"userId\", \"deletedAt\") values ($1, $2)", UUID(ada), WHEN(now() - 32 * DAY));
    db_exec(d, "insert into user_audit (\"userId\", \"deletedAt\") values ($1, $2)", UUID(ada), WHEN(now() - 30 * DAY));
    db_exec(d, "insert into session (token, \"userId\", \"expiresAt\") values ($1, $2, $3)", BYTES(str_bytes(S("gone"))), UUID(ada),
            WHEN(now() - SECOND));
    db_exec(d, "insert into session (token, \"userId\") values ($1, $2)", BYTES(str_bytes(S("alive"))), UUID(ada));
    db_commit(d);
    check(run_job(pool, mem, JOB_AuditTableCleanup, (job_data){0}) == JOB_SUCCESS);
    check(run_job(pool, mem, JOB_SessionCleanup, (job_data){0}) == JOB_SUCCESS);
    check_int(rows_of(d, "user_audit"), 1);
    check_int(db_int(d, "select count(*) from session where \"userId\" = $1", UUID(ada)), 1);
    db_exec(d, "delete from session");
    db_commit(d);
}
