/* lane.h: a worker process that serves one client at a time.
 *
 *     struct lane lane = {.slot = …};
 *     lane_start(&lane, &start, err)            forks
 *     lane_send(&lane, &order, client, err)     visit this client, or bury that job
 *     lane_receive(&lane, &report)              when lane.fd is readable
 *     lane_close(&lane)                         a lane whose socket is closed ends by itself
 *
 * Lanes are forked without exec and use blocking calls with deadlines; a crash in one is one failed
 * client.  A lane shares no connection with its parent.  It learns from its socket what to do,
 * and by SIGUSR1 that its parent is gone: then it cancels at once what it is doing.  SIGTERM makes
 * it stop within stop_grace.
 *
 * Shapes: orders and reports travel whole over a SOCK_SEQPACKET pair; behind an order stands the
 * packed client (store/clients.h).
 * Errors: ERR_SYSTEM when there can be no further process.
 * Source: design.md "One run".
 */
#ifndef ENGINE_LANE_H
#define ENGINE_LANE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/board.h"
#include "engine/site.h"
#include "engine/visit.h"
#include "store/clients.h"

struct lane {
    pid_t pid;         /* 0: not running */
    int fd;            /* parent's end of the socket pair */
    struct slot *slot; /* its place on the board */
};

/* What a lane is to do. */
struct lane_order {
    bool buries;          /* false: visit the client */
    struct origin home;   /* which database it is to be; {0}: whatever is found */
    bool renamed;         /* the configuration names another one than that */
    struct notice notice; /* the job to bury */
    int deaths;           /* of lanes that had this order */
};

/* How it ended. */
struct lane_report {
    bool served;   /* false: `err` says why the client could not be served */
    bool finished; /* its list was worked through to the end */
    int waits_for; /* BOARD_COMMAND or BOARD_PERL: the client is to be visited again; else 0 */
    enum visit_perl perl;
    char held[VISIT_HELD_MAX]; /* with VISIT_PERL_HELD: why */
    struct origin origin;      /* which database was found; {0}: none could be asked */
    bool moved;                /* it is not the one it was, and nothing was done there */
    struct tally tally;
    int64_t overdue_s; /* how late the latest of its jobs was */
    struct err err;
    struct err refused; /* see visit.h */
};

/* What a new lane needs from its parent. */
struct lane_start {
    struct site *site;
    const int *close_fds; /* descriptors that are the parent's alone: siblings' sockets, the lock */
    int close_count;
};

bool lane_start(struct lane *lane, const struct lane_start *start, struct err *err) MUST_USE;

bool lane_send(struct lane *lane, const struct lane_order *order, const struct client *client,
               struct err *err) MUST_USE;

/* False: the lane is dead or dying. */
bool lane_receive(struct lane *lane, struct lane_report *report) MUST_USE;

/* Closes the socket and forgets the process, which the caller has reaped or will reap. */
void lane_close(struct lane *lane);

#endif
