/* signals.h: signals as events that a poll loop reads.
 *
 *     struct signals signals = SIGNALS_CLOSED;
 *     signals_open(&signals, err);
 *     poll({signals.fd, …});             readable: something came
 *     signals_take(&signals);            sets the flags below
 *     if (signals.stop) …
 *
 * From signals_open on SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGUSR1 and SIGCHLD are blocked and wait
 * in a signalfd; SIGPIPE and SIGXFSZ are ignored.  Nothing is lost between fork and the child's own
 * signals_open, because pending signals of the child start empty and new ones stay blocked.
 *
 * A forked child (a lane) closes the inherited descriptor with signals_release and opens its own:
 * a signalfd reports the signals of the process that reads it, but poll(2) on an inherited one
 * watches the process that made it.
 *
 * Ownership: the struct owns the descriptor.  Errors: ERR_SYSTEM.
 * Source: signalfd(2), signal-safety(7); design.md "One run" for what each signal means.
 */
#ifndef IO_SIGNALS_H
#define IO_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct signals {
    int fd;             /* readable when a signal waits; -1 while closed */
    bool stop;          /* SIGTERM, SIGINT or SIGHUP came: start nothing new; stays set */
    bool wake;          /* SIGALRM came: look again; the reader resets it */
    bool hurry;         /* SIGUSR1 came: stop too, but without any grace; stays set */
    int64_t stopped_ms; /* monotonic time at which `stop` was first seen */
};

#define SIGNALS_CLOSED                                                                             \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

bool signals_open(struct signals *signals, struct err *err) MUST_USE;

/* Reads what waits, without blocking, into the flags. */
void signals_take(struct signals *signals);

/* Closes the descriptor; the signals stay blocked.  For a forked child before its own open. */
void signals_release(struct signals *signals);

#endif
