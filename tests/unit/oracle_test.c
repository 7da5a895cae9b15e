/* A second opinion on cronspec_next around changes of the clock.
 *
 * Written from the rules of schedule.md alone, minute by minute, with libc's localtime_r for the
 * zone, gmtime_r for the calendar and a small reader for specs: none of the code under test.
 * Windows of 60 hours around the transitions of every zone of the installed tz database from 1970
 * to 2037; every fire time in the inner 52 hours must be the same, from each starting point tried.
 *
 * Without arguments: a sample, mostly of odd transitions (not an hour, or not in the small hours).
 * --long: all of them, and more specs.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/cronspec.h"
#include "io/zonefile.h"

enum {
    MINUTE = 60,
    HOUR = 3600,
    DAY = 86400,
    HALF_WINDOW = 30 * HOUR,
    MARGIN = 4 * HOUR, /* wider than any fold since 1970: other instants of a local time are seen */
    MINUTES_MAX = 2 * HALF_WINDOW / MINUTE + 2 * DAY / MINUTE, /* with the largest gap, and spare */
    ZONES_MAX = 2000,
    SPECS_MAX = 200,
    PROBES = 15, /* starting points tried per spec and window, besides the chain */
};

static const int64_t first_s = 0;                  /* 1970 */
static const int64_t last_s = INT64_C(2145916800); /* 2038 */
static bool all_windows;

static const char *const fixed_specs[] = {
    "* * * * *",      "*/15 * * * *",    "7 * * * *",        "0 */2 * * *",
    "30 2 * * *",     "0 0 * * *",       "30 0 * * *",       "59 23 * * *",
    "0 3 * * *",      "15,45 1-3 * * *", "0 1 * * *",        "0 0 1 * *",
    "30 2 * * 0",     "0 12 30 12 *",    "*/7 0-22 * * *",   "0 1-23 * * *",
    "* 2 * * *",      "0 0-23 * * 0",    "30 * 1,15 * *",    "*/20 0 * 3,4,10 *",
    "5 4 31 12 *",    "0 0 */2 * 1-5",   "10 2,3 1-7 * 0,6", "45 23 * * 6",
    "0,30 */1 * * *", "1 0 30,31 12 *",  "* 0 * * 5",        "20 0-23/1 1-31 * 0-6",
};

/* ---- specs, read a second time ---- */

struct plain_spec {
    char text[96];
    bool minute[60];
    bool hour[24];
    bool day[32];
    bool month[13];
    bool weekday[7]; /* 0 Sunday */
    bool every_hour;
    bool any_day;
    bool any_weekday;
    struct cronspec tested;
};

static bool item_matches(const char *item, int value, int low, int high)
{
    int from = low;
    int to = high;
    int step = 1;
    const char *slash = strchr(item, '/');
    if (*item != '*') {
        from = to = atoi(item);
        const char *dash = strchr(item, '-');
        if (dash)
            to = atoi(dash + 1);
    }
    if (slash)
        step = atoi(slash + 1);
    return value >= from && value <= to && (value - from) % step == 0;
}

/* Fills picked[low..high]; true when all of them are. */
static bool read_field(const char *field, bool *picked, int low, int high)
{
    bool all = true;
    for (int value = low; value <= high; value++) {
        char copy[64];
        char *rest = NULL;
        snprintf(copy, sizeof copy, "%s", field);
        for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest))
            picked[value] = picked[value] || item_matches(item, value, low, high);
        all = all && picked[value];
    }
    return all;
}

static void read_spec(struct plain_spec *spec, const char *text)
{
    char fields[5][24];
    struct err err;
    *spec = (struct plain_spec){0};
    snprintf(spec->text, sizeof spec->text, "%s", text);
    assert_int_equal(5, sscanf(text, "%23s %23s %23s %23s %23s", fields[0], fields[1], fields[2],
                               fields[3], fields[4]));
    read_field(fields[0], spec->minute, 0, 59);
    spec->every_hour = read_field(fields[1], spec->hour, 0, 23);
    spec->any_day = read_field(fields[2], spec->day, 1, 31);
    read_field(fields[3], spec->month, 1, 12);
    spec->any_weekday = read_field(fields[4], spec->weekday, 0, 6);
    if (!cronspec_parse(&spec->tested, text, &err))
        fail_msg("%s", err.text);
}

static bool day_matches(const struct plain_spec *spec, const struct tm *tm)
{
    bool day = spec->day[tm->tm_mday];
    bool weekday = spec->weekday[tm->tm_wday];
    if (spec->any_day != spec->any_weekday)
        return spec->any_day ? weekday : day;
    return day || weekday;
}

static bool spec_matches(const struct plain_spec *spec, const struct tm *tm)
{
    return spec->minute[tm->tm_min] && spec->hour[tm->tm_hour] && spec->month[tm->tm_mon + 1] &&
           day_matches(spec, tm);
}

/* ---- specs of chance ---- */

static uint32_t chance_state = 20260329;

static int chance(int below)
{
    chance_state = chance_state * 1664525u + 1013904223u;
    return (int)((chance_state >> 8) % (uint32_t)below);
}

