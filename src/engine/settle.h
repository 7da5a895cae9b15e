/* settle.h: giving a claimed job back with its outcome.
 *
 * One transaction holds what the job did, its history row and its new times.  What the database
 * refuses of a success becomes a failure, and a failure row that it refuses is written once more in
 * plain ASCII.
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

#endif
