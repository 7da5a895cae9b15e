/* Zones: TZif bytes, POSIX rules, offsets, gaps and folds; and which file TZ means.
 *
 * Where a rule may still be changed by a government, the rows use years that are over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/civil.h"
#include "core/zone.h"
#include "io/zonefile.h"

static struct zone load(const char *tz)
{
    struct zone zone;
    struct err err;
    if (!zonefile_load(&zone, tz, &err))
        fail_msg("%s", err.text);
    return zone;
}

/* "YYYY-MM-DD HH:MM:SS" as if it were UTC. */
static int64_t at(const char *text)
{
    struct civil c = {0};
    assert_int_equal(6, sscanf(text, "%d-%d-%d %d:%d:%d", &c.year, &c.month, &c.day, &c.hour,
                               &c.minute, &c.second));
    return local_s_from_civil(&c);
}

/* ---- dates ---- */

static void dates_and_day_numbers(void **state)
{
    (void)state;
    assert_int_equal(0, civil_days(1970, 1, 1));
    assert_int_equal(11016, civil_days(2000, 2, 29));
    assert_int_equal(-719528, civil_days(0, 1, 1));
    assert_int_equal(3, civil_weekday(0));
    assert_int_equal(2, civil_weekday(-1));
    assert_int_equal(29, civil_days_in_month(2000, 2));
    assert_int_equal(28, civil_days_in_month(2100, 2));
    assert_int_equal(29, civil_days_in_month(2104, 2));
    assert_int_equal(-2, civil_floor_div(-3, 2));
    assert_int_equal(1, civil_floor_div(3, 2));
}

/* Each day is the successor of the one before, over more than a whole cycle of the calendar. */
static void days_follow_each_other(void **state)
{
    (void)state;
    struct civil expected = {
        .year = -5, .month = 1, .day = 1, .hour = 23, .minute = 59, .second = 58};
    for (int64_t day = civil_days(-5, 1, 1); day < civil_days(2405, 1, 1); day++) {
        int64_t local_s = day * CIVIL_DAY_S + CIVIL_DAY_S - 2;
        struct civil got = civil_from_local_s(local_s);
        assert_memory_equal(&expected, &got, sizeof got);
        assert_int_equal(local_s, local_s_from_civil(&got));
        if (++expected.day <= civil_days_in_month(expected.year, expected.month))
            continue;
        expected.day = 1;
        expected.month = expected.month % 12 + 1;
        expected.year += expected.month == 1;
    }
}

/* ---- offsets ---- */

