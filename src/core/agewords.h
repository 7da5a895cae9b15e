/* agewords.h: how long something takes, took, or lies away, in few words.
 *
 *     agewords_span(seconds, &text)       "45 s", "12 min", "3 h", "2 d"
 *     agewords_ago(seconds, &text)        "3 h ago"; "in 3 h" for what is to come (below 0)
 *
 *     agewords_stamp(&zone, at_us, now_us, out)     "2026-11-25 03:00:00 +0100 (in 3 h)",
 * "infinity"
 *
 * One unit, rounded down: enough to see what is wrong.  In the reader's language.
 */
#ifndef CORE_AGEWORDS_H
#define CORE_AGEWORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "core/walltime.h"

void agewords_span(int64_t seconds, struct buf *out);

void agewords_ago(int64_t seconds, struct buf *out);

enum { AGEWORDS_STAMP_MAX = WALLTIME_MAX + 64 };

void agewords_stamp(const struct zone *zone, int64_t at_us, int64_t now_us,
                    char out[AGEWORDS_STAMP_MAX]);

#endif
