/* claim.h: a job that is ours for now, and what is written about it: design.md "Once, and only
 * once".
 *
 * There are two ways to a claim: claim_tx.h, for native jobs, lasts as long as a transaction;
 * claim_hold.h, for external jobs, as long as a session.  Both take the same advisory lock
 * (CLAIM_CLASS, job id) in the client's database and then, in a separate statement, read the row
 * again.  No row lock is held while the job works, so the pages can edit and save the row
 * meanwhile. What they change stands: next_run_at is written only where it still is what was
 * claimed.
 *
 * Ownership: the claim borrows db and zone, owns the row as read under the lock.
 */
#ifndef STORE_CLAIM_H
#define STORE_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/job.h"
#include "core/outcome.h"
#include "core/walltime.h"
#include "core/zone.h"
#include "io/db.h"

enum { CLAIM_CLASS = 0x6b6a6f62 }; /* first key of the advisory locks: "kjob" */

enum claim_state {
    CLAIM_NONE,
    CLAIM_TAKEN,
    CLAIM_LOST, /* another session has it */
    CLAIM_GONE, /* the row was deleted */
};

struct claim {
    struct db *db;
    const struct zone *zone;
    bool describes; /* histories have a description column */
    enum claim_state state;
    struct job job; /* the row as read under the lock; with CLAIM_TAKEN */
};

/* What is to be written. */
struct settlement {
    int64_t run_at_us;
    const struct outcome *outcome;
    bool writes_last; /* last_run_at becomes run_at */
    bool clears_next; /* next_run_at becomes null: the job rests */
    bool keeps_next;  /* next_run_at stays; else it becomes next_us */
    int64_t next_us;
    const struct db_step *work; /* queued statements of the job; only with a success */
    int work_count;
};

/* How the row looked when the settlement was written. */
struct settled {
    bool row_found;   /* false: deleted, or another package now; the history row is there */
    bool next_stands; /* next_run_at is what the settlement wrote */
    char *spec;       /* owned: cron_spec at that moment; NULL for null */
    bool work_failed; /* it was not written: a queued statement of the job was refused */
};

/* ---- for claim_tx.c and claim_hold.c ---- */

/* The row with this id ($1), whether or not the table has node_id and description. */
extern const struct db_statement claim_read_row;

/* Its new times: params of struct claim_times.  Returns next_stands, cron_spec. */
extern const struct db_statement claim_update_row;

/* Both keys of a job's advisory lock as text. */
struct claim_key {
    char class[16];
    char id[16];
};

struct claim_key claim_key(int job_id);

/* A pipeline that is being put together. */
struct claim_plan {
    struct db_step steps[DB_STEPS_MAX];
    int count;
};

/* Returns the index of the new step. */
int claim_plan_add(struct claim_plan *plan, const struct db_statement *statement,
                   const char *const *params);

/* From here to the end of the transaction no lock is waited for longer than ten seconds: whoever
 * edits the row by hand may have it locked for hours, while a page has it for a moment.  Once that
 * has been too long on this connection it is one second: a whole table may be locked, and each job
 * would wait for it. */
void claim_plan_add_brief(struct claim_plan *plan, const struct claim *claim);

/* The new times as parameters of claim_update_row. */
struct claim_times {
    char id[16];
    char last[WALLTIME_MAX];
    char next[WALLTIME_MAX];
    const char *params[5];
};

void claim_times_fill(struct claim_times *times, const struct claim *claim,
                      const struct settlement *settlement);

/* Reads the answers of a lock statement and, in the step behind it, of claim_read_row. */
bool claim_read(struct claim *claim, const struct db_reply *reply, int lock_step,
                struct err *err) MUST_USE;

/* Reads the answer of claim_update_row. */
bool claim_read_settled(const struct db_reply *reply, int step, struct settled *settled,
                        struct err *err) MUST_USE;

/* ---- for everybody ---- */

/* Where cron_spec was edited alone: replaces the next_run_at a settlement wrote, unless somebody
 * changed one of the two since.  Its own transaction. */
bool claim_correct_next(struct claim *claim, const struct settled *settled, int64_t wrote_us,
                        int64_t next_us, struct err *err) MUST_USE;

/* Ends the session with this process id if it holds the claim: one whose executor is dead. */
bool claim_evict(struct claim *claim, int job_id, int backend_pid, struct err *err) MUST_USE;

/* Who has the claim, for people: "pid 123, task-server acme, from 10.0.0.7, since …". */
bool claim_holder(struct db *db, int job_id, struct buf *holder, struct err *err) MUST_USE;

void settled_release(struct settled *settled);
void claim_release(struct claim *claim);

#endif
