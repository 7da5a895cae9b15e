/* html.h: any text as a text of an HTML page, and nothing else.
 *
 *     html_add(&out, name);                              between tags, or within "…" of an
 * attribute html_addf(&out, _("armed by %s"), scheduler);      the same, of what printf(3) makes of
 * it
 *
 * & < > " and ' are written as references, so that no text can open a tag, leave an attribute, or
 * end a title.  Newlines and tabs become blanks.  Bytes that are no UTF-8, control characters and
 * marks that turn the direction of writing are shown as "?", as tables do (core/table.h).
 * NULL is an empty text.
 *
 * Errors: out->failed.
 * Source: HTML Living Standard 13.1.2.3 "Attributes", 13.1.4 "Character references".
 * Not here: names of tags and attributes, addresses (URLs), scripts and styles: no text from
 * outside belongs there.
 */
#ifndef CORE_HTML_H
#define CORE_HTML_H

#include "base/attr.h"
#include "base/buf.h"

void html_add(struct buf *out, const char *text);

void html_addf(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
