/* external.h: one job that is a program or kivitendo's Perl, on its way.
 *
 * engine/outside.c leads it that way: hold → journal → run (engine/runner.h) → record.
 *
 * The claim is a session lock; there is no transaction while the job runs.  Before the job's
 * process passes its gate the journal knows of it, and before the database is told how it ended the
 * journal knows that too; so whatever dies, a later run can tell a finished job from an interrupted
 * one (engine/leftover.h), and none that has finished is run again.
 *
 * Claims are checked every CLAIM_CHECK_MS while the job runs.  One that is lost to another session
 * does not end the job; its outcome then goes to the history only.
 *
 * Source: design.md "External jobs", "Journal", "Every external job".
 */
#ifndef ENGINE_EXTERNAL_H
#define ENGINE_EXTERNAL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/entry.h"
#include "core/walltime.h"
#include "engine/execution.h"
#include "io/supervise.h"
#include "store/claim_hold.h"
#include "store/journal.h"

enum { CLAIM_CHECK_MS = 20000 };

struct external {
    struct execution *x;
    int kind;           /* BOARD_COMMAND or BOARD_PERL */
    struct entry entry; /* borrows its texts */
    char run_at[WALLTIME_MAX];
    struct journal_handle journal;
    int backend_pid;  /* of the session that took the claim */
    bool claim_lost;  /* another session has it now */
    bool interrupted; /* it was ended because we were told to stop, or its supervisor went */
    bool changes_data;
    struct buf data; /* with changes_data */
    bool has_data;   /* else it is null */
};

/* Writes the outcome to the database, over a new connection if need be.  False: it could not be
 * written now; ERR_JOB: the database refuses it. */
bool external_record(struct external *external, struct err *err) MUST_USE;

/* Asked just before the gate is opened: nothing new is started once we are told to stop
 * (ERR_AWAY). */
bool external_may_start(struct external *external, struct err *err) MUST_USE;

/* Sets the job's next times without a history row, where the database refuses that: else it would
 * run again and again. */
bool external_move_on(struct external *external, struct err *err) MUST_USE;

/* What a running job is watched for. */
struct spawn_watch external_watch(struct external *external);

/* How its process ended becomes the outcome; `result` is what a success returned. */
void external_judge(struct external *external, const struct spawn_end *end, const char *result);

/* What a job printed goes to the log, line by line, with client and job named. */
void external_tell(const struct external *external, enum log_level level, const struct buf *said);

void external_release(struct external *external);

#endif
