/* round.h: one run over all clients: a queue, and lanes that take clients from it.
 *
 *     struct round round = {.site = &site, .incidents = &incidents, .lock_fd = fd};
 *     round_run(&round)              returns when nobody is busy and no minute was missed
 *     round.tally, round.unreachable … for the summary
 *     round_release(&round)
 *
 * A pass reads users/nologin and the clients anew and queues every client that is idle.  There is
 * one at the start, one at each full minute while a lane is still busy, one at each SIGALRM, and
 * one before the run ends if a minute or a SIGALRM came since the last began: whoever tried to
 * start a run then was turned away by our lock.
 *
 * A lane that has been on one job for LONG_RUNNER_MS no longer counts against max_parallel.
 * A lane that dies is replaced, and the job it was on is recorded as failed by the new one.
 *
 * Ownership: the round borrows site and incidents and owns its roster and lanes.
 * Source: design.md "One run".
 */
#ifndef ENGINE_ROUND_H
#define ENGINE_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/lane.h"
#include "engine/roster.h"
#include "engine/site.h"
#include "store/incidents.h"

/* Native jobs take milliseconds; one that takes this long is waiting for a lock, or has much to
 * write.  A minute, as first designed, would have let six of them delay all others by a minute. */
enum { LONG_RUNNER_MS = 3000 };

/* A lane and what it is doing. */
struct worker {
    struct lane lane;
    int client_id; /* 0: nothing */
    struct lane_order order;
};

struct round {
    struct site *site;
    struct incidents *incidents;
    int lock_fd; /* closed in lanes */

    struct roster roster;
    struct worker workers[BOARD_SLOTS];
    int64_t pass_minute; /* in which the last pass began, minutes since the epoch */
    bool told_to_stop;   /* the lanes have been told */

    struct tally tally;
    int visits;
    int unreachable;    /* visits that failed */
    bool locked;        /* the installation was locked at the last pass */
    struct err trouble; /* the auth database could not be read at the last pass; or ERR_NONE */
};

void round_run(struct round *round);

void round_release(struct round *round);

#endif