static void chance_field(char *out, size_t size, int low, int high)
{
    int a = low + chance(high - low + 1);
    int b = a + chance(high - a + 1);
    switch (chance(5)) {
    case 0: snprintf(out, size, "%d", a); break;
    case 1: snprintf(out, size, "%d-%d", a, b); break;
    case 2: snprintf(out, size, "%d,%d", a, b); break;
    case 3: snprintf(out, size, "%d-%d/%d", a, b, 1 + chance(5)); break;
    default: snprintf(out, size, "*"); break;
    }
}

static void chance_spec(struct plain_spec *spec)
{
    char f[5][16];
    char text[96];
    chance_field(f[0], sizeof f[0], 0, 59);
    chance_field(f[1], sizeof f[1], 0, chance(2) ? 23 : 3);
    chance_field(f[2], sizeof f[2], 1, 28);
    chance_field(f[3], sizeof f[3], 1, 12);
    chance_field(f[4], sizeof f[4], 0, 6);
    snprintf(text, sizeof text, "%s %s %s %s %s", f[0], f[1], chance(3) ? "*" : f[2],
             chance(3) ? "*" : f[3], chance(3) ? "*" : f[4]);
    read_spec(spec, text);
}

static struct plain_spec specs[SPECS_MAX];
static size_t spec_count;

static void read_specs(void)
{
    for (size_t i = 0; i < ARRAY_LEN(fixed_specs); i++)
        read_spec(&specs[spec_count++], fixed_specs[i]);
    for (int i = 0; i < (all_windows ? 40 : 12); i++)
        chance_spec(&specs[spec_count++]);
}

/* ---- what the clock of a zone shows ---- */

static int64_t shown_by_clock(int64_t instant_s)
{
    time_t t = (time_t)instant_s;
    struct tm tm;
    return localtime_r(&t, &tm) ? instant_s + tm.tm_gmtoff : INT64_MIN;
}

/* The instants of one local minute in a window. */
struct local_minute {
    struct tm tm;
    int64_t first_s;
    int64_t second_s;
    int64_t gap_end_s;
    int count;
    bool in_gap;
};

struct window {
    int64_t start_s;
    int64_t end_s;
    int64_t step_s; /* 60, or 1 where an offset is not in whole minutes */
    int64_t first_local_s;
    size_t count;
    struct local_minute minutes[MINUTES_MAX];
};

static struct window window;

static struct local_minute *find_minute(int64_t local_s)
{
    int64_t index = (local_s - window.first_local_s) / MINUTE;
    if (local_s % MINUTE || local_s < window.first_local_s || index >= (int64_t)window.count)
        return NULL;
    return &window.minutes[index];
}

static void see(int64_t instant_s, int64_t local_s)
{
    struct local_minute *minute = find_minute(local_s);
    if (!minute)
        return;
    if (minute->count++ == 0)
        minute->first_s = instant_s;
    else
        minute->second_s = instant_s;
}

static void see_gap(int64_t end_s, int64_t from_local_s, int64_t to_local_s)
{
    for (int64_t local = from_local_s + 1; local < to_local_s; local++) {
        struct local_minute *minute = find_minute(local);
        if (minute) {
            minute->in_gap = true;
            minute->gap_end_s = end_s;
        }
    }
}

static void watch_clock(int64_t transition_s)
{
    window.start_s = transition_s - HALF_WINDOW;
    window.end_s = transition_s + HALF_WINDOW;
    bool whole_minutes = shown_by_clock(window.start_s) % MINUTE == 0 &&
                         shown_by_clock(window.end_s) % MINUTE == 0 && transition_s % MINUTE == 0;
    window.step_s = whole_minutes ? MINUTE : 1;
    window.first_local_s = (shown_by_clock(window.start_s) / MINUTE - DAY / MINUTE / 2) * MINUTE;
    window.count = MINUTES_MAX;
    for (size_t i = 0; i < window.count; i++) {
        time_t local = (time_t)(window.first_local_s + (int64_t)i * MINUTE);
        window.minutes[i] = (struct local_minute){0};
        gmtime_r(&local, &window.minutes[i].tm);
    }
    int64_t before = shown_by_clock(window.start_s - window.step_s);
    for (int64_t t = window.start_s; t < window.end_s; t += window.step_s) {
        int64_t local = shown_by_clock(t);
        see(t, local);
        if (local > before + window.step_s)
            see_gap(t, before, local);
        before = local;
    }
}

/* ---- the rules ---- */

/* In whole steps from the window's start. */
static bool fires[2 * HALF_WINDOW];

static void mark(int64_t instant_s)
{
    fires[(instant_s - window.start_s) / window.step_s] = true;
}

static void mark_fires(const struct plain_spec *spec)
{
    memset(fires, 0, sizeof fires);
    for (size_t i = 0; i < window.count; i++) {
        const struct local_minute *minute = &window.minutes[i];
        if (!spec_matches(spec, &minute->tm))
            continue;
        if (minute->count > 0)
            mark(minute->first_s);
        if (minute->count > 1 && spec->every_hour)
            mark(minute->second_s);
        if (minute->count == 0 && minute->in_gap && !spec->every_hour)
            mark(minute->gap_end_s);
    }
}

