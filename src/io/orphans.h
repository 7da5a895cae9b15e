/* orphans.h: the processes a job leaves behind become our children, and are ended.
 *
 *     orphans_adopt(err)                           once, in the process that runs jobs
 *     … a job has ended …
 *     orphans_end(grace_ms, &n_ended, err)
 *
 * A job can leave processes behind that have left its session and group, as daemons do.  Because
 * we are a child subreaper each of them becomes our child as soon as its parent ends.
 *
 * orphans_end ends *all* children of this process, with SIGTERM and after the grace with SIGKILL,
 * and the children they leave, until there are none: for a process that runs one job at a time and
 * has no other children.
 *
 * Errors: ERR_SYSTEM.  Source: prctl(2) PR_SET_CHILD_SUBREAPER (not inherited by fork), proc(5).
 */
#ifndef IO_ORPHANS_H
#define IO_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

bool orphans_adopt(struct err *err) MUST_USE;

/* Adds to *n_ended those that were still alive.  false: some do not end, or there is no /proc to
 * find them in. */
bool orphans_end(int64_t grace_ms, size_t *n_ended, struct err *err) MUST_USE;

/* Reaps children that have ended meanwhile, except this one; while a job runs. */
void orphans_reap_except(pid_t pid);

#endif