static void offsets(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *tz;
        const char *utc;
        int32_t offset_s;
    } rows[] = {
        {"UTC", "UTC", "2026-07-01 00:00:00", 0},
        {"empty TZ", "", "2026-07-01 00:00:00", 0},
        {"colon and name", ":Europe/Berlin", "2026-07-01 00:00:00", 7200},
        {"absolute path", "/usr/share/zoneinfo/Europe/Berlin", "2026-01-01 00:00:00", 3600},
        {"Berlin before the spring change", "Europe/Berlin", "2026-03-29 00:59:59", 3600},
        {"Berlin at the spring change", "Europe/Berlin", "2026-03-29 01:00:00", 7200},
        {"Berlin before the autumn change", "Europe/Berlin", "2026-10-25 00:59:59", 7200},
        {"Berlin at the autumn change", "Europe/Berlin", "2026-10-25 01:00:00", 3600},
        {"Berlin by rule, 2100", "Europe/Berlin", "2100-07-01 00:00:00", 7200},
        {"Berlin by rule, winter 2437", "Europe/Berlin", "2437-12-01 00:00:00", 3600},
        {"Berlin by rule, last second of a repeat", "Europe/Berlin", "9999-12-31 23:59:59", 3600},
        {"Berlin by rule, summer 9999", "Europe/Berlin", "9999-07-31 23:59:59", 7200},
        {"Berlin, before standard time", "Europe/Berlin", "1890-01-01 00:00:00", 3208},
        {"Lord Howe, summer", "Australia/Lord_Howe", "2026-01-01 00:00:00", 39600},
        {"Lord Howe, winter: half an hour", "Australia/Lord_Howe", "2026-07-01 00:00:00", 37800},
        {"Dublin, summer is standard", "Europe/Dublin", "2040-07-01 00:00:00", 3600},
        {"Dublin, winter is negative DST", "Europe/Dublin", "2040-01-01 00:00:00", 0},
        {"Apia before the lost day", "Pacific/Apia", "2011-12-30 09:59:59", -36000},
        {"Apia after the lost day", "Pacific/Apia", "2011-12-30 10:00:00", 50400},
        {"Casablanca outside Ramadan", "Africa/Casablanca", "2024-07-01 00:00:00", 3600},
        {"Casablanca in Ramadan", "Africa/Casablanca", "2024-03-20 00:00:00", 0},
        {"a rule, winter", "CET-1CEST,M3.5.0,M10.5.0/3", "2026-01-01 00:00:00", 3600},
        {"a rule, summer", "CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-01 00:00:00", 7200},
        {"a rule, long ago", "CET-1CEST,M3.5.0,M10.5.0/3", "1850-07-01 00:00:00", 7200},
        {"a rule, far ahead", "CET-1CEST,M3.5.0,M10.5.0/3", "12026-07-01 00:00:00", 7200},
        {"no summer time", "<+0545>-5:45", "2026-07-01 00:00:00", 20700},
        {"west of Greenwich with seconds", "LMT+0:44:30", "2026-07-01 00:00:00", -2670},
        {"default dates", "EST5EDT4", "2026-03-08 07:00:00", -14400},
        {"default dates, the second before", "EST5EDT4", "2026-03-08 06:59:59", -18000},
        {"southern summer", "AAA-10BBB,M10.1.0,M4.1.0/3", "2026-01-01 00:00:00", 39600},
        {"Jn leaves 29 February out", "AAA0BBB,J60/0,J300", "2024-03-01 00:00:00", 3600},
        {"Jn, the day before", "AAA0BBB,J60/0,J300", "2024-02-29 23:59:59", 0},
        {"n counts 29 February", "AAA0BBB,59/0,J300", "2024-02-29 00:00:00", 3600},
        {"Jn in a common year", "AAA0BBB,J60/0,J300", "2025-03-01 00:00:00", 3600},
        {"the last weekday of a month with four of them", "AAA0BBB,M2.5.0/0,M10.5.0",
         "2025-02-23 00:00:00", 3600},
        {"daylight all year", "XXX3EDT4,0/0,J365/23", "2026-12-31 23:59:59", -14400},
        {"daylight all year, New Year", "XXX3EDT4,0/0,J365/23", "2026-01-01 03:00:00", -14400},
        {"negative time", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29 01:00:00", -3600},
        {"negative time, the second before", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
         "2026-03-29 00:59:59", -7200},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct zone zone = load(rows[i].tz);
        int32_t got = zone_offset_s(&zone, at(rows[i].utc));
        if (got != rows[i].offset_s)
            fail_msg("%s: expected %d, got %d", rows[i].name, rows[i].offset_s, got);
        zone_release(&zone);
    }
}

static void zero_is_utc(void **state)
{
    (void)state;
    struct zone zone = {0};
    struct zone_change change;
    assert_int_equal(0, zone_offset_s(&zone, 1774746000));
    assert_false(zone_next_transition(&zone, 0, &change));
    struct zone_local found = zone_resolve(&zone, 1774746000);
    assert_int_equal(1, found.count);
    assert_int_equal(1774746000, found.first_s);
    zone_release(NULL);
}

static void changes_come_in_order(void **state)
{
    (void)state;
    struct zone zone = load("Europe/Berlin");
    struct zone_change change;
    assert_true(zone_next_transition(&zone, at("2026-03-29 00:59:59"), &change));
    assert_int_equal(at("2026-03-29 01:00:00"), change.at_s);
    assert_int_equal(3600, change.before_s);
    assert_int_equal(7200, change.after_s);
    assert_true(zone_next_transition(&zone, change.at_s, &change));
    assert_int_equal(at("2026-10-25 01:00:00"), change.at_s);
    assert_int_equal(3600, change.after_s);

    /* two a year, across the end of what is written out, and of its repetition */
    int64_t before = at("2030-01-01 00:00:00");
    for (int year = 2030; year < 3300; year++) {
        for (int i = 0; i < 2; i++) {
            assert_true(zone_next_transition(&zone, before, &change));
            assert_int_equal(year, civil_from_local_s(change.at_s).year);
            assert_int_equal(i ? 10 : 3, civil_from_local_s(change.at_s).month);
            assert_int_equal(change.before_s, zone_offset_s(&zone, change.at_s - 1));
            assert_int_equal(change.after_s, zone_offset_s(&zone, change.at_s));
            before = change.at_s;
        }
    }
    zone_release(&zone);
}

