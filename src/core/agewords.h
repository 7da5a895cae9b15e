/* agewords.h: how long something takes, took, or lies away, in few words.
 *
 *     agewords_span(seconds, &text)       "45 s", "12 min", "3 h", "2 d"
 *     agewords_ago(seconds, &text)        "3 h ago"; "in 3 h" for what is to come (below 0)
 *
 * One unit, rounded down: enough to see what is wrong.  In the reader's language.
 */
#ifndef CORE_AGEWORDS_H
#define CORE_AGEWORDS_H

#include <stdint.h>

#include "base/buf.h"

void agewords_span(int64_t seconds, struct buf *out);

void agewords_ago(int64_t seconds, struct buf *out);

#endif
