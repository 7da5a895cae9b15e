/* claim_tx.h: taking a due native job, and giving it back with its outcome, in one transaction.
 *
 *     struct claim claim = {.db = &db, .zone = &zone, .describes = describes};
 *     claim_begin(&claim, id, err)             BEGIN, lock, read again, SAVEPOINT: one round trip
 *     switch (claim.state) …                   CLAIM_TAKEN: the work may begin
 *     claim_settle(&claim, &settlement, …)     work, history, new times, COMMIT: another
 *     claim_release(&claim)
 *
 * After work that failed, claim_settle goes back to the savepoint first.  A claim that ends in
 * nothing (lost, not due any more, stopped) is given up with claim_give_up.
 *
 * Errors: ERR_AWAY when the connection is lost: then nobody knows yet whether a settle arrived;
 * ask history_has (store/history.h) over a new connection.  ERR_JOB when the server refused:
 * the transaction waits to be settled as a failure, unless it was COMMIT that was refused; then the
 * claim is gone too (CLAIM_NONE).
 */
#ifndef STORE_CLAIM_TX_H
#define STORE_CLAIM_TX_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/claim.h"

bool claim_begin(struct claim *claim, int job_id, struct err *err) MUST_USE;

bool claim_settle(struct claim *claim, const struct settlement *settlement, struct settled *settled,
                  struct err *err) MUST_USE;

/* Rolls back; an error only matters to the connection, which the caller checks with db_lost. */
void claim_give_up(struct claim *claim);

#endif
