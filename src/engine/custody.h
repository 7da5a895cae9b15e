/* custody.h: what holds clients back in a run: an administrator's hold, or a database that is not
 * the one it was.  For the parent; lanes ask engine/hold.h before each claim.
 *
 *     struct custody custody = {.site = &site, .conditions = &conditions};
 *     if (!custody_begin(&custody, &why)) …           a pass begins; false: nothing may start
 *     custody_seat(&custody, seat)                    sets seat->held, for each client of the pass
 *     custody_home(&custody, &client, &order)         says which database it is to be
 *     custody_report(&custody, seat, &report)         after a visit: learns a new client's database
 *     custody_release(&custody)
 *
 * What holds a client is told like other lasting conditions: "hold" and "hold/ID" for holds,
 * "moved/ID" for databases.
 *
 * Ownership: borrows site and conditions.  Both files are read anew at each pass.
 * Source: ARCHITECTURE.md "Holding clients".
 */
#ifndef ENGINE_CUSTODY_H
#define ENGINE_CUSTODY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/condition.h"
#include "engine/lane.h"
#include "engine/roster.h"
#include "engine/site.h"
#include "store/holds.h"
#include "store/origins.h"

#define CUSTODY_ALL   "hold"
#define CUSTODY_HOLD  "hold/"
#define CUSTODY_MOVED "moved/"

struct custody {
    struct site *site;
    struct conditions *conditions;
    struct holds holds;
    struct origins origins;
};

/* why->kind is ERR_AWAY for a hold, which is no trouble; else the holds cannot be read. */
bool custody_begin(struct custody *custody, struct err *why) MUST_USE;

void custody_seat(struct custody *custody, struct seat *seat);

/* Sets order->home and order->renamed. */
void custody_home(const struct custody *custody, const struct client *client,
                  struct lane_order *order);

void custody_report(struct custody *custody, const struct seat *seat,
                    const struct lane_report *report);

/* Takes NULL. */
void custody_release(struct custody *custody);

#endif
