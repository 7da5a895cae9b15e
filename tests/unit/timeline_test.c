/* core/timeline: few bars of many runs, and the gaps between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/timeline.h"

#define MINUTE_US INT64_C(60000000)

/* 2026-11-24 12:07 UTC: the day ends at 12:15, the week at 14:00. */
#define NOW_US INT64_C(1795522020000000)

/* A letter for each bar, with its first slot and its width: "r0+4 f4". */
static void describe(const struct timeline_bar *bars, int count, char *out, size_t size)
{
    size_t used = 0;
    *out = '\0';
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%c%d+%d", i ? " " : "",
                                 bars[i].sum.failures ? 'f' : 'r', bars[i].slot, bars[i].slots);
}

struct row {
    const char *name;
    const char *runs; /* a character per slot: 'r' a run, 'f' one that failed, '.' none */
    const char *bars;
};

static const struct row rows[] = {
    {"no runs", "....", ""},
    {"one run", ".r..", "r1+1"},
    {"neighbours are one bar", "rrr.r", "r0+3 r4+1"},
    {"a failure stands alone", "rrfrr", "r0+2 f2+1 r3+2"},
    {"so do two of them", "ff", "f0+1 f1+1"},
};

static void bars(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct timeline_view view = timeline_view(NOW_US, TIMELINE_DAY);
        struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
        struct timeline_bar found[TIMELINE_SLOTS_MAX];
        char text[200];
        for (size_t k = 0; rows[i].runs[k]; k++) {
            int64_t at_us = view.from_us + (int64_t)k * view.slot_us + MINUTE_US;
            struct timeline_mark mark = {.first_us = at_us, .last_us = at_us, .runs = 1};
            mark.failures = rows[i].runs[k] == 'f';
            if (rows[i].runs[k] != '.')
                timeline_fill(&view, &mark, 1, slots);
        }
        describe(found, timeline_bars(&view, slots, found), text, sizeof text);
        if (strcmp(text, rows[i].bars) != 0)
            fail_msg("%s: %s", rows[i].name, text);
    }
}

static void views(void **state)
{
    (void)state;
    struct timeline_view day = timeline_view(NOW_US, TIMELINE_DAY);
    struct timeline_view week = timeline_view(NOW_US, TIMELINE_WEEK);
    assert_int_equal(day.until_us, NOW_US + 8 * MINUTE_US);
    assert_int_equal(day.until_us - day.from_us, 24 * 60 * MINUTE_US);
    assert_int_equal(week.until_us, NOW_US + 113 * MINUTE_US);
    assert_int_equal(week.until_us - week.from_us, 7 * 24 * 60 * MINUTE_US);
    assert_int_equal(timeline_place(&day, day.from_us - 1), 0);
    assert_int_equal(timeline_place(&day, day.from_us + 6 * 60 * MINUTE_US), 25000);
    assert_int_equal(timeline_place(&day, day.until_us + 1), 100000);
}

/* Whatever a database tells, nothing is written beside the slots. */
static void strays(void **state)
{
    (void)state;
    struct timeline_view view = timeline_view(NOW_US, TIMELINE_WEEK);
    struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
    struct timeline_bar found[TIMELINE_SLOTS_MAX];
    const struct timeline_mark marks[] = {
        {.first_us = INT64_MIN, .last_us = INT64_MIN, .runs = 1},
        {.first_us = view.from_us - 1, .last_us = view.from_us - 1, .runs = 1},
        {.first_us = view.until_us, .last_us = view.until_us, .runs = 1},
        {.first_us = INT64_MAX, .last_us = INT64_MAX, .runs = 1},
    };
    timeline_fill(&view, marks, ARRAY_LEN(marks), slots);
    assert_int_equal(timeline_bars(&view, slots, found), 0);
}

static void sums(void **state)
{
    (void)state;
    char early[] = "early", late[] = "late";
    struct timeline_view view = timeline_view(NOW_US, TIMELINE_WEEK);
    struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
    struct timeline_bar found[TIMELINE_SLOTS_MAX];
    int64_t at_us = view.from_us;
    const struct timeline_mark marks[] = {
        {.first_us = at_us + 9, .last_us = at_us + 10, .runs = 3, .failures = 1, .error = late},
        {.first_us = at_us + 1, .last_us = at_us + 2, .runs = 4, .failures = 2, .error = early},
    };
    timeline_fill(&view, marks, ARRAY_LEN(marks), slots);
    assert_int_equal(timeline_bars(&view, slots, found), 1);
    assert_int_equal(found[0].sum.runs, 7);
    assert_int_equal(found[0].sum.failures, 3);
    assert_int_equal(found[0].sum.first_us, at_us + 1);
    assert_int_equal(found[0].sum.last_us, at_us + 10);
    assert_string_equal(found[0].sum.error, "late");
}

