// See ask.h.
#include "ask.h"
#include "contract/handler.h"

typedef struct {
    request *rq;
    const route *route;
    str text;
    void *out;
    issues issues;
} question;

static void put(ctx *unused, void *arg)
{
    (void)unused;
    question *q = arg;
    request *rq = q->rq;
    void *in = arena_alloc(rq->mem, q->route->in->size);
    if (!schema_read(rq->mem, q->route->in, json_parse(rq->mem, q->text, NULL), FROM_JSON, in, &q->issues)) return;
    q->out = arena_alloc(rq->mem, q->route->out_size);
    if (q->route->out) schema_clear(q->route->out, q->out);
    route_handler(q->route)(rq, rq->db, rq->mem, in, q->out);
    db_commit(rq->db);
    storage_settle(&rq->ctx);
}

static question question_of(request *rq, const char *operation, const char *fmt, va_list args)
{
    str text = str_replace(rq->mem, str_vfmt(rq->mem, fmt, args), S("'"), S("\""));
    return (question){.rq = rq, .route = route_by_operation(str_of(operation)), .text = text};
}

// A handler may choose the mode of its transaction, so it begins one; what the test wrote before is committed.
void *ask_(request *rq, const char *operation, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    question q = question_of(rq, operation, fmt, args);
    va_end(args);
    db_commit(rq->db);
    if (!try(&rq->ctx, put, &q)) fail(rq, rq->ctx.status, "%s: %.*s", operation, PR(rq->ctx.message));
    if (q.issues.n) fail(rq, 400, "%s: %.*s", operation, PR(issues_answer(rq->mem, q.issues)));
    db_set_mode(rq->db, DB_WRITE);
    return q.out;
}

str refusal_(request *rq, const char *operation, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    question q = question_of(rq, operation, fmt, args);
    va_end(args);
    db_commit(rq->db);
    bool fine = try(&rq->ctx, put, &q);
    db_rollback(rq->db);
    db_set_mode(rq->db, DB_WRITE);
    if (q.issues.n) return issues_answer(rq->mem, q.issues);
    return fine ? (str){0} : str_fmt(rq->mem, "%d %.*s", rq->ctx.status, PR(rq->ctx.message));
}

const char *id_text(arena *mem, uuid id)
{
    return uuid_text(mem, id).at;
}

uuid new_photo(db *d, uuid owner, const char *taken)
{
    when t = WHEN_NONE;
    if (!when_parse(str_of(taken), &t)) test_failed(__FILE__, __LINE__, "%s is no time", taken);
    uuid id = new_asset(d, owner);
    db_exec(d, "update asset set \"fileCreatedAt\" = $2, \"localDateTime\" = $2, \"originalPath\" = $3 where id = $1", UUID(id), WHEN(t),
            STR(str_fmt(db_memory(d), "/photos/%s.jpg", id_text(db_memory(d), id))));
    db_exec(d, "insert into asset_exif (\"assetId\", \"fileSizeInByte\") values ($1, 1000)", UUID(id));
    return id;
}

void set(db *d, const char *table, uuid id, const char *column, param value)
{
    const char *key = str_is(str_of(table), "asset_exif") ? "assetId" : "id";
    str sql = str_fmt(db_memory(d), "update %s set \"%s\" = $2 where \"%s\" = $1", table, column, key);
    db_exec_(d, db_sql(d, sql), PARAMS(UUID(id), value));
}
