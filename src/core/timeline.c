#include "core/timeline.h"

#include "core/civil.h"

enum { SECOND_US = 1000000 };

struct timeline_view timeline_view(int64_t now_us, enum timeline_kind kind)
{
    int64_t slot_s = kind == TIMELINE_DAY ? TIMELINE_MARK_S : 7200;
    int slots = kind == TIMELINE_DAY ? 96 : 84;
    int64_t slot_us = slot_s * SECOND_US;
    int64_t until_us = (civil_floor_div(now_us, slot_us) + 1) * slot_us;
    return (struct timeline_view){
        .from_us = until_us - slots * slot_us,
        .until_us = until_us,
        .slot_us = slot_us,
        .slots = slots,
    };
}

static void add_mark(struct timeline_slot *slot, const struct timeline_mark *mark)
{
    if (!slot->runs || mark->first_us < slot->first_us)
        slot->first_us = mark->first_us;
    if (mark->error && (!slot->error || mark->last_us >= slot->last_us))
        slot->error = mark->error;
    if (!slot->runs || mark->last_us > slot->last_us)
        slot->last_us = mark->last_us;
    slot->runs += mark->runs;
    slot->failures += mark->failures;
}

void timeline_fill(const struct timeline_view *view, const struct timeline_mark *marks,
                   size_t count, struct timeline_slot *slots)
{
    for (size_t i = 0; i < count; i++)
        if (marks[i].first_us >= view->from_us && marks[i].first_us < view->until_us)
            add_mark(&slots[(marks[i].first_us - view->from_us) / view->slot_us], &marks[i]);
}

int timeline_bars(const struct timeline_view *view, const struct timeline_slot *slots,
                  struct timeline_bar *bars)
{
    int count = 0;
    for (int i = 0; i < view->slots; i++) {
        const struct timeline_slot *slot = &slots[i];
        struct timeline_bar *last = count ? &bars[count - 1] : NULL;
        if (!slot->runs)
            continue;
        if (last && !slot->failures && !last->sum.failures && last->slot + last->slots == i) {
            last->slots++;
            last->sum.runs += slot->runs;
            last->sum.last_us = slot->last_us;
        } else {
            bars[count++] = (struct timeline_bar){.slot = i, .slots = 1, .sum = *slot};
        }
    }
    return count;
}

bool timeline_gap(const struct timeline_plan *plan, const struct timeline_mark *mark,
                  int64_t next_us, struct timeline_gap *gap)
{
    int64_t due_s;
    int64_t last_s = civil_floor_div(mark->last_us, SECOND_US);
    if (mark->last_us == INT64_MIN || /* '-infinity' is no time at which anything ran */
        !cronspec_next(plan->spec, plan->zone, last_s, &due_s) || due_s > INT64_MAX / SECOND_US)
        return false;
    *gap = (struct timeline_gap){.from_us = due_s * SECOND_US, .until_us = next_us};
    uint64_t width_us = (uint64_t)gap->until_us - (uint64_t)gap->from_us;
    return gap->until_us > gap->from_us && width_us > (uint64_t)plan->patience_us;
}

void timeline_widen(const struct timeline_view *view, const struct timeline_gap *gap,
                    struct timeline_slot *slots)
{
    for (int i = 0; i < view->slots; i++) {
        int64_t from_us = view->from_us + i * view->slot_us;
        bool ends_later = gap->until_us >= from_us + view->slot_us;
        bool is_now = i == view->slots - 1 && gap->until_us > from_us;
        if (gap->from_us <= from_us && (ends_later || is_now))
            slots[i].gaps++;
    }
}

int timeline_silences(const struct timeline_view *view, const struct timeline_slot *slots,
                      struct timeline_bar *bars)
{
    int count = 0;
    for (int i = 0; i < view->slots; i++) {
        struct timeline_bar *last = count ? &bars[count - 1] : NULL;
        if (!slots[i].gaps || slots[i].runs)
            continue;
        if (last && last->slot + last->slots == i) {
            last->slots++;
            last->sum.gaps = slots[i].gaps > last->sum.gaps ? slots[i].gaps : last->sum.gaps;
        } else {
            bars[count++] = (struct timeline_bar){.slot = i, .slots = 1, .sum = slots[i]};
        }
    }
    return count;
}

int timeline_place(const struct timeline_view *view, int64_t instant_us)
{
    int64_t span_us = view->until_us - view->from_us;
    if (instant_us <= view->from_us)
        return 0;
    if (instant_us >= view->until_us)
        return 100000;
    return (int)((instant_us - view->from_us) / (span_us / 100000));
}
