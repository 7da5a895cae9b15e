/* claim_hold.h: taking a due external job, and recording its outcome when it has ended.
 *
 *     claim_hold(&claim, id, err)                 lock, read again: one round trip
 *     claim_still_held(&claim, id, &held, err)    every so often while the job runs
 *     claim_record(&claim, &record, &settled, err)
 *     claim_let_go(&claim, id)
 *
 * The lock belongs to the session, and there is no transaction while the job runs: it may write its
 * own row.  claim_record is one transaction of its own and may be repeated: the history row is
 * inserted only where none with this identity exists, and next_run_at is written only where it
 * still is what was claimed.  So it also settles what an earlier run left in the journal, with a
 * claim whose job was filled from there.
 *
 * Errors: ERR_AWAY when the connection is lost: record again over a new one.  ERR_JOB when the
 * server refused.
 * Source: design.md "External jobs", "Settle".
 */
#ifndef STORE_CLAIM_HOLD_H
#define STORE_CLAIM_HOLD_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/claim.h"

struct record {
    struct settlement settlement; /* without work */
    bool history_only;            /* the claim was lost meanwhile: the row belongs to another run */
    bool row_only;                /* the database refuses the history row, time and again */
    bool changes_data; /* a Perl job changed its data in memory only: it goes to the row */
    const char *data;  /* with changes_data; NULL is null */
};

bool claim_hold(struct claim *claim, int job_id, struct err *err) MUST_USE;

/* Does this session still have the lock? */
bool claim_still_held(struct claim *claim, int job_id, bool *held, struct err *err) MUST_USE;

bool claim_record(struct claim *claim, const struct record *record, struct settled *settled,
                  struct err *err) MUST_USE;

/* Gives the lock back; without a connection there is nothing to give. */
void claim_let_go(struct claim *claim, int job_id);

#endif
