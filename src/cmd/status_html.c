#include "cmd/status_html.h"

#include "base/i18n.h"
#include "cmd/status_chart.h"
#include "cmd/status_html_parts.h"
#include "cmd/status_rows.h"
#include "cmd/status_style.h"
#include "core/html.h"
#include "core/walltime.h"
#include "io/sha256.h"

/* ---- head ---- */

/* Names the style sheet by its sum: what else is in the page can never be one, nor a script. */
static void add_policy(const struct buf *style, struct buf *out)
{
    char sum[SHA256_BASE64];
    if (!sha256_of_text(buf_text(style), sum)) {
        out->failed = true;
        return;
    }
    buf_addf(out,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
             " style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
             sum);
}

static void add_head(const struct status_page *p)
{
    struct buf style = {0};
    for (size_t i = 0; status_style[i]; i++)
        buf_add_text(&style, status_style[i]);
    buf_addf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
             i18n_is_german() ? "de" : "en");
    add_policy(&style, p->out);
    /* An icon that is empty keeps browsers from asking the server for one. */
    buf_add_text(p->out,
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"referrer\" content=\"no-referrer\">\n"
                 "<meta name=\"robots\" content=\"noindex\">\n"
                 "<link rel=\"icon\" href=\"data:,\">\n<title>");
    html_addf(p->out, _("Background jobs: %s"), p->site->installation);
    buf_addf(p->out, "</title>\n<style>%s</style>\n</head>\n", buf_text(&style));
    p->out->failed |= style.failed;
    buf_release(&style);
}

/* ---- body ---- */

static bool is_installation_well(const struct status_page *p)
{
    const struct situation *s = &p->o->situation;
    struct status_facts facts;
    bool is_well = situation_is_served(s);
    status_facts_collect(&facts, p->o, p->site);
    for (size_t i = 0; i < facts.count; i++)
        is_well = is_well && facts.items[i].look != STATUS_BAD;
    for (size_t i = 0; i < s->incidents.count; i++)
        is_well = is_well && !status_lasts(p->o, &s->incidents.items[i]);
    return is_well;
}

static void add_verdict(const struct status_page *p)
{
    int troubled = 0;
    for (size_t i = 0; i < p->o->survey.count; i++)
        troubled += !status_page_is_well(p, i);
    bool is_well = is_installation_well(p) && !troubled;
    buf_addf(p->out, "<p class=\"verdict %s\">", is_well ? "good" : "bad");
    if (is_well)
        html_add(p->out, _("All is well."));
    else if (troubled)
        html_addf(p->out, _("Somebody should look at this. Clients concerned: %d of %zu."),
                  troubled, p->o->survey.count);
    else
        html_add(p->out, _("Somebody should look at this."));
    buf_add_text(p->out, "</p>\n");
}

static void add_top(const struct status_page *p)
{
    char now[WALLTIME_MAX];
    walltime_show(&p->site->zone, p->o->situation.now_us, now);
    buf_add_text(p->out, "<header><h1>");
    html_add(p->out, _("Background jobs"));
    buf_add_text(p->out, "</h1>\n<p class=\"soft\"><bdi>");
    html_add(p->out, p->site->installation);
    buf_add_text(p->out, "</bdi> · <span class=\"nb\">");
    html_addf(p->out, _("as of %s"), now);
    buf_add_text(p->out, "</span></p></header>\n");
    add_verdict(p);
}

static void add_strip(const struct status_page *p, const struct status_chart *chart,
                      enum timeline_kind kind)
{
    buf_add_text(p->out, "<figure><figcaption>");
    html_add(p->out, kind == TIMELINE_DAY ? _("24 hours") : _("7 days"));
    buf_add_text(p->out, "</figcaption>\n");
    status_chart_axis(chart, kind, p->out);
    status_chart_strip(chart, kind, p->out);
    buf_add_text(p->out, "</figure>\n");
}

static void add_all_runs(const struct status_page *p)
{
    struct status_chart all = {
        .rows = p->rows->items,
        .count = p->rows->count,
        .zone = &p->site->zone,
        .now_us = p->o->situation.now_us,
    };
    status_chart_defs(&all, p->out);
    status_page_heading(p, _("Runs of all clients"));
    buf_add_text(p->out, "<div class=\"charts all\">\n");
    add_strip(p, &all, TIMELINE_DAY);
    add_strip(p, &all, TIMELINE_WEEK);
    buf_add_text(p->out, "</div>\n");
    status_chart_legend(p->out);
}

bool status_html(const struct overview *overview, const struct desk *desk, struct buf *out,
                 struct err *err)
{
    struct status_rows rows = {0};
    struct status_page page = {.o = overview, .site = &desk->site, .rows = &rows, .out = out};
    bool done = status_rows_collect(&rows, overview, desk, err);
    if (done) {
        add_head(&page);
        buf_add_text(out, "<body>\n");
        add_top(&page);
        status_page_facts(&page);
        add_all_runs(&page);
        status_page_overdue(&page);
        status_page_resting(&page);
        status_page_failures(&page);
        status_page_lasting(&page);
        status_page_clients(&page);
        buf_add_text(out, "</body>\n</html>\n");
    }
    status_rows_release(&rows);
    if (done && out->failed)
        return err_set_nomem(err);
    return done;
}
