// See features_test.h.
#include "features_test.h"

static void open_storage(ctx *c, void *out)
{
    *(storage **)out = storage_open(c, str_fmt(c->mem, "%.*s/media", PR(test_folder())));
}

storage *test_storage(void)
{
    static storage *s;
    static ctx c; // the storage lives on its arena
    if (!s) {
        c.mem = arena_new();
        if (!try(&c, open_storage, &s)) log_die("no media location for the tests: %.*s", PR(c.message));
    }
    return s;
}

request *test_request(ctx *c, db_pool *pool, db *d)
{
    app *a = new (c->mem, app);
    a->pool = pool;
    a->storage = test_storage();
    request *rq = new (c->mem, request);
    *rq = (request){.ctx = *c, .app = a, .mem = c->mem, .db = d};
    return rq;
}

request *request_of(ctx *c, db_pool *pool, db *d, uuid user)
{
    request *rq = test_request(c, pool, d);
    rq->auth = (auth){.kind = AUTH_SESSION, .user_id = user};
    return rq;
}

job_result run_job(db_pool *pool, arena *mem, job_name name, job_data data)
{
    app a = {.pool = pool, .storage = test_storage()};
    job_outcome o = job_run(&a, mem, &(job){.name = name, .data = data});
    if (o.reason.at) test_failed(__FILE__, __LINE__, "%s: %.*s", job_text(name), PR(o.reason));
    return o.result;
}

void forget_jobs(db *d)
{
    db_exec(d, "delete from calotype_job");
    db_commit(d);
}

str waiting_jobs(db *d, arena *mem)
{
    buf names = {.mem = mem};
    db_rows (r, d, "select name from calotype_job order by id") buf_fmt(&names, "%s%.*s", names.n ? " " : "", PR(col_str(r, 0)));
    return buf_str(&names);
}
