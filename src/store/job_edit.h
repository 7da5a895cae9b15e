/* job_edit.h: changing rows of background_jobs for people, as kivitendo's page does it.
 *
 *     struct job_change changes[] = {{JOB_ACTIVE, "true"}, {JOB_NEXT, "2026-11-25 03:00:00"}};
 *     job_edit(&db, &row, changes, 2, &end, err)
 *     job_insert(&db, changes, count, &id, err)
 *     job_delete(&db, &row, &end, err)
 *
 * An edit is one UPDATE of the named columns only, and happens only where the row still is what was
 * shown: package, type, spec and activity, and the columns that are edited.  Its times and data may
 * have changed since, because the job ran.
 *
 * On a connection whose session is set up.  Texts are UTF-8, NULL is null.
 * Errors: ERR_AWAY, or ERR_JOB where the server refuses, such as a column that the database of an
 * older release lacks.
 * Source: kivitendo.md "What others do to the same rows meanwhile".
 * Not here: whether the values make sense (engine/jobform.h).
 */
#ifndef STORE_JOB_EDIT_H
#define STORE_JOB_EDIT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/job.h"
#include "io/db.h"

enum job_column {
    JOB_TYPE,
    JOB_PACKAGE,
    JOB_SPEC,
    JOB_ACTIVE,
    JOB_DATA,
    JOB_DESCRIPTION,
    JOB_NODE,
    JOB_NEXT, /* next_run_at */
    JOB_COLUMNS,
};

struct job_change {
    enum job_column column;
    const char *value; /* borrowed */
};

enum edit_end {
    EDIT_DONE,
    EDIT_GONE,  /* there is no such row any more */
    EDIT_OTHER, /* somebody has changed it in the meantime */
};

bool job_edit(struct db *db, const struct job *row, const struct job_change *changes, int count,
              enum edit_end *end, struct err *err) MUST_USE;

bool job_insert(struct db *db, const struct job_change *changes, int count, int *id,
                struct err *err) MUST_USE;

bool job_delete(struct db *db, const struct job *row, enum edit_end *end, struct err *err) MUST_USE;

#endif
