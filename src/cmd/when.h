/* when.h: a time on the command line.
 *
 *     struct when when = {.option = "--until", .zone = &zone, .now_s = now_s, .towards = 1};
 *     if (!when_parse(&when, text, &instant_s, err)) …
 *
 * 'YYYY-MM-DD HH:MM[:SS]' and 'YYYY-MM-DD' are local time, '@EPOCH' are seconds since 1970.  Where
 * `towards` is set, '90s', '30m', '2h', '3d' and '1w' are that far from now too: 1 in the future,
 * -1 in the past. Units: seconds since 1970-01-01 00:00:00 UTC. Errors: ERR_USAGE, with the option
 * and the text.
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
    int towards; /* 0: no such distances */
};

bool when_parse(const struct when *when, const char *text, int64_t *instant_s,
                struct err *err) MUST_USE;

#endif
