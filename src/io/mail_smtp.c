#include "io/mail_smtp.h"

#include <stdio.h>
#include <string.h>

#include "core/mime_address.h"
#include "io/curl.h"

/* How far the message has been handed over. */
struct upload {
    const struct buf *message;
    size_t at;
};

/* How it went. */
struct transfer {
    CURLcode code;
    long answer; /* the server's last */
    char words[CURL_ERROR_SIZE];
};

static size_t read_message(char *bytes, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    size_t room = size * count;
    size_t left = upload->message->len - upload->at;
    size_t len = left < room ? left : room;
    memcpy(bytes, upload->message->data + upload->at, len);
    upload->at += len;
    return len;
}

/* smtp://host:port/ehlo; libcurl takes the path for the name we greet with. */
static bool make_url(const struct mail_way *way, struct buf *url, struct err *err)
{
    bool is_v6 = strchr(way->host, ':') != NULL;
    const char *names[] = {way->host, way->ehlo};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strpbrk(names[i], "/?#@% \t") || !*names[i])
            return err_set(err, ERR_CONFIG, "'%s' is no name of a mail server", names[i]);
    buf_addf(url, "%s://%s%s%s:%d/%s", way->security == MAIL_TLS ? "smtps" : "smtp",
             is_v6 ? "[" : "", way->host, is_v6 ? "]" : "", way->port, way->ehlo);
    return !url->failed || err_set_nomem(err);
}

static void set_security(const struct curl_api *curl, CURL *handle, const struct mail_way *way)
{
    long verifies = way->verifies ? 1L : 0L;
    if (way->security == MAIL_STARTTLS)
        curl->easy_setopt(handle, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, verifies);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2 * verifies);
    if (way->ca_file)
        curl->easy_setopt(handle, CURLOPT_CAINFO, way->ca_file);
    if (way->login) {
        curl->easy_setopt(handle, CURLOPT_USERNAME, way->login);
        curl->easy_setopt(handle, CURLOPT_PASSWORD, way->password ? way->password : "");
    }
}

/* False out of memory; what is no address is left out, for core/mime has refused it. */
static bool list_recipients(const struct curl_api *curl, const char *list, struct curl_slist **to)
{
    char address[MIME_ADDRESS_MAX + 1];
    char bracketed[MIME_ADDRESS_MAX + 3];
    struct buf one = {0};
    bool done = true;
    while (done && mime_address_next(&list, &one)) {
        if (!mime_address(buf_text(&one), address))
            continue;
        snprintf(bracketed, sizeof bracketed, "<%s>", address);
        struct curl_slist *longer = curl->slist_append(*to, bracketed);
        *to = longer ? longer : *to;
        done = longer != NULL;
    }
    done &= !one.failed;
    buf_release(&one);
    return done;
}

static CURLcode perform(const struct curl_api *curl, CURL *handle, const struct mail_smtp *mail,
                        char *words)
{
    struct upload upload = {.message = mail->message};
    struct curl_slist *to = NULL;
    char from[MIME_ADDRESS_MAX + 3];
    snprintf(from, sizeof from, "<%s>", mail->from);
    if (!list_recipients(curl, mail->to, &to)) {
        curl->slist_free_all(to);
        return CURLE_OUT_OF_MEMORY;
    }
    curl_limit(curl, handle, mail->timeout_ms, words);
    curl->easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl->easy_setopt(handle, CURLOPT_MAIL_FROM, from);
    curl->easy_setopt(handle, CURLOPT_MAIL_RCPT, to);
    curl->easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl->easy_setopt(handle, CURLOPT_CRLF, 1L);
    curl->easy_setopt(handle, CURLOPT_READFUNCTION, read_message);
    curl->easy_setopt(handle, CURLOPT_READDATA, &upload);
    set_security(curl, handle, mail->way);
    CURLcode code = curl->easy_perform(handle);
    curl->slist_free_all(to);
    return code;
}

static bool explain(const struct curl_api *curl, const struct mail_way *way,
                    const struct transfer *transfer, struct err *err)
{
    curl_explain(curl, transfer->code, transfer->words, err);
    if (transfer->answer >= 400)
        return err_wrap(err, "mail server %s:%d (its answer: %ld)", way->host, way->port,
                        transfer->answer);
    return err_wrap(err, "mail server %s:%d", way->host, way->port);
}

static bool transfer_to(const struct curl_api *curl, const char *url, const struct mail_smtp *mail,
                        struct err *err)
{
    struct transfer transfer = {0};
    CURL *handle = curl->easy_init();
    if (!handle)
        return err_set_nomem(err);
    curl->easy_setopt(handle, CURLOPT_URL, url);
    transfer.code = perform(curl, handle, mail, transfer.words);
    curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &transfer.answer);
    curl->easy_cleanup(handle);
    return transfer.code == CURLE_OK || explain(curl, mail->way, &transfer, err);
}

bool mail_smtp_send(const struct mail_smtp *mail, struct err *err)
{
    struct buf url = {0};
    const struct curl_api *curl = curl_load(err);
    bool done = curl && make_url(mail->way, &url, err) &&
                transfer_to(curl, buf_text(&url), mail, err);
    buf_release(&url);
    return done;
}
