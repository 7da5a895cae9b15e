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

const char *status_page_class(enum status_look look)
{
    static const char *const classes[] = {
        [STATUS_PLAIN] = "",
        [STATUS_GOOD] = "good",
        [STATUS_WARN] = "warn",
        [STATUS_BAD] = "bad",
    };
    return classes[look];
}

/* ---- facts ---- */

static void add_busy_job(const struct status_page *p, const struct busy_job *job)
{
    char since[AGEWORDS_STAMP_MAX];
    status_page_time(p, job->since_us, since);
    buf_add_text(p->out, "<br><bdi>");
    if (job->job_id)
        html_addf(p->out, _("client '%s': job %d (%s), since %s"), job->client, job->job_id,
                  job->package, since);
    else
        html_addf(p->out, _("client '%s': waits for the database, since %s"), job->client, since);
    buf_add_text(p->out, "</bdi>");
}

void status_page_facts(const struct status_page *p)
{
    struct status_facts facts;
    const struct situation *s = &p->o->situation;
    status_facts_collect(&facts, p->o, p->site);
    buf_add_text(p->out, "<dl>\n");
    for (size_t i = 0; i < facts.count; i++) {
        const struct status_fact *fact = &facts.items[i];
        buf_add_text(p->out, "<dt>");
        html_add(p->out, fact->title);
        buf_addf(p->out, "</dt><dd class=\"%s\">", status_page_class(fact->look));
        html_add(p->out, fact->text);
        for (size_t k = 0; fact->is_work && k < s->busy.count; k++)
            add_busy_job(p, &s->busy.jobs[k]);
        buf_add_text(p->out, "</dd>\n");
    }
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
    html_addf(p->out, "%s (%d)", job->package ? job->package : "", job->id);
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
            if (!overview_is_overdue(p->o, client, &client->jobs[i]) ||
                ++shown > STATUS_HTML_LISTED_MAX)
                continue;
            if (shown == 1)
                begin_table(p, titles);
            add_overdue(p, c, &client->jobs[i].row->job);
        }
    }
    end_table(p, shown, "task-server jobs --due");
}

static void add_resting(const struct status_page *p, size_t client, const struct survey_job *job)
{
    struct buf why = {0};
    const char *package = job->row->job.package;
    status_rest_words(job, &why);
    begin_row(p, client);
    html_addf(p->out, "%s (%d)", package ? package : "", job->row->job.id);
    buf_add_text(p->out, "</bdi></td><td class=\"warn\"><bdi>");
    html_add(p->out, buf_text(&why));
    buf_add_text(p->out, "</bdi></td></tr>\n");
    buf_release(&why);
}

void status_page_resting(const struct status_page *p)
{
    const char *const titles[] = {_("Resting"), _("client"), _("job"), _("why"), NULL};
    size_t shown = 0;
    for (size_t c = 0; c < p->o->survey.count; c++) {
        const struct survey_client *client = &p->o->survey.clients[c];
        for (size_t i = 0; i < client->count; i++) {
            if (!overview_is_resting(&client->jobs[i]) || ++shown > STATUS_HTML_LISTED_MAX)
                continue;
            if (shown == 1)
                begin_table(p, titles);
            add_resting(p, c, &client->jobs[i]);
        }
    }
    end_table(p, shown, "task-server jobs --active");
}

static void add_failure(const struct status_page *p, const struct overview_run *run, int times)
{
    begin_row(p, run->client);
    html_add(p->out, run->package);
    buf_addf(p->out, "</bdi></td><td>%d ×</td><td class=\"time\">", times);
    add_time(p, run->run_at_us);
    buf_add_text(p->out, "</td><td class=\"bad\"><bdi>");
    html_add(p->out, run->error);
    buf_add_text(p->out, "</bdi></td></tr>\n");
}

void status_page_failures(const struct status_page *p)
{
    const char *const titles[] = {_("Failed in the last 24 hours"),
                                  _("client"),
                                  _("package"),
                                  _("times"),
                                  _("last"),
                                  _("error"),
                                  NULL};
    size_t shown = 0;
    for (size_t i = 0; i < p->o->run_count; i++) {
        int times = overview_failures(p->o, i);
        if (!times || ++shown > STATUS_HTML_LISTED_MAX)
            continue;
        if (shown == 1)
            begin_table(p, titles);
        add_failure(p, &p->o->runs[i], times);
    }
    end_table(p, shown, "task-server history --status failure");
}

void status_page_lasting(const struct status_page *p)
{
    const char *const titles[] = {_("Lasting"), _("since"), _("what"), NULL};
    const struct incidents *incidents = &p->o->situation.incidents;
    size_t shown = 0;
    for (size_t i = 0; i < incidents->count; i++) {
        if (!status_lasts(p->o, &incidents->items[i]) || ++shown > STATUS_HTML_LISTED_MAX)
            continue;
        if (shown == 1)
            begin_table(p, titles);
        buf_add_text(p->out, "<tr><td class=\"time\">");
        add_time(p, incidents->items[i].since_s * SECOND_US);
        buf_add_text(p->out, "</td><td class=\"what bad\"><bdi>");
        html_add(p->out, incidents->items[i].text);
        buf_add_text(p->out, "</bdi></td></tr>\n");
    }
    end_table(p, shown, "task-server status --json");
}
