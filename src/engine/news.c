#include "engine/news.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "core/json.h"
#include "core/template.h"
#include "core/walltime.h"
#include "io/wholefile.h"

static const char *const kinds[] = {"failure",   "reminder",           "recovery",
                                    "condition", "condition-reminder", "condition-over"};

/* NULL: the configured one. */
static const char *const subjects[] = {
    [NEWS_FAILURE] = NULL,
    [NEWS_REMINDER] = N_("kivitendo: a background job still fails"),
    [NEWS_RECOVERY] = N_("kivitendo: a background job runs again"),
    [NEWS_CONDITION] = N_("kivitendo: background jobs do not run"),
    [NEWS_CONDITION_REMINDER] = N_("kivitendo: background jobs still do not run"),
    [NEWS_CONDITION_OVER] = N_("kivitendo: background jobs run again"),
};

void news_subject(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    const char *own = subjects[news->kind];
    const char *configured = writer->site->options.notify.subject;
    buf_add_text(out, own ? i18n(own) : configured ? configured : kinds[news->kind]);
    if (own && news->client)
        buf_addf(out, " (%s%s%s)", news->client, news->package ? ": " : "",
                 news->package ? news->package : "");
}

/* ---- bodies ---- */

static void add_job(const struct news *news, struct buf *out)
{
    buf_addf(out, _("client:  %s\njob:     %s (no. %d)\n"), news->client ? news->client : "",
             news->package ? news->package : "", news->job_id);
}

/* Since when it lasts, or has lasted. */
static void add_since(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    char since[WALLTIME_MAX];
    walltime_show(&writer->site->zone, news->since_s * 1000000, since);
    if (!news->since_s)
        return;
    switch (news->kind) {
    case NEWS_FAILURE: break;
    case NEWS_REMINDER:
        buf_addf(out,
                 _("This is a reminder: the job has been failing with this error since %s. The "
                   "next one comes when it fails a day from now or later; you will be told when it "
                   "succeeds again.\n\n"),
                 since);
        break;
    case NEWS_RECOVERY: buf_addf(out, _("\nIt had been failing since %s.\n"), since); break;
    case NEWS_CONDITION: buf_addf(out, _("\nsince:   %s\n"), since); break;
    case NEWS_CONDITION_REMINDER:
        buf_addf(out,
                 _("\nThis is a reminder: it has been so since %s. Reminders come once a day; you "
                   "will be told when it is over.\n"),
                 since);
        break;
    case NEWS_CONDITION_OVER: buf_addf(out, _("\nIt had not been so since %s.\n"), since);
    }
}

static void add_greeting(const struct news_writer *writer, struct buf *out)
{
    buf_addf(out, _("\nyour task server (node %s, %s)\n"), writer->site->node_id,
             writer->site->installation);
}

static void add_plain(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    buf_add_text(out, _("the following background job has failed:\n\n"));
    add_job(news, out);
    buf_addf(out, "\n%s\n", news->text ? news->text : "");
    add_greeting(writer, out);
}

static void find_template(const struct news_writer *writer, struct buf *path)
{
    const char *configured = writer->site->options.notify.template;
    bool german = strncmp(writer->site->options.language, "de", 2) == 0;
    if (!configured)
        buf_addf(path, "%s/failure.%s.txt", writer->template_dir, german ? "de" : "en");
    else if (*configured == '/')
        buf_add_text(path, configured);
    else
        buf_addf(path, "%s/%s", writer->site->installation, configured);
}

static bool render(const struct news *news, const struct news_writer *writer, struct buf *out,
                   struct err *err)
{
    struct buf path = {0};
    const struct site *site = writer->site;
    char job_id[16];
    snprintf(job_id, sizeof job_id, "%d", news->job_id);
    const struct template_value values[] = {
        {"client.name", news->client},
        {"job.id", job_id},
        {"task_server.node", site->node_id},
        {"task_server.installation", site->installation},
        {"history.package_name", news->package},
        {"history.description", news->description},
        {"history.run_at_as_timestamp", news->run_at},
        {"history.error_col", news->text},
    };
    struct template_values all = {values, ARRAY_LEN(values)};
    struct buf text = {0};
    struct buf rendered = {0};
    find_template(writer, &path);
    bool done = wholefile_read(buf_text(&path), &text, err) &&
                (template_render(buf_text(&text), &all, &rendered, err) ||
                 err_wrap(err, "%s", buf_text(&path)));
    if (done)
        buf_add_text(out, buf_text(&rendered));
    buf_release(&path);
    buf_release(&text);
    buf_release(&rendered);
    return done;
}

bool news_check_template(const struct news_writer *writer, struct err *err)
{
    struct news news = {.client = "x", .package = "Test", .run_at = "x", .text = "x"};
    struct buf out = {0};
    bool done = render(&news, writer, &out, err);
    buf_release(&out);
    return done;
}

static void add_failure(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    struct err err = {0};
    if (!render(news, writer, out, &err)) {
        add_plain(news, writer, out);
        buf_addf(out, _("\nThe configured template was not used: %s\n"), err.text);
    }
}

void news_body(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    switch (news->kind) {
    case NEWS_FAILURE:
    case NEWS_REMINDER:
        add_since(news, writer, out);
        add_failure(news, writer, out);
        return;
    case NEWS_RECOVERY:
        buf_add_text(out, _("the following background job has succeeded again:\n\n"));
        add_job(news, out);
        break;
    case NEWS_CONDITION: buf_addf(out, _("background jobs do not run:\n\n%s\n"), news->text); break;
    case NEWS_CONDITION_REMINDER:
        buf_addf(out, _("background jobs still do not run:\n\n%s\n"), news->text);
        break;
    case NEWS_CONDITION_OVER: buf_addf(out, _("this is mended:\n\n%s\n"), news->text);
    }
    add_since(news, writer, out);
    add_greeting(writer, out);
}

void news_json(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    buf_add_text(out, "{");
    json_add_member(out, "event", kinds[news->kind]);
    json_add_member(out, "installation", writer->site->installation);
    json_add_member(out, "node", writer->site->node_id);
    if (news->client) {
        json_add_member(out, "client", news->client);
        json_add_number(out, "client_id", news->client_id);
    }
    if (news->job_id) {
        json_add_number(out, "job", news->job_id);
        json_add_member(out, "package", news->package);
        json_add_member(out, "description", news->description);
        json_add_member(out, "run_at", news->run_at);
    }
    json_add_member(out, "text", news->text);
    if (news->since_s)
        json_add_number(out, "since", news->since_s);
    buf_add_text(out, "}\n");
}
