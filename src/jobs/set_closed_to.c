/* SetClosedTo: closes the books up to a date some days and months ago; never opens them again. */
#include "core/date.h"
#include "core/whole.h"
#include "jobs/jobs.h"

/* Some centuries: more is a mistake. */
enum { DAYS_MAX = 100000, MONTHS_MAX = 10000 };

static const struct db_statement close_books = {
    .params = 1,
    .sql = "UPDATE public.defaults SET closedto = $1::date"
           " WHERE closedto IS NULL OR closedto < $1::date",
};

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    struct date_step step = {.months = 1, .days = 10};
    if (!whole_above_zero(run->data, "subtract_days", DAYS_MAX, &step.days, err) ||
        !whole_above_zero(run->data, "subtract_month", MONTHS_MAX, &step.months, err))
        return false;
    struct civil today = date_today(run->zone, run->now_us);
    struct civil closed_to = date_minus(&today, step);
    char text[DATE_TEXT_MAX];
    date_text(&closed_to, text);
    const char *params[] = {text};
    outcome_succeed(outcome, "1");
    return job_queue(run, &close_books, params, err);
}

const struct handler job_set_closed_to = {
    .package = "SetClosedTo",
    .run = run,
    .follows_releases = true,
};
