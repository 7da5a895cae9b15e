/* bridge.h: what a lane says to the Perl bridge, for one job.
 *
 *     struct bridge_call call = BRIDGE_CALL_NONE;
 *     bridge_ask(&call, &request, &watch, err)     waits for Perl, which may have to load first;
 * now call.child is at its gate … write call.child down, limit it … bridge_go(&call, err)
 *     bridge_supervise(&call, &watch, &end, err)   like spawn_supervise (io/supervise.h)
 *     bridge_answer(&call, &answer, err)           what the job returned, if it came to its end
 *     bridge_call_release(&call)                   a job that still runs is ended by its keeper
 *
 * Over a Unix stream socket, a line each: → the request as JSON; ← "job PID", "refused TEXT", or,
 * where the machine has no room for another process just now, "later TEXT"; →
 * "go", later perhaps "term" and "kill"; ← "exited STATUS" or "killed SIGNAL", then "clean N": so
 * many processes were left and have been ended.  End of file alone proves nothing but that the
 * keeper is gone; with it the kernel has killed the job.
 *
 * What the job prints comes through a fifo, its answer lies in a file, both in the bridge's
 * directory and named after our pid: one call at a time.
 *
 * Units: milliseconds, monotonic.  Ownership: the call owns descriptors, files and texts.
 * Errors: ERR_JOB where the job cannot be started (Perl's own words) or its answer cannot be read,
 * ERR_AWAY when we were told to stop while waiting for Perl, or where there is no room for another
 * process; ERR_SYSTEM.
 * Source: design.md "perl"; scripts/perl/lib/TaskServer/Keeper.pm and Job.pm.
 */
#ifndef IO_BRIDGE_H
#define IO_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/data.h"
#include "core/entry.h"
#include "io/supervise.h"
#include "io/tail.h"

/* Everything borrowed. */
struct bridge_request {
    int dir_fd;           /* the bridge's directory */
    const char *dir_path; /* its absolute path */
    const char *socket;   /* name of the socket in it */
    int client_id;
    int job_id;
    const char *package;
    mode_t umask;
    size_t output_cap_bytes;
};

struct bridge_call {
    int dir_fd;
    int fd;     /* to the keeper */
    int out_fd; /* what the job prints */
    int pidfd;  /* of the job */
    char out_name[48];
    char answer_name[48];
    struct buf unread;  /* from the keeper, not yet a line */
    struct tail output; /* of the job */
    struct entry_child child;
};

#define BRIDGE_CALL_NONE                                                                           \
    {                                                                                              \
        .dir_fd = -1, .fd = -1, .out_fd = -1, .pidfd = -1                                          \
    }

/* What the job's run returned. */
struct bridge_answer {
    struct data fields; /* the texts below are lent from here */
    bool failed;
    const char *text; /* result or error; NULL is null */
    bool data_changed;
    const char *data;
};

bool bridge_ask(struct bridge_call *call, const struct bridge_request *request,
                struct signals *signals, struct err *err) MUST_USE;

bool bridge_go(struct bridge_call *call, struct err *err) MUST_USE;

/* ERR_SYSTEM: the keeper went, and with it the job. */
bool bridge_supervise(struct bridge_call *call, const struct spawn_watch *watch,
                      struct spawn_end *end, struct err *err) MUST_USE;

/* False without an answer: the job ended in its own way. */
bool bridge_answer(struct bridge_call *call, struct bridge_answer *answer,
                   struct err *err) MUST_USE;

void bridge_answer_release(struct bridge_answer *answer);
void bridge_call_release(struct bridge_call *call);

#endif
