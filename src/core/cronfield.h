/* cronfield.h: one field of a cron spec, as a set of numbers.
 *
 *     uint64_t set;
 *     if (!cronfield_parse(CRONFIELD_HOUR, (struct span){text, len}, &set, &notes, &err)) …
 *
 * Shapes: bit n of the set stands for n; a weekday is 1 Monday to 7 Sunday.
 * Errors (ERR_JOB) name and quote the field and say why it is refused.
 * Source: schedule.md, "Fields".
 *
 * Not for anybody but cronspec.c.
 */
#ifndef CORE_CRONFIELD_H
#define CORE_CRONFIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/cronblank.h"

enum cronfield {
    CRONFIELD_MINUTE,
    CRONFIELD_HOUR,
    CRONFIELD_DAY,
    CRONFIELD_MONTH,
    CRONFIELD_WEEKDAY,
    CRONFIELD_COUNT,
};

/* Remarks for people, joined with "; ".  What does not fit is left out whole. */
struct cronnotes {
    char *text; /* borrowed; NUL-terminated */
    size_t cap_bytes;
};

void cronnotes_add(struct cronnotes *notes, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Reads a field; what picks nothing in it, and the like, is noted. */
bool cronfield_parse(enum cronfield field, struct span text, uint64_t *set, struct cronnotes *notes,
                     struct err *err) MUST_USE;

/* How much of a span to print with "%.*s": all of it, or the first 60 bytes. */
int span_shown(struct span span);

/* All numbers a field may hold. */
uint64_t cronfield_all(enum cronfield field) MUST_USE;

#endif
