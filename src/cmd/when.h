/* when.h: a time on the command line.
 *
 *     struct when when = {.option = "--until", .zone = &zone, .now_s = now_s, .towards = 1};
 *     if (!when_parse(&when, text, &instant_s, err)) …
 *
 * Points:    2026-11-24, 2026-11-24 13:00, 2026-11-24T13:00:30, tomorrow, today 13:00, @EPOCH;
 *            behind a time of day Z or an offset (+0100, +01:00) may stand, else it is local time.
 * 13:00      the next such time where `towards` is 1, else the last one; with an offset, too.
 * Distances: 90s, 30m, 2h30m, 3d, 1w: that far from now, in the future where `towards` is 1, in the
 *            past where it is -1; a day has 24 hours.
 *
 * A local time that clocks skip is the end of the gap; of one that comes twice it is the first.
 * Units: seconds since 1970-01-01 00:00:00 UTC.
 * Errors: ERR_USAGE, with the option and the text; a day that does not exist is said to be one, and
 * so is a time outside the years 1 to 9999.
 * Source: ISO 8601, and what sleep(1) and date(1) understand.
 */
#ifndef CMD_WHEN_H
#define CMD_WHEN_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/zone.h"

struct when {
    const char *option; /* its name, for messages */
    const struct zone *zone;
    int64_t now_s;
    int towards; /* which way distances go: 1 or -1 */
};

bool when_parse(const struct when *when, const char *text, int64_t *instant_s,
                struct err *err) MUST_USE;

#endif
