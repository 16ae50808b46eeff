// The system configuration: defaults, overlaid by a file or by what administrators saved.        spec 05, section 2; spec 12, section 6
#include "features/config.h"
#include "embedded_defaults.h"
#include "features/app.h"
#include "features/overlay.h"
#include "queue/cron.h"
#include <stdlib.h>
#include <unistd.h>

// The defaults, with what the environment says of machine learning.
static json *defaults(arena *mem)
{
    json *built_in = json_parse(mem, embedded_config_json, NULL);
    const char *enabled = getenv("IMMICH_MACHINE_LEARNING_ENABLED"), *url = getenv("IMMICH_MACHINE_LEARNING_URL");
    json_writer w = json_writer_on(mem);
    json_open(&w);
    json_key(&w, S("machineLearning"));
    json_open(&w);
    if (enabled && strcmp(enabled, "false") == 0) {
        json_key(&w, S("enabled"));
        json_bool(&w, false);
    }
    if (url) {
        json_key(&w, S("urls"));
        json_open_array(&w);
        json_str(&w, str_of(url));
        json_close_array(&w);
    }
    json_close(&w);
    json_close(&w);
    return overlay(mem, built_in, json_parse(mem, buf_str(&w.out), NULL));
}

static const char *config_file(void)
{
    const char *path = getenv("IMMICH_CONFIG_FILE");
    return path && *path ? path : NULL;
}

static json *stored_in_file(request *rq)
{
    int fd = storage_read(&rq->ctx, str_of(config_file()));
    buf text = {.mem = rq->mem};
    char block[4096];
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0;) buf_add(&text, (str){block, (size_t)n});
    str error = {0};
    json *tree = json_parse(rq->mem, buf_str(&text), &error);
    if (!tree) fail_hint(rq, 500, "The file must be JSON.", "Unable to load configuration file: %s: %.*s", config_file(), PR(error));
    return tree;
}

static json *stored_in_database(request *rq)
{
    str text = db_str(rq->db, "select value from system_metadata where key = 'system-config'");
    return text.at ? json_parse(rq->mem, text, NULL) : NULL;
}

// scheme://host[:port], whatever else was typed behind it.
static str origin_of(arena *mem, str url)
{
    ptrdiff_t scheme = str_find(url, S("://"));
    if (scheme < 0) return url;
    size_t end = (size_t)scheme + 3;
    while (end < url.n && !strchr("/?#", url.at[end])) end++;
    return str_dup(mem, str_slice(url, 0, end));
}

static void normalise(request *rq, AdminConfigDto *c)
{
    if (c->server.externalDomain.n) c->server.externalDomain = origin_of(rq->mem, c->server.externalDomain);
    bool has = false;
    each (codec, c->ffmpeg.acceptedVideoCodecs) has |= *codec == c->ffmpeg.targetVideoCodec;
    if (!has) *push(rq->mem, c->ffmpeg.acceptedVideoCodecs) = c->ffmpeg.targetVideoCodec;
    has = false;
    each (codec, c->ffmpeg.acceptedAudioCodecs) has |= *codec == c->ffmpeg.targetAudioCodec;
    if (!has) *push(rq->mem, c->ffmpeg.acceptedAudioCodecs) = c->ffmpeg.targetAudioCodec;
}

static AdminConfigDto *config_from(request *rq, const json *tree)
{
    AdminConfigDto *config = new (rq->mem, AdminConfigDto);
    issues found = {0};
    if (!schema_read(rq->mem, &AdminConfigDto_schema, tree, FROM_JSON, config, &found)) {
        str lines = issues_lines(rq->mem, found);
        if (config_file()) fail(rq, 500, "Invalid system config: \n%.*s", PR(lines));
        log_error("Invalid system config: \n%.*s", PR(lines));
    }
    normalise(rq, config);
    return config;
}

static json *effective(request *rq)
{
    return overlay(rq->mem, defaults(rq->mem), config_file() ? stored_in_file(rq) : stored_in_database(rq));
}

const AdminConfigDto *config_get(request *rq)
{
    if (!rq->config) rq->config = config_from(rq, effective(rq));
    return rq->config;
}

bool config_in_file(void)
{
    return config_file() != NULL;
}

// ---- saving ----------------------------------------------------------------------------------------------------------------------

static bool same_text(str a, str b)
{
    return str_eq(a, b);
}

static str part_text(arena *mem, const schema *of, const void *part)
{
    json_writer w = json_writer_on(mem);
    schema_write(&w, of, part);
    return buf_str(&w.out);
}

static void check_against_old(request *rq, const AdminConfigDto *old, const AdminConfigDto *wanted)
{
    bool logging_same = same_text(part_text(rq->mem, &AdminConfigLoggingDto_schema, &old->logging),
                                  part_text(rq->mem, &AdminConfigLoggingDto_schema, &wanted->logging));
    if (getenv("IMMICH_LOG_LEVEL") && !logging_same)
        fail(rq, 400, "Logging cannot be changed while the environment variable IMMICH_LOG_LEVEL is set.");
}

static AdminConfigDto save(request *rq, const AdminConfigDto *wanted)
{
    if (config_file()) fail(rq, 400, "Cannot update configuration while IMMICH_CONFIG_FILE is in use");
    check_against_old(rq, config_get(rq), wanted);

    str whole = part_text(rq->mem, &AdminConfigDto_schema, wanted);
    json *sparse = overlay_difference(rq->mem, defaults(rq->mem), json_parse(rq->mem, whole, NULL), true);
    buf text = {.mem = rq->mem};
    json_text(&text, sparse);
    db_exec(rq->db,
            "insert into system_metadata (key, value) values ('system-config', $1) on conflict (key) do update set value = excluded.value",
            STR(buf_str(&text)));
    rq->config = NULL;
    announce(rq, "ConfigUpdate", S(""));
    emit(rq, (uuid){0}, "on_config_update", S(""));
    return *config_get(rq);
}

HANDLER(getAdminConfig)
{
    *out = *config_get(rq);
}

HANDLER(getAdminConfigDefaults)
{
    *out = *config_from(rq, defaults(mem));
}

HANDLER(updateAdminConfig)
{
    *out = save(rq, &in->body);
}

// The same three under their names of before 3.2.
HANDLER(getConfig)
{
    *out = *config_get(rq);
}

HANDLER(getConfigDefaults)
{
    *out = *config_from(rq, defaults(mem));
}

HANDLER(updateConfig)
{
    *out = save(rq, &in->body);
}

// ---- what users and visitors may see of it -----------------------------------------------------------------------------------------

// A view is the whole document read through a smaller schema, which drops all other keys.
static void view(request *rq, const json *tree, const schema *of, void *out)
{
    str normalised = part_text(rq->mem, &AdminConfigDto_schema, config_from(rq, tree));
    issues unused = {0};
    schema_read(rq->mem, of, json_parse(rq->mem, normalised, NULL), FROM_JSON, out, &unused);
}

HANDLER(getUserConfig)
{
    view(rq, effective(rq), &UserConfigDto_schema, out);
}

HANDLER(getUserConfigDefaults)
{
    view(rq, defaults(mem), &UserConfigDto_schema, out);
}

HANDLER(getPublicConfig)
{
    view(rq, effective(rq), &PublicConfigDto_schema, out);
}

HANDLER(getPublicConfigDefaults)
{
    view(rq, defaults(mem), &PublicConfigDto_schema, out);
}
