#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "core/cronperl.h"
#include "core/cronspec.h"
#include "core/specwords.h"
#include "engine/handlers.h"
#include "engine/why_parts.h"
#include "store/history.h"

enum { OVERDUE_S = 180 };

#define OUR_NAME "task-server " /* the beginning of our sessions' application_name */

/* ---- the job's row ---- */

static void look_at_row(struct why_asking *a)
{
    const struct job *job = &a->s->job->row->job;
    int client_id = a->s->client->client.id;
    why_add(a, "active", job->active ? WHY_FINE : WHY_STOPS, job->active ? N_("yes") : N_("no"));
    if (!job->active)
        why_advise(a, _("task-server jobs enable %d --client %d, or kivitendo's page"), job->id,
                   client_id);
    if (job_is_once(job) && job->has_last) {
        why_add(a, "type", WHY_STOPS, "once, and it has had its turn");
        why_advise(a, _("task-server run-job %d --client %d runs it again"), job->id, client_id);
    } else if (job_is_once(job) || (job->type && strcmp(job->type, "interval") == 0)) {
        why_add(a, "type", WHY_FINE, "%s", job->type);
    } else {
        why_add(a, "type", WHY_STOPS, "%s", job->type ? job->type : _("none"));
        why_advise(a, _("it must be interval or once"));
    }
}

static void look_at_node(struct why_asking *a)
{
    const struct job *job = &a->s->job->row->job;
    const struct node *ours = &a->s->site->node;
    bool named = job->node && *job->node;
    bool matches = named ? strcmp(job->node, ours->id) == 0 : !ours->only_own;
    if (named)
        why_add(a, "node", matches ? WHY_FINE : WHY_STOPS, "only '%s', and this is '%s'", job->node,
                ours->id);
    else
        why_add(a, "node", matches ? WHY_FINE : WHY_STOPS, "any, and this is '%s'", ours->id);
    if (!matches)
        why_advise(
            a, named ? _("that node must run it, or change its node_id")
                     : _("only_run_tasks_for_this_node is set here, so it must name this node"));
}

static enum specwords_language language(void)
{
    return i18n_is_german() ? SPECWORDS_GERMAN : SPECWORDS_ENGLISH;
}

/* It fires. */
static void judge_spec(struct why_asking *a, const struct cronspec *spec, const char *text)
{
    struct err refused = {0};
    struct buf words = {0};
    specwords_add(spec, text, language(), &words);
    if (*spec->warning) {
        why_add(a, "cron_spec", WHY_WARNING, "'%.300s': %s; %s", text, buf_text(&words),
                spec->warning);
        why_advise(a, _("see whether that is meant"));
    } else if (!cronperl_accepts(text, &refused)) {
        why_add(a, "cron_spec", WHY_WARNING, "'%.300s': %s; kivitendo's own parser refuses it: %s",
                text, buf_text(&words), refused.text);
        why_advise(a, _("it is run, but kivitendo's page cannot save the job"));
    } else {
        why_add(a, "cron_spec", WHY_FINE, "'%.300s': %s", text, buf_text(&words));
    }
    buf_release(&words);
}

static void look_at_spec(struct why_asking *a)
{
    const struct job *job = &a->s->job->row->job;
    const char *text = job->spec ? job->spec : "";
    struct cronspec spec;
    struct err err = {0};
    bool understood = cronspec_parse(&spec, text, &err);
    if (understood && job_is_once(job)) {
        why_add(a, "cron_spec", WHY_FINE, "none counts: it runs once");
        return;
    }
    if (understood && spec.fires) {
        judge_spec(a, &spec, text);
        return;
    }
    if (understood)
        why_add(a, "cron_spec", WHY_STOPS, "'%.300s' never fires", text);
    else
        why_add(a, "cron_spec", WHY_STOPS, "%.800s", err.text);
    why_advise(a,
               _("correct it in kivitendo's page, or: task-server jobs set %d --client %d spec=…"),
               job->id, a->s->client->client.id);
}

static void look_at_no_time(struct why_asking *a)
{
    const struct job *job = &a->s->job->row->job;
    if (job_is_once(job)) {
        why_add(a, "next_run_at", WHY_FINE, job->has_last ? N_("none") : N_("none: at once"));
        return;
    }
    why_add(a, "next_run_at", WHY_STOPS, "none");
    why_advise(a,
               _("it rests: save it again in kivitendo's page, or task-server jobs enable %d "
                 "--client %d"),
               job->id, a->s->client->client.id);
}