static void daylight_all_year_never_changes(void **state)
{
    (void)state;
    struct zone zone = load("XXX3EDT4,0/0,J365/23");
    struct zone_change change;
    assert_false(zone_next_transition(&zone, at("2026-01-01 00:00:00"), &change));
    assert_false(zone_next_transition(&zone, at("2369-12-31 00:00:00"), &change));
    assert_false(zone_next_transition(&zone, at("9999-12-31 00:00:00"), &change));
    zone_release(&zone);
}

static void extreme_instants_are_answered(void **state)
{
    (void)state;
    static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};
    static const char *const zones[] = {"Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", "UTC"};
    for (size_t z = 0; z < ARRAY_LEN(zones); z++) {
        struct zone zone = load(zones[z]);
        for (size_t i = 0; i < ARRAY_LEN(extremes); i++) {
            struct zone_change change;
            int32_t offset_s = zone_offset_s(&zone, extremes[i]);
            assert_true(offset_s >= 0 && offset_s <= 7200);
            (void)!zone_next_transition(&zone, extremes[i], &change);
            assert_true(zone_resolve(&zone, extremes[i]).count <= 2);
        }
        zone_release(&zone);
    }
}

/* ---- local times ---- */

static void local_times(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *tz;
        const char *local;
        int count;
        const char *first; /* UTC; with count 0 the end of the gap */
        const char *second;
    } rows[] = {
        {"Berlin, an ordinary time", "Europe/Berlin", "2026-07-01 12:00:00", 1,
         "2026-07-01 10:00:00", NULL},
        {"Berlin, before the gap", "Europe/Berlin", "2026-03-29 01:59:59", 1, "2026-03-29 00:59:59",
         NULL},
        {"Berlin, start of the gap", "Europe/Berlin", "2026-03-29 02:00:00", 0,
         "2026-03-29 01:00:00", NULL},
        {"Berlin, last second of the gap", "Europe/Berlin", "2026-03-29 02:59:59", 0,
         "2026-03-29 01:00:00", NULL},
        {"Berlin, after the gap", "Europe/Berlin", "2026-03-29 03:00:00", 1, "2026-03-29 01:00:00",
         NULL},
        {"Berlin, before the fold", "Europe/Berlin", "2026-10-25 01:59:59", 1,
         "2026-10-24 23:59:59", NULL},
        {"Berlin, start of the fold", "Europe/Berlin", "2026-10-25 02:00:00", 2,
         "2026-10-25 00:00:00", "2026-10-25 01:00:00"},
        {"Berlin, end of the fold", "Europe/Berlin", "2026-10-25 02:59:59", 2,
         "2026-10-25 00:59:59", "2026-10-25 01:59:59"},
        {"Berlin, after the fold", "Europe/Berlin", "2026-10-25 03:00:00", 1, "2026-10-25 02:00:00",
         NULL},
        {"Berlin, a fold in 2500", "Europe/Berlin", "2500-10-31 02:30:00", 2, "2500-10-31 00:30:00",
         "2500-10-31 01:30:00"},
        {"Lord Howe, in the half-hour gap", "Australia/Lord_Howe", "2026-10-04 02:15:00", 0,
         "2026-10-03 15:30:00", NULL},
        {"Lord Howe, after the gap", "Australia/Lord_Howe", "2026-10-04 02:30:00", 1,
         "2026-10-03 15:30:00", NULL},
        {"Lord Howe, in the half-hour fold", "Australia/Lord_Howe", "2026-04-05 01:45:00", 2,
         "2026-04-04 14:45:00", "2026-04-04 15:15:00"},
        {"Santiago, no midnight", "America/Santiago", "2024-09-08 00:00:00", 0,
         "2024-09-08 04:00:00", NULL},
        {"Santiago, 23:30 twice", "America/Santiago", "2024-04-06 23:30:00", 2,
         "2024-04-07 02:30:00", "2024-04-07 03:30:00"},
        {"Beirut, no midnight", "Asia/Beirut", "2024-03-31 00:30:00", 0, "2024-03-30 22:00:00",
         NULL},
        {"Apia, the lost day", "Pacific/Apia", "2011-12-30 12:00:00", 0, "2011-12-30 10:00:00",
         NULL},
        {"Dublin, gap", "Europe/Dublin", "2026-03-29 01:30:00", 0, "2026-03-29 01:00:00", NULL},
        {"Casablanca, fold as Ramadan begins", "Africa/Casablanca", "2024-03-10 02:30:00", 2,
         "2024-03-10 01:30:00", "2024-03-10 02:30:00"},
        {"Casablanca, gap as it ends", "Africa/Casablanca", "2024-04-14 02:30:00", 0,
         "2024-04-14 02:00:00", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct zone zone = load(rows[i].tz);
        struct zone_local found = zone_resolve(&zone, at(rows[i].local));
        zone_release(&zone);
        bool ok = found.count == rows[i].count &&
                  at(rows[i].first) == (found.count ? found.first_s : found.gap_end_s) &&
                  (found.count < 2 || at(rows[i].second) == found.second_s);
        if (!ok)
            fail_msg("%s: got %d, @%lld @%lld, gap until @%lld", rows[i].name, found.count,
                     (long long)found.first_s, (long long)found.second_s,
                     (long long)found.gap_end_s);
    }
}

