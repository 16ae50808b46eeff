// Names of devices.                                                                                           spec 01, section 9.1
#include "features/authenticate.h"
#include "test.h"

#define WEBKIT "AppleWebKit/537.36 (KHTML, like Gecko) "

TEST("browsers and systems are told from the User-Agent")
{
    static const struct {
        const char *agent, *type, *os;
    } known[] = {
        {"Mozilla/5.0 (X11; Linux x86_64) " WEBKIT "Chrome/130.0.0.0 Safari/537.36", "Chrome", "Linux"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " WEBKIT "Chrome/130.0.0.0 Safari/537.36", "Chrome", "Windows"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " WEBKIT "Chrome/130.0.0.0 Safari/537.36", "Chrome", "macOS"},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " WEBKIT "Chrome/130.0.0.0 Safari/537.36", "Chrome", "Chrome OS"},
        {"Mozilla/5.0 (Linux; Android 10; K) " WEBKIT "Chrome/130.0.0.0 Mobile Safari/537.36", "Mobile Chrome", "Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) " WEBKIT "CriOS/130.0 Mobile/15E148 Safari/604.1", "Mobile Chrome", "iOS"},
        {"Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) " WEBKIT "Version/4.0 Chrome/130.0 Mobile Safari/537.36", "Chrome WebView",
         "Android"},
        {"Mozilla/5.0 (X11; Linux x86_64) " WEBKIT "HeadlessChrome/130.0.0.0 Safari/537.36", "Chrome Headless", "Linux"},
        {"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox", "Ubuntu"},
        {"Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Mobile Firefox", "Android"},
        {"Mozilla/5.0 (Android 14; Tablet; rv:130.0) Gecko/130.0 Firefox/130.0", "Mobile Firefox", "Android"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " WEBKIT "Version/17.5 Safari/605.1.15", "Safari", "macOS"},
        {"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) " WEBKIT "Version/16.6 Mobile/15E148 Safari/604.1", "Mobile Safari", "iOS"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " WEBKIT "Chrome/130.0 Safari/537.36 Edg/130.0", "Edge", "Windows"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " WEBKIT "Chrome/130.0 Safari/537.36 OPR/115.0", "Opera", "Windows"},
        {"Mozilla/5.0 (Linux; Android 14; SM-S911B) " WEBKIT "SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36", "Samsung Internet",
         "Android"},
        {"Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", "IE", "Windows"},
        {"immich-android/3.2.2", "Pixel 8", "android"},
        {"Immich_Android_1.94.1", "Pixel 8", "Android"},
        {"immich-ios/3.2.2", "Pixel 8", "14"},
        {"immich-cli/3.2.2", "Pixel 8", "14"},
        {"curl/8.0", "Pixel 8", "14"},
        {"okhttp/4.12.0", "Pixel 8", "14"},
        {"Dart/3.5 (dart:io)", "Pixel 8", "14"},
        {"axios/1.7", "Pixel 8", "14"},
        {"", "Pixel 8", "14"},
        {"SomeApp/1.0 (iPad; iOS 17)", "tablet", "iOS"},
    };
    for (size_t i = 0; i < countof(known); i++) {
        device d = device_named(str_of(known[i].agent), S("Pixel 8"), S("14"));
        check_str(d.type, str_of(known[i].type));
        check_str(d.os, str_of(known[i].os));
    }
}

TEST("the apps say their version")
{
    static const struct {
        const char *agent, *version;
    } known[] = {
        {"immich-android/3.2.2", "3.2.2"}, {"immich-ios/3.2.2+201", "3.2.2+201"},
        {"immich-unknown/1", "1"},         {"Immich_Android_1.94.1", "1.94.1"},
        {"Immich_iOS_1.94.1", "1.94.1"},   {"Immich_Unknown_1.94", "1.94"},
        {"immich_android_1.94.1", NULL},   {"IMMICH-android/3.2.2", NULL},
        {"immich-android/", NULL},         {"my immich-android/3.2.2", NULL},
        {"immich-cli/3.2.2", NULL},        {"", NULL},
    };
    for (size_t i = 0; i < countof(known); i++) {
        str version = device_named(str_of(known[i].agent), S(""), S("")).app_version;
        check(!version.at == !known[i].version);
        check_str(version, known[i].version ? str_of(known[i].version) : S(""));
    }
}
