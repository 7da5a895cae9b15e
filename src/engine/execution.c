#include "engine/execution.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "store/history.h"

enum {
    SLOT_OLDEST_S = 400 * 86400
}; /* how far back missed times are looked for: a bit over a year */

void execution_fail(struct execution *x, const char *text)
{
    outcome_fail(&x->outcome, text);
    x->run.queue_count = 0;
}

static void rest(struct execution *x, const char *why)
{
    struct err text;
    char then[200];
    const struct job *job = &x->claim.job;
    if (x->why == EXECUTION_ON_DEMAND)
        snprintf(then, sizeof then, "%s", _("the job is run all the same, but has no next time"));
    else if (job_is_once(job)) /* has had its turn: a new schedule would not bring it back */
        snprintf(then, sizeof then,
                 _("the job, which is run only once, was not run; task-server run-job %d runs it"),
                 job->id);
    else
        snprintf(then, sizeof then, "%s",
                 _("the job was not run and rests until its schedule is changed"));
    x->rests = true;
    err_set(&text, ERR_JOB, "the schedule '%.500s' %s; %s", job->spec ? job->spec : "", why, then);
    execution_fail(x, text.text);
}

/* A job without a next time cannot be given back: it would be due again every minute. */
bool execution_has_schedule(struct execution *x)
{
    struct err err = {0};
    const char *language = i18n_speak(x->visit->site->options.language); /* it is recorded */
    if (!cronspec_parse(&x->spec, x->claim.job.spec, &err)) {
        char why[ERR_TEXT_MAX];
        snprintf(why, sizeof why, _("cannot be understood (%.1500s)"), err.text);
        rest(x, why);
    } else if (!x->spec.fires) {
        rest(x, _("never fires: there is no such date"));
    }
    i18n_speak(language);
    return !x->rests;
}

bool execution_may_run(const struct execution *x, int64_t now_us)
{
    if (x->claim.state != CLAIM_TAKEN)
        return false;
    return x->why == EXECUTION_ON_DEMAND ||
           job_due(&x->claim.job, &x->visit->site->node, now_us) == DUE;
}

bool execution_is_job(const struct execution *x, const struct job *job)
{
    const char *now = x->claim.job.package;
    if (!now || !job->package)
        return now == job->package;
    return strcmp(now, job->package) == 0;
}

void execution_tell_way(const struct execution *x)
{
    visit_log(x->visit, LOG_LEVEL_DEBUG, &x->claim.job, "runs %s", x->choice.why);
}

void execution_find_slot(struct execution *x, int64_t now_us)
{
    int64_t slot_us = job_slot_us(&x->claim.job, now_us);
    int64_t oldest_us = now_us - (int64_t)SLOT_OLDEST_S * 1000000;
    if (x->why == EXECUTION_ON_DEMAND)
        slot_us = now_us;
    /* What somebody has written there, '-infinity' perhaps, need not be one of its times. */
    int64_t slot_s = (slot_us > oldest_us ? slot_us : oldest_us) / 1000000;
    if (!x->rests)
        slot_s = cronspec_latest(&x->spec, &x->visit->site->zone, slot_s, now_us / 1000000);
    x->slot_us = slot_us > slot_s * 1000000 ? slot_us : slot_s * 1000000;
}

static void note(const struct execution *x, const struct job *job, enum run_end end)
{
    struct err err = {0};
    const char *text = end == RUN_LOST ? NULL : outcome_text(&x->outcome);
    struct run_record record = {
        .run_at_us = x->run_at_us,
        .client_id = x->visit->client->id,
        .job_id = job->id,
        .duration_ms = x->visit->began_ms ? visit_ran_ms(x->visit) : -1,
        .end = end,
        .package = job->package,
        .client = x->visit->client->fields[CLIENT_NAME],
        .description = job->description,
        .text = end == RUN_SUCCEEDED ? NULL : text,
        .once = job_is_once(job),
    };
    if (x->visit->site->runlog && !runlog_append(x->visit->site->runlog, &record, &err))
        visit_log(x->visit, LOG_LEVEL_WARNING, job, "%s", err.text);
}

void execution_note_end(const struct execution *x)
{
    const char *text = outcome_text(&x->outcome);
    bool interrupted = text && strncmp(text, HISTORY_INTERRUPTED, strlen(HISTORY_INTERRUPTED)) == 0;
    note(x, &x->claim.job,
         !x->outcome.failed ? RUN_SUCCEEDED
         : interrupted      ? RUN_INTERRUPTED
                            : RUN_FAILED);
}

enum executed execution_unclaimed(struct execution *x, const struct job *job, const struct err *err)
{
    struct visit *visit = x->visit;
    enum executed end = db_lost(&visit->db) ? EXECUTED_AWAY : EXECUTED_UNCLAIMED;
    visit_log(visit, end == EXECUTED_AWAY ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, job,
              "cannot be claimed: %s", err->text);
    visit->tally.unserved++;
    return end;
}

enum executed execution_turned_away(struct execution *x, const struct job *job)
{
    if (x->claim.state == CLAIM_LOST) {
        visit_log(x->visit, LOG_LEVEL_DEBUG, job, "LOST: another session has claimed it");
        x->visit->tally.lost++;
        note(x, job, RUN_LOST);
        return EXECUTED_LOST;
    }
    visit_log(x->visit, LOG_LEVEL_DEBUG, job,
              x->claim.state == CLAIM_GONE ? N_("its row was deleted meanwhile")
              : !execution_is_job(x, job)  ? N_("is another job now")
                                           : N_("is not due any more: another session was faster"));
    return EXECUTED_NOTHING;
}

void execution_release(struct execution *x)
{
    job_run_release(&x->run);
    data_release(&x->data);
    outcome_release(&x->outcome);
    claim_release(&x->claim);
}