/* The first marked instant after after_s; INT64_MAX: none before the end. */
static int64_t next_mark(int64_t after_s, int64_t end_s)
{
    int64_t from = (after_s - window.start_s) / window.step_s + 1;
    for (int64_t i = from; i < (end_s - window.start_s) / window.step_s; i++)
        if (fires[i])
            return window.start_s + i * window.step_s;
    return INT64_MAX;
}

/* ---- the comparison ---- */

static long compared;

/* Returns the common answer; INT64_MAX: not before the end. */
static int64_t compare(const char *zone_name, const struct zone *zone,
                       const struct plain_spec *spec, int64_t after_s)
{
    int64_t end_s = window.end_s - MARGIN;
    int64_t expected = next_mark(after_s, end_s);
    int64_t got = INT64_MAX;
    if (!cronspec_next(&spec->tested, zone, after_s, &got) || got >= end_s)
        got = INT64_MAX;
    compared++;
    if (got != expected)
        fail_msg("TZ=%s '%s' after @%lld: expected @%lld, got @%lld", zone_name, spec->text,
                 (long long)after_s, (long long)expected, (long long)got);
    return got;
}

static void compare_window(const char *zone_name, const struct zone *zone, int64_t transition_s)
{
    watch_clock(transition_s);
    int64_t start = window.start_s + MARGIN;
    int64_t length = window.end_s - MARGIN - start;
    for (size_t i = 0; i < spec_count; i++) {
        mark_fires(&specs[i]);
        for (int64_t at = start; at != INT64_MAX;)
            at = compare(zone_name, zone, &specs[i], at);
        for (int probe = 0; probe < PROBES; probe++)
            compare(zone_name, zone, &specs[i], start + chance((int)length));
        for (int64_t near = -2; near <= 2; near++)
            compare(zone_name, zone, &specs[i], transition_s + near);
    }
}

/* An hour forward or back, between 0 and 4 o'clock, whole minutes. */
static bool is_usual(int64_t transition_s)
{
    int64_t before = shown_by_clock(transition_s - 1) + 1;
    int64_t jump = shown_by_clock(transition_s) - before;
    return llabs(jump) == HOUR && before % DAY <= 4 * HOUR && before % MINUTE == 0;
}

static int64_t bisect(int64_t low_s, int64_t high_s)
{
    int64_t offset = shown_by_clock(low_s) - low_s;
    while (high_s - low_s > 1) {
        int64_t middle = low_s + (high_s - low_s) / 2;
        if (shown_by_clock(middle) - middle == offset)
            low_s = middle;
        else
            high_s = middle;
    }
    return high_s;
}

static long windows;

static void compare_zone(const char *path)
{
    static long seen[2]; /* odd and usual ones */
    const int64_t stride = all_windows ? 3 * HOUR : 10 * DAY;
    struct zone zone = {0};
    struct err err;
    char tz[512];
    snprintf(tz, sizeof tz, ":%s", path);
    setenv("TZ", tz, 1);
    tzset();
    if (!zonefile_load(&zone, tz, &err))
        fail_msg("%s", err.text);
    int64_t before = shown_by_clock(first_s) - first_s;
    for (int64_t t = first_s + stride; t < last_s; t += stride) {
        int64_t offset = shown_by_clock(t) - t;
        if (offset != zone_offset_s(&zone, t))
            fail_msg("TZ=%s: another offset at @%lld", tz, (long long)t);
        if (offset == before)
            continue;
        before = offset;
        int64_t transition = bisect(t - stride, t);
        bool usual = is_usual(transition);
        if (seen[usual]++ % (usual ? 60 : 2) && !all_windows)
            continue;
        windows++;
        compare_window(tz, &zone, transition);
    }
    zone_release(&zone);
}

/* ---- all zones, each once ---- */

static char *paths[ZONES_MAX];
static size_t path_count;

static int collect(const char *path, const struct stat *st, int type, struct FTW *where)
{
    char magic[4] = "";
    (void)st;
    (void)where;
    if (type != FTW_F || strstr(path, "/right/") || strstr(path, "/posix/") ||
        path_count == ZONES_MAX)
        return 0;
    FILE *file = fopen(path, "r");
    if (file && fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0)
        paths[path_count++] = strdup(path);
    if (file)
        fclose(file);
    return 0;
}

static void every_transition_agrees(void **state)
{
    (void)state;
    read_specs();
    assert_int_equal(0, nftw("/usr/share/zoneinfo", collect, 16, FTW_PHYS));
    if (path_count == 0)
        skip(); /* no tz database here */
    for (size_t i = 0; i < path_count; i++) {
        compare_zone(paths[i]);
        free(paths[i]);
    }
    print_message("%zu zones, %ld transitions, %zu specs, %ld answers compared\n", path_count,
                  windows, spec_count, compared);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_transition_agrees)};
    const char *test_long = getenv("TEST_LONG");
    all_windows = (argc > 1 && strcmp(argv[1], "--long") == 0) ||
                  (test_long && strcmp(test_long, "1") == 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
