/* zone.h: a time zone as a table of offset changes, and the questions a schedule asks it.
 *
 *     struct zone zone = {0};                           UTC
 *     if (!zone_parse(&zone, bytes, len, &err)) …       or zone_parse_posix(&zone, "CET-1CEST,…")
 *     int64_t local_s = now_s + zone_offset_s(&zone, now_s);
 *     struct zone_local found = zone_resolve(&zone, local_s);
 *     zone_release(&zone);
 *
 * Units: instants are seconds since 1970-01-01 00:00:00 UTC without leap seconds; local seconds are
 * those of civil.h; an offset is what is added to UTC to get local time (Berlin: 3600 or 7200).
 * Any int64 may be asked about; beyond CIVIL_LOCAL_MAX_S all answers are those for that limit.
 *
 * A rule for the future ("M3.5.0,M10.5.0/3") is written out for 400 years, after which the calendar
 * and so the rule repeat; later instants are moved back by whole 400 years.  So there is one table
 * and one search, and only changes of the offset are in it, not those of a name or of isdst alone.
 *
 * Ownership: a parsed zone owns its table, zone_release frees it.  A failed parse leaves {0}.
 * Errors: bytes that break the format, an offset of more than about a day, more than
 * ZONE_FILE_CHANGES_MAX changes, and files that count leap seconds ("right/…") are refused.
 * Source: RFC 9636 (TZif versions 1 to 4), RFC 8536, POSIX.1-2017 8.3 "TZ".
 *
 * Not here: finding and reading the file (io/zonefile.h), names of zones and abbreviations.
 */
#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum {
    ZONE_OFFSET_MAX_S = 93599,    /* RFC 9636 3.2: offsets lie within 26 hours */
    ZONE_FILE_CHANGES_MAX = 8192, /* the largest real file has a few hundred */
};

/* From at_s on, offset_s applies. */
struct zone_entry {
    int64_t at_s;
    int32_t offset_s;
};

struct zone {
    struct zone_entry *entries; /* owned; ascending, each differs in offset from the one before */
    size_t count;
    size_t cap;
    int32_t first_offset_s; /* before the first entry */
    bool repeats;           /* a rule: from repeat_from_s on, every 400 years are alike */
    bool repeats_before;    /* … and so are the years before it (there is nothing but the rule) */
    int64_t repeat_from_s;
};

/* A moment at which wall clocks jump. */
struct zone_change {
    int64_t at_s;     /* the first instant with the new offset */
    int32_t before_s; /* offset until then */
    int32_t after_s;  /* offset from then on; larger: a gap, smaller: a fold */
};

/* The instants at which wall clocks show a local time. */
struct zone_local {
    int count; /* 0 in a gap, 1 nearly always, 2 in a fold */
    int64_t first_s;
    int64_t second_s;  /* with count 2 */
    int64_t gap_end_s; /* with count 0: the first instant after the gap */
};

/* Reads the contents of a TZif file. */
bool zone_parse(struct zone *zone, const void *tzif, size_t len, struct err *err) MUST_USE;

/* Reads a rule as TZ holds it.  A daylight name without dates means those of the United States, as
 * everywhere else. */
bool zone_parse_posix(struct zone *zone, const char *posix_tz, struct err *err) MUST_USE;

/* The offset in force at an instant. */
int32_t zone_offset_s(const struct zone *zone, int64_t instant_s) MUST_USE;

/* The first change later than after_s; false when there is none. */
bool zone_next_transition(const struct zone *zone, int64_t after_s,
                          struct zone_change *change) MUST_USE;

/* All instants of a local time, or the end of the gap it lies in. */
struct zone_local zone_resolve(const struct zone *zone, int64_t local_s) MUST_USE;

/* Frees the table and leaves {0}.  Takes NULL. */
void zone_release(struct zone *zone);

#endif
