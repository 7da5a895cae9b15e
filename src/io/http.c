#include "io/http.h"

#include "io/curl.h"

static size_t ignore(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * count;
}

bool http_get(const char *url, int64_t timeout_ms, struct err *err)
{
    char words[CURL_ERROR_SIZE] = "";
    const struct curl_api *curl = curl_load(err);
    CURL *handle = curl ? curl->easy_init() : NULL;
    if (!handle)
        return curl ? err_set_nomem(err) : false;
    curl_limit(curl, handle, timeout_ms, words);
    curl->easy_setopt(handle, CURLOPT_URL, url);
    curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
    curl->easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    curl->easy_setopt(handle, CURLOPT_USERAGENT, "task-server");
    CURLcode code = curl->easy_perform(handle);
    long answer = 0;
    curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer);
    curl->easy_cleanup(handle);
    if (code != CURLE_OK)
        return curl_explain(curl, code, words, err);
    return answer < 300 || err_set(err, ERR_AWAY, "the answer was %ld, a redirection", answer);
}
