/* fields.h: lines of fields with tabs between, as our small files have them.
 *
 *     fields_add(&line, text)                    appends a field; begins with a tab where one is
 * due fields_split(line, fields, max)            cuts a line in place
 *
 * What would break a line (tabs, control characters) becomes a blank, and what is no UTF-8 U+FFFD.
 */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include <stddef.h>

#include "base/buf.h"

/* NULL is an empty field.  A line begins at the buffer's start or behind a newline. */
void fields_add(struct buf *line, const char *text);

/* How many there were, at most max; the last one holds the rest. */
size_t fields_split(char *line, char **fields, size_t max);

#endif
