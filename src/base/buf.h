/* buf.h: a text that grows, always NUL-terminated.
 *
 *     struct buf text = {0};
 *     buf_addf(&text, "%d jobs", n);
 *     if (text.failed) …                 one check after any number of additions
 *     use(buf_text(&text));
 *     buf_release(&text);
 *
 * Ownership: the buffer owns its bytes; buf_text lends them until the next addition.
 * Errors: out of memory, or growth beyond BUF_MAX bytes, sets `failed`; later additions do nothing.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { BUF_MAX = 64 * 1024 * 1024 };

struct buf {
    char *data; /* owned; NULL while empty */
    size_t len; /* bytes without the NUL */
    size_t cap;
    bool failed;
};

void buf_add(struct buf *buf, const char *bytes, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_addf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Appends bytes as valid UTF-8 without NUL: what is neither becomes U+FFFD, one per bad byte. */
void buf_add_utf8(struct buf *buf, const char *bytes, size_t len);

/* The text, "" for an empty buffer, never NULL. */
const char *buf_text(const struct buf *buf);

/* Empties it, keeps the memory. */
void buf_clear(struct buf *buf);

/* Frees everything and leaves {0}.  Takes NULL. */
void buf_release(struct buf *buf);

/* Length in bytes (1 to 4) of the valid UTF-8 sequence at bytes, or 0 where there is none.
 * Overlong forms, surrogates and values above U+10FFFF are not valid (RFC 3629). */
size_t utf8_sequence(const char *bytes, size_t len) MUST_USE;

/* Takes away a last character that was cut, as by snprintf or "%.100s". */
void utf8_trim(char *text);

#endif