static bool is_running(const struct why_asking *a, struct situation_work *work)
{
    return situation_find_work(a->s->situation, a->s->client->client.id, a->s->job->row, work);
}

static void look_at_time(struct why_asking *a)
{
    const struct job *job = &a->s->job->row->job;
    struct situation_work work;
    char next[AGEWORDS_STAMP_MAX];
    int64_t late_s = job_late_us(job, a->s->situation->now_us) / 1000000;
    bool lies_ahead = job->has_next && job->next_us > a->s->situation->now_us;
    bool is_done = job_is_once(job) && job->has_last; /* its time does not matter any more */
    if (!job->has_next) {
        look_at_no_time(a);
        return;
    }
    why_show_time(a, job->next_us, next);
    if (is_done || (!lies_ahead && (late_s <= OVERDUE_S || is_running(a, &work)))) {
        why_add(a, "next_run_at", WHY_FINE, "%s", next);
    } else if (lies_ahead && a->s->job->due == DUE) {
        why_add(a, "next_run_at", WHY_FINE, "%s, but without a schedule it is run at once", next);
    } else if (lies_ahead) {
        why_add(a, "next_run_at", WHY_WAITS, "%s", next);
        if (a->s->job->postponed)
            why_advise(
                a,
                _("its schedule would have it earlier; if nobody has meant that, save it again "
                  "in kivitendo's page, or: task-server jobs set %d --client %d spec=…"),
                job->id, a->s->client->client.id);
    } else {
        why_add(a, "next_run_at", WHY_WARNING, "%s", next);
        why_advise(a, _("the next run should see to it; if it does not: task-server -v run"));
    }
}

static void look_at_program(struct why_asking *a)
{
    const struct survey_job *job = a->s->job;
    struct err err = {0};
    if (handlers_can_start(a->s->site, job->kind, job->row->job.package, &err))
        return;
    why_add(a, "program", WHY_WARNING, "it cannot be started: %s", err.text);
    why_advise(a, _("task-server check says more"));
}

static void look_at_handler(struct why_asking *a)
{
    const struct survey_job *job = a->s->job;
    bool known = job->kind != BOARD_NATIVE || job->native;
    why_add(a, "handler", known ? WHY_FINE : WHY_WARNING, "%.1500s", job->why);
    if (known)
        look_at_program(a);
    else
        why_advise(a, _("correct its package, or name a program for it in [task_server/commands]"));
}

/* ---- who is at work on it ---- */

static const struct journal_item *find_entry(const struct why_asking *a)
{
    return journal_count_find(&a->s->situation->journal, a->s->client->client.id,
                              a->s->job->row->job.id);
}

/* A process of ours on this machine. */
static void claimed_here(struct why_asking *a, int pid, int64_t since_us)
{
    char since[AGEWORDS_STAMP_MAX];
    why_show_time(a, since_us, since);
    why_add(a, "claim", WHY_WAITS, "by process %d of this machine, since %s", pid, since);
}

/* A session of the database, of whatever machine. */
static void claimed_there(struct why_asking *a, const struct job_claim *claim)
{
    char since[AGEWORDS_STAMP_MAX];
    const char *from = claim->address ? claim->address : _("this machine");
    bool ours = strncmp(claim->application, OUR_NAME, strlen(OUR_NAME)) == 0;
    enum why_verdict verdict = ours ? WHY_WAITS : WHY_STOPS;
    why_show_time(a, claim->since_us, since);
    if (claim->has_since)
        why_add(a, "claim", verdict, "by '%s' from %s (database process %d), since %s",
                claim->application, from, claim->pid, since);
    else
        why_add(a, "claim", verdict, "by '%s' from %s (database process %d)", claim->application,
                from, claim->pid);
    if (!ours)
        why_advise(a, _("that session is none of ours: it must let go of its lock"));
}

static void look_at_claim(struct why_asking *a)
{
    const struct job_claim *claim = &a->s->job->row->claim;
    struct situation_work work;
    if (!is_running(a, &work))
        why_add(a, "claim", WHY_FINE, "by nobody");
    else if (work.pid)
        claimed_here(a, (int)work.pid, work.since_us);
    else
        claimed_there(a, claim);
}

static bool others_wait(const struct why_asking *a)
{
    const struct journal_count *journal = &a->s->situation->journal;
    for (size_t i = 0; i < journal->client_count; i++)
        if (journal->clients[i] == a->s->client->client.id)
            return true;
    return false;
}

