/* status_html_clients.c: the clients with their timelines: see cmd/status_html_parts.h. */
#include "base/i18n.h"
#include "cmd/status_chart.h"
#include "cmd/status_html.h"
#include "cmd/status_html_parts.h"
#include "core/html.h"

bool status_page_is_well(const struct status_page *p, size_t index)
{
    struct status_state state;
    status_state_of(p->o, index, p->site, &state);
    return state.look == STATUS_GOOD;
}

static struct status_chart chart_of(const struct status_page *p, size_t index)
{
    const struct status_rows *rows = p->rows;
    size_t first = 0;
    size_t end;
    while (first < rows->count && rows->items[first].client < index)
        first++;
    for (end = first; end < rows->count && rows->items[end].client == index; end++)
        ;
    return (struct status_chart){
        .rows = rows->items + (rows->count ? first : 0),
        .count = end - first,
        .zone = &p->site->zone,
        .now_us = p->o->situation.now_us,
    };
}

/* ---- the line of a client ---- */

/* What is 0 leaves its column empty: so the others catch the eye. */
static void add_counts(const struct status_page *p, size_t index)
{
    struct overview_counts counts = overview_count(p->o, index);
    buf_add_text(p->out, "<span class=\"counts\">");
    const struct survey_client *client = &p->o->survey.clients[index];
    if (!client->trouble && !client->client.disabled) {
        buf_add_text(p->out, "<span>");
        html_addf(p->out, _("jobs: %d"), counts.active);
        buf_add_text(p->out, "</span><span class=\"good\">");
        if (counts.running)
            html_addf(p->out, _("running: %d"), counts.running);
        buf_add_text(p->out, "</span><span class=\"warn\">");
        if (counts.overdue)
            html_addf(p->out, _("overdue: %d"), counts.overdue);
        buf_add_text(p->out, "</span><span class=\"bad\">");
        if (counts.failed)
            html_addf(p->out, _("failed: %d"), counts.failed);
        buf_add_text(p->out, "</span>");
    }
    buf_add_text(p->out, "</span>");
}

static void add_summary(const struct status_page *p, size_t index, const struct status_chart *chart)
{
    const struct survey_client *client = &p->o->survey.clients[index];
    struct status_state state;
    status_state_of(p->o, index, p->site, &state);
    buf_add_text(p->out, "<summary><bdi class=\"name\">");
    html_add(p->out, client->client.fields[CLIENT_NAME]);
    buf_addf(p->out, "</bdi><span class=\"pill %s\">", status_page_class(state.look));
    html_add(p->out, state.word);
    buf_add_text(p->out, "</span>");
    add_counts(p, index);
    buf_add_text(p->out, "<span class=\"strip\">");
    status_chart_strip(chart, TIMELINE_DAY, p->out);
    buf_add_text(p->out, "</span></summary>\n");
}

/* ---- what is below it ---- */

static void add_state(const struct status_page *p, size_t index)
{
    const struct client *client = &p->o->survey.clients[index].client;
    struct status_state state;
    status_state_of(p->o, index, p->site, &state);
    buf_add_text(p->out, "<p class=\"soft\">");
    html_addf(p->out, _("client %d, database %s"), client->id, client->fields[CLIENT_DBNAME]);
    buf_add_text(p->out, "</p>\n");
    if (state.is_served)
        return;
    buf_addf(p->out, "<p class=\"%s\"><bdi>", status_page_class(state.look));
    html_add(p->out, state.text);
    buf_add_text(p->out, "</bdi></p>\n");
}

static void add_figure(const struct status_page *p, const struct status_chart *chart,
                       enum timeline_kind kind)
{
    buf_addf(p->out, "<figure class=\"%s\"><figcaption>", kind == TIMELINE_DAY ? "day" : "week");
    html_add(p->out, kind == TIMELINE_DAY ? _("24 hours") : _("7 days"));
    buf_add_text(p->out, "</figcaption>\n");
    status_chart_rows(chart, kind, p->out);
    buf_add_text(p->out, "</figure>\n");
}

static void add_rows(const struct status_page *p, struct status_chart *chart)
{
    size_t count = chart->count;
    if (count > STATUS_HTML_CLIENT_ROWS_MAX)
        chart->count = STATUS_HTML_CLIENT_ROWS_MAX;
    buf_add_text(p->out, "<div class=\"charts\">\n");
    add_figure(p, chart, TIMELINE_DAY);
    add_figure(p, chart, TIMELINE_WEEK);
    buf_add_text(p->out, "</div>\n");
    if (count == chart->count)
        return;
    buf_add_text(p->out, "<p class=\"soft\">");
    html_addf(p->out, _("… and %zu more"), count - chart->count);
    buf_add_text(p->out, "</p>\n");
}

static void add_client(const struct status_page *p, size_t index, size_t *rows_left)
{
    const struct survey_client *client = &p->o->survey.clients[index];
    struct status_chart chart = chart_of(p, index);
    bool is_well = status_page_is_well(p, index);
    buf_addf(p->out, "<details%s>", is_well ? "" : " open");
    add_summary(p, index, &chart);
    buf_add_text(p->out, "<div>\n");
    add_state(p, index);
    if (is_well && chart.count > *rows_left) {
        buf_add_text(p->out, "<p class=\"soft\">");
        html_addf(p->out, _("jobs one by one: task-server status --html FILE --client %d"),
                  client->client.id);
        buf_add_text(p->out, "</p>\n");
    } else if (chart.count) {
        *rows_left -= chart.count < *rows_left ? chart.count : *rows_left;
        add_rows(p, &chart);
    }
    buf_add_text(p->out, "</div></details>\n");
}

void status_page_clients(const struct status_page *p)
{
    size_t rows_left = STATUS_HTML_ROWS_MAX;
    if (!p->o->survey.count)
        return;
    status_page_heading(p, _("Clients"));
    for (size_t i = 0; i < p->o->survey.count; i++)
        add_client(p, i, &rows_left);
}
