/* CleanBackgroundJobHistory: deletes history rows that are older than their retention. */
#include "core/date.h"
#include "core/whole.h"
#include "jobs/jobs.h"

enum { RETENTION_SUCCESS_DAYS = 14, RETENTION_FAILURE_DAYS = 90 };

static const struct db_statement delete_old = {
    .params = 2,
    .sql = "DELETE FROM public.background_job_histories"
           " WHERE (status = 'success' AND run_at < $1::timestamp)"
           " OR (status = 'failure' AND run_at < $2::timestamp)",
};

/* Midnight at the beginning of the first day that is kept. */
static bool read_limit(const struct job_run *run, const char *key, int64_t days,
                       char out[static DATE_TEXT_MAX], struct err *err)
{
    if (!whole_above_zero(run->data, key, WHOLE_MAX, &days, err))
        return false;
    struct civil today = date_today(run->zone, run->now_us);
    struct civil first = date_minus(&today, (struct date_step){.days = days});
    date_text(&first, out);
    return true;
}

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    char success[DATE_TEXT_MAX];
    char failure[DATE_TEXT_MAX];
    if (!read_limit(run, "retention_success", RETENTION_SUCCESS_DAYS, success, err) ||
        !read_limit(run, "retention_failure", RETENTION_FAILURE_DAYS, failure, err))
        return false;
    const char *params[] = {success, failure};
    outcome_succeed(outcome, "1");
    return job_queue(run, &delete_old, params, err);
}

const struct handler job_clean_background_job_history = {
    .package = "CleanBackgroundJobHistory",
    .run = run,
};
