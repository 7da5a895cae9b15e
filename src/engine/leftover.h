/* leftover.h: what earlier runs left in the journal for a client, settled before its due jobs are
 * looked for.
 *
 *     leftover_wait(&visit)                 is there any?  cheap: no database is asked
 *     leftover_settle(&visit, err)          connected
 *
 * An outcome that could not be recorded is recorded now, so that a finished job is not run again. A
 * run nobody knows the end of was interrupted: what is left of its processes is ended first, then
 * its history gets a failure that says so, and the job goes on at its next regular time; repeating
 * half-done invoices or imports by ourselves would be worse.  Packages in rerun_interrupted may be
 * repeated at once, once.
 *
 * False: the database cannot be reached; what is left waits on.
 * Source: design.md "Journal".
 */
#ifndef ENGINE_LEFTOVER_H
#define ENGINE_LEFTOVER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/visit.h"

bool leftover_settle(struct visit *visit, struct err *err) MUST_USE;

/* Does the journal hold anything for this installation at all? */
bool leftover_possible(const struct visit *visit);

#endif
