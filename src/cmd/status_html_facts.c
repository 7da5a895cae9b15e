/* status_html_facts.c: how things stand, and what somebody should look at: see
 * cmd/status_html_parts.h. */
#include <stdio.h>

#include "base/i18n.h"
#include "cmd/status_html.h"
#include "cmd/status_html_parts.h"
#include "core/agewords.h"
#include "core/html.h"
#include "core/walltime.h"

enum { SECOND_US = 1000000 };

void status_page_time(const struct status_page *p, int64_t at_us, char out[AGEWORDS_STAMP_MAX])
{
    agewords_stamp(&p->site->zone, at_us, p->o->situation.now_us, out);
}

static void add_time(const struct status_page *p, int64_t at_us)
{
    char time[AGEWORDS_STAMP_MAX];
    status_page_time(p, at_us, time);
    html_add(p->out, time);
}

void status_page_heading(const struct status_page *p, const char *title)
{
    buf_add_text(p->out, "<h2>");
    html_add(p->out, title);
    buf_add_text(p->out, "</h2>\n");
}

/* ---- facts ---- */

/* class: "bad", "warn", "good" or "". */
static void begin_fact(const struct status_page *p, const char *title, const char *class)
{
    buf_add_text(p->out, "<dt>");
    html_add(p->out, title);
    buf_addf(p->out, "</dt><dd class=\"%s\">", class);
}

static void end_fact(const struct status_page *p)
{
    buf_add_text(p->out, "</dd>\n");
}

static void add_schedule(const struct status_page *p)
{
    const struct situation *s = &p->o->situation;
    bool served = situation_is_served(s);
    if (*s->scheduler) {
        begin_fact(p, _("schedule"), served ? "good" : "bad");
        html_addf(p->out, served ? _("armed by %s") : _("armed by %s, but no runs come"),
                  s->scheduler);
    } else if (!s->state) {
        begin_fact(p, _("schedule"), "warn");
        html_add(p->out, _("not known: the state directory cannot be read"));
    } else {
        begin_fact(p, _("schedule"), served ? "warn" : "bad");
        html_add(p->out, served ? _("not armed by task_server, but runs come") : _("not armed"));
    }
    end_fact(p);
}

static void add_last_run(const struct status_page *p)
{
    const struct situation *s = &p->o->situation;
    char time[AGEWORDS_STAMP_MAX];
    begin_fact(p, _("last run"), s->has_stamp && s->stamp.exit_code ? "bad" : "");
    if (s->has_stamp) {
        status_page_time(p, s->stamp.ended_us, time);
        html_addf(p->out, _("%s; jobs: %d succeeded, %d failed, %d left due; exit code %d"), time,
                  s->stamp.succeeded, s->stamp.failed, s->stamp.unserved, s->stamp.exit_code);
    } else {
        html_add(p->out, _("none that we know of"));
    }
    end_fact(p);
}

static void add_busy(const struct status_page *p)
{
    const struct situation *s = &p->o->situation;
    char since[AGEWORDS_STAMP_MAX];
    begin_fact(p, _("at work"), s->busy_now && s->holder.is_perl_server ? "bad" : "");
    status_page_time(p, s->holder.since_s * SECOND_US, since);
    if (!s->busy_now)
        html_add(p->out, _("nobody"));
    else if (s->holder.is_perl_server)
        html_addf(p->out, _("kivitendo's old task_server.pl, pid %d, since %s"), (int)s->holder.pid,
                  since);
    else
        html_addf(p->out, _("a run, pid %d, since %s"), (int)s->holder.pid, since);
    for (size_t i = 0; s->busy_now && i < s->busy.count; i++) {
        const struct busy_job *job = &s->busy.jobs[i];
        status_page_time(p, job->since_us, since);
        buf_add_text(p->out, "<br><bdi>");
        html_addf(p->out, _("client '%s': job %d (%s), since %s"), job->client, job->job_id,
                  job->package, since);
        buf_add_text(p->out, "</bdi>");
    }
    end_fact(p);
}

static void add_locks(const struct status_page *p)
{
    const struct situation *s = &p->o->situation;
    const struct hold *all = holds_find(&p->o->survey.holds, HOLDS_ALL, s->now_us / SECOND_US);
    char since[AGEWORDS_STAMP_MAX];
    if (s->locked) {
        status_page_time(p, s->locked_since_s * SECOND_US, since);
        begin_fact(p, _("installation"), "bad");
        html_addf(p->out, _("locked since %s (users/nologin)"), since);
        end_fact(p);
    }
    if (all) {
        status_page_time(p, all->since_s * SECOND_US, since);
        begin_fact(p, _("held"), "bad");
        html_addf(p->out, _("everything, since %s, by %s: %s"), since, all->who, all->why);
        end_fact(p);
    }
    if (p->o->survey.holds_trouble) {
        begin_fact(p, _("held"), "bad");
        html_addf(p->out, _("everything, for it cannot be read who is held: %s"),
                  p->o->survey.holds_trouble);
        end_fact(p);
    }
}

