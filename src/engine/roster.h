/* roster.h: the clients of a round, each with its state: idle, queued, or busy.
 *
 *     roster_update(&roster, &clients, err)    takes over a new list from the auth database
 *     roster_queue_idle(&roster)               everybody who is idle, in order
 *     seat = roster_next(&roster)              the first in the queue, or NULL
 *     roster_release(&roster)
 *
 * A client that is busy is never queued, so jobs of one client never overlap.  One that is no
 * longer in the list goes as soon as it is not busy.
 *
 * Ownership: the roster owns its clients.  Pointers to seats are good until the next update.
 */
#ifndef ENGINE_ROSTER_H
#define ENGINE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/clients.h"

enum seat_state { SEAT_IDLE, SEAT_QUEUED, SEAT_BUSY };

struct seat {
    struct client client;
    enum seat_state state;
    uint64_t turn;    /* lower turns first; while queued */
    int waits_for;    /* BOARD_COMMAND or BOARD_PERL: until fewer of those run; else 0 */
    int64_t until_ms; /* while it waits for those of others: not before, monotonic; else 0 */
    bool held;        /* not to be visited at this pass */
    bool troubled;    /* could not be served when it was last tried: goes to the end of the queue */
};

/* Which external jobs may start now, as far as the jobs of this run are concerned. */
struct openings {
    bool command;
    bool perl;
    int64_t now_ms;
};

struct roster {
    struct seat *seats;
    size_t count;
    uint64_t last_turn;
};

/* Takes the clients out of the list, which is empty afterwards. */
bool roster_update(struct roster *roster, struct clients *clients, struct err *err) MUST_USE;

/* Not those that are held. */
void roster_queue_idle(struct roster *roster);

/* Nobody is queued any more. */
void roster_clear_queue(struct roster *roster);

/* The first in the queue that need not wait; or NULL. */
struct seat *roster_next(struct roster *roster, const struct openings *openings);

/* Back into the queue, for it found no room for a job of this kind.  Where openings has some, the
 * jobs of other processes took it (run-job), and nobody tells when they end: it pauses a second. */
void roster_wait(struct seat *seat, int kind, const struct openings *openings);

/* Nobody is queued. */
bool roster_is_empty(const struct roster *roster);

/* NULL: no such client. */
struct seat *roster_find(struct roster *roster, int client_id);

void roster_release(struct roster *roster);

#endif
