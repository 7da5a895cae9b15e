/* span.h: a span of time in words, for people: "45 s", "12 min", "3 h", "5 days".
 *
 *     span_add(seconds, &out)            without sign
 *     span_add_from(at_s, now_s, &out)   "in 3 h", "12 min ago", "now"
 *
 * Rounded down to one unit: whoever needs more looks at the time beside it.
 */
#ifndef CORE_SPAN_H
#define CORE_SPAN_H

#include <stdint.h>

#include "base/buf.h"

void span_add(int64_t seconds, struct buf *out);

void span_add_from(int64_t at_s, int64_t now_s, struct buf *out);

#endif
