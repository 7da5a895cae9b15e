/* json.h: writing JSON text, piece by piece.
 *
 *     buf_add_text(&out, "{");
 *     json_add_member(&out, "client", name);      "client":"…", with a comma where one is due
 *     json_add_number(&out, "id", 17);
 *     json_add_bool(&out, "active", true);
 *     buf_add_text(&out, "}");
 *
 * Bytes that are no UTF-8 become U+FFFD.  Control characters are escaped, also those from U+0080
 * on.  NULL becomes null.
 * Source: RFC 8259.  Not here: reading JSON (core/data.h does, as YAML).
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* A quoted string, or null. */
void json_add_string(struct buf *out, const char *text);

/* A member of the object that was opened last. */
void json_add_member(struct buf *out, const char *key, const char *text);
void json_add_number(struct buf *out, const char *key, int64_t number);
void json_add_bool(struct buf *out, const char *key, bool value);

/* The next element of an array begins: a comma, where one is due; the caller adds the value. */
void json_add_next(struct buf *out);

/* Only the key and the colon, for a value that follows. */
void json_add_key(struct buf *out, const char *key);

#endif
