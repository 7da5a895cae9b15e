/* status_rows.h: the rows of the timelines of `status --html`: a package of a client each, with its
 * runs and the gaps between them.
 *
 *     struct status_rows rows = {0};
 *     status_rows_collect(&rows, &overview, &desk, err)       overview with traces of
 * TIMELINE_WEEK_S status_rows_release(&rows)
 *
 * A row is there for each package that has an active job, or ran within the week.  Gaps are those
 * that core/timeline.h finds by the specs of active jobs, less the time that the run before is
 * known to have taken, and the one from when a job has been overdue until now.
 *
 * Ownership: the list owns its gaps; the rest is the overview's.
 * Errors: out of memory.
 */
#ifndef CMD_STATUS_ROWS_H
#define CMD_STATUS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "cmd/desk.h"
#include "core/timeline.h"
#include "engine/overview.h"

/* A job that comes later than this is late: shorter gaps are within a mark of the timeline. */
enum { STATUS_ROWS_PATIENCE_S = TIMELINE_MARK_S };

struct status_row {
    size_t client;                      /* index in overview.survey.clients */
    const char *package;                /* borrowed */
    const struct overview_trace *trace; /* NULL: it has no history */
    struct timeline_gap *gaps;          /* owned */
    size_t gap_count;
};

struct status_rows {
    struct status_row *items; /* client by client */
    size_t count;
};

bool status_rows_collect(struct status_rows *rows, const struct overview *overview,
                         const struct desk *desk, struct err *err) MUST_USE;

/* Takes NULL. */
void status_rows_release(struct status_rows *rows);

#endif
