/* whole.h: whole numbers among the parameters in a job's data.
 *
 *     int64_t days = 10;
 *     if (!whole_above_zero(&data, "subtract_days", WHOLE_MAX, &days, err)) …
 *
 * A whole number is digits and nothing else: no sign, no blank, no fraction, no exponent.  Perl
 * would make something of " 10" or "1e3"; here they are errors that name the key and the value,
 * because a job that moves number ranges or closes books had better not guess.
 *
 * Errors: ERR_JOB, also for a list and for a number above `max`.
 */
#ifndef CORE_WHOLE_H
#define CORE_WHOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/data.h"

/* Enough for any count of days; sums and products with it stay far from overflow. */
#define WHOLE_MAX INT64_C(999999999)

/* The number under `key`; where the key is missing or null, `value` stays what it was. */
bool whole_number(const struct data *data, const char *key, int64_t max, int64_t *value,
                  struct err *err) MUST_USE;

/* The same, but "" and zero count as missing too. */
bool whole_above_zero(const struct data *data, const char *key, int64_t max, int64_t *value,
                      struct err *err) MUST_USE;

#endif