struct gap_row {
    const char *name;
    const char *spec;
    int last_min; /* after 12:00 */
    int next_min;
    int from_min; /* 0: no gap */
};

static const struct gap_row gap_rows[] = {
    {"in time", "*/5 * * * *", 0, 5, 0},
    {"a little late", "*/5 * * * *", 0, 19, 0},
    {"too late", "*/5 * * * *", 0, 21, 5},
    {"between two slots", "*/5 * * * *", 3, 60, 5},
    {"hourly", "0 * * * *", 1, 61, 0},
    {"an hour left out", "0 * * * *", 1, 121, 60},
    {"earlier than the spec says", "0 3 * * *", 0, 10, 0},
    {"never fires", "0 0 31 2 *", 0, 1000, 0},
};

static void gaps(void **state)
{
    (void)state;
    const int64_t noon_us = NOW_US - 7 * MINUTE_US;
    for (size_t i = 0; i < ARRAY_LEN(gap_rows); i++) {
        const struct gap_row *row = &gap_rows[i];
        struct cronspec spec;
        struct zone utc = {0};
        struct err err = {0};
        struct timeline_gap gap;
        struct timeline_plan plan = {.spec = &spec, .zone = &utc, .patience_us = 15 * MINUTE_US};
        struct timeline_mark mark = {.last_us = noon_us + row->last_min * MINUTE_US};
        assert_true(cronspec_parse(&spec, row->spec, &err));
        bool found = timeline_gap(&plan, &mark, noon_us + row->next_min * MINUTE_US, &gap);
        if (found != (row->from_min != 0))
            fail_msg("%s: %d", row->name, found);
        if (found && (gap.from_us != noon_us + row->from_min * MINUTE_US ||
                      gap.until_us != noon_us + row->next_min * MINUTE_US))
            fail_msg("%s: from %lld", row->name, (long long)(gap.from_us - noon_us));
    }
}

/* PostgreSQL knows years that lie further apart than 64 bits of microseconds reach. */
static void gaps_of_ages(void **state)
{
    (void)state;
    struct cronspec spec;
    struct zone utc = {0};
    struct err err = {0};
    struct timeline_gap gap;
    struct timeline_plan plan = {.spec = &spec, .zone = &utc, .patience_us = 15 * MINUTE_US};
    struct timeline_mark never = {.first_us = INT64_MIN, .last_us = INT64_MIN};
    struct timeline_mark early = {.last_us = INT64_MIN + 60 * MINUTE_US};
    struct timeline_mark late = {.last_us = INT64_MAX};
    assert_true(cronspec_parse(&spec, "*/5 * * * *", &err));
    assert_false(timeline_gap(&plan, &never, NOW_US, &gap));
    assert_true(timeline_gap(&plan, &early, NOW_US, &gap));
    assert_true(gap.from_us < 0 && gap.until_us == NOW_US);
    assert_true(timeline_gap(&plan, &early, INT64_MAX, &gap));
    assert_false(timeline_gap(&plan, &late, INT64_MAX, &gap));
    assert_false(timeline_gap(&plan, &late, NOW_US, &gap));
}

static void silences(void **state)
{
    (void)state;
    struct timeline_view view = timeline_view(NOW_US, TIMELINE_DAY);
    struct timeline_slot slots[TIMELINE_SLOTS_MAX] = {0};
    struct timeline_bar found[TIMELINE_SLOTS_MAX];
    char text[200];
    int64_t slot_us = view.slot_us;
    struct timeline_gap first = {view.from_us + slot_us / 2, view.from_us + 5 * slot_us};
    struct timeline_gap second = {view.from_us + 3 * slot_us, view.from_us + 6 * slot_us + 1};
    struct timeline_gap last = {view.from_us + 95 * slot_us - 1, NOW_US};
    timeline_widen(&view, &first, slots);
    timeline_widen(&view, &second, slots);
    timeline_widen(&view, &last, slots);
    slots[4].runs = 1;
    int count = timeline_silences(&view, slots, found);
    describe(found, count, text, sizeof text);
    assert_string_equal(text, "r1+3 r5+1 r95+1");
    assert_int_equal(found[0].sum.gaps, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars),     cmocka_unit_test(views), cmocka_unit_test(strays),
        cmocka_unit_test(sums),     cmocka_unit_test(gaps),  cmocka_unit_test(gaps_of_ages),
        cmocka_unit_test(silences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
