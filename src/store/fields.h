/* fields.h: lines of fields with tabs between, as our small files have them.
 *
 *     fields_add(&line, text)                    appends a field, with a tab where one is due
 *     fields_split(line, fields, max)            cuts a line in place
 *     fields_number(fields[0], max, &number)
 *
 * What would break a line (tabs, control characters) becomes a blank, and what is no UTF-8 U+FFFD.
 */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

/* NULL is an empty field.  A line begins at the buffer's start or behind a newline. */
void fields_add(struct buf *line, const char *text);

/* How many there were, at most max; the last one holds the rest. */
size_t fields_split(char *line, char **fields, size_t max);

/* A field that is digits and nothing else, at most max. */
bool fields_number(const char *field, int64_t max, int64_t *number) MUST_USE;

#endif
