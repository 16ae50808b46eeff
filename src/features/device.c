// What device is this: names from the User-Agent.                                                            spec 01, section 9.1
#include "features/authenticate.h"

static bool has(str agent, const char *word)
{
    return str_find(agent, str_of(word)) >= 0;
}

// The whole User-Agent is the app's name and version.
static str app_version(str agent)
{
    static const char *const prefixes[] = {"immich-android/", "immich-ios/", "immich-unknown/",
                                           "Immich_Android_", "Immich_iOS_", "Immich_Unknown_"};
    for (size_t i = 0; i < countof(prefixes); i++) {
        str prefix = str_of(prefixes[i]);
        if (!str_starts(agent, prefix) || agent.n == prefix.n) continue;
        str version = str_slice(agent, prefix.n, agent.n);
        if (str_find(version, S(" ")) < 0) return version;
    }
    return (str){0};
}

// Order matters: nearly every browser also names the ones that it descends from.
static str browser(str agent)
{
    bool mobile = has(agent, "Mobile");
    if (has(agent, "HeadlessChrome/")) return S("Chrome Headless");
    if (has(agent, "Edg/") || has(agent, "EdgA/") || has(agent, "EdgiOS/")) return S("Edge");
    if (has(agent, "OPR/")) return S("Opera");
    if (has(agent, "SamsungBrowser/")) return S("Samsung Internet");
    if (has(agent, "FxiOS/")) return S("Mobile Firefox");
    if (has(agent, "Firefox/")) return mobile || has(agent, "Tablet") ? S("Mobile Firefox") : S("Firefox");
    if (has(agent, "CriOS/")) return S("Mobile Chrome");
    if (has(agent, "; wv)") && has(agent, "Chrome/")) return S("Chrome WebView");
    if (has(agent, "Chrome/")) return mobile ? S("Mobile Chrome") : S("Chrome");
    if (has(agent, "Safari/") && has(agent, "Version/")) return mobile ? S("Mobile Safari") : S("Safari");
    if (has(agent, "MSIE ") || has(agent, "Trident/")) return S("IE");
    return (str){0};
}

// What kind of device, for agents that are no browser.
static str device_class(str agent)
{
    if (has(agent, "iPad") || has(agent, "Tablet")) return S("tablet");
    if (has(agent, "iPhone") || has(agent, "iPod") || has(agent, "Mobile")) return S("mobile");
    return (str){0};
}

static str system_of(str agent)
{
    if (str_starts(agent, S("immich-android/"))) return S("android");
    if (str_starts(agent, S("Immich_Android_")) || has(agent, "Android")) return S("Android");
    if (has(agent, "iPhone") || has(agent, "iPad") || has(agent, "iPod")) return S("iOS");
    if (has(agent, "CrOS")) return S("Chrome OS");
    if (has(agent, "Windows")) return S("Windows");
    if (has(agent, "Macintosh")) return S("macOS");
    if (has(agent, "Ubuntu")) return S("Ubuntu");
    if (has(agent, "Linux")) return S("Linux");
    return (str){0};
}

device device_named(str agent, str header_model, str header_type)
{
    str type = browser(agent), os = system_of(agent);
    if (!type.n) type = device_class(agent);
    return (device){
        .type = type.n ? type : header_model,
        .os = os.n ? os : header_type,
        .app_version = app_version(agent),
    };
}

static str header(exchange *x, arena *mem, const char *name)
{
    str value = utf8_clean(mem, http_header(x, name));
    return value.at ? value : S("");
}

str app_version_of(exchange *x, arena *mem)
{
    return app_version(header(x, mem, "user-agent"));
}

device device_of(exchange *x, arena *mem)
{
    return device_named(header(x, mem, "user-agent"), header(x, mem, "devicemodel"), header(x, mem, "devicetype"));
}
