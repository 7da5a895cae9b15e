/* BackgroundJobCleanup: deletes once jobs that ran more than a day ago. */
#include "core/date.h"
#include "jobs/jobs.h"

static const struct db_statement delete_old = {
    .params = 1,
    .sql = "DELETE FROM public.background_jobs"
           " WHERE type = 'once' AND last_run_at < $1::timestamp",
};

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    /* The same time yesterday, on the wall clock: not 24 hours where clocks change. */
    struct civil now = date_now(run->zone, run->now_us);
    struct civil yesterday = date_minus(&now, (struct date_step){.days = 1});
    char text[DATE_TIME_TEXT_MAX];
    date_time_text(&yesterday, text);
    const char *params[] = {text};
    outcome_succeed(outcome, "1");
    return job_queue(run, &delete_old, params, err);
}

const struct handler job_background_job_cleanup = {.package = "BackgroundJobCleanup", .run = run};
