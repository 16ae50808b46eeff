// What must hold of the system configuration beyond the types of its fields.                                  spec 05, sections 2.2 and 2.3
#include "contract/match.h"
#include "features/clip_models.h"
#include "features/config.h"
#include "features/smtp.h"
#include "features/storage_template.h"
#include "queue/cron.h"
#include <stdlib.h>

static void check_cron(check *c, str expression)
{
    cron parsed;
    str why;
    if (!cron_parse(c->mem, expression, &parsed, &why)) refuse(c, "cronExpression", "Invalid cron expression. %.*s", PR(why));
}

RULE(AdminConfigDatabaseBackupDto)
{
    check_cron(c, it->cronExpression);
}

RULE(AdminConfigIntegrityJobDto)
{
    check_cron(c, it->cronExpression);
}

RULE(AdminConfigIntegrityChecksumJobDto)
{
    check_cron(c, it->cronExpression);
}

RULE(AdminConfigLibraryScanDto)
{
    check_cron(c, it->cronExpression);
}

RULE(AdminConfigOAuthDto)
{
    if (it->mobileOverrideEnabled && !match_url_or_empty(it->mobileRedirectUri))
        refuse(c, "", "Mobile redirect URI must be an empty string or a valid URL");
}

// ---- when it is saved ------------------------------------------------------------------------------------------------------------

static bool same(arena *mem, const schema *of, const void *a, const void *b)
{
    json_writer x = json_writer_on(mem), y = json_writer_on(mem);
    schema_write(&x, of, a);
    schema_write(&y, of, b);
    return str_eq(buf_str(&x.out), buf_str(&y.out));
}

void config_check(request *rq, const AdminConfigDto *old, const AdminConfigDto *wanted)
{
    const AdminConfigSmtpDto *smtp = &wanted->notifications.smtp;
    if (smtp->enabled && !same(rq->mem, &AdminConfigSmtpDto_schema, smtp, &old->notifications.smtp)) {
        db_commit(rq->db); // a mail server takes its time
        if (!smtp_works(rq->mem, &smtp->transport)) fail(rq, 400, "Invalid SMTP configuration");
    }
    str model = wanted->machineLearning.clip.modelName;
    if (!clip_dimensions(model))
        fail(rq, 400, "Unknown CLIP model: %.*s. Please check the model name for typos and confirm this is a supported model.", PR(model));
    if (!storage_template_valid(wanted->storageTemplate.template)) fail(rq, 400, "Invalid storage template");
    if (getenv("IMMICH_LOG_LEVEL") && !same(rq->mem, &AdminConfigLoggingDto_schema, &wanted->logging, &old->logging))
        fail(rq, 400, "Logging cannot be changed while the environment variable IMMICH_LOG_LEVEL is set.");
}