static enum journal_fate find_fate(struct why_asking *a, const struct journal_item *entry)
{
    struct journal journal = {0};
    struct err ignored = {0};
    enum journal_fate fate = JOURNAL_FATE_UNKNOWN;
    if (site_open_journal(a->s->site, &journal, &ignored) && journal_exists(&journal))
        fate = journal_fate(&journal, entry);
    journal_close(&journal);
    return fate;
}

static void tell_entry(struct why_asking *a, const struct journal_item *entry)
{
    char began[AGEWORDS_STAMP_MAX];
    const char *package = a->s->job->row->job.package;
    bool again = package &&
                 option_map_find(&a->s->site->options.rerun_interrupted, package) != NULL;
    why_show_time(a, entry->run_at_us, began);
    enum journal_fate fate = find_fate(a, entry);
    switch (fate) {
    case JOURNAL_FATE_GONE: why_add(a, "journal", WHY_FINE, "nothing waits"); return;
    case JOURNAL_FATE_RUNNING:
        why_add(a, "journal", WHY_WARNING,
                "what its run of %s started goes on, and nobody is seen to watch over it", began);
        why_advise(a, _("the next run ends it, and records that it was interrupted"));
        return;
    case JOURNAL_FATE_INTERRUPTED:
        why_add(a, "journal", WHY_WARNING,
                "its run of %s was interrupted, which is not recorded yet", began);
        why_advise(a, again ? _("the next run records it, and runs the job again")
                            : _("the next run records it, and the job goes on at its next regular "
                                "time"));
        return;
    case JOURNAL_FATE_SUCCEEDED:
    case JOURNAL_FATE_FAILED:
        why_add(a, "journal", WHY_WARNING,
                fate == JOURNAL_FATE_FAILED
                    ? N_("its run of %s failed, which is not recorded yet")
                    : N_("its run of %s succeeded, which is not recorded yet"),
                began);
        why_advise(a, _("the next run records it, and the job goes on at its next regular time"));
        return;
    case JOURNAL_FATE_UNSTARTED:
        why_add(a, "journal", WHY_WARNING, "its run of %s was prepared, but never started", began);
        why_advise(a, _("if it is still due, the next run starts it"));
        return;
    case JOURNAL_FATE_UNKNOWN:
        why_add(a, "journal", WHY_WARNING, "what is noted of its run of %s cannot be read", began);
        why_advise(a, _("the next run puts the entry aside, and says so"));
    }
}

static void look_at_journal(struct why_asking *a)
{
    const struct journal_item *entry = find_entry(a);
    if (!a->s->situation->state) {
        why_add(a, "journal", WHY_FINE, "not known: the state directory cannot be read");
        return;
    }
    if (entry && !entry->owner && !a->s->job->row->claim.pid)
        tell_entry(a, entry);
    else if (others_wait(a))
        why_add(a, "journal", WHY_FINE, "runs of other jobs of this client wait to be recorded");
    else
        why_add(a, "journal", WHY_FINE, "nothing waits");
}

static void look_at_last(struct why_asking *a)
{
    const struct inventory_job *row = a->s->job->row;
    char last[AGEWORDS_STAMP_MAX];
    if (!row->last_text) {
        why_add(a, "last", WHY_FINE, "never");
        return;
    }
    why_show_time(a, row->last_us, last);
    const char *error = row->end.error ? row->end.error : "";
    bool interrupted = strncmp(error, HISTORY_INTERRUPTED, strlen(HISTORY_INTERRUPTED)) == 0;
    if (!row->end.found)
        why_add(a, "last", WHY_FINE, "%s; how it ended is not known any more", last);
    else if (row->end.status && strcmp(row->end.status, "success") == 0)
        why_add(a, "last", WHY_FINE, "%s, a success", last);
    else if (interrupted)
        why_add(a, "last", WHY_WARNING, "%s, interrupted: %.1000s", last,
                error + strlen(HISTORY_INTERRUPTED));
    else
        why_add(a, "last", WHY_WARNING, "%s, a failure: %.1000s", last, error);
}

void why_ask_job(struct why_asking *a)
{
    static void (*const conditions[])(struct why_asking *) = {
        look_at_row,     look_at_node,  look_at_spec,    look_at_time,
        look_at_handler, look_at_claim, look_at_journal, look_at_last};
    for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
        conditions[i](a);
}
