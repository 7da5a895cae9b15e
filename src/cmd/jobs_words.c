/* jobs_words.c: values of a job in words, for table and card: see cmd/jobs.h. */
#include <string.h>

#include "base/i18n.h"
#include "cmd/jobs.h"
#include "core/agewords.h"
#include "core/cronspec.h"
#include "core/specwords.h"
#include "core/walltime.h"

enum {
    MINUTE_LEN = 16, /* "2026-11-25 03:00" */
    SECONDS_LEN = 3, /* ":00" */
};

static void add_date(const struct jobs_view *view, int64_t instant_us, struct buf *out)
{
    char text[WALLTIME_MAX];
    walltime_show(&view->picture->desk->site.zone, instant_us, text);
    if (strlen(text) > MINUTE_LEN + SECONDS_LEN) /* no infinity */
        buf_addf(out, " (%.*s%s)", MINUTE_LEN, text, text + MINUTE_LEN + SECONDS_LEN);
}

/* What matters first, for the end may be cut off. */
void jobs_say_time(const struct jobs_view *view, int64_t instant_us, bool dated, struct buf *out)
{
    if (instant_us == INT64_MIN || instant_us == INT64_MAX) {
        buf_add_text(out, instant_us < 0 ? "-infinity" : "infinity");
        return;
    }
    agewords_ago((view->picture->survey.now_us - instant_us) / WALLTIME_SECOND_US, out);
    if (dated)
        add_date(view, instant_us, out);
}

void jobs_say_spec(const struct job *job, struct buf *out)
{
    struct cronspec spec;
    struct err err = {0};
    if (job_is_once(job))
        buf_add_text(out, _("once"));
    else if (cronspec_parse(&spec, job->spec, &err))
        specwords_add(&spec, job->spec, i18n_is_german() ? SPECWORDS_GERMAN : SPECWORDS_ENGLISH,
                      out);
    else
        buf_addf(out, _("wrong: '%s'"), job->spec);
}

bool jobs_has_failed(const struct survey_job *job)
{
    const struct job_end *end = &job->row->end;
    return end->found && end->status && strcmp(end->status, "success") != 0;
}

static void say_due(const struct jobs_view *view, const struct job *row, struct buf *out)
{
    int64_t late_us = job_late_us(row, view->picture->survey.now_us);
    struct buf span = {0};
    if (late_us < WALLTIME_SECOND_US) {
        buf_add_text(out, _("due now"));
        return;
    }
    agewords_span(late_us / WALLTIME_SECOND_US, &span);
    buf_addf(out, _("due for %s"), buf_text(&span));
    if (view->dates_next)
        add_date(view, row->next_us, out);
    buf_release(&span);
}

static void say_work(const struct jobs_view *view, const struct job_claim *claim,
                     const struct situation_work *work, struct buf *out)
{
    if (!view->is_wordy)
        buf_add_text(out, _("at work"));
    else if (claim->pid)
        buf_addf(out, _("at work (database process %d)"), claim->pid);
    else
        buf_addf(out, _("at work (process %d of this machine)"), (int)work->pid);
}

void jobs_say_next(const struct jobs_view *view, const struct survey_client *client,
                   const struct survey_job *job, struct buf *out)
{
    const struct job *row = &job->row->job;
    struct situation_work work;
    if (situation_find_work(&view->picture->situation, client->client.id, job->row, &work)) {
        say_work(view, &job->row->claim, &work, out);
        return;
    }
    switch (job->due) {
    case DUE: say_due(view, row, out); break;
    case DUE_LATER: jobs_say_time(view, row->next_us, view->dates_next, out); break;
    case DUE_OTHER_NODE:
        if (view->is_wordy)
            buf_addf(out, _("on node %s"), row->node ? row->node : "?");
        else
            buf_add_text(out, _("elsewhere"));
        break;
    case DUE_UNKNOWN_TYPE:
        buf_add_text(out, view->is_wordy ? _("never: its type is unknown") : _("never"));
        break;
    case DUE_INACTIVE: buf_add_text(out, _("not active")); break;
    case DUE_DONE: buf_add_text(out, _("done")); break;
    case DUE_NO_TIME: buf_add_text(out, _("rests")); break;
    }
}

void jobs_say_last(const struct jobs_view *view, const struct survey_job *job, struct buf *out)
{
    if (job->row->last_text)
        jobs_say_time(view, job->row->last_us, view->dates_last, out);
    else
        buf_add_text(out, _("never"));
}
