/* supervise.h: watches a started child to its end, and says how it ended.
 *
 *     const struct spawn_watch watch = {.timeout_ms = 60000, .kill_grace_ms = 10000,
 *                                       .stop_grace_ms = 15000, .signals = &signals};
 *     struct spawn_end end;
 *     if (!spawn_supervise(&spawn, &watch, &end, err)) …     it could not be watched
 *     spawn_describe(&end, &text);                           "exit status 3"
 *     spawn_end_release(&end);
 *
 * Call it right after spawn_go.  It collects output until the *process* ends, then takes what still
 * lies in the pipes: end of file proves nothing, and a daemon could withhold it for ever.
 * When the time is over: SIGTERM to the process group, kill_grace later SIGKILL.  When
 * signals->stop is set the child may go on for stop_grace first.  A child that ends by itself
 * meanwhile has simply ended.  Afterwards everything it left behind is ended too (io/orphans.h):
 * the caller must have no other children.
 *
 * Units: milliseconds, monotonic.  Output: at most output_cap_bytes of each (io/tail.h), UTF-8.
 * Ownership: spawn_end owns its texts, filled or not; {0} may be released.
 * Errors: ERR_SYSTEM where the child cannot be watched, or does not end although it was killed; it
 * stays in the struct spawn then, whose release kills and reaps it.
 * Source: pidfd_open(2), poll(2); design.md "Every external job", "Stopping".
 */
#ifndef IO_SUPERVISE_H
#define IO_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/signals.h"
#include "io/spawn.h"

/* What to look out for.  Everything borrowed. */
struct spawn_watch {
    int64_t timeout_ms;      /* from the gate's opening; 0: no limit */
    int64_t stop_grace_ms;   /* from the stop signal on; negative: no limit */
    int64_t kill_grace_ms;   /* from SIGTERM to SIGKILL */
    struct signals *signals; /* NULL: no signals */
    bool (*tick)(void *arg); /* called every tick_ms; false ends the child; NULL: none.  It should
                                be quick: deadlines wait for it */
    void *arg;               /* for tick */
    int64_t tick_ms;
};

enum spawn_how {
    SPAWN_EXITED,        /* by itself, with an exit status */
    SPAWN_KILLED,        /* by a signal that was not ours */
    SPAWN_TIMED_OUT,     /* by us: the time was over */
    SPAWN_STOPPED,       /* by us: we were told to stop, or tick wanted it so */
    SPAWN_NEVER_STARTED, /* the program was not executed */
};

struct spawn_end {
    enum spawn_how how;
    int code_or_signal;    /* exit status if EXITED, signal if KILLED, else 0 */
    bool was_killed;       /* SIGTERM was not enough; only if TIMED_OUT or STOPPED */
    bool by_tick;          /* STOPPED because tick returned false */
    bool by_death;         /* STOPPED because our parent is gone (signals.hurry) */
    int64_t elapsed_ms;    /* from the gate's opening to its end */
    int64_t timeout_ms;    /* of the watch */
    struct err start;      /* why it was NEVER_STARTED */
    struct buf output;     /* standard output, or both */
    struct buf errors;     /* standard error, if it was split */
    uint64_t output_bytes; /* how much there was of it */
    uint64_t errors_bytes;
    size_t n_escaped;  /* processes it left behind, which were ended */
    bool escaped_left; /* some of them did not end, or could not be looked for */
};

bool spawn_supervise(struct spawn *spawn, const struct spawn_watch *watch, struct spawn_end *end,
                     struct err *err) MUST_USE;

/* Appends how it ended: "exit status 3", "killed by SIGKILL", "ended after 60 seconds (timeout)",
 * "ended because task-server was told to stop", "never started: …". */
void spawn_describe(const struct spawn_end *end, struct buf *text);

/* Exit status 0, and nothing else. */
bool spawn_succeeded(const struct spawn_end *end) MUST_USE;

/* The same; else err, of kind ERR_AWAY, says how it ended, with the beginning of its output. */
bool spawn_judge(const struct spawn_end *end, struct err *err) MUST_USE;

/* Takes NULL. */
void spawn_end_release(struct spawn_end *end);

#endif
