#include "cmd/status_chart.h"

#include <string.h>

#include "base/i18n.h"
#include "core/civil.h"
#include "core/html.h"
#include "core/walltime.h"

enum { HOUR_S = 3600, STEP_S = 900, LABEL_EDGE = 4000, MINUTE_LEN = 16 };

/* A line that is being drawn. */
struct line {
    const struct status_chart *chart;
    struct timeline_view view;
    struct buf *out;
};

/* ---- numbers ---- */

static void add_percent(struct buf *out, const char *attribute, int thousandths)
{
    buf_addf(out, " %s=\"%d.%02d%%\"", attribute, thousandths / 1000, thousandths % 1000 / 10);
}

static void add_extent(const struct line *line, int64_t from_us, int64_t until_us)
{
    int from = timeline_place(&line->view, from_us);
    add_percent(line->out, "x", from);
    add_percent(line->out, "width", timeline_place(&line->view, until_us) - from);
}

/* To the minute, which is what the line shows. */
static void minute(const struct line *line, int64_t at_us, char out[WALLTIME_MAX])
{
    walltime_show(line->chart->zone, at_us, out);
    if (strlen(out) > MINUTE_LEN)
        out[MINUTE_LEN] = '\0';
}

static void add_title(const struct line *line, int64_t from_us, int64_t until_us)
{
    char from[WALLTIME_MAX], until[WALLTIME_MAX];
    minute(line, from_us, from);
    minute(line, until_us, until);
    buf_add_text(line->out, "<title>");
    html_add(line->out, from);
    if (strcmp(from, until) != 0)
        html_addf(line->out, " – %s", until);
    buf_add_text(line->out, "\n");
}

/* ---- what is on a line ---- */

static void draw_runs(const struct line *line, const struct timeline_bar *bar, int64_t from_us)
{
    buf_add_text(line->out, "<rect class=\"r\" y=\"8\" height=\"8\"");
    add_extent(line, from_us, from_us + bar->slots * line->view.slot_us);
    buf_add_text(line->out, ">");
    add_title(line, bar->sum.first_us, bar->sum.last_us);
    html_addf(line->out, _("runs: %d"), bar->sum.runs);
    buf_add_text(line->out, "</title></rect>");
}

static void draw_failure(const struct line *line, const struct timeline_bar *bar, int64_t from_us)
{
    buf_add_text(line->out, "<g class=\"f\">");
    add_title(line, bar->sum.first_us, bar->sum.last_us);
    html_addf(line->out, _("runs: %d, failed: %d"), bar->sum.runs, bar->sum.failures);
    buf_add_text(line->out, "\n");
    html_add(line->out, bar->sum.error);
    buf_add_text(line->out, "</title><rect y=\"6\" height=\"14\"");
    add_extent(line, from_us, from_us + line->view.slot_us);
    buf_add_text(line->out, "/><circle cy=\"5\" r=\"4.5\"");
    add_percent(line->out, "cx", timeline_place(&line->view, from_us + line->view.slot_us / 2));
    buf_add_text(line->out, "/></g>");
}

static void draw_gap(const struct line *line, const struct timeline_gap *gap, bool is_of_all)
{
    buf_add_text(line->out, "<rect class=\"g\" y=\"6\" height=\"12\"");
    add_extent(line, gap->from_us, gap->until_us);
    buf_add_text(line->out, ">");
    add_title(line, gap->from_us, gap->until_us);
    html_add(line->out, is_of_all ? _("runs were due, and none came") : _("a run was due"));
    buf_add_text(line->out, "</title></rect>");
}

static void draw_bars(const struct line *line, const struct timeline_slot *slots, bool failures)
{
    struct timeline_bar bars[TIMELINE_SLOTS_MAX];
    int count = timeline_bars(&line->view, slots, bars);
    for (int i = 0; i < count; i++) {
        int64_t from_us = line->view.from_us + bars[i].slot * line->view.slot_us;
        if (failures && bars[i].sum.failures)
            draw_failure(line, &bars[i], from_us);
        if (!failures && !bars[i].sum.failures)
            draw_runs(line, &bars[i], from_us);
    }
}

