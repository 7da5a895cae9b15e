/* option_value.h: the value of one setting, from text to what it means.
 *
 * Pure helpers of core/options: each looks at setting->value, and refuses it with an error of kind
 * ERR_CONFIG that names file, line, section and key.  An empty value means the fallback.
 * Source: kivitendo.md "File format" and the row [system]; design.md "New configuration keys".
 */
#ifndef CORE_OPTION_VALUE_H
#define CORE_OPTION_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/setting.h"

/* What a number may be. */
struct option_bounds {
    int64_t min, max;
    int64_t fallback; /* allowed even where it is less than min */
};

/* A whole number without sign; bounds must lie within an int. */
bool option_number(const struct setting *setting, const struct option_bounds *bounds, int *number,
                   struct err *err) MUST_USE;

/* A number of bytes: plain, or with KB, MB or GB (of 1024, as kivitendo counts) behind it, blanks
 * between allowed, in whatever case. */
bool option_size(const struct setting *setting, const struct option_bounds *bounds,
                 uint64_t *size_bytes, struct err *err) MUST_USE;

/* A number of minutes as kivitendo reads it: the digits in front count, nonsense means the
 * fallback; both give a warning.  We must run with whatever it runs with. */
int option_minutes(const struct setting *setting, const struct option_bounds *bounds,
                   struct buf *warnings);

/* A switch as in Perl: on unless empty or "0".  Words that say "off" give a warning. */
bool option_switch(const struct setting *setting, struct buf *warnings);

/* Is it on?  Without warning. */
bool option_is_true(const char *value) MUST_USE;

#endif
