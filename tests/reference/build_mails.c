/* Builds a mail of each four texts of standard input (from, to, subject, body; each ended by a
 * NUL), for mime-reference.  The answer to each: the mail, or "!" and why there is none; a NUL.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/mime.h"

static void answer(char *const texts[4])
{
    struct mime_mail mail = {
        .from = texts[0],
        .to = texts[1],
        .subject = texts[2],
        .body = texts[3],
        .id = "1.2.3",
        .host = "localhost",
        .date_s = 1795428000,
    };
    struct buf out = {0};
    struct err err = {0};
    bool done = mime_build(&mail, &out, &err);
    printf("%s%s%c", done ? "" : "!", done ? buf_text(&out) : err.text, '\0');
    buf_release(&out);
}

int main(void)
{
    char *texts[4] = {0};
    size_t sizes[4] = {0};
    for (size_t i = 0; getdelim(&texts[i % 4], &sizes[i % 4], '\0', stdin) > 0; i++)
        if (i % 4 == 3)
            answer(texts);
    for (size_t i = 0; i < 4; i++)
        free(texts[i]);
    return 0;
}
