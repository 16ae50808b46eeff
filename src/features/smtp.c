// Talking to the mail server, with libcurl.
#include "features/smtp.h"
#include <curl/curl.h>

static char *address_of(CURLU *url, arena *mem, const AdminConfigSmtpTransportDto *t)
{
    char port[16];
    snprintf(port, sizeof port, "%d", (int)t->port);
    char *text = NULL;
    // TLS from the first byte, or after STARTTLS where the server offers it.
    bool fine = curl_url_set(url, CURLUPART_SCHEME, t->secure ? "smtps" : "smtp", 0) == CURLUE_OK &&
                curl_url_set(url, CURLUPART_HOST, cstr(mem, t->host), 0) == CURLUE_OK &&
                curl_url_set(url, CURLUPART_PORT, port, 0) == CURLUE_OK && curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK;
    return fine ? text : NULL;
}

bool smtp_works(arena *mem, const AdminConfigSmtpTransportDto *t)
{
    CURL *curl = curl_easy_init();
    CURLU *url = curl_url();
    if (!curl || !url) log_die("out of memory");
    char *address = address_of(url, mem, t), why[CURL_ERROR_SIZE] = "the host name is not one";
    CURLcode result = CURLE_URL_MALFORMAT;
    if (address) {
        curl_easy_setopt(curl, CURLOPT_URL, address);
        curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
        if (t->ignoreCert) {
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        }
        if (t->username.n) {
            curl_easy_setopt(curl, CURLOPT_USERNAME, cstr(mem, t->username));
            curl_easy_setopt(curl, CURLOPT_PASSWORD, t->password.at ? cstr(mem, t->password) : "");
        }
        result = curl_easy_perform(curl);
        if (result != CURLE_OK && !*why) snprintf(why, sizeof why, "%s", curl_easy_strerror(result));
    }
    if (result != CURLE_OK) log_warn("The mail server %.*s:%d cannot be used: %s", PR(t->host), (int)t->port, why);
    curl_free(address);
    curl_url_cleanup(url);
    curl_easy_cleanup(curl);
    return result == CURLE_OK;
}
