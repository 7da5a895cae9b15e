/* claim.h: taking a due job, and giving it back with its outcome: design.md "Once, and only once".
 *
 *     struct claim claim = {.db = &db, .zone = &zone, .describes = list.describes};
 *     claim_begin(&claim, id, err)             BEGIN, lock, read again, SAVEPOINT: one round trip
 *     switch (claim.state) …                   CLAIM_TAKEN: the work may begin
 *     claim_settle(&claim, &settlement, err)   work, RELEASE, history, new times, COMMIT: another
 *     claim_release(&claim)
 *
 * After work that failed, claim_settle goes back to the savepoint first.  A claim that ends in
 * nothing (lost, not due any more, stopped) is given up with claim_give_up.
 *
 * The lock is a transaction-level advisory lock (CLAIM_CLASS, job id) in the client's database;
 * no row lock is held while the job works, so the pages can edit and save the row meanwhile.
 * What they change stands: next_run_at is written only where it still is what was claimed.
 *
 * Ownership: the claim borrows db and zone, owns the row as read under the lock.
 * Errors: ERR_AWAY when the connection is lost: then nobody knows yet whether a settle arrived;
 * ask history_has (store/history.h) over a new connection.  ERR_JOB when the server refused.
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
};

bool claim_begin(struct claim *claim, int job_id, struct err *err) MUST_USE;

bool claim_settle(struct claim *claim, const struct settlement *settlement, struct settled *settled,
                  struct err *err) MUST_USE;

/* Where cron_spec was edited alone: replaces the next_run_at a settlement wrote, unless somebody
 * changed one of the two since.  Its own transaction. */
bool claim_correct_next(struct claim *claim, const struct settled *settled, int64_t wrote_us,
                        int64_t next_us, struct err *err) MUST_USE;

/* Rolls back; an error only matters to the connection, which the caller checks with db_lost. */
void claim_give_up(struct claim *claim);

/* Ends the session with this process id if it holds the claim: one whose executor is dead. */
bool claim_evict(struct claim *claim, int job_id, int backend_pid, struct err *err) MUST_USE;

/* Who has the claim, for people: "pid 123, task-server acme, from 10.0.0.7, since …". */
bool claim_holder(struct db *db, int job_id, struct buf *holder, struct err *err) MUST_USE;

void settled_release(struct settled *settled);
void claim_release(struct claim *claim);

#endif
