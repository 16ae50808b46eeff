// The picture of a user: showing it, and taking it away.                                                   spec 01, section 12.5
#include "features/app.h"
#include "media/types.h"

// For everybody who is signed in. A missing user, picture or file look the same.
HANDLER(getProfileImage)
{
    str path = db_str(db, "select \"profileImagePath\" from \"user\" where id = $1 and \"deletedAt\" is null", UUID(in->id));
    if (!path.n) fail(rq, 404, "Not Found");
    answer_file(rq->http, (http_file){
                              .fd = storage_open_file(&rq->ctx, path),
                              .content_type = str_of(mime_of(path)),
                              .cache_control = S("public, max-age=0"),
                          });
    rq->answered = true;
}

HANDLER(deleteProfileImage)
{
    str path = db_str(db, "select \"profileImagePath\" from \"user\" where id = $1", UUID(rq->auth.user_id));
    if (!path.n) fail(rq, 400, "Can't delete a missing profile Image");
    db_exec(db, "update \"user\" set \"profileImagePath\" = '', \"profileChangedAt\" = $2 where id = $1", UUID(rq->auth.user_id),
            WHEN(now()));
    job_push(rq, FileDelete, .files = {&path, 1, 1});
}
