/* verdict.h: what the report on a visit says of its client, told as lasting conditions.
 *
 *     verdict_tell(&conditions, seat, &report, is_stopping)
 *
 * Three of them, each with the client's id behind its key: the client cannot be served; one of its
 * jobs is refused, while those behind it run; its Perl jobs are held.  A client can be away whose
 * jobs are refused, and that is other news.
 *
 * The first two end with a list that was worked through: of one that was broken off nobody knows
 * whether what was wrong behind that is mended.  What goes wrong when we are told to stop is not
 * told.
 */
#ifndef ENGINE_VERDICT_H
#define ENGINE_VERDICT_H

#include <stdbool.h>

#include "engine/condition.h"
#include "engine/lane.h"
#include "engine/roster.h"

#define VERDICT_AWAY    "client/"
#define VERDICT_REFUSED "refused/"
#define VERDICT_HELD    "held/"

void verdict_tell(struct conditions *conditions, const struct seat *seat,
                  const struct lane_report *report, bool is_stopping);

#endif
