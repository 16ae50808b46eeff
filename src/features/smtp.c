// Talking to the mail server, with libcurl.
//
// libcurl brings some thirty libraries along, more memory than the rest of a process. It is loaded when mail is first set up or sent.
#include "features/smtp.h"
#define CURL_DISABLE_TYPECHECK // its macros take the place of the names
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>

#define EACH_FUNCTION(F)                                                                                                                   \
    F(curl_easy_init)                                                                                                                      \
    F(curl_easy_setopt)                                                                                                                    \
    F(curl_easy_perform)                                                                                                                   \
    F(curl_easy_strerror)                                                                                                                  \
    F(curl_easy_cleanup)                                                                                                                   \
    F(curl_url)                                                                                                                            \
    F(curl_url_set)                                                                                                                        \
    F(curl_url_cleanup)

static struct {
#define POINTER(name) typeof(&name) name;
    EACH_FUNCTION(POINTER)
#undef POINTER
    bool complete;
} lib;

static void load(void)
{
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    lib.complete = handle != NULL;
#define FIND(name) lib.complete = lib.complete && (lib.name = (typeof(lib.name))dlsym(handle, #name));
    EACH_FUNCTION(FIND)
#undef FIND
    if (!lib.complete) log_error("Mail needs libcurl, which cannot be loaded: %s", dlerror());
}

// TLS from the first byte, or after STARTTLS where the server offers it.
static bool set_address(CURLU *url, arena *mem, const AdminConfigSmtpTransportDto *t)
{
    char port[16];
    snprintf(port, sizeof port, "%d", (int)t->port);
    return lib.curl_url_set(url, CURLUPART_SCHEME, t->secure ? "smtps" : "smtp", 0) == CURLUE_OK &&
           lib.curl_url_set(url, CURLUPART_HOST, cstr(mem, t->host), 0) == CURLUE_OK &&
           lib.curl_url_set(url, CURLUPART_PORT, port, 0) == CURLUE_OK;
}

bool smtp_works(arena *mem, const AdminConfigSmtpTransportDto *t)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!lib.complete) return false;

    CURL *curl = lib.curl_easy_init();
    CURLU *url = lib.curl_url();
    if (!curl || !url) log_die("out of memory");
    char why[CURL_ERROR_SIZE] = "this is no host name";
    CURLcode result = CURLE_URL_MALFORMAT;
    if (set_address(url, mem, t)) {
        lib.curl_easy_setopt(curl, CURLOPT_CURLU, url);
        lib.curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
        lib.curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
        lib.curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        lib.curl_easy_setopt(curl, CURLOPT_PROXY, "");
        lib.curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L);
        lib.curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
        if (t->ignoreCert) {
            lib.curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
            lib.curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        }
        if (t->username.n) {
            lib.curl_easy_setopt(curl, CURLOPT_USERNAME, cstr(mem, t->username));
            lib.curl_easy_setopt(curl, CURLOPT_PASSWORD, t->password.at ? cstr(mem, t->password) : "");
        }
        result = lib.curl_easy_perform(curl);
        if (result != CURLE_OK && !*why) snprintf(why, sizeof why, "%s", lib.curl_easy_strerror(result));
    }
    if (result != CURLE_OK) log_warn("The mail server %.*s:%d cannot be used: %s", PR(t->host), (int)t->port, why);
    lib.curl_easy_cleanup(curl);
    lib.curl_url_cleanup(url);
    return result == CURLE_OK;
}