/* ---- hostile input ---- */

static void bad_rules_are_refused(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "",
        "CET",
        "C-1",
        "CE-1",
        "CET-25",
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET-1CEST,1,366",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0/2:60,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0 ",
        "CET-1:00:60",
        "CET-1:",
        "<CET-1",
        "<+1>-1",
        "<C T>-1",
        "CET-99999999999999999999",
        "CET-1CEST,M99999999999.5.0,M10.5.0",
    };
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct zone zone;
        struct err err;
        if (zone_parse_posix(&zone, rules[i], &err))
            fail_msg("'%s' was taken for a rule", rules[i]);
        assert_null(zone.entries);
    }
}

/* Two minimal blocks: two changes (3600 at 1000, 7200 at 2000), two types, and a footer. */
struct tzif {
    unsigned char bytes[256];
    size_t len;
};

static void put(struct tzif *file, const void *bytes, size_t len)
{
    memcpy(file->bytes + file->len, bytes, len);
    file->len += len;
}

static void put_number(struct tzif *file, uint64_t number, int bytes)
{
    while (bytes--) {
        unsigned char byte = (unsigned char)(number >> (8 * bytes));
        put(file, &byte, 1);
    }
}

enum { SECOND_BLOCK = 44 + 6 + 4, SECOND_DATA = SECOND_BLOCK + 44 };

static struct tzif small_file(void)
{
    static const unsigned char reserved_and_zero_counts[15 + 3 * 4];
    struct tzif file = {0};
    for (int version = 1; version <= 2; version++) {
        int changes = version == 1 ? 0 : 2;
        int types = version == 1 ? 1 : 2;
        put(&file, "TZif2", 5);
        put(&file, reserved_and_zero_counts, sizeof reserved_and_zero_counts);
        put_number(&file, (uint64_t)changes, 4);
        put_number(&file, (uint64_t)types, 4);
        put_number(&file, 4, 4);
        if (version == 2) {
            put_number(&file, 1000, 8);
            put_number(&file, 2000, 8);
            put(&file, "\x01\x00", 2);
        }
        for (int type = 0; type < types; type++) {
            put_number(&file, type ? 3600 : 7200, 4);
            put(&file, "\0\0", 2);
        }
        put(&file, "ABC", 4);
    }
    put(&file, "\nABC-2\n", 7);
    return file;
}

static void put_back(struct tzif *file)
{
    (void)file;
}

