/* round.h: one run over all clients: a queue, and lanes that take clients from it.
 *
 *     struct round round = {.site = &site, .conditions = &conditions, .lock_fd = fd};
 *     round_run(&round)              returns when nobody is busy and no minute was missed;
 *                                    it may be called again
 *     round.tally, round.unreachable … for the summary
 *     round_release(&round)
 *
 * A pass reads users/nologin and the clients anew and queues every client that is idle.  There is
 * one at the start, one at each full minute while a lane is still busy, one at each SIGALRM, and
 * one before the run ends if a minute or a SIGALRM came since the last began: whoever tried to
 * start a run then was turned away by our lock.
 *
 * A lane that dies is replaced, and the job it was on is recorded as failed by the new one.
 *
 * Ownership: the round borrows site, conditions, notify and host and owns its roster and lanes.
 * Source: design.md "One run".
 */
#ifndef ENGINE_ROUND_H
#define ENGINE_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/condition.h"
#include "engine/crew.h"
#include "engine/custody.h"
#include "engine/host.h"
#include "engine/metrics.h"
#include "engine/notify.h"
#include "engine/roster.h"
#include "engine/site.h"
#include "engine/window.h"

struct round {
    struct site *site;
    struct conditions *conditions;
    struct notify *notify; /* NULL: nobody is told */
    int lock_fd;           /* of the lock file, which tells that we live; closed in lanes */
    struct host *host;     /* NULL: no external jobs */
    struct window window;  /* its path is lent; NULL: nobody can look in */

    struct roster roster;
    struct crew crew;
    struct custody custody;
    int64_t pass_minute; /* in which the last pass began, minutes since the epoch */
    int64_t told_ms;     /* monotonic time at which the lanes were told to stop; 0: not yet */

    struct tally tally;
    int visits;
    int unreachable;    /* visits that failed */
    int refused;        /* visits in which a job was refused */
    struct err trouble; /* why no client could be served at the last pass; or ERR_NONE */
};

void round_run(struct round *round);

/* A SIGALRM has come, or a full minute, since the last pass began. */
bool round_is_due(const struct round *round);

void round_release(struct round *round);

#endif
