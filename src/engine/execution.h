/* execution.h: one job on its way from claim to settle.
 *
 * execute.c leads it that way; settle.c gives it back with its outcome; bury.c finds out what
 * became of it when its connection, or its whole process, went down.
 *
 * Ownership: it borrows the visit and owns the rest; release takes everything.
 */
#ifndef ENGINE_EXECUTION_H
#define ENGINE_EXECUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/cronspec.h"
#include "core/data.h"
#include "core/outcome.h"
#include "engine/handlers.h"
#include "engine/visit.h"
#include "jobs/handler.h"
#include "store/claim_tx.h"

enum execution_why {
    EXECUTION_DUE,       /* its time has come */
    EXECUTION_ON_DEMAND, /* somebody asked for it, whatever its schedule */
};

/* How it ended, for the rest of the visit. */
enum executed {
    EXECUTED,            /* it ran, and the outcome is recorded */
    EXECUTED_NOTHING,    /* gone, not due any more */
    EXECUTED_LOST,       /* another session has claimed it */
    EXECUTED_STOPPED,    /* told to stop, or the installation is locked: left due */
    EXECUTED_UNCLAIMED,  /* the database refuses the claim: left due */
    EXECUTED_UNRECORDED, /* the database refuses its history row or new times: undone, left due */
    EXECUTED_KEPT,       /* the database refuses its outcome, which waits in the journal */
    EXECUTED_UNSTARTED,  /* no room for a process, the journal or a limit's lock: left due */
    EXECUTED_HELD,       /* the database is behind kivitendo's code: visit.held; left due */
    EXECUTED_WAITS,      /* too many external jobs are running: visit.waits_for; left due */
    EXECUTED_AWAY,       /* the connection was lost; what became of the job is in the log */
};

struct execution {
    struct visit *visit;
    enum execution_why why;
    int64_t run_at_us;            /* identity of the run: its start */
    int64_t slot_us;              /* the time it was due for */
    struct handler_choice choice; /* of the package as it was listed */
    struct claim claim;
    struct cronspec spec;
    bool rests; /* its spec cannot be parsed, or never fires */
    struct outcome outcome;
    struct job_run run;
    struct data data;
};

/* Parses the spec.  False: the job must rest; the outcome says why. */
bool execution_has_schedule(struct execution *x);

/* The claim is ours, and the job is still to be run: due, or asked for. */
bool execution_may_run(const struct execution *x, int64_t now_us);

/* Does the claimed row name the same package as the listed one?  If somebody has edited it between,
 * the choice is for another job. */
bool execution_is_job(const struct execution *x, const struct job *job);

/* Logs which way the job goes, and why. */
void execution_tell_way(const struct execution *x);

/* The time the job is run for: the latest of the times at which it was due.  Those may be many,
 * after a long pause.  Needs the spec (execution_has_schedule). */
void execution_find_slot(struct execution *x, int64_t now_us);

/* The claim could not be asked for: tells and counts it.  A connection that is gone is news; what
 * the server refuses becomes an incident of the client, told by the parent. */
enum executed execution_unclaimed(struct execution *x, const struct job *job,
                                  const struct err *err);

/* The claim does not let the job run (the caller has given it up): tells and counts why. */
enum executed execution_turned_away(struct execution *x, const struct job *job);

/* Writes into the run log how it ended. */
void execution_note_end(const struct execution *x);

/* Makes `text` the outcome, a failure. */
void execution_fail(struct execution *x, const char *text);

void execution_release(struct execution *x);

#endif
