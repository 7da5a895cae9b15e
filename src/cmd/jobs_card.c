/* jobs_card.c: everything about one job, a line each: see cmd/jobs.h. */
#include <string.h>

#include "base/i18n.h"
#include "cmd/jobs.h"
#include "cmd/paper.h"
#include "core/cronperl.h"
#include "core/cronspec.h"
#include "core/table.h"

static void add_line(struct table *table, const char *key, const char *value)
{
    table_coloured(table, TABLE_DIM, key);
    table_cell(table, value);
}

/* Texts of several lines stand on several lines, or a person could not read them. */
static void add_text(struct table *table, const char *key, const char *value)
{
    const char *line = value ? value : "";
    do {
        size_t len = strcspn(line, "\n");
        table_coloured(table, TABLE_DIM, line == value || !value ? key : "");
        struct buf text = {0};
        buf_add(&text, line, len);
        table_cell(table, buf_text(&text));
        buf_release(&text);
        line += len;
        line += *line == '\n';
    } while (*line);
}

static void add_schedule(const struct job *row, struct table *table)
{
    struct buf words = {0};
    struct cronspec spec;
    struct err err = {0};
    bool good = cronspec_parse(&spec, row->spec, &err);
    add_line(table, _("cron_spec"), row->spec);
    jobs_say_spec(row, &words);
    add_line(table, _("schedule"), buf_text(&words));
    if (!good)
        add_line(table, "", err.text);
    else if (*spec.warning)
        add_line(table, "", spec.warning);
    if (good && !cronperl_accepts(row->spec, &err)) {
        table_cell(table, "");
        table_cellf(table, TABLE_YELLOW, _("kivitendo's own pages refuse it: %s"), err.text);
    }
    buf_release(&words);
}

static void add_times(const struct jobs_view *view, const struct survey_client *client,
                      const struct survey_job *job, struct table *table)
{
    struct buf text = {0};
    jobs_say_next(view, client, job, &text);
    add_line(table, _("next run"), buf_text(&text));
    buf_clear(&text);
    jobs_say_last(view, job, &text);
    add_line(table, _("last run"), buf_text(&text));
    buf_release(&text);
    if (!job->row->end.found)
        return;
    if (job->row->end.status)
        add_line(table, _("how it ended"), i18n(job->row->end.status));
    if (job->row->end.result)
        add_text(table, _("result"), job->row->end.result);
    if (job->row->end.error)
        add_text(table, _("error"), job->row->end.error);
}

void jobs_write_card(const struct jobs_picture *picture, const struct survey_client *client,
                     const struct survey_job *job, struct buf *out)
{
    struct table table = {0};
    struct table_style style = paper_style();
    struct jobs_view view = {
        .picture = picture, .is_wordy = true, .dates_next = true, .dates_last = true};
    const struct job *row = &job->row->job;
    style.leaves_head = true;
    table_column(&table, "", 0);
    table_column(&table, "", TABLE_WRAP);
    add_line(&table, _("client"), client->client.fields[CLIENT_NAME]);
    table_coloured(&table, TABLE_DIM, _("id"));
    table_cellf(&table, TABLE_PLAIN, "%d", row->id);
    add_line(&table, _("package"), row->package);
    add_line(&table, _("description"), row->description);
    add_line(&table, _("type"), row->type);
    add_line(&table, _("active"), row->active ? _("yes") : _("no"));
    add_schedule(row, &table);
    add_line(&table, _("node"), row->node);
    add_times(&view, client, job, &table);
    add_line(&table, C_("how", "runs"), job->why);
    add_text(&table, _("data"), row->data);
    table_print(&table, &style, out);
    table_release(&table);
    jobs_write_remarks(picture, out);
}
