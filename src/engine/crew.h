/* crew.h: the lanes of a round: started when there is work, kept while there may be more.
 *
 *     struct crew crew = {.site = &site, .own_fds = {lock_fd}, .own_count = 1};
 *     worker = crew_find(&crew);                         an idle lane, or room for one
 *     crew_order(&crew, worker, client, &order, err)     it is busy from now on
 *     … poll worker->lane.fd; lane_receive(&worker->lane, &report); worker->client_id = 0;
 *     crew_reap(worker)                                  one that has died
 *     crew_dismiss(&crew)                                all of them, when nobody is busy
 *
 * A lane that has been on one thing for LONG_RUNNER_MS no longer counts against max_parallel.
 *
 * Ownership: the crew owns its lanes; the site is borrowed.
 * Source: design.md "One run".
 */
#ifndef ENGINE_CREW_H
#define ENGINE_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/lane.h"
#include "engine/site.h"
#include "store/clients.h"

/* Connecting, listing and native jobs take milliseconds; what takes this long is waiting for a lock
 * or for a host, or has much to write.  A minute, as first designed, would have let six such
 * clients delay all others by a minute. */
enum { LONG_RUNNER_MS = 3000, CREW_OWN_FDS = 8 };

/* A lane and what it is doing. */
struct worker {
    struct lane lane;
    int client_id; /* 0: nothing */
    struct lane_order order;
};

struct crew {
    struct site *site;
    int own_fds[CREW_OWN_FDS]; /* of the parent alone: closed in lanes */
    int own_count;
    struct worker workers[BOARD_SLOTS];
};

bool worker_is_running(const struct worker *worker);

/* An idle lane if there is one, else room for a new one; NULL: neither. */
struct worker *crew_find(struct crew *crew);

/* How many have a client; long-runners only if asked for. */
int crew_busy(const struct crew *crew, bool with_long_runners);

/* How many are at external jobs. */
int crew_external(const struct crew *crew, bool only_perl);

/* Starts the lane if need be.  False: the client can have no lane. */
bool crew_order(struct crew *crew, struct worker *worker, const struct client *client,
                const struct lane_order *order, struct err *err) MUST_USE;

/* Ends a lane whose socket is closed or broken; how it ended goes into text. */
void crew_reap(struct worker *worker, char *text, size_t size);

void crew_signal(const struct crew *crew, int number);

/* SIGKILL to those that are not at an external job. */
void crew_kill_native(const struct crew *crew);

/* Lets all lanes end, and waits for them. */
void crew_dismiss(struct crew *crew);

#endif
