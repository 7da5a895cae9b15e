/* remains.h: what is left of a job whose supervisor is gone, and ending it.
 *
 *     if (remains_count(&child) > 0 && !remains_end(&child, grace_ms, &ended, err)) …
 *
 * A job leads a session of its own, and what it started belongs to it, unless it left.  A process
 * is recognised by pid, start time and boot id together.  Has the leader ended, its session may
 * live on: the kernel gives a pid to nobody new while a session of that number exists.  So what has
 * this session and started no earlier than the leader belongs to it; but where another process has
 * the leader's pid, nothing of that session is left.  Dead processes that nobody has waited for are
 * not counted.
 *
 * Not found: what has made itself a session of its own (its supervisor would have: io/spawn).
 * Errors: ERR_SYSTEM naming the first process that could not be ended.
 * Source: credentials(7), setsid(2), pidfd_send_signal(2).
 */
#ifndef IO_REMAINS_H
#define IO_REMAINS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/entry.h"

enum { REMAINS_KILL_MS = 5000 }; /* how long after SIGKILL it is still waited for */

/* Does the job's own process live? */
bool remains_leader_lives(const struct entry_child *child) MUST_USE;

/* How many processes of its session live, the leader included. */
int remains_count(const struct entry_child *child);

/* SIGTERM to all, after grace_ms SIGKILL; returns when nothing is left.  *ended: how many there
 * were. */
bool remains_end(const struct entry_child *child, int grace_ms, int *ended,
                 struct err *err) MUST_USE;

#endif
