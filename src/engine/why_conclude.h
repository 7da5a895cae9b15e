/* why_conclude.h: what follows from the conditions that why.h has collected; for engine/why.c.
 *
 *     if (!why_conclude(&why, busy)) …        fills why.conclusion from why.lines
 *
 * A job that is running is running whatever else is so; what stops (in its row before what does so
 * elsewhere) comes before what will fail, and that before what waits.  Errors: false is out of
 * memory.
 */
#ifndef ENGINE_WHY_CONCLUDE_H
#define ENGINE_WHY_CONCLUDE_H

#include <stdbool.h>

#include "base/attr.h"
#include "engine/reasons.h"

/* `busy`: a run is at work just now. */
bool why_conclude(struct why *why, bool busy) MUST_USE;

#endif
