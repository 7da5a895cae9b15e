/* status_chart.h: timelines of runs as inline SVG, for the page of `status --html`.
 *
 *     status_chart_defs(&out)                                once, at the top of the page
 *     struct status_chart chart = {.rows = rows, .count = n, .zone = &zone, .now_us = now_us};
 *     status_chart_strip(&chart, TIMELINE_DAY, &out)         all rows as one line
 *     status_chart_rows(&chart, TIMELINE_DAY, &out)          an axis, and a line for each row
 *     status_chart_legend(&out)
 *
 * Places along the time are percentages of an SVG that is as wide as it may be: it fits any screen
 * and no text is stretched.  Runs are low bars, failures high ones with a dot on top, gaps are
 * hatched and have a dashed outline: they can be told without colours.  Each has a title element
 * with the times and the error.
 *
 * A line has a few hundred elements at most (core/timeline.h).
 * Errors: out->failed.  Not here: the style sheet (cmd/status_style.h).
 */
#ifndef CMD_STATUS_CHART_H
#define CMD_STATUS_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cmd/status_rows.h"
#include "core/timeline.h"
#include "core/zone.h"

/* Borrowed. */
struct status_chart {
    const struct status_row *rows;
    size_t count;
    const struct zone *zone;
    int64_t now_us;
};

void status_chart_defs(const struct status_chart *chart, struct buf *out);

void status_chart_strip(const struct status_chart *chart, enum timeline_kind kind, struct buf *out);

/* The axis alone, for a strip. */
void status_chart_axis(const struct status_chart *chart, enum timeline_kind kind, struct buf *out);

void status_chart_rows(const struct status_chart *chart, enum timeline_kind kind, struct buf *out);

void status_chart_legend(struct buf *out);

#endif
