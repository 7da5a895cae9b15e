#include "core/zone.h"

#include <stdlib.h>

#include "core/civil.h"
#include "core/zone_build.h"

static const int64_t repeat_s = (int64_t)CIVIL_DAYS_IN_400_YEARS * CIVIL_DAY_S;

static int64_t clamp(int64_t seconds)
{
    if (seconds > CIVIL_LOCAL_MAX_S)
        return CIVIL_LOCAL_MAX_S;
    return seconds < -CIVIL_LOCAL_MAX_S ? -CIVIL_LOCAL_MAX_S : seconds;
}

bool zone_add(struct zone *zone, int64_t at_s, int32_t offset_s, struct err *err)
{
    at_s = clamp(at_s);
    while (zone->count && zone->entries[zone->count - 1].at_s >= at_s)
        zone->count--;
    int32_t before = zone->count ? zone->entries[zone->count - 1].offset_s : zone->first_offset_s;
    if (before == offset_s)
        return true;
    if (zone->count == zone->cap) {
        size_t cap = zone->cap ? zone->cap * 2 : 256;
        struct zone_entry *entries = realloc(zone->entries, cap * sizeof *entries);
        if (!entries)
            return err_set_nomem(err);
        zone->entries = entries;
        zone->cap = cap;
    }
    zone->entries[zone->count++] = (struct zone_entry){at_s, offset_s};
    return true;
}

/* The number of entries that are not later than instant_s. */
static size_t entries_until(const struct zone *zone, int64_t instant_s)
{
    size_t low = 0;
    size_t high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->entries[middle].at_s <= instant_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_before(const struct zone *zone, size_t entry)
{
    return entry ? zone->entries[entry - 1].offset_s : zone->first_offset_s;
}

/* How far an instant must be moved back to lie in the 400 years that are written out. */
static int64_t moved_by(const struct zone *zone, int64_t instant_s)
{
    int64_t since = instant_s - zone->repeat_from_s;
    if (!zone->repeats || (since < 0 && !zone->repeats_before))
        return 0;
    return civil_floor_div(since, repeat_s) * repeat_s;
}

int32_t zone_offset_s(const struct zone *zone, int64_t instant_s)
{
    int64_t instant = clamp(instant_s);
    return offset_before(zone, entries_until(zone, instant - moved_by(zone, instant)));
}

bool zone_next_transition(const struct zone *zone, int64_t after_s, struct zone_change *change)
{
    int64_t after = clamp(after_s);
    int64_t moved = moved_by(zone, after);
    size_t next = entries_until(zone, after - moved);
    if (next == zone->count)
        return false;
    change->at_s = zone->entries[next].at_s + moved;
    change->before_s = offset_before(zone, next);
    change->after_s = zone->entries[next].offset_s;
    return true;
}

struct zone_local zone_resolve(const struct zone *zone, int64_t local_s)
{
    struct zone_local found = {0};
    int64_t local = clamp(local_s);
    int64_t start = local - ZONE_OFFSET_MAX_S;
    int64_t latest = local + ZONE_OFFSET_MAX_S;
    int32_t offset = zone_offset_s(zone, start);
    while (start <= latest) {
        struct zone_change change = {.at_s = INT64_MAX};
        bool more = zone_next_transition(zone, start, &change);
        int64_t instant = local - offset;
        if (instant >= start && instant < change.at_s && found.count < 2)
            *(found.count++ ? &found.second_s : &found.first_s) = instant;
        if (!more)
            break;
        bool skipped = local - change.before_s >= change.at_s &&
                       local - change.after_s < change.at_s;
        if (skipped && !found.count)
            found.gap_end_s = change.at_s;
        start = change.at_s;
        offset = change.after_s;
    }
    return found;
}

void zone_release(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->entries);
    *zone = (struct zone){0};
}
