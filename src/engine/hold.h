/* hold.h: is nothing to be started for a client, because somebody said so (store/holds.h)?
 *
 *     if (!hold_allows(site, client_id, why)) …      before every claim; one open(2) of a file that
 *                                                    mostly is not there
 *     hold_describe(hold, &zone, &text)              "held by martin since …, until …: reason"
 *
 * Other nodes hold clients by files of their own.  What is under way goes on.
 * Errors: whoever cannot read the holds starts nothing.
 */
#ifndef ENGINE_HOLD_H
#define ENGINE_HOLD_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/zone.h"
#include "engine/site.h"
#include "store/holds.h"

/* client_id HOLDS_ALL: are all of them held?  False: why says by whom (ERR_AWAY), or that it cannot
 * be told. */
bool hold_allows(const struct site *site, int client_id, struct err *why) MUST_USE;

/* In words for people, also where nobody said so. */
const char *hold_who(const struct hold *hold);
const char *hold_why(const struct hold *hold);

void hold_describe(const struct hold *hold, const struct zone *zone, struct buf *text);

#endif