static void no_magic(struct tzif *file)
{
    file->bytes[0] = 'X';
}

static void unknown_version(struct tzif *file)
{
    file->bytes[4] = '1';
}

static void second_magic(struct tzif *file)
{
    file->bytes[SECOND_BLOCK] = 'X';
}

static void no_types(struct tzif *file)
{
    file->bytes[SECOND_BLOCK + 39] = 0;
    file->bytes[SECOND_BLOCK + 43] = 4 + 12; /* the block keeps its size */
}

static void huge_count(struct tzif *file)
{
    memset(file->bytes + SECOND_BLOCK + 32, 0xFF, 4);
}

static void huge_first_count(struct tzif *file)
{
    memset(file->bytes + 20, 0xFF, 24);
}

static void leap_seconds(struct tzif *file)
{
    file->bytes[SECOND_BLOCK + 31] = 1;
    file->bytes[SECOND_BLOCK + 43] = 0;
    file->len += 8;
}

static void wrong_type(struct tzif *file)
{
    file->bytes[SECOND_DATA + 16] = 2;
}

static void wrong_order(struct tzif *file)
{
    file->bytes[SECOND_DATA + 7] = 0xFF;
    file->bytes[SECOND_DATA + 6] = 0xFF;
}

static void huge_offset(struct tzif *file)
{
    file->bytes[SECOND_DATA + 18] = 0x80;
}

static void far_change(struct tzif *file)
{
    file->bytes[SECOND_DATA + 8] = 0x7F;
}

static void no_footer(struct tzif *file)
{
    file->len -= 7;
}

static void empty_footer(struct tzif *file)
{
    file->len -= 7;
    put(file, "\n\n", 2);
}

static void open_footer(struct tzif *file)
{
    file->len -= 1;
}

static void bad_footer(struct tzif *file)
{
    file->bytes[file->len - 3] = '\0';
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*spoil)(struct tzif *);
        bool accepted;
    } rows[] = {
        {"as it should be", put_back, true},
        {"no magic", no_magic, false},
        {"unknown version", unknown_version, false},
        {"no second magic", second_magic, false},
        {"no types", no_types, false},
        {"a count beyond the file", huge_count, false},
        {"counts beyond the file in the first block", huge_first_count, false},
        {"leap seconds", leap_seconds, false},
        {"a type that does not exist", wrong_type, false},
        {"changes out of order", wrong_order, false},
        {"an offset of years", huge_offset, false},
        {"a change in the far future before a rule", far_change, false},
        {"an empty footer", empty_footer, true},
        {"no footer", no_footer, false},
        {"a footer without end", open_footer, false},
        {"a NUL in the footer", bad_footer, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tzif file = small_file();
        struct zone zone;
        struct err err = {0};
        rows[i].spoil(&file);
        bool accepted = zone_parse(&zone, file.bytes, file.len, &err);
        if (accepted != rows[i].accepted)
            fail_msg("%s: %s", rows[i].name, accepted ? "accepted" : err.text);
        if (accepted) {
            assert_int_equal(7200, zone_offset_s(&zone, 999));
            assert_int_equal(3600, zone_offset_s(&zone, 1000));
            assert_int_equal(7200, zone_offset_s(&zone, 2000));
        } else {
            assert_null(zone.entries);
        }
        zone_release(&zone);
    }
}

/* Every prefix, in memory of exactly its size for the sanitizer. */
static void cut_files_are_refused(void **state)
{
    (void)state;
    struct tzif file = small_file();
    for (size_t len = 0; len < file.len; len++) {
        struct zone zone;
        struct err err;
        unsigned char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy + 1, file.bytes, len);
        assert_false(zone_parse(&zone, copy + 1, len, &err));
        free(copy);
    }
}

