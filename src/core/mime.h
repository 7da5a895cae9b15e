/* mime.h: a mail as it travels: headers and a text, from values that may be hostile.
 *
 *     struct mime_mail mail = {.from = "kivitendo <root@localhost>", .to = "a@b.example", …};
 *     mime_build(&mail, &out, err)
 *
 * Shape: RFC 5322 with LF line ends (a transport makes CRLF of them); Content-Type text/plain,
 * UTF-8, quoted-printable, no line over 76 bytes; headers that are not plain ASCII as encoded words
 * (RFC 2047), folded.  Auto-Submitted says that no human wrote it, so no human's absence answers.
 *
 * Whatever stands in a value, it stays in its header: newlines and control characters become
 * blanks.  What is no UTF-8 becomes U+FFFD.  Of an address with a name, "name <address>", only the
 * name is encoded; the address must be one (core/mime_address).
 *
 * Errors: ERR_CONFIG for what is no address, ERR_INTERNAL out of memory.
 * Source: RFC 5322, 2045, 2047, 3834.
 */
#ifndef CORE_MIME_H
#define CORE_MIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/mime_address.h"

/* Borrowed. */
struct mime_mail {
    const char *from; /* "name <address>" or "address" */
    const char *to;   /* the same, or several, separated by commas */
    const char *subject;
    const char *body;
    const char *id; /* unique, without <> and @: "20261124.1234.acme"; host is added */
    const char *host;
    int64_t date_s; /* since the epoch; shown in UTC */
};

bool mime_build(const struct mime_mail *mail, struct buf *out, struct err *err) MUST_USE;

#endif
