/* template.h: the part of Template Toolkit that kivitendo's failure mails use.
 *
 *     struct template_value values[] = {{"client.name", "acme"}, {"history", "1"}};
 *     struct template_values all = {values, ARRAY_LEN(values)};
 *     template_render(text, &all, &out, err)
 *
 * What is understood: [% a.b %]; IF, ELSIF, ELSE, UNLESS, END, nested; chomping with "-" (the
 * newline and the blanks on that side of the tag go), and "+", which keeps them; comments, as
 * [%# … %] or behind a # in a tag.  Conditions: names, texts in quotes, NOT or !, AND or &&, OR or
 * ||, == and !=, parentheses; NOT binds closer than ==, and a parenthesis is not compared.  As in
 * Perl a value is true unless it is empty or "0".  A name that has no value is empty; a name is
 * true, too, if a longer one begins with it ("history" where there is "history.error_col").
 *
 * Anything else is an error that names the line: an expression that is not understood must not
 * become an empty place in a mail.
 *
 * Ownership: values are borrowed.
 * Errors: ERR_CONFIG "line 3: …"; then `out` holds rubbish.
 * Source: Template Toolkit manual, "Syntax" and "Directives".
 */
#ifndef CORE_TEMPLATE_H
#define CORE_TEMPLATE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/placeholders.h"

bool template_render(const char *text, const struct template_values *values, struct buf *out,
                     struct err *err) MUST_USE;

#endif
