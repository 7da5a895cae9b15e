/* mime_address.h: addresses as people write them: "name <address>, address".
 *
 *     const char *list = "Anna <a@b.example>, c@d.example";
 *     struct buf one = {0};
 *     while (mime_address_next(&list, &one))
 *         if (mime_address(buf_text(&one), address)) …
 *
 * A list is separated by commas or semicolons, outside of quotes and of < >.
 *
 * What is no address is refused rather than mended: a mail to the letters that would be left goes
 * to somebody else.  So an address is visible ASCII around one @, at most MIME_ADDRESS_MAX bytes,
 * and does not begin with "-", which a program could take for an option.
 *
 * Source: RFC 5322, 3.4; not here are comments, groups, and quoted local parts.
 */
#ifndef CORE_MIME_ADDRESS_H
#define CORE_MIME_ADDRESS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

enum { MIME_ADDRESS_MAX = 255 };

/* The bare address of "name <address>" or "address"; false: it has none. */
bool mime_address(const char *text, char address[MIME_ADDRESS_MAX + 1]) MUST_USE;

/* Puts the next of the list into `one`, in place of what is there; false: there is none. */
bool mime_address_next(const char **list, struct buf *one) MUST_USE;

#endif
