/* runner.h: runs an external job's process, from its gate to its end, and fills the outcome.
 *
 * Both note the child in the journal before it passes its gate.  False: it was not started, and is
 * left due (we were told to stop, the journal cannot be written, or the machine has no room for
 * another process just now); every other end is an outcome.
 */
#ifndef ENGINE_RUNNER_H
#define ENGINE_RUNNER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/external.h"

/* Out of processes, descriptors, memory: nothing is wrong with the job.  Also: told to stop. */
static inline bool runner_lacks_room(const struct err *why)
{
    return why->kind == ERR_AWAY || why->kind == ERR_INTERNAL;
}

/* The program that the administrator has listed for this package. */
bool run_command(struct external *external, struct err *err) MUST_USE;

/* kivitendo's class, through the bridge. */
bool run_perl(struct external *external, struct err *err) MUST_USE;

#endif
