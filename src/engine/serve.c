#include "engine/serve.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "engine/execute.h"
#include "engine/leftover.h"
#include "store/jobs.h"

static bool list_jobs(struct visit *visit, struct job_list *list, int64_t now_us, struct err *err)
{
    struct job_query query = {
        .zone = &visit->site->zone,
        .now_us = now_us,
        .all = log_wants(LOG_LEVEL_DEBUG),
        .untold = visit->home.untold,
    };
    return jobs_list(&visit->db, &query, list, err) && visit_take_list(visit, list, err);
}

static void log_not_due(const struct visit *visit, const struct job *job, enum due due)
{
    if (due == DUE_LATER)
        visit_log(visit, LOG_LEVEL_DEBUG, job, "%s: next_run_at is %s", due_words(due),
                  job->next_text);
    else if (due == DUE_OTHER_NODE)
        visit_log(visit, LOG_LEVEL_DEBUG, job, "%s: its node is '%s', ours '%s'", due_words(due),
                  job->node ? job->node : "", visit->site->node.id);
    else
        visit_log(visit, LOG_LEVEL_DEBUG, job, "%s", due_words(due));
}

static void note_lateness(struct visit *visit, const struct job *job, int64_t now_us)
{
    int64_t late_s = job_late_us(job, now_us) / 1000000;
    if (late_s > visit->overdue_s)
        visit->overdue_s = late_s;
}

static void note_refusal(struct visit *visit, const struct job *job, enum executed end,
                         const struct err *why)
{
    if (end == EXECUTED_UNCLAIMED)
        visit_refuse(visit, why, N_("job %d cannot be claimed"), job->id);
    else if (end == EXECUTED_UNSTARTED)
        visit_refuse(visit, why, N_("job %d cannot be started"), job->id);
    else if (end == EXECUTED_KEPT)
        visit_refuse(visit, why, N_("the outcome of job %d waits in the journal"), job->id);
    else if (end == EXECUTED_UNRECORDED)
        visit_refuse(visit, why, N_("job %d cannot be recorded, and was undone"), job->id);
}

/* Runs the list in order.  False: the database went away. */
static bool run_list(struct visit *visit, const struct job_list *list, int64_t now_us,
                     struct err *err)
{
    visit->finished = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct job *job = &list->items[i];
        enum due due = job_due(job, &visit->site->node, now_us);
        if (due != DUE) {
            log_not_due(visit, job, due);
            continue;
        }
        note_lateness(visit, job, now_us);
        enum executed end = execute(visit, job, EXECUTION_DUE, err);
        visit->finished = end != EXECUTED_STOPPED && end != EXECUTED_WAITS;
        if (!visit->finished)
            break;
        note_refusal(visit, job, end, err);
        if (db_lost(&visit->db) && !visit_reconnect(visit, err))
            return err_wrap(err, "the connection was lost in the middle of its jobs");
    }
    return true;
}

/* Connects, and settles first what earlier runs have left; where there is nothing, the session is
 * set up with the same round trip that lists the jobs. */
static bool open_settled(struct visit *visit, struct err *err)
{
    struct journal_list leftovers;
    bool done = leftover_find(visit, &leftovers, err) &&
                (leftovers.count ? visit_connect(visit, err) : visit_open(visit, err)) &&
                leftover_settle(visit, &leftovers, err);
    journal_list_release(&leftovers);
    return done;
}

bool serve_client(struct visit *visit, struct err *err)
{
    int64_t now_us = clock_real_us();
    struct job_list list = {0};
    bool done = open_settled(visit, err) && list_jobs(visit, &list, now_us, err) &&
                run_list(visit, &list, now_us, err);
    job_list_release(&list);
    return done;
}
