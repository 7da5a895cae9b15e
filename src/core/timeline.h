/* timeline.h: runs of jobs laid out along the time: few bars, however many runs there were, and the
 * gaps in which a run was due and none came.
 *
 *     struct timeline_view view = timeline_view(now_us, TIMELINE_DAY);
 *     struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
 *     timeline_fill(&view, marks, mark_count, slots)         for each job that is to be in it
 *     count = timeline_bars(&view, slots, bars)              bars[TIMELINE_SLOTS_MAX]
 *     timeline_gap(&plan, &marks[i], marks[i + 1].first_us, &gap)
 *     timeline_widen(&view, &gap, slots)                     for timeline_silences
 *
 * A view is cut into slots of equal length.  Slots next to each other that saw runs and no failure
 * are one bar; a slot with a failure is a bar by itself, so that each can be told from the others.
 * So a view has TIMELINE_SLOTS_MAX bars at most.
 *
 * A gap begins when the spec would have fired after a run, and ends with the next run, when that
 * came later than patience_us.  It is measured by the spec of today: who edits a spec, or has the
 * job rest, makes gaps in the past.
 *
 * Units: microseconds since the epoch; slots count from 0 at view.from_us.
 * Ownership: nothing is owned; a bar's error is the mark's.
 * Not here: where marks come from (engine/overview.h), and how bars look (cmd/status_chart.h).
 */
#ifndef CORE_TIMELINE_H
#define CORE_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/cronspec.h"
#include "core/zone.h"

enum {
    TIMELINE_SLOTS_MAX = 96,
    TIMELINE_MARK_S = 900, /* runs of a job within so long are one mark */
    TIMELINE_WEEK_S = 7 * 86400,
};

enum timeline_kind {
    TIMELINE_DAY,  /* 24 hours in quarters of an hour */
    TIMELINE_WEEK, /* 7 days in pairs of hours */
};

/* Runs of a job that began close to each other. */
struct timeline_mark {
    int64_t first_us; /* when the first of them began */
    int64_t last_us;  /* when the last of them began */
    int runs;         /* how many there were */
    int failures;     /* … of which failed */
    char *error;      /* of the last that failed; NULL: none did */
};

struct timeline_view {
    int64_t from_us;
    int64_t until_us; /* now, or up to a slot later */
    int64_t slot_us;
    int slots;
};

/* What a slot saw. */
struct timeline_slot {
    int64_t first_us;
    int64_t last_us;
    int runs;
    int failures;
    const char *error;
    int gaps; /* that cover it whole */
};

struct timeline_bar {
    int slot;  /* where it begins */
    int slots; /* how wide it is */
    struct timeline_slot sum;
};

struct timeline_gap {
    int64_t from_us;  /* a run was due */
    int64_t until_us; /* one came, or now */
};

struct timeline_plan {
    const struct cronspec *spec;
    const struct zone *zone;
    int64_t patience_us;
};

struct timeline_view timeline_view(int64_t now_us, enum timeline_kind kind) MUST_USE;

/* Adds marks to the slots they began in; what lies outside of the view is left out. */
void timeline_fill(const struct timeline_view *view, const struct timeline_mark *marks,
                   size_t count, struct timeline_slot *slots);

/* Writes the bars, from left to right; returns how many. */
int timeline_bars(const struct timeline_view *view, const struct timeline_slot *slots,
                  struct timeline_bar *bars) MUST_USE;

/* The gap between a run and the next one; false: there is none. */
bool timeline_gap(const struct timeline_plan *plan, const struct timeline_mark *mark,
                  int64_t next_us, struct timeline_gap *gap) MUST_USE;

/* Counts a gap in the slots that it covers whole; the one of now need only be covered up to now. */
void timeline_widen(const struct timeline_view *view, const struct timeline_gap *gap,
                    struct timeline_slot *slots);

/* Writes the stretches in which runs were due and none at all began, as bars; returns how many. */
int timeline_silences(const struct timeline_view *view, const struct timeline_slot *slots,
                      struct timeline_bar *bars) MUST_USE;

/* Where an instant lies in the view, in thousandths of its width: 0 to 100,000. */
int timeline_place(const struct timeline_view *view, int64_t instant_us) MUST_USE;

#endif
