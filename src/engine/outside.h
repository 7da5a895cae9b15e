/* outside.h: executes a due job outside of the database: a program, or kivitendo's Perl.
 *
 *     struct external external = {.x = &x, .kind = BOARD_PERL};
 *     end = execute_outside(&external, job, err);
 *     external_release(&external);
 *
 * Tokens first (so many at once and no more), then the claim, then the journal; see
 * engine/external.h for what must be where before what.
 */
#ifndef ENGINE_OUTSIDE_H
#define ENGINE_OUTSIDE_H

#include "base/attr.h"
#include "base/err.h"
#include "core/job.h"
#include "engine/external.h"

/* The job's row has been listed; nothing is claimed yet. */
enum executed execute_outside(struct external *external, const struct job *job,
                              struct err *err) MUST_USE;

#endif
