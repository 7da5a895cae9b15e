/* words.h: splits a command line into words, with quotes and without a shell.
 *
 *     struct words words = {0};
 *     if (!words_split(&words, "/usr/bin/backup --to '/srv/a b'", err)) …
 *     execv(words.items[0], words.items)      items ends with a NULL
 *     words_release(&words);
 *
 * Blanks (space, tab, newline) part words.  Between '…' everything is itself.  Between "…" a
 * backslash makes the following " or \ itself and stays a backslash before anything else.  Outside
 * of quotes a backslash makes the next character itself, whatever it is.  "" is an empty word.
 * Nothing is expanded: $HOME, *, ~, | and > are letters like others; `looks_like_shell` tells that
 * one of them stood unquoted, which is hardly ever meant.
 *
 * Units: at most WORDS_MAX words from at most WORDS_LINE_MAX bytes.
 * Ownership: the struct owns its words.  {0} is a list without words and may be released.
 * Errors: ERR_CONFIG: what is not closed, a backslash at the end, too many, too long; ERR_INTERNAL.
 * Source: POSIX.1-2017, Shell Command Language 2.2 "Quoting", less its $ and `.
 */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

enum {
    WORDS_MAX = 256,
    WORDS_LINE_MAX = 8192,
};

struct words {
    char **items; /* owned, NULL-terminated; NULL where there are no words */
    size_t count;
    bool looks_like_shell; /* a character that only a shell understands stood outside of quotes */
};

/* Fills an empty struct; a failure leaves it empty. */
bool words_split(struct words *words, const char *line, struct err *err) MUST_USE;

void words_release(struct words *words);

#endif
