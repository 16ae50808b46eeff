// The system configuration: defaults, overlaid by a file or by what administrators saved.        spec 05, section 2; spec 12, section 6
#include "features/config.h"
#include "embedded_defaults.h"
#include "features/app.h"
#include "features/config_yaml.h"
#include "features/onboarding.h"
#include "features/overlay.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

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
    buf text = {.mem = rq->mem};
    FILE *file = fopen(config_file(), "re");
    if (!file) fail(rq, 500, "Unable to load configuration file: %s: %s", config_file(), strerror(errno));
    char block[4096];
    size_t n;
    do {
        n = fread(block, 1, sizeof block, file);
        buf_add(&text, (str){block, n});
    } while (n == sizeof block);
    int trouble = ferror(file) ? errno : 0;
    fclose(file);
    if (trouble) fail(rq, 500, "Unable to load configuration file: %s: %s", config_file(), strerror(trouble));
    str error = {0};
    json *tree = yaml_parse(rq->mem, buf_str(&text), &error);
    if (!tree || tree->type != JSON_OBJECT)
        fail(rq, 500, "Unable to load configuration file: %s: %.*s", config_file(), PR(tree ? S("no object") : error));
    return tree;
}

static json *stored_in_database(request *rq)
{
    str text = db_str(rq->db, "select value from system_metadata where key = 'system-config'");
    json *tree = text.at ? json_parse(rq->mem, text, NULL) : NULL;
    return tree && tree->type == JSON_OBJECT ? tree : NULL;
}

// scheme://host[:port] of a URL; with a user only where there is a password too.
static str origin_of(arena *mem, str url)
{
    ptrdiff_t scheme = str_find(url, S("://"));
    if (scheme < 0) return url;
    size_t start = (size_t)scheme + 3, end = start;
    while (end < url.n && !strchr("/?#", url.at[end])) end++;
    ptrdiff_t at = str_rfind_char(str_slice(url, 0, end), '@');
    bool with_password = at >= 0 && str_find(str_slice(url, start, (size_t)at), S(":")) >= 0;
    size_t host = at >= 0 && !with_password ? (size_t)at + 1 : start;
    return str_cat(mem, str_slice(url, 0, start), str_slice(url, host, end));
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

// A tree that has the default where path (a JSON array) leads. NULL when that is no single setting.
static const json *default_at(arena *mem, const json *tree, str path)
{
    json_writer w = json_writer_on(mem);
    int depth = 0;
    for (const json *step = json_parse(mem, path, NULL)->first; step && step->type == JSON_STRING && tree; step = step->next) {
        tree = json_get(tree, step->text.at);
        json_open(&w);
        json_key(&w, step->text);
        depth++;
    }
    if (!tree || tree->type == JSON_OBJECT) return NULL;
    json_value(&w, tree);
    while (depth--) json_close(&w);
    return json_parse(mem, buf_str(&w.out), NULL);
}

// The configuration is read often; each complaint is made once.
static void complain(str lines)
{
    static atomic_uint_least64_t last;
    sha1 sum = sha1_of(str_bytes(lines));
    uint64_t now;
    memcpy(&now, sum.b, sizeof now);
    if (atomic_exchange(&last, now) != now) log_error("Invalid system config, the defaults hold: \n%.*s", PR(lines));
}

// A bad file stops everything, so that it gets corrected. What is bad in the database counts as not set: the server must come up to be corrected.
static AdminConfigDto *config_from(request *rq, const json *tree)
{
    AdminConfigDto *config = new (rq->mem, AdminConfigDto);
    issues found = {0}, unused = {0};
    if (!schema_read(rq->mem, &AdminConfigDto_schema, tree, FROM_JSON, config, &found)) {
        str lines = issues_lines(rq->mem, found);
        if (config_file()) fail(rq, 500, "Invalid system config: \n%.*s", PR(lines));
        complain(lines);
        const json *basis = defaults(rq->mem);
        each (issue, found) {
            const json *patch = default_at(rq->mem, basis, issue->path);
            if (patch) tree = overlay(rq->mem, tree, patch);
        }
        memset(config, 0, sizeof *config);
        schema_read(rq->mem, &AdminConfigDto_schema, tree, FROM_JSON, config, &unused);
    }
    normalise(rq, config);
    return config;
}

static const json *stored(request *rq)
{
    return config_file() ? stored_in_file(rq) : stored_in_database(rq);
}

static json *effective(request *rq)
{
    return overlay(rq->mem, defaults(rq->mem), stored(rq));
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

// ---- the log ---------------------------------------------------------------------------------------------------------------------

static const char silence[] = "off";

static str log_level_of(const AdminConfigLoggingDto *logging)
{
    return logging->enabled ? LogLevel_text(logging->level) : str_of(silence);
}

// The environment has the last word.
static void set_log_level(str text)
{
    log_level level = LOG_OFF;
    if (getenv("IMMICH_LOG_LEVEL") || (!str_is(text, silence) && !log_level_parse(text, &level))) return;
    log_set_level(level);
}

static void hear_change(void *app, str topic, str payload)
{
    (void)app, (void)topic;
    set_log_level(payload);
}

static void warn_of_unknown_keys(request *rq)
{
    const json *given = stored(rq);
    json *unknown = given ? overlay_unknown(rq->mem, defaults(rq->mem), given) : NULL;
    if (!unknown || !unknown->count) return;
    buf text = {.mem = rq->mem};
    json_text(&text, unknown);
    log_warn("Unknown keys found: %.*s", PR(buf_str(&text)));
}

static void prepare(request *rq, void *unused)
{
    (void)unused;
    set_log_level(log_level_of(&config_get(rq)->logging));
}

void config_prepare(ctx *c, app *app)
{
    str error = {0};
    if (!app_work(app, c->mem, prepare, NULL, &error)) {
        if (config_in_file()) fail_hint(c, 500, "Correct the file that IMMICH_CONFIG_FILE names.", "%.*s", PR(error));
        log_warn("cannot read the configuration yet: %.*s", PR(error));
    }
    if (app->bus) bus_on(app->bus, "ConfigUpdate", hear_change, app);
}

static void start(request *rq, void *unused)
{
    (void)unused;
    warn_of_unknown_keys(rq);
    if (config_in_file() && !onboarding_of_server(rq)) onboarding_set_server(rq, true);
}

void config_start(app *app)
{
    arena *mem = arena_new();
    str error = {0};
    if (!app_work(app, mem, start, NULL, &error)) log_warn("cannot look through the configuration: %.*s", PR(error));
    arena_free(mem);
}

// ---- saving ----------------------------------------------------------------------------------------------------------------------

static str part_text(arena *mem, const schema *of, const void *part)
{
    json_writer w = json_writer_on(mem);
    schema_write(&w, of, part);
    return buf_str(&w.out);
}

static AdminConfigDto save(request *rq, const AdminConfigDto *wanted)
{
    if (config_file()) fail(rq, 400, "Cannot update configuration while IMMICH_CONFIG_FILE is in use");
    const AdminConfigDto *old = config_get(rq);
    config_check(rq, old, wanted);

    str whole = part_text(rq->mem, &AdminConfigDto_schema, wanted);
    json *sparse = overlay_difference(rq->mem, defaults(rq->mem), json_parse(rq->mem, whole, NULL), true);
    buf text = {.mem = rq->mem};
    json_text(&text, sparse);
    db_exec(rq->db,
            "insert into system_metadata (key, value) values ('system-config', $1) on conflict (key) do update set value = excluded.value",
            STR(buf_str(&text)));
    rq->config = NULL;
    announce(rq, "ConfigUpdate", log_level_of(&wanted->logging));
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
