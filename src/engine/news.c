#include "engine/news.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/template.h"
#include "core/walltime.h"
#include "io/wholefile.h"

static const char *const kinds[] = {"failure",   "reminder",           "recovery",
                                    "condition", "condition-reminder", "condition-over"};

/* The words that kivitendo's configuration does not have, in both languages. */
struct wording {
    const char *subjects[6]; /* by kind; NULL: the configured one */
    const char *job;         /* "%s %s %d": client, package, job */
    const char *plain;       /* a failure, where no template can be used */
    const char *template_bad;
    const char *still; /* "%s": since when */
    const char *recovery;
    const char *condition;
    const char *over;
    const char *since;
    const char *greeting;
};

static const struct wording german = {
    .subjects = {[NEWS_REMINDER] = "kivitendo: Hintergrundjob schlägt weiterhin fehl",
                 [NEWS_RECOVERY] = "kivitendo: Hintergrundjob läuft wieder",
                 [NEWS_CONDITION] = "kivitendo: Hintergrundjobs laufen nicht",
                 [NEWS_CONDITION_REMINDER] = "kivitendo: Hintergrundjobs laufen weiterhin nicht",
                 [NEWS_CONDITION_OVER] = "kivitendo: Hintergrundjobs laufen wieder"},
    .job = "Mandant:  %s\nJob:      %s (Nr. %d)\n",
    .plain = "der folgende Hintergrundjob ist fehlgeschlagen:\n\n",
    .template_bad = "\nDie eingestellte Vorlage wurde nicht verwendet: %s\n",
    .still = "\nDies ist eine Erinnerung: Der Job schlägt seit %s mit diesem Fehler fehl. Weitere "
             "Erinnerungen kommen einmal am Tag; wenn er wieder läuft, wird das gemeldet.\n",
    .recovery = "der folgende Hintergrundjob ist wieder erfolgreich gelaufen:\n\n",
    .condition = "Hintergrundjobs laufen nicht:\n\n",
    .over = "es ist behoben:\n\n",
    .since = "\nSeit:     %s\n",
    .greeting = "\nDer Task-Server (%s)\n",
};

static const struct wording english = {
    .subjects = {[NEWS_REMINDER] = "kivitendo: a background job still fails",
                 [NEWS_RECOVERY] = "kivitendo: a background job runs again",
                 [NEWS_CONDITION] = "kivitendo: background jobs do not run",
                 [NEWS_CONDITION_REMINDER] = "kivitendo: background jobs still do not run",
                 [NEWS_CONDITION_OVER] = "kivitendo: background jobs run again"},
    .job = "client:  %s\njob:     %s (no. %d)\n",
    .plain = "the following background job has failed:\n\n",
    .template_bad = "\nThe configured template was not used: %s\n",
    .still = "\nThis is a reminder: the job has been failing with this error since %s. Reminders "
             "come once a day; you will be told when it runs again.\n",
    .recovery = "the following background job has succeeded again:\n\n",
    .condition = "background jobs do not run:\n\n",
    .over = "this is mended:\n\n",
    .since = "\nsince:   %s\n",
    .greeting = "\nyour task server (%s)\n",
};

static bool speaks_german(const struct news_writer *writer)
{
    const char *language = writer->site->options.language;
    return !language || strncmp(language, "de", 2) == 0;
}

static const struct wording *choose(const struct news_writer *writer)
{
    return speaks_german(writer) ? &german : &english;
}

/* The wording holds formats of one text; -Wformat cannot see them. */
static void add_with(struct buf *out, const char *format, const char *text)
{
    const char *place = strstr(format, "%s");
    buf_add(out, format, (size_t)(place - format));
    buf_add_text(out, text);
    buf_add_text(out, place + 2);
}

void news_subject(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    const char *own = choose(writer)->subjects[news->kind];
    const char *configured = writer->site->options.notify.subject;
    buf_add_text(out, own ? own : configured ? configured : kinds[news->kind]);
    if (own && news->client)
        buf_addf(out, " (%s%s%s)", news->client, news->package ? ": " : "",
                 news->package ? news->package : "");
}

