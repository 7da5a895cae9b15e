/* leftover.h: what earlier runs left in the journal for a client, settled before its due jobs are
 * looked for.
 *
 *     leftover_find(&visit, &list, err)       what is there; asks no database
 *     leftover_settle(&visit, &list, err)     with a connection, if there is anything
 *     journal_list_release(&list)             what was not settled waits for the next visit
 *
 * An outcome that could not be recorded is recorded now, so that a finished job is not run again. A
 * run nobody knows the end of was interrupted: what is left of its processes is ended first, then
 * its history gets a failure that says so, and the job goes on at its next regular time; repeating
 * half-done invoices or imports by ourselves would be worse.  Packages in rerun_interrupted may be
 * repeated at once, once.
 *
 * False: the journal cannot be read, or the database not be reached; what is left waits on.  What
 * the database refuses waits, too, but keeps nobody else from running: visit.refused.
 * Source: design.md "Journal".
 */
#ifndef ENGINE_LEFTOVER_H
#define ENGINE_LEFTOVER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/visit.h"
#include "store/journal_scan.h"

/* Tells what could not be read.  The caller releases the list, also after false. */
bool leftover_find(struct visit *visit, struct journal_list *list, struct err *err) MUST_USE;

/* Does nothing for an empty list. */
bool leftover_settle(struct visit *visit, struct journal_list *list, struct err *err) MUST_USE;

#endif
