/* mime_fuzz: any bytes for a mail's values; what comes out has our headers and no others, and is
 * plain ASCII in short lines.
 *
 * Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { TEXTS = 4, HEADERS = 9, LINE_BYTES = 998 };

/* Cuts the bytes at the first NULs: from, to, subject, body. */
static char *cut(const uint8_t *bytes, size_t len, const char *texts[TEXTS])
{
    char *copy = calloc(1, len + TEXTS);
    if (!copy)
        abort();
    if (len)
        memcpy(copy, bytes, len);
    const char *at = copy;
    for (size_t i = 0; i < TEXTS; i++) {
        texts[i] = at;
        at += strlen(at) + (at + strlen(at) < copy + len + TEXTS - 1);
    }
    return copy;
}

static void check_mail(const struct buf *mail)
{
    const char *body = strstr(buf_text(mail), "\n\n");
    int headers = 0;
    size_t column = 0;
    if (!body)
        abort();
    for (const char *p = buf_text(mail); *p; p++) {
        if (column == 0 && p <= body && *p != ' ')
            headers++;
        column = *p == '\n' ? 0 : column + 1;
        if ((*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7F || column > LINE_BYTES)
            abort();
    }
    if (headers != HEADERS)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *texts[TEXTS];
    char *copy = cut(bytes, len, texts);
    struct mime_mail mail = {
        .from = texts[0],
        .to = texts[1],
        .subject = texts[2],
        .body = texts[3],
        .id = texts[2],
        .host = texts[3],
    };
    struct buf out = {0};
    struct err err = {0};
    if (mime_build(&mail, &out, &err))
        check_mail(&out);
    else if (err.kind != ERR_CONFIG)
        abort();
    buf_release(&out);
    free(copy);
    return 0;
}
