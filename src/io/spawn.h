/* spawn.h: starts a program in a session of its own, behind a gate.
 *
 *     struct spawn spawn = {0};
 *     orphans_adopt(err)                               once per process, see io/orphans.h
 *     if (!spawn_start(&spawn, &plan, err)) …          it never started
 *     write spawn.pid, .start_ticks and .boot_id down
 *     if (!spawn_go(&spawn, err)) …                    or spawn_abort(&spawn)
 *     spawn_supervise(&spawn, &watch, &end, err)       see io/supervise.h
 *     spawn_release(&spawn);
 *
 * After spawn_start the child has its own session and process group (both numbered by its pid), the
 * plan's umask and directory, default signals and an empty mask, no descriptors but the standard
 * ones, and its limits: no core file, and the plan's memory.  It executes when the gate opens; if
 * we die before, it ends unstarted.
 *
 * Standard input is a sealed file in memory with the plan's bytes, so nobody needs to feed it and
 * the program may leave it unread.  Standard output and error are pipes.
 *
 * Ownership: the struct owns its descriptors, and the child until it has been reaped.  {0} is no
 * child and may be released.  Only the process that started it may use it.
 * Errors: ERR_SYSTEM; spawn_start fails as well where the plan's directory cannot be entered.
 * Source: fork(2), setsid(2), prlimit(2), memfd_create(2), pidfd_open(2) (Linux 5.3); design.md
 * "Every external job" and "Journal".
 * Not here: what may be run (io/program), the environment (core/environ), waiting (io/supervise).
 */
#ifndef IO_SPAWN_H
#define IO_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/process.h"
#include "io/spawn_plan.h"

struct spawn {
    pid_t pid;            /* also session and group; 0: no child, or it has been reaped */
    uint64_t start_ticks; /* see process_start_ticks */
    char boot_id[PROCESS_BOOT_ID_MAX];
    char *program;           /* owned, for messages */
    size_t output_cap_bytes; /* from the plan */
    int64_t go_ms;           /* monotonic time at which the gate was opened; 0: not yet */
    bool is_open;            /* the descriptors below are valid; -1 is a closed one */
    int pidfd;               /* readable when the process has ended */
    int gate_fd;
    int report_fd; /* closes when it has executed, or says why not */
    int out_fd;    /* does not block */
    int err_fd;    /* the same; -1: not split */
};

bool spawn_start(struct spawn *spawn, const struct spawn_plan *plan, struct err *err) MUST_USE;

/* Opens the gate.  false: the child had been killed before, it never started. */
bool spawn_go(struct spawn *spawn, struct err *err) MUST_USE;

/* What the report says, without waiting; to be asked when report_fd is readable or the child has
 * ended.  false: it could not be executed, and err says why. */
bool spawn_executed(struct spawn *spawn, struct err *err) MUST_USE;

/* Before the gate: the child ends unstarted, and is reaped. */
void spawn_abort(struct spawn *spawn);

/* Closes the descriptors.  A child that has not been reaped yet is killed with its group. */
void spawn_release(struct spawn *spawn);

/* Limits of a process that has not executed its program yet: no core file, and so much address
 * space (0: no limit).  For children that others have forked, too. */
bool spawn_limit(pid_t pid, uint64_t memory_limit_bytes, struct err *err) MUST_USE;

#endif
