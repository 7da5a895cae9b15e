/* paper.h: what a command prints on: how wide standard output is, and whether it shows colours.
 *
 *     struct table_style style = paper_style();
 *     table_print(&table, &style, &out);
 *     paper_add(&out, _("client '%s' is held\n"), name);
 *     return paper_write(&out, &err);
 *
 * A terminal is as wide as it says, or as COLUMNS does; a file or a pipe has no limit, unless
 * COLUMNS is set.  Colours only on a terminal, not where NO_COLOR is set to anything, or TERM is
 * "dumb".
 *
 * Source: no-color.org; environ(7).
 */
#ifndef CMD_PAPER_H
#define CMD_PAPER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/table.h"

struct table_style paper_style(void);

/* Appends one line, whose values may come from a database: made harmless as the cells of a table
 * are (core/screen.h).  fmt: translated already. */
void paper_add(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Writes it all to standard output; false where that cannot be done (a full disk), or where `out`
 * had no memory. */
bool paper_write(const struct buf *out, struct err *err) MUST_USE;

#endif
