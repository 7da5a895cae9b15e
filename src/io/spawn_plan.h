/* spawn_plan.h: a child process described as data, and what the child does with the description.
 *
 * Used by io/spawn, which forks; see there for the sequence.  spawn_child runs in the child: it
 * makes a session of its own, puts the descriptors in their places and closes all others, restores
 * signals, sets directory and umask, reports that it is ready, waits at the gate, and executes.
 * Whatever fails is reported with step and errno; the report's pipe closes when execve succeeds.
 *
 * Source: fork(2), setsid(2), close_range(2), execve(2); bfs's xspawn for the error pipe.
 */
#ifndef IO_SPAWN_PLAN_H
#define IO_SPAWN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Everything is borrowed until spawn_start returns. */
struct spawn_plan {
    const char *const *argv; /* NULL-terminated; argv[0] is the program's absolute path */
    const char *const *envp; /* NULL-terminated, the whole environment */
    const char *cwd;         /* NULL: ours */
    const void *input;       /* what it reads on standard input; NULL: /dev/null */
    size_t input_len;
    mode_t umask;
    size_t output_cap_bytes;     /* kept of each output: the first and last half */
    uint64_t memory_limit_bytes; /* its address space; 0: no limit */
    bool split_output;           /* standard error is kept apart from standard output */
};

enum spawn_step {
    SPAWN_STEP_READY, /* all is done, it waits at the gate */
    SPAWN_STEP_SESSION,
    SPAWN_STEP_DESCRIPTORS,
    SPAWN_STEP_CWD,
    SPAWN_STEP_EXEC,
};

/* What the child writes into the report's pipe. */
struct spawn_report {
    enum spawn_step step;
    int error; /* errno */
};

/* The child's ends. */
struct spawn_ends {
    int in, out, err;
    int gate;   /* a byte opens it, end of file means: do not start */
    int report; /* for one or two struct spawn_report */
};

/* In the forked child; never returns. */
_Noreturn void spawn_child(const struct spawn_plan *plan, const struct spawn_ends *ends);

/* Closes all descriptors from `first` on by looking into /proc: for kernels without close_range,
 * and for tests. */
void spawn_close_listed(int first);

#endif
