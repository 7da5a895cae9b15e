/* handover.h: what of ours would trouble kivitendo's task_server.pl, and how that is mended.
 *
 *     struct handover_finding finding;
 *     if (handover_judge(&site, &survey_job, now_us, &finding)) …      finding.text says what
 *         handover_mend(&db, &site, &job, &finding, err)               finding.text says what was
 * done
 *
 * Rows of ours that it cannot use: a cron_spec that its parser refuses (it dies of it after the job
 * has run, so the job runs every minute), an interval row that rests without next_run_at (it never
 * looks at it again), a command (it knows no such class).  A job that cannot run there is made
 * inactive, one that rests although its spec is good gets its next time.  Rows that are inactive or
 * done are no trouble.
 *
 * Errors: as io/db.h.
 * Source: kivitendo.md "Which jobs are due", "What a run leaves behind".
 * Not here: entries of the journal (engine/leftover.h).
 */
#ifndef ENGINE_HANDOVER_H
#define ENGINE_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/site.h"
#include "engine/survey.h"
#include "io/db.h"

enum handover_remedy {
    HANDOVER_NOTHING, /* somebody has to look at it */
    HANDOVER_DEACTIVATE,
    HANDOVER_RESUME, /* next_run_at is set */
};

struct handover_finding {
    enum handover_remedy remedy;
    int64_t next_us; /* with HANDOVER_RESUME */
    char text[2048]; /* what the trouble is; for people */
};

/* False: the old server can do with it. */
bool handover_judge(const struct site *site, const struct survey_job *job, int64_t now_us,
                    struct handover_finding *finding);

/* Does the remedy, unless the row was edited meanwhile; the text then says what was done. */
bool handover_mend(struct db *db, const struct site *site, const struct job *job,
                   struct handover_finding *finding, struct err *err) MUST_USE;

#endif
