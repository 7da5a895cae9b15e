/* took.h: how long runs took, as this machine's run log tells it to commands.
 *
 *     struct durations durations = {0};
 *     took_load(&desk, &durations);
 *     durations_find(&durations, …)                 store/durations.h
 *     durations_release(&durations);
 *
 * Where the state directory cannot be read, nothing is known, which only -v tells.
 */
#ifndef CMD_TOOK_H
#define CMD_TOOK_H

#include "cmd/desk.h"
#include "store/durations.h"

void took_load(const struct desk *desk, struct durations *durations);

#endif
