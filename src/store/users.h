/* users.h: what the auth database knows of kivitendo's users.
 *
 * Source: kivitendo.md "Authentication database".
 */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/db.h"

/* Appends the mail address of the user with this login; on a fresh connection.  ERR_CONFIG: there
 * is no such user, or it has no address. */
bool users_find_email(struct db *db, const char *login, struct buf *email,
                      struct err *err) MUST_USE;

#endif