/* Old files: times of four bytes, no second block, no rule. */
static void version_1_is_read(void **state)
{
    (void)state;
    struct tzif file = {0};
    struct zone zone;
    struct err err;
    put(&file, "TZif", 4);
    for (int unused = 0; unused < 16 + 3 * 4; unused++)
        put_number(&file, 0, 1);
    put_number(&file, 2, 4);
    put_number(&file, 2, 4);
    put_number(&file, 4, 4);
    put_number(&file, (uint32_t)-1000, 4);
    put_number(&file, 2000, 4);
    put(&file, "\x01\x00", 2);
    put_number(&file, 7200, 4);
    put(&file, "\0\0", 2);
    put_number(&file, (uint32_t)-3600, 4);
    put(&file, "\0\0ABC", 6);
    assert_true(zone_parse(&zone, file.bytes, file.len, &err));
    assert_int_equal(7200, zone_offset_s(&zone, -1001));
    assert_int_equal(-3600, zone_offset_s(&zone, -1000));
    assert_int_equal(7200, zone_offset_s(&zone, INT64_MAX));
    zone_release(&zone);
}

static void too_many_changes_are_refused(void **state)
{
    (void)state;
    static unsigned char bytes[44 + 5 * (ZONE_FILE_CHANGES_MAX + 1) + 6] = "TZif";
    struct zone zone;
    struct err err;
    bytes[34] = (ZONE_FILE_CHANGES_MAX + 1) >> 8;
    bytes[35] = 1;
    bytes[39] = 1;
    assert_false(zone_parse(&zone, bytes, sizeof bytes, &err));
    assert_non_null(strstr(err.text, "too many changes"));
}

/* ---- what TZ names ---- */

static void bad_tz_is_an_error(void **state)
{
    (void)state;
    static const char *const values[] = {
        "Europe/Berlln",
        "Europe",
        "../../../etc/passwd",
        "Europe/../Europe/Berlin",
        "/usr/share/zoneinfo/../zoneinfo/UTC",
        "..",
        "/etc/passwd",
        "/dev/null",
        "/dev/zero",
        "/nowhere",
        "Europe/Berlin ",
        ":Nowhere",
        "right/Europe/Berlin",
        "AAA0BBB,J1,J400",
    };
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct zone zone;
        struct err err = {0};
        if (zonefile_load(&zone, values[i], &err))
            fail_msg("TZ='%s' was accepted", values[i]);
        assert_int_equal(ERR_CONFIG, err.kind);
        assert_null(zone.entries);
    }
    char longest[5000];
    struct zone zone;
    struct err err;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(zonefile_load(&zone, longest, &err));
}

static void odd_files_are_refused(void **state)
{
    (void)state;
    struct zone zone;
    struct err err;
    char dir[] = "/tmp/zone_test.XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/zone", dir);

    assert_int_equal(0, mkfifo(path, 0600));
    assert_false(zonefile_load(&zone, path, &err)); /* and does not wait for a writer */
    assert_non_null(strstr(err.text, "not a regular file"));
    unlink(path);

    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(0, ftruncate(fileno(file), ZONEFILE_MAX + 1));
    fclose(file);
    assert_false(zonefile_load(&zone, path, &err));
    assert_non_null(strstr(err.text, "not a regular file"));

    assert_int_equal(0, truncate(path, ZONEFILE_MAX));
    assert_false(zonefile_load(&zone, path, &err));
    assert_non_null(strstr(err.text, "TZif"));
    unlink(path);
    rmdir(dir);
}

static void no_tz_means_the_machines_zone(void **state)
{
    (void)state;
    struct zone zone = load(NULL);
    struct zone local = {0};
    if (access("/etc/localtime", R_OK) == 0)
        local = load("/etc/localtime");
    assert_int_equal(local.count, zone.count);
    assert_int_equal(zone_offset_s(&local, 1782864000), zone_offset_s(&zone, 1782864000));
    zone_release(&local);
    zone_release(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_and_day_numbers),
        cmocka_unit_test(days_follow_each_other),
        cmocka_unit_test(offsets),
        cmocka_unit_test(zero_is_utc),
        cmocka_unit_test(changes_come_in_order),
        cmocka_unit_test(daylight_all_year_never_changes),
        cmocka_unit_test(extreme_instants_are_answered),
        cmocka_unit_test(local_times),
        cmocka_unit_test(bad_rules_are_refused),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(version_1_is_read),
        cmocka_unit_test(too_many_changes_are_refused),
        cmocka_unit_test(bad_tz_is_an_error),
        cmocka_unit_test(odd_files_are_refused),
        cmocka_unit_test(no_tz_means_the_machines_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
