/* serve.h: what a lane does for one client: list its jobs, run what is due, in order.
 *
 *     visit_begin(&visit, &site, client, slot);
 *     served = serve_client(&visit, err);
 *     visit_end(&visit);
 *
 * False: the client could not be served (ERR_AWAY, …): one message for the client, never a reason
 * to stop serving others.  A failed job is not a failed visit, nor is one that is refused
 * (visit.refused).  With visit.moved it is held
 * instead: its database is not the one it was, and nothing was done there.
 */
#ifndef ENGINE_SERVE_H
#define ENGINE_SERVE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/visit.h"

bool serve_client(struct visit *visit, struct err *err) MUST_USE;

#endif
