// What a job carries survives its row, and the lists of names agree.
#include "queue/data.h"
#include "test.h"

TEST("job data: only what is set is written, and it comes back")
{
    job_data empty = {0};
    check_str(job_data_write(mem, &empty), S("{}"));

    uuid id;
    uuid_parse(S("11111111-2222-4333-8444-555555555555"), &id);
    job_data d = {.id = id, .source = S("upload"), .notify = true, .has_force = true};
    *push(mem, d.files) = S("/a \"b\"");
    *push(mem, d.files) = S("/c");
    *push(mem, d.asset_ids) = id;
    str text = job_data_write(mem, &d);
    check_str(text, S("{\"id\":\"11111111-2222-4333-8444-555555555555\",\"source\":\"upload\",\"notify\":true,\"force\":false,"
                      "\"files\":[\"/a \\\"b\\\"\",\"/c\"],\"assetIds\":[\"11111111-2222-4333-8444-555555555555\"]}"));

    job_data back = job_data_read(mem, text);
    check(uuid_eq(back.id, id) && back.notify && back.has_force && !back.force && !back.deferred);
    check_str(back.source, S("upload"));
    check_int((int64_t)back.files.n, 2);
    check_str(back.files.at[0], S("/a \"b\""));
    check(back.asset_ids.n == 1 && uuid_eq(back.asset_ids.at[0], id));
    check_str(job_data_write(mem, &back), text);
}

TEST("job data: what is broken or unknown is passed over")
{
    check(!job_data_read(mem, S("not json")).source.at);
    job_data d = job_data_read(mem, S("{\"id\":\"nonsense\",\"source\":7,\"new\":[1],\"files\":\"x\",\"force\":true}"));
    check(uuid_nil(d.id) && !d.source.at && !d.files.n && d.force && d.has_force);
}

TEST("names of queues and jobs")
{
    check_int(QUEUE_COUNT - 1, 19);
    check_int(JOB_COUNT - 1, 66);
    for (queue_id q = 1; q < QUEUE_COUNT; q++) {
        check(queue_parse(str_of(queue_text(q))) == q);
        check(queue_default_concurrency(q) >= 1);
        check(!queue_start_job(q) || job_queue(queue_start_job(q)) == q);
    }
    for (job_name j = 1; j < JOB_COUNT; j++) {
        check(job_parse(str_of(job_text(j))) == j);
        check(job_queue(j) != QUEUE_NONE);
    }
    check(!queue_parse(S("nonsense")) && !job_parse(S("")));
    check(queue_start_job(QUEUE_library) == JOB_LibraryScanQueueAll);
    check(queue_start_job(QUEUE_notifications) == JOB_NONE);
}
