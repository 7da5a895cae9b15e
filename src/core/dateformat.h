/* dateformat.h: strftime for dates in English, whatever the locale.
 *
 *     if (!dateformat_add(&out, "%y-%m-", &today, err)) …
 *
 * Directives: a A b B C d D e F g G h H I j k l m M n p P r R S t T u U V w W y Y %, with the
 * meanings of strftime(3) in the C locale, which are also those of Perl's DateTime.
 * What the two understand differently (c x X), what needs a zone (s z Z), and what only one of
 * them knows (E O + N, widths, flags, %{method}) is an error that names the directive.
 *
 * Errors: ERR_JOB; out of memory shows in out->failed.
 */
#ifndef CORE_DATEFORMAT_H
#define CORE_DATEFORMAT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/civil.h"

/* Appends `format` with its directives replaced. */
bool dateformat_add(struct buf *out, const char *format, const struct civil *date,
                    struct err *err) MUST_USE;

#endif
