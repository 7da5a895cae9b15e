/* behind.h: is a database behind the installation's code?
 *
 *     struct buf missing = {0};
 *     behind_find(&db, &upgrades, &missing, err)     empty: it is not
 *
 * Client databases are upgraded one by one, when somebody logs in; until then kivitendo's own
 * classes cannot even read a job's row there.  The database notes the tag of every upgrade it has
 * seen in schema_info.
 *
 * Errors: ERR_AWAY when the connection is lost, ERR_JOB when the database cannot be asked.
 * Source: kivitendo.md "Client database"; design.md "perl".
 */
#ifndef STORE_BEHIND_H
#define STORE_BEHIND_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/db.h"
#include "io/upgrades.h"

/* Appends what a person wants to read of the missing ones: how many, and the first names. */
bool behind_find(struct db *db, const struct upgrades *upgrades, struct buf *missing,
                 struct err *err) MUST_USE;

/* The same of the authentication database, whose upgrades those of upgrades_load_auth are. */
bool behind_find_auth(struct db *db, const struct upgrades *upgrades, struct buf *missing,
                      struct err *err) MUST_USE;

#endif
