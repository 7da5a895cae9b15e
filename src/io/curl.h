/* curl.h: libcurl, loaded when it is first needed.
 *
 *     const struct curl_api *curl = curl_load(err);
 *     if (!curl) …
 *
 * Linking it would cost every run several milliseconds, and hardly any run sends something.
 * Ownership: loaded once per process and never unloaded.
 * Errors: ERR_SYSTEM where the library is not installed.
 * Source: dlopen(3); libcurl's easy interface.
 * Not here: what is sent (io/mail_smtp, io/http).
 */
#ifndef IO_CURL_H
#define IO_CURL_H

#include <curl/curl.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct curl_api {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *handle);
    CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
    const char *(*easy_strerror)(CURLcode code);
    void (*easy_cleanup)(CURL *handle);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};

/* NULL: it cannot be loaded. */
const struct curl_api *curl_load(struct err *err) MUST_USE;

/* What every transfer gets: no signals, a deadline, where its own words for an error go. */
void curl_limit(const struct curl_api *curl, CURL *handle, int64_t timeout_ms, char *words);

/* Those words, or the code's; returns false, of kind ERR_AWAY. */
bool curl_explain(const struct curl_api *curl, CURLcode code, const char *words, struct err *err);

#endif
