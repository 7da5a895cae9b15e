/* mend.h: small changes of single rows of background_jobs that somebody asked for by hand.
 *
 *     mend_deactivate(&db, &job, &done, err)            active = false
 *     mend_resume(&db, &job, next, &done, err)          next_run_at, where it is null
 *
 * Only the one column is written, and only while the row still is what was looked at: package,
 * spec, activity and next_run_at.  `done` false: somebody has edited it meanwhile, and nothing was
 * changed.
 *
 * Errors: as io/db.h.  Each is a transaction of its own.
 */
#ifndef STORE_MEND_H
#define STORE_MEND_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/job.h"
#include "io/db.h"

bool mend_deactivate(struct db *db, const struct job *job, bool *done, struct err *err) MUST_USE;

/* next: as walltime_format writes it. */
bool mend_resume(struct db *db, const struct job *job, const char *next, bool *done,
                 struct err *err) MUST_USE;

#endif
