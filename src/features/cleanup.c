// Nightly tidying of what no feature owns.                                                         spec 07, section 8; spec 05, 1.7
#include "features/app.h"

// A client that was away for longer starts over, so older traces of deletions are of no use to anybody.
JOB(AuditTableCleanup)
{
    static const char *const statements[] = {
#define PRUNE(table) "delete from " table " where \"deletedAt\" < $1"
        PRUNE("album_asset_audit"),  PRUNE("album_audit"),      PRUNE("album_user_audit"),     PRUNE("asset_audit"),
        PRUNE("asset_edit_audit"),   PRUNE("asset_face_audit"), PRUNE("asset_metadata_audit"), PRUNE("asset_ocr_audit"),
        PRUNE("memory_asset_audit"), PRUNE("memory_audit"),     PRUNE("partner_audit"),        PRUNE("person_audit"),
        PRUNE("person_group_audit"), PRUNE("stack_audit"),      PRUNE("user_audit"),           PRUNE("user_metadata_audit"),
    };
    for (size_t i = 0; i < countof(statements); i++) db_exec(db, statements[i], WHEN(now() - 31 * DAY));
    return JOB_SUCCESS;
}
