/* history.h: rows of background_job_histories.
 *
 * A history row is written in the same transaction as what it tells of; (package_name, run_at) is
 * the identity of a run, so history_has answers whether a commit arrived whose answer got lost.
 *
 * Source: kivitendo.md "What a run leaves behind"; design.md "Identity of a run".
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/outcome.h"
#include "io/db.h"

enum { HISTORY_PARAMS = 7 };

/* What is copied from the job, and how the run ended; all borrowed, NULL is null. */
struct history_row {
    const char *package;
    const char *data;
    const char *description;
    const struct outcome *outcome;
};

/* A row as parameters of history_statement; borrows the row's texts. */
struct history_params {
    const char *params[HISTORY_PARAMS];
};

/* run_at: as walltime_format_run writes it; borrowed. */
void history_fill(struct history_params *params, const struct history_row *row, const char *run_at);

/* The INSERT, for databases with and without a description column. */
const struct db_statement *history_statement(bool describes);

enum { HISTORY_ONCE_PARAMS = HISTORY_PARAMS + 1 };

/* An INSERT that does nothing where a row with this identity exists; for outcomes that may be
 * recorded a second time. */
const struct db_statement *history_once_statement(bool describes);

/* Its parameters.  job_id: the row whose present data is copied, where it still means the same
 * package; NULL, or no such row: the data of `history`. */
void history_once_params(const struct history_params *history, const char *job_id,
                         const char *params[HISTORY_ONCE_PARAMS]);

/* Do histories have a description column? */
bool history_describes(struct db *db, bool *describes, struct err *err) MUST_USE;

/* Does the latest row of this package tell of an interruption? */
bool history_last_interrupted(struct db *db, const char *package, bool *interrupted,
                              struct err *err) MUST_USE;

/* How the error of an interrupted run begins. */
#define HISTORY_INTERRUPTED "interrupted: "

/* A row's status for people: success, failure or interrupted.  `row`: "" or its table's alias and a
 * dot. */
#define HISTORY_ENDED(row)                                                                         \
    "CASE WHEN " row "status = 'failure' AND pg_catalog.left(" row                                 \
    "error, 13) = '" HISTORY_INTERRUPTED "' THEN 'interrupted' ELSE " row "status END"

/* Is there a row with this identity? */
bool history_has(struct db *db, const char *package, const char *run_at, bool *found,
                 struct err *err) MUST_USE;

#endif
