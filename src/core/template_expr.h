/* template_expr.h: the expression in a tag of a template; for core/template.c.
 *
 *     struct template_expr expr = {.at = tag, .end = tag + len, .values = &values};
 *     template_word(&expr, "IF")          true: it stood there, and is taken
 *     template_condition(&expr, &truth, err)
 *     template_text(&expr, &out, err)
 *
 * Errors: without the line, which the caller knows.
 */
#ifndef CORE_TEMPLATE_EXPR_H
#define CORE_TEMPLATE_EXPR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/placeholders.h"

struct template_expr {
    const char *at; /* what has not been read yet */
    const char *end;
    const struct template_values *values;
    int depth;
};

/* Takes the keyword, if it is what comes next. */
bool template_word(struct template_expr *expr, const char *word);

/* Is nothing left but blanks? */
bool template_is_done(struct template_expr *expr);

/* A whole condition, up to what is no part of it. */
bool template_condition(struct template_expr *expr, bool *truth, struct err *err) MUST_USE;

/* Appends the value of a name or a quoted text. */
bool template_text(struct template_expr *expr, struct buf *out, struct err *err) MUST_USE;

#endif