static void draw_silences(const struct line *line, const struct timeline_slot *slots)
{
    struct timeline_bar bars[TIMELINE_SLOTS_MAX];
    int count = timeline_silences(&line->view, slots, bars);
    for (int i = 0; i < count; i++) {
        struct timeline_gap gap = {.from_us = line->view.from_us +
                                              bars[i].slot * line->view.slot_us};
        gap.until_us = gap.from_us + bars[i].slots * line->view.slot_us;
        if (gap.until_us > line->chart->now_us)
            gap.until_us = line->chart->now_us;
        draw_gap(line, &gap, true);
    }
}

static bool is_in_view(const struct line *line, const struct timeline_gap *gap)
{
    return gap->until_us > line->view.from_us && gap->from_us < line->view.until_us;
}

static void begin_line(const struct line *line, const char *name)
{
    bool is_day = line->view.slots == TIMELINE_SLOTS_MAX;
    buf_add_text(line->out, "<svg role=\"img\" aria-label=\"");
    html_add(line->out, name);
    buf_addf(line->out, "\"><use href=\"#%s\"/>", is_day ? "day" : "week");
}

/* Later drawings cover earlier ones: a gap must not vanish below runs of the same two hours, nor a
 * failure below anything. */
static void draw_row(const struct line *line, const struct status_row *row)
{
    struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
    begin_line(line, row->package);
    if (row->trace)
        timeline_fill(&line->view, row->trace->marks, row->trace->count, slots);
    draw_bars(line, slots, false);
    for (size_t i = 0; i < row->gap_count; i++)
        if (is_in_view(line, &row->gaps[i]))
            draw_gap(line, &row->gaps[i], false);
    draw_bars(line, slots, true);
    buf_add_text(line->out, "</svg>");
}

/* ---- the axis ---- */

static struct civil local_time(const struct line *line, int64_t at_s)
{
    return civil_from_local_s(at_s + zone_offset_s(line->chart->zone, at_s));
}

static void add_grid_line(const struct line *line, int64_t at_s)
{
    buf_add_text(line->out, "<line y1=\"0\" y2=\"100%\"");
    add_percent(line->out, "x1", timeline_place(&line->view, at_s * 1000000));
    add_percent(line->out, "x2", timeline_place(&line->view, at_s * 1000000));
    buf_add_text(line->out, "/>");
}

static void add_label(const struct line *line, int64_t at_s, const struct civil *local)
{
    static const char *const names[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
                                        N_("Fri"), N_("Sat"), N_("Sun")};
    int place = timeline_place(&line->view, at_s * 1000000);
    if (place < LABEL_EDGE || place > 100000 - LABEL_EDGE)
        return;
    buf_add_text(line->out, "<text y=\"12\" text-anchor=\"middle\"");
    add_percent(line->out, "x", place);
    buf_add_text(line->out, ">");
    if (line->view.slots == TIMELINE_SLOTS_MAX)
        buf_addf(line->out, "%02d:00", local->hour);
    else
        html_addf(line->out, "%s %d",
                  i18n(names[civil_weekday(civil_days(local->year, local->month, local->day))]),
                  local->day);
    buf_add_text(line->out, "</text>");
}

/* Hours by threes in a day; in a week midnights get the lines and noons the labels. */
static void walk(const struct line *line, bool labels)
{
    bool is_day = line->view.slots == TIMELINE_SLOTS_MAX;
    for (int64_t at_s = line->view.from_us / 1000000; at_s < line->view.until_us / 1000000;
         at_s += STEP_S) {
        struct civil local = local_time(line, at_s);
        if (local.minute || (is_day ? local.hour % 3 : local.hour != (labels ? 12 : 0)))
            continue;
        if (labels)
            add_label(line, at_s, &local);
        else
            add_grid_line(line, at_s);
    }
}

static struct line make_line(const struct status_chart *chart, enum timeline_kind kind,
                             struct buf *out)
{
    return (struct line){.chart = chart, .view = timeline_view(chart->now_us, kind), .out = out};
}

