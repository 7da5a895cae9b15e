/* bury.h: what becomes of a job whose connection, or whose whole process, went down with it.
 *
 * Over a fresh connection, and under the claim, it is asked whether the job's commit arrived.  If
 * not, and the job is still to be run, it is recorded as failed and goes on at its next time:
 * otherwise it would take its lane down again every minute.  If the server was restarted meanwhile,
 * or the crash of another of its processes took all connections down, that was not the job's doing:
 * it is left due.
 *
 * Source: design.md "Native jobs".
 */
#ifndef ENGINE_BURY_H
#define ENGINE_BURY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/board.h"
#include "engine/execution.h"
#include "engine/visit.h"

/* The visit is connected; `what` says what happened, for the failure row. */
bool bury_job(struct visit *visit, const struct notice *notice, const char *what,
              struct err *err) MUST_USE;

/* The connection went while the job ran, or while it was settled: connects again first.  False: the
 * job is left due, and that is told. */
bool bury_lost(struct execution *x);

#endif