static void add_waiting(const struct status_page *p)
{
    const struct situation *s = &p->o->situation;
    if (s->journal.waiting || s->journal.bad) {
        begin_fact(p, _("journal"), "warn");
        html_addf(p->out, _("%d runs wait to be recorded, %d cannot be"), s->journal.waiting,
                  s->journal.bad);
        end_fact(p);
    }
    if (s->notices) {
        begin_fact(p, _("notices"), "warn");
        html_addf(p->out, _("%zu wait to be sent"), s->notices);
        end_fact(p);
    }
}

void status_page_facts(const struct status_page *p)
{
    buf_add_text(p->out, "<dl>\n");
    add_schedule(p);
    add_last_run(p);
    add_busy(p);
    add_locks(p);
    add_waiting(p);
    buf_add_text(p->out, "</dl>\n");
}

/* ---- tables ---- */

static void begin_table(const struct status_page *p, const char *const *titles)
{
    status_page_heading(p, titles[0]);
    buf_add_text(p->out, "<table><thead><tr>");
    for (size_t i = 1; titles[i]; i++) {
        buf_add_text(p->out, "<th>");
        html_add(p->out, titles[i]);
        buf_add_text(p->out, "</th>");
    }
    buf_add_text(p->out, "</tr></thead><tbody>\n");
}

static void end_table(const struct status_page *p, size_t shown, const char *more)
{
    if (!shown)
        return;
    buf_add_text(p->out, "</tbody></table>\n");
    if (shown <= STATUS_HTML_LISTED_MAX)
        return;
    buf_add_text(p->out, "<p class=\"soft\">");
    html_addf(p->out, _("… and %zu more: %s"), shown - STATUS_HTML_LISTED_MAX, more);
    buf_add_text(p->out, "</p>\n");
}

static void begin_row(const struct status_page *p, size_t client)
{
    buf_add_text(p->out, "<tr><td><bdi>");
    html_add(p->out, p->o->survey.clients[client].client.fields[CLIENT_NAME]);
    buf_add_text(p->out, "</bdi></td><td><bdi>");
}

static void add_overdue(const struct status_page *p, size_t client, const struct job *job)
{
    begin_row(p, client);
    html_addf(p->out, "%s (%d)", job->package, job->id);
    buf_add_text(p->out, "</bdi></td><td class=\"time warn\">");
    add_time(p, job->next_us);
    buf_add_text(p->out, "</td></tr>\n");
}

void status_page_overdue(const struct status_page *p)
{
    const char *const titles[] = {_("Overdue"), _("client"), _("job"), _("since"), NULL};
    size_t shown = 0;
    for (size_t c = 0; c < p->o->survey.count; c++) {
        const struct survey_client *client = &p->o->survey.clients[c];
        for (size_t i = 0; i < client->count; i++) {
            if (!overview_is_overdue(p->o, &client->jobs[i]) || ++shown > STATUS_HTML_LISTED_MAX)
                continue;
            if (shown == 1)
                begin_table(p, titles);
            add_overdue(p, c, &client->jobs[i].row->job);
        }
    }
    end_table(p, shown, "task-server jobs --due");
}

static void add_failure(const struct status_page *p, const struct overview_run *run)
{
    begin_row(p, run->client);
    html_add(p->out, run->package);
    buf_add_text(p->out, "</bdi></td><td class=\"time\">");
    add_time(p, run->run_at_us);
    buf_add_text(p->out, "</td><td class=\"bad\"><bdi>");
    html_add(p->out, run->error);
    buf_add_text(p->out, "</bdi></td></tr>\n");
}

void status_page_failures(const struct status_page *p)
{
    const char *const titles[] = {
        _("Failed in the last 24 hours"), _("client"), _("package"), _("when"), _("error"), NULL};
    size_t shown = 0;
    for (size_t i = 0; i < p->o->run_count; i++) {
        const struct overview_run *run = &p->o->runs[i];
        if (run->end == RUN_SUCCEEDED || ++shown > STATUS_HTML_LISTED_MAX)
            continue;
        if (shown == 1)
            begin_table(p, titles);
        add_failure(p, run);
    }
    end_table(p, shown, "task-server history --status failure");
}
