/* settle.h: giving a claimed job back with its outcome.
 *
 * One transaction holds what the job did, its history row and its new times.  What the database
 * refuses of a success becomes a failure, and a failure row that it refuses is written once more in
 * plain ASCII.  Where somebody has the row locked, nothing is recorded: the job is undone, left
 * due, and those behind it have their turn.  A lock that the job's own statements do not get is a
 * failure of the job like any other.
 *
 * Source: design.md "Settle", "Resting".
 */
#ifndef ENGINE_SETTLE_H
#define ENGINE_SETTLE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/execution.h"

/* False: nothing is recorded, err says why: ERR_AWAY when the connection is lost (db_lost), or when
 * we were told to stop; else the database refused. */
bool settle(struct execution *x, struct err *err) MUST_USE;

/* ---- also for external jobs, which are recorded after they have ended ---- */

/* What is to become of last_run_at and next_run_at. */
void settle_times(const struct execution *x, struct settlement *settlement);

/* What is left to do and to tell when a settlement has been written. */
void settle_finish(struct execution *x, const struct settlement *settlement,
                   const struct settled *settled);

/* The outcome's text becomes plain ASCII, with what the database said of it as it was. */
void settle_make_plain(struct execution *x, const struct err *refused);

#endif
