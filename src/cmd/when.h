/* when.h: a point in time on the command line.
 *
 *     when_parse("2026-11-24 08:00", &zone, now_s, &at_s, err)
 *     when_parse("2h", …)            two hours ahead
 *     when_parse("-7d", …)           seven days ago
 *
 * 'YYYY-MM-DD[ HH:MM[:SS]]' in local time, @EPOCH in seconds since 1970, or a number with m, h or d
 * behind it (minutes, hours, days) from now on, with a minus before now.
 *
 * Errors: ERR_USAGE, quoting the text.
 */
#ifndef CMD_WHEN_H
#define CMD_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/zone.h"

bool when_parse(const char *text, const struct zone *zone, int64_t now_s, int64_t *at_s,
                struct err *err) MUST_USE;

#endif
