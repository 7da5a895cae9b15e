/* origin.h: which database is this?  Told from copies of it, and from others under its name.
 *
 *     struct origin origin = {0};
 *     steps[1] = session_step(&db); …                 steps[0] is left to origin_run
 *     if (origin_run(&db, steps, count, &reply, &origin, err)) …
 *     origin_differs(&home, &origin)                  home: what was remembered (store/origins.h)
 *
 * PostgreSQL gives a cluster a number when it is made (system identifier), which its standbys and
 * physical copies share, and a database in it an oid, which survives renaming.  A database that was
 * dumped and restored, or copied with CREATE DATABASE … TEMPLATE, has another oid.  What a copy of
 * a whole cluster is cannot be seen by these; there its host or port differs.
 *
 * The question travels in the step that goes ahead of every session's first one
 * (session_patience), where two more columns cost least.  The oid is read from the path of a
 * catalogue's file, which every server tells without looking anything up.
 *
 * A role from which the administrator has taken pg_control_system() is refused: then the steps are
 * run again without it, and `system` stays empty.  With origin->untold set it is not asked for.
 *
 * Errors: those of db_run.
 * Source: PostgreSQL manual, "System Information Functions" and "Database Object Management
 * Functions"; storage chapter "Database File Layout".
 */
#ifndef STORE_ORIGIN_H
#define STORE_ORIGIN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/db.h"

enum { ORIGIN_SYSTEM_MAX = 24, ORIGIN_OID_MAX = 12 };

struct origin {
    char system[ORIGIN_SYSTEM_MAX]; /* the system identifier; "": the server does not tell us */
    char oid[ORIGIN_OID_MAX];       /* of the database; "": not asked yet */
    bool untold;                    /* do not ask for the system identifier */
};

/* db_run with steps[0] filled in here, at least one more behind it.  The reply must be released
 * either way. */
bool origin_run(struct db *db, struct db_step *steps, int count, struct db_reply *reply,
                struct origin *origin, struct err *err) MUST_USE;

/* Certainly another database: what is unknown on one side does not count. */
bool origin_differs(const struct origin *one, const struct origin *other) MUST_USE;

/* ---- pure, for tests ---- */

/* The third field of pg_control_system() as a row's text: "(1300,202209061,77…,…)". */
void origin_parse_system(const char *text, char system[ORIGIN_SYSTEM_MAX]);

/* The last directory of "base/16714/1259" or "pg_tblspc/16385/PG_15_202209061/16714/1259". */
void origin_parse_oid(const char *path, char oid[ORIGIN_OID_MAX]);

#endif