/* ---- bodies ---- */

static void add_job(const struct news *news, const struct wording *words, struct buf *out)
{
    const char *texts[] = {news->client ? news->client : "", news->package ? news->package : ""};
    const char *rest = words->job;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const char *place = strstr(rest, "%s");
        buf_add(out, rest, (size_t)(place - rest));
        buf_add_text(out, texts[i]);
        rest = place + 2;
    }
    const char *number = strstr(rest, "%d");
    buf_add(out, rest, (size_t)(number - rest));
    buf_addf(out, "%d%s", news->job_id, number + 2);
}

static void add_since(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    char since[WALLTIME_MAX];
    if (!news->since_s)
        return;
    walltime_show(&writer->site->zone, news->since_s * 1000000, since);
    add_with(out, choose(writer)->since, since);
}

static void add_plain(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    const struct wording *words = choose(writer);
    buf_add_text(out, words->plain);
    add_job(news, words, out);
    buf_addf(out, "\n%s\n", news->text ? news->text : "");
    add_with(out, words->greeting, writer->site->node_id);
}

static bool render(const struct news *news, const char *path, struct buf *out, struct err *err)
{
    const struct template_value values[] = {
        {"client.name", news->client},
        {"history.package_name", news->package},
        {"history.description", news->description},
        {"history.run_at_as_timestamp", news->run_at},
        {"history.error_col", news->text},
    };
    struct template_values all = {values, ARRAY_LEN(values)};
    struct buf text = {0};
    struct buf rendered = {0};
    bool done = wholefile_read(path, &text, err) &&
                (template_render(buf_text(&text), &all, &rendered, err) ||
                 err_wrap(err, "%s", path));
    if (done)
        buf_add_text(out, buf_text(&rendered));
    buf_release(&text);
    buf_release(&rendered);
    return done;
}

static void find_template(const struct news_writer *writer, struct buf *path)
{
    const char *configured = writer->site->options.notify.template;
    if (!configured)
        buf_addf(path, "%s/failure.%s.txt", writer->template_dir,
                 speaks_german(writer) ? "de" : "en");
    else if (*configured == '/')
        buf_add_text(path, configured);
    else
        buf_addf(path, "%s/%s", writer->site->installation, configured);
}

bool news_check_template(const struct news_writer *writer, struct err *err)
{
    struct news news = {.client = "x", .package = "Test", .run_at = "x", .text = "x"};
    struct buf path = {0};
    struct buf out = {0};
    find_template(writer, &path);
    bool done = render(&news, buf_text(&path), &out, err);
    buf_release(&path);
    buf_release(&out);
    return done;
}

static void add_failure(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    struct buf path = {0};
    struct err err = {0};
    find_template(writer, &path);
    if (!render(news, buf_text(&path), out, &err)) {
        add_plain(news, writer, out);
        add_with(out, choose(writer)->template_bad, err.text);
    }
    buf_release(&path);
}

void news_body(const struct news *news, const struct news_writer *writer, struct buf *out)
{
    const struct wording *words = choose(writer);
    char since[WALLTIME_MAX];
    if (news->kind == NEWS_FAILURE || news->kind == NEWS_REMINDER)
        add_failure(news, writer, out);
    if (news->kind == NEWS_REMINDER) {
        walltime_show(&writer->site->zone, news->since_s * 1000000, since);
        add_with(out, words->still, since);
    }
    if (news->kind == NEWS_FAILURE || news->kind == NEWS_REMINDER)
        return;
    if (news->kind == NEWS_RECOVERY) {
        buf_add_text(out, words->recovery);
        add_job(news, words, out);
    } else {
        buf_add_text(out, news->kind == NEWS_CONDITION_OVER ? words->over : words->condition);
        buf_addf(out, "%s\n", news->text ? news->text : "");
    }
    add_since(news, writer, out);
    add_with(out, words->greeting, writer->site->node_id);
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
