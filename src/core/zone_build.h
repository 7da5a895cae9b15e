/* zone_build.h: how the two parsers (zone_tzif.c, zone_posix.c) fill a zone's table.
 *
 * Not for anybody else: a finished zone never changes.
 */
#ifndef CORE_ZONE_BUILD_H
#define CORE_ZONE_BUILD_H

#include "core/zone.h"

/* Adds "from at_s on, offset_s".  An entry at or after at_s that is there already gives way, and
 * what changes nothing is left out.  False: out of memory. */
bool zone_add(struct zone *zone, int64_t at_s, int32_t offset_s, struct err *err) MUST_USE;

/* Lets the rule in posix_tz (len bytes) govern everything after after_s; with after_s NULL, all
 * times.  On an error the zone is as far as it came. */
bool zone_add_rule(struct zone *zone, const char *posix_tz, size_t len, const int64_t *after_s,
                   struct err *err) MUST_USE;

#endif
