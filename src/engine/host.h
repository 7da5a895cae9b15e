/* host.h: keeps the Perl bridge for the lanes: starts it when one waits for it, and only then.
 *
 *     host_open(&host, &site, err)                before lanes are forked
 *     count = host_poll(&host, fds)               at most HOST_FDS descriptors to watch
 *     host_handle(&host)                          when one of them is ready
 *     host_close(&host)
 *
 * So Perl costs nothing in runs that don't need it, is loaded once in runs that do, and its memory
 * ends with the run.  A bridge that says "retire" (kivitendo's code has changed under it, or it has
 * grown too large) is replaced.  One that dies while it loads is started a second time; after that
 * whoever waits is answered with Perl's own words.
 *
 * Ownership: borrows the site.
 * Source: design.md "perl".
 */
#ifndef ENGINE_HOST_H
#define ENGINE_HOST_H

#include <poll.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "engine/site.h"
#include "io/bridge_process.h"

enum { HOST_FDS = 2, HOST_STARTS_MAX = 2, HOST_RETIRED_MAX = 16 };

struct host {
    const struct site *site;
    struct bridge_socket socket;
    struct bridge_process process;
    pid_t retired[HOST_RETIRED_MAX]; /* they end when their last jobs have */
    int retired_count;
    struct buf words;  /* the last of what it printed */
    struct buf line;   /* of what it prints, not complete yet */
    struct buf status; /* what it said over the status pipe */
    int starts;        /* that came to nothing */
    bool ready;        /* it has loaded */
    bool retires;      /* it wants to be replaced */
    bool is_quiet;     /* set after host_open: nothing goes to the log, words keeps all */
};

bool host_open(struct host *host, const struct site *site, struct err *err) MUST_USE;

int host_poll(const struct host *host, struct pollfd fds[HOST_FDS]);

void host_handle(struct host *host);

/* False: it cannot be started; err says why. */
bool host_start(struct host *host, struct err *err) MUST_USE;

/* Starts it if need be and waits until it has loaded: for run-job, where nobody else watches. */
bool host_load(struct host *host, struct err *err) MUST_USE;

/* Descriptors a lane must close. */
int host_fds(const struct host *host, int fds[HOST_FDS + 1]);

void host_close(struct host *host);

#endif
