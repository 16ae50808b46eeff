// What every feature file includes. A feature is one file: its endpoints, its queries, its jobs.
//
//     HANDLER(operationId) { … }      in, out: structs made from the contract; rq, db, mem at hand
//     JOB(JobName) { … }              in: job_data; returns JOB_SUCCESS, JOB_FAILED or JOB_SKIPPED
//
// Before a handler runs, the dispatcher has authenticated the caller and enforced admin, shared-link and API-key permission from the contract, and
// has parsed and validated the request. After it returned, the transaction is committed, then events and wake-ups leave, then `out` is written.
// fail(rq, …) at any point undoes all of it.
#pragma once
#include "base/base.h"
#include "bus/bus.h"
#include "contract.h"
#include "db/db.h"
#include "http/http.h"
#include "queue/queue.h"
#include "storage/storage.h"

typedef struct app app; // the process: pools, storage, bus (features/app.h)
typedef struct request request;
typedef struct outgoing outgoing; // events that leave after the commit

typedef enum { AUTH_NONE, AUTH_SESSION, AUTH_API_KEY, AUTH_SHARED_LINK } auth_kind;

typedef struct {
    auth_kind kind;
    uuid user_id; // acting user; the owner of a shared link
    str email, name;
    bool is_admin;
    int64_t quota_size, quota_usage; // bytes; size -1: unlimited
    uuid session_id;
    bool elevated;                // the session's PIN is unlocked
    bool stale, extend_elevation; // what authenticate_touch() has to note
    uuid api_key_id;
    strs permissions; // of the API key
    struct {          // of the shared link
        uuid id, album_id;
        bool allow_upload, allow_download, show_exif;
    } link;
} auth;

struct request {
    ctx ctx; // first: fail(rq, …)
    app *app;
    arena *mem;
    db *db;
    auth auth;      // zero for jobs
    exchange *http; // NULL for jobs
    outgoing *outgoing;
    const AdminConfigDto *config; // once config_get() was asked
    int status;                   // of the answer when it is not the contract's first one
    bool answered;                // the handler has answered by itself (files, streams, redirects)
};

#define HANDLER(operation)                                                                                                                 \
    void operation##_handler(request *rq __attribute__((unused)), db *db __attribute__((unused)), arena *mem __attribute__((unused)),      \
                             const operation##_in *in __attribute__((unused)), operation##_out *out __attribute__((unused)))

typedef enum { JOB_SUCCESS, JOB_FAILED, JOB_SKIPPED } job_result;
#define JOB(name_)                                                                                                                         \
    job_result name_##_job(request *rq __attribute__((unused)), db *db __attribute__((unused)), arena *mem __attribute__((unused)),        \
                           const job_data *in __attribute__((unused)))

// ---- effects (leave after the commit) --------------------------------------------------------------------------------------------
// job_push(rq, AssetGenerateThumbnails, .id = id, .source = S("upload"))
#define job_push(rq, job, ...) job_push_((rq), (job_options){.name = JOB_##job, .data = {__VA_ARGS__}})
void job_push_(request *, job_options);
void job_push_all(request *, const job_options *, size_t); // one statement for many
void job_push_each(request *, job_name, ids, job_data);    // the same job for each of these ids
// The same for each id that a query finds, batch by batch, each in a transaction of its own. The query's first column is the id; its $1 is `force`,
// its $2 the last id of the batch before, or null; it orders by id and ends with "limit $3".
void job_push_found(request *, job_name, const char *sql, bool force);

void wake(request *, queue_id); // its workers look again, after the commit

// A WebSocket event to all sockets of a room (a user or session id); uuid nil: to everybody. args: JSON array elements as text.
void emit(request *, uuid room, const char *event, str args);
// A server-to-server event on the bus (ConfigUpdate, …).
void announce(request *, const char *topic, str payload);

// ---- who may see what (features/access.c) ----------------------------------------------------------------------------------------
typedef enum {
#define RECORD_PERMISSION(name, text) name,
#include "features/permissions.def"
#undef RECORD_PERMISSION
} record_permission;
ids access_filter(request *, record_permission, ids);   // those the caller may use so
void access_require(request *, record_permission, ids); // all of them, else 400 "Not found or no <permission> access"
#define one_id(id_) ((ids){.at = (uuid[]){(id_)}, .n = 1})
#define access_require_one(rq, permission, id_) access_require((rq), (permission), one_id(id_))
void require_elevated(request *);               // else 401 "Elevated permission is required"
ids partners_in_timeline(request *, uuid user); // who shows this user their timeline among the user's own

// ---- configuration (features/config.c) -------------------------------------------------------------------------------------------
// The effective system configuration, parsed once per change; valid for the request's life.
const AdminConfigDto *config_get(request *);
