/* held.h: are a client's Perl jobs held, because its database is behind kivitendo's code?
 *
 * Held jobs are neither run nor failed: they stay due, and run when somebody has logged in, for
 * then kivitendo upgrades the database.  The client's other jobs go on.  Asked once a visit, when
 * the first Perl job is due.
 *
 * Source: design.md "perl".
 */
#ifndef ENGINE_HELD_H
#define ENGINE_HELD_H

#include <stdbool.h>

#include "base/attr.h"
#include "engine/visit.h"

/* Sets visit->perl, and visit->held where they are held. */
bool held_perl(struct visit *visit) MUST_USE;

#endif
