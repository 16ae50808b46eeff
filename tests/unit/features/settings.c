// The configuration and the preferences: what is stored, and what is made of it.                      spec 05, 2.1; spec 01, 12.4
#include "features/preferences.h"
#include "features_test.h"

static void store(db *d, const char *text)
{
    db_exec(d,
            "insert into system_metadata (key, value) values ('system-config', $1) on conflict (key) do update set value = excluded.value",
            STR(str_of(text)));
}

BOTH("what is stored lies over the defaults")
{
    store(d, "{\"trash\":{\"days\":7},\"unknown\":{\"x\":1}}");
    const AdminConfigDto *config = config_get(test_request(c, pool, d));
    check_int(config->trash.days, 7);
    check(config->trash.enabled);
    check_int(config->user.deleteDelay, 7);
}

BOTH("what is stored badly counts as not set")
{
    store(d, "{\"trash\":{\"days\":\"many\",\"enabled\":false},\"ffmpeg\":{\"acceptedVideoCodecs\":[\"h264\",\"tape\"]},"
             "\"library\":{\"scan\":{\"cronExpression\":\"never\"}},\"image\":7}");
    log_set_level(LOG_FATAL);
    const AdminConfigDto *config = config_get(test_request(c, pool, d));
    log_set_level(LOG_WARN);
    check_int(config->trash.days, 30);
    check(!config->trash.enabled);
    check_int((int64_t)config->ffmpeg.acceptedVideoCodecs.n, 1);
    check_str(config->library.scan.cronExpression, S("0 0 * * *"));
    check_int(config->user.deleteDelay, 7);
}

BOTH("the external domain is an origin, and target codecs are accepted")
{
    static const struct {
        const char *given, *kept;
    } domains[] = {
        {"https://photos.example.com/some/path?x=1#y", "https://photos.example.com"},
        {"http://photos.example.com:8080/", "http://photos.example.com:8080"},
        {"https://ada:pw@example.com/x", "https://ada:pw@example.com"},
        {"https://ada@example.com/x", "https://example.com"},
        {"", ""},
    };
    for (size_t i = 0; i < countof(domains); i++) {
        store(d, str_fmt(mem, "{\"server\":{\"externalDomain\":\"%s\"},\"ffmpeg\":{\"targetVideoCodec\":\"av1\"}}", domains[i].given).at);
        const AdminConfigDto *config = config_get(test_request(c, pool, d));
        check_str(config->server.externalDomain, str_of(domains[i].kept));
        check_int((int64_t)config->ffmpeg.acceptedVideoCodecs.n, 2);
        check(config->ffmpeg.acceptedVideoCodecs.at[1] == VIDEO_CODEC_AV1);
    }
}

BOTH("preferences are stored sparsely")
{
    uuid ada = new_user(d);
    request *rq = request_of(c, pool, d, ada);
    check(preferences_of(rq, ada).memories.enabled);
    MemoriesUpdate memories = {.duration = OPT_IS(opt_int, 9), .enabled = OPT_IS(opt_bool, true)};
    UserPreferencesResponseDto after = preferences_update(rq, ada, &(UserPreferencesUpdateDto){.memories = &memories});
    check_int(after.memories.duration, 9);
    str stored = db_str(d, "select value from user_metadata where \"userId\" = $1 and key = 'preferences'", UUID(ada));
    check_str(str_replace(mem, stored, S(" "), S("")), S("{\"memories\":{\"duration\":9}}"));
    check_int(preferences_of(rq, ada).memories.duration, 9);

    memories = (MemoriesUpdate){.duration = OPT_IS(opt_int, 5)};
    preferences_update(rq, ada, &(UserPreferencesUpdateDto){.memories = &memories});
    check_str(db_str(d, "select value from user_metadata where \"userId\" = $1 and key = 'preferences'", UUID(ada)), S("{}"));
}
