/* walltime.h: instants as kivitendo's tables hold them: local time without a zone, as text.
 *
 *     char text[WALLTIME_MAX];
 *     walltime_format(&zone, due_us, text);              "2026-10-25 02:15:00.000001"
 *     if (!walltime_parse(&zone, text, &due_us, &err)) …
 *
 * Units: instants are microseconds since 1970-01-01 00:00:00 UTC; INT64_MAX is 'infinity',
 * INT64_MIN
 * '-infinity'.
 * Shape: what PostgreSQL prints and reads with DateStyle ISO: "2026-03-29 03:00:00", a fraction of
 * up to six digits, years of four digits and more, " BC" behind those before year 1.
 * A local time that exists twice: the first is stored as it is, the second with a fraction of
 * exactly one microsecond.  Read back, every other fraction means the first.  One in a gap means
 * the end of the gap.  So parse(format(t)) is t for every whole second. Source: schedule.md, "How
 * an instant is stored"; PostgreSQL manual 8.5 "Date/Time Types".
 *
 * Not here: the tables, and `now`.
 */
#ifndef CORE_WALLTIME_H
#define CORE_WALLTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/zone.h"

enum { WALLTIME_MAX = 48 };

#define WALLTIME_SECOND_US INT64_C(1000000)

/* The last second, UTC, whose year has four digits: later ones are nobody's. */
#define WALLTIME_LAST_S INT64_C(253402300799)

/* The stored form of a schedule time; what it has below a second is cut off. */
void walltime_format(const struct zone *zone, int64_t instant_us, char out[WALLTIME_MAX]);

/* Local time with six digits, for run_at, where nothing marks the second of two times; the caller
 * sees to it that the fraction is not 000001. */
void walltime_format_run(const struct zone *zone, int64_t instant_us, char out[WALLTIME_MAX]);

/* For people: "2026-03-29 03:00:00 +0200". */
void walltime_show(const struct zone *zone, int64_t instant_us, char out[WALLTIME_MAX]);

/* Reads a stored time.  One too far away for an int64 counts as infinite.
 * Errors (ERR_INTERNAL): a text PostgreSQL does not print; it is quoted. */
bool walltime_parse(const struct zone *zone, const char *text, int64_t *instant_us,
                    struct err *err) MUST_USE;

#endif
