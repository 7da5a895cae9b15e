/* zonefile.h: finds and reads the time zone that TZ names.
 *
 *     struct zone zone = {0};
 *     if (!zonefile_load(&zone, getenv("TZ"), &err)) …
 *
 * What TZ may hold, as tzset(3) has it: a name below /usr/share/zoneinfo ("Europe/Berlin"), an
 * absolute path, or a rule ("CET-1CEST,M3.5.0,M10.5.0/3"), each with or without a colon in front.
 * NULL (TZ not set) means /etc/localtime, and UTC where that does not exist; "" means UTC.
 *
 * Ownership: the zone is the caller's, zone_release frees it.  After an error it is {0}.
 * Errors: ERR_CONFIG for a TZ that means nothing (libc would silently take UTC: all jobs would run
 * at another hour), for a name with "..", for what is no regular file or larger than ZONEFILE_MAX
 * bytes, and for a file that is no TZif; ERR_SYSTEM where reading fails.
 *
 * Not here: reading the environment (TZ, TZDIR), and what the bytes mean (core/zone.h).
 */
#ifndef IO_ZONEFILE_H
#define IO_ZONEFILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/zone.h"

enum { ZONEFILE_MAX = 1024 * 1024 };

/* Fills the zone from the value of TZ. */
bool zonefile_load(struct zone *zone, const char *tz, struct err *err) MUST_USE;

#endif
