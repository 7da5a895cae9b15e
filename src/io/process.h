/* process.h: what the kernel tells about another process.
 *
 * Everything here is a guess about a world that changes meanwhile: fit for messages, and together
 * with a start time for recognising a process again.  An expected miss is false, not an error.
 * Source: proc(5), sections stat, cmdline, locks, /proc/stat (btime), sys/kernel/random/boot_id.
 * Not here: ending processes.
 */
#ifndef IO_PROCESS_H
#define IO_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/attr.h"

/* When the process started, in seconds since 1970 (to about a second); false: no such process. */
bool process_start_s(pid_t pid, int64_t *start_s) MUST_USE;

/* When the process started, in clock ticks since the system did: with its pid and the boot's id it
 * names one process for ever.  false: no such process. */
bool process_start_ticks(pid_t pid, uint64_t *start_ticks) MUST_USE;

/* The parent's pid, or 0: no such process. */
pid_t process_parent(pid_t pid) MUST_USE;

enum { PROCESS_BOOT_ID_MAX = 64 };

/* The id of the system's present run, with NUL; false where the kernel tells none. */
bool process_boot_id(char boot_id[PROCESS_BOOT_ID_MAX]) MUST_USE;

/* Is it a Perl interpreter running a script of this file name, whatever the directory? */
bool process_runs_perl(pid_t pid, const char *script) MUST_USE;

/* The process that took the flock on this file and still lives, or 0.  A lock that was inherited
 * from a process that has ended is not found. */
pid_t process_holding_flock(const struct stat *file) MUST_USE;

#endif
