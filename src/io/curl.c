#include "io/curl.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    {"curl_global_init", offsetof(struct curl_api, global_init)},
    {"curl_easy_init", offsetof(struct curl_api, easy_init)},
    {"curl_easy_setopt", offsetof(struct curl_api, easy_setopt)},
    {"curl_easy_perform", offsetof(struct curl_api, easy_perform)},
    {"curl_easy_getinfo", offsetof(struct curl_api, easy_getinfo)},
    {"curl_easy_strerror", offsetof(struct curl_api, easy_strerror)},
    {"curl_easy_cleanup", offsetof(struct curl_api, easy_cleanup)},
    {"curl_slist_append", offsetof(struct curl_api, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl_api, slist_free_all)},
};

/* POSIX lets a function's address come as an object's; C wants it copied. */
static bool find_symbols(void *library, struct curl_api *api)
{
    for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
        void *found = dlsym(library, symbols[i].name);
        if (!found)
            return false;
        memcpy((char *)api + symbols[i].offset, &found, sizeof found);
    }
    return true;
}

const struct curl_api *curl_load(struct err *err)
{
    static struct curl_api api;
    static bool is_loaded;
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *library = NULL;
    if (is_loaded)
        return &api;
    for (size_t i = 0; i < ARRAY_LEN(names) && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        err_set(err, ERR_SYSTEM, "libcurl cannot be loaded; install the package libcurl4");
        return NULL;
    }
    if (!find_symbols(library, &api) || api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, ERR_SYSTEM, "libcurl cannot be used: it lacks what we need");
        return NULL;
    }
    is_loaded = true;
    return &api;
}

void curl_limit(const struct curl_api *curl, CURL *handle, int64_t timeout_ms, char *words)
{
    curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
    curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, words);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Else cleaning up waits for a name server that does not answer, whatever the deadline. */
    curl->easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
}

bool curl_explain(const struct curl_api *curl, CURLcode code, const char *words, struct err *err)
{
    return err_set(err, ERR_AWAY, "%s", *words ? words : curl->easy_strerror(code));
}
