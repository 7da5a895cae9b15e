/* ranges.h: what SetNumberRange makes of the number ranges at the end of a year or month.
 *
 *     struct ranges_rule rule = {0};
 *     struct ranges_dates dates = {.slot = …, .today = …};
 *     if (!ranges_rule_read(&rule, data, &dates, err)) …         checks all parameters
 *     struct range next;
 *     if (!ranges_next(&rule, old, &next, err)) …                for each range
 *
 * Yearly: a range is a prefix and the digits it ends in.  The digits become year * multiplier,
 * padded with zeros to at least as many digits as before; the prefix stays.  A range that ends in
 * something else is all prefix, with one digit.
 * Null stays null.
 * Monthly: every range, null or not, becomes the same text.  One that doesn't end in a digit gets
 * a 0 behind it, as in the original: the next number is the same with and without it.
 *
 * Only 0 to 9 are digits.  The old digits are counted, never read as a number, so they can be many.
 *
 * Errors: ERR_JOB naming the parameter; a range with a line break (the original would lose what
 * stands before it) or one that would be longer than RANGE_SIZE allows.
 * Source: kivitendo.md "SetNumberRange".  Not here: which columns there are (jobs/).
 */
#ifndef CORE_RANGES_H
#define CORE_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/civil.h"
#include "core/data.h"

enum { RANGE_SIZE = 256 }; /* a range's text with its NUL */

/* The dates that a rule depends on. */
struct ranges_dates {
    struct civil slot;  /* when the job was due: its year decides */
    struct civil today; /* when it runs: its month decides */
};

struct ranges_rule {
    bool is_monthly;
    int64_t number;        /* yearly: what the digits become */
    char text[RANGE_SIZE]; /* monthly: what every range becomes */
};

/* A range, as its column holds it. */
struct range {
    bool is_null;
    char text[RANGE_SIZE]; /* where it is not null */
};

/* Checks the parameters, those that the mode does not use too. */
bool ranges_rule_read(struct ranges_rule *rule, const struct data *data,
                      const struct ranges_dates *dates, struct err *err) MUST_USE;

/* What becomes of the range `old` (NULL: null). */
bool ranges_next(const struct ranges_rule *rule, const char *old, struct range *next,
                 struct err *err) MUST_USE;

#endif