/* ---- pieces of the page ---- */

static void add_grid(const struct status_chart *chart, enum timeline_kind kind, struct buf *out)
{
    struct line line = make_line(chart, kind, out);
    buf_addf(out, "<g id=\"%s\"><g class=\"grid\">", kind == TIMELINE_DAY ? "day" : "week");
    walk(&line, false);
    buf_add_text(out, "</g><line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"12\" y2=\"12\"/></g>");
}

void status_chart_defs(const struct status_chart *chart, struct buf *out)
{
    buf_add_text(out, "<svg class=\"defs\" aria-hidden=\"true\"><defs>"
                      "<pattern id=\"gap\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\""
                      " patternTransform=\"rotate(45)\">"
                      "<rect class=\"back\" width=\"5\" height=\"5\"/>"
                      "<line class=\"hatch\" x1=\"1\" x2=\"1\" y1=\"0\" y2=\"5\"/></pattern>");
    add_grid(chart, TIMELINE_DAY, out);
    add_grid(chart, TIMELINE_WEEK, out);
    buf_add_text(out, "</defs></svg>\n");
}

void status_chart_axis(const struct status_chart *chart, enum timeline_kind kind, struct buf *out)
{
    struct line line = make_line(chart, kind, out);
    buf_add_text(out, "<svg class=\"axis\" aria-hidden=\"true\">");
    walk(&line, true);
    buf_add_text(out, "</svg>\n");
}

void status_chart_strip(const struct status_chart *chart, enum timeline_kind kind, struct buf *out)
{
    struct line line = make_line(chart, kind, out);
    struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
    for (size_t i = 0; i < chart->count; i++) {
        const struct status_row *row = &chart->rows[i];
        if (row->trace)
            timeline_fill(&line.view, row->trace->marks, row->trace->count, slots);
        for (size_t k = 0; k < row->gap_count; k++)
            timeline_widen(&line.view, &row->gaps[k], slots);
    }
    begin_line(&line, kind == TIMELINE_DAY ? _("24 hours") : _("7 days"));
    draw_bars(&line, slots, false);
    draw_silences(&line, slots);
    draw_bars(&line, slots, true);
    buf_add_text(out, "</svg>\n");
}

void status_chart_rows(const struct status_chart *chart, enum timeline_kind kind, struct buf *out)
{
    struct line line = make_line(chart, kind, out);
    buf_add_text(out, "<div class=\"row\"><div class=\"job\"></div>");
    status_chart_axis(chart, kind, out);
    buf_add_text(out, "</div>\n");
    for (size_t i = 0; i < chart->count; i++) {
        buf_add_text(out, "<div class=\"row\"><div class=\"job\" title=\"");
        html_add(out, chart->rows[i].package);
        buf_add_text(out, "\"><bdi>");
        html_add(out, chart->rows[i].package);
        buf_add_text(out, "</bdi></div>");
        draw_row(&line, &chart->rows[i]);
        buf_add_text(out, "</div>\n");
    }
}

static void add_sample(const char *drawing, const char *meaning, struct buf *out)
{
    buf_addf(out, "<span><svg aria-hidden=\"true\">%s</svg>", drawing);
    html_add(out, meaning);
    buf_add_text(out, "</span>\n");
}

void status_chart_legend(struct buf *out)
{
    buf_add_text(out, "<p class=\"legend\">");
    add_sample("<rect class=\"r\" y=\"8\" height=\"8\" width=\"30\"/>", _("runs"), out);
    add_sample("<g class=\"s\"><rect class=\"f\" x=\"12\" y=\"6\" height=\"14\" width=\"6\"/>"
               "<circle class=\"f\" cx=\"15\" cy=\"5\" r=\"4.5\"/></g>",
               _("a run failed"), out);
    add_sample("<rect class=\"g\" x=\"1\" y=\"6\" height=\"12\" width=\"28\"/>",
               _("due, and not run (by today's schedule)"), out);
    buf_add_text(out, "</p>\n");
}
