/* ValidityTokenCleanup: deletes tokens that are not valid any more. */
#include "core/date.h"
#include "jobs/jobs.h"

static const struct db_statement delete_old = {
    .params = 1,
    .sql = "DELETE FROM public.validity_tokens WHERE valid_until < $1::timestamp",
};

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    struct civil now = date_now(run->zone, run->now_us);
    char text[DATE_TIME_TEXT_MAX];
    date_time_text(&now, text);
    const char *params[] = {text};
    outcome_succeed(outcome, "1");
    return job_queue(run, &delete_old, params, err);
}

const struct handler job_validity_token_cleanup = {.package = "ValidityTokenCleanup", .run = run};
