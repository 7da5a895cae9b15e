/* Fuzzes time zones: bytes that begin with "TZif" as a file, all others as a POSIX rule.  They are
 * refused with a reason, or give a zone whose answers hold together.
 *
 * Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "core/civil.h"
#include "core/cronspec.h"
#include "core/walltime.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_instant(const struct zone *zone, int64_t instant_s)
{
    int32_t offset_s = zone_offset_s(zone, instant_s);
    if (abs(offset_s) > ZONE_OFFSET_MAX_S)
        abort();
    if (instant_s < -CIVIL_LOCAL_MAX_S / 2 || instant_s > CIVIL_LOCAL_MAX_S / 2)
        return;
    struct zone_local found = zone_resolve(zone, instant_s + offset_s);
    if (found.count < 1 || found.count > 2 || found.first_s > instant_s)
        abort();
    if (found.count == 1 && found.first_s != instant_s)
        abort();
    if (found.count == 2 && found.second_s <= found.first_s)
        abort();
}

static void check_changes(const struct zone *zone, int64_t after_s)
{
    struct zone_change change;
    for (int i = 0; i < 20 && zone_next_transition(zone, after_s, &change); i++) {
        if (change.at_s <= after_s || change.before_s == change.after_s)
            abort();
        if (zone_offset_s(zone, change.at_s) != change.after_s ||
            zone_offset_s(zone, change.at_s - 1) != change.before_s)
            abort();
        check_instant(zone, change.at_s);
        check_instant(zone, change.at_s - 1);
        after_s = change.at_s;
    }
}

static void check_stored(const struct zone *zone, int64_t instant_s)
{
    struct err err;
    char text[WALLTIME_MAX];
    int64_t back_us = 0;
    int64_t instant_us = instant_s * WALLTIME_SECOND_US;
    struct zone_local found = zone_resolve(zone, instant_s + zone_offset_s(zone, instant_s));
    bool third = found.count == 2 && instant_s != found.first_s && instant_s != found.second_s;
    walltime_format(zone, instant_us, text);
    if (!walltime_parse(zone, text, &back_us, &err) || (back_us != instant_us && !third))
        abort();
}

static void check_zone(const struct zone *zone)
{
    static const int64_t instants[] = {
        INT64_MIN,  -CIVIL_LOCAL_MAX_S, -62135596800, -2147483648,  0,         951782400,
        1774746000, 2147483647,         4102444800,   253402300799, INT64_MAX,
    };
    static const struct cronspec daily = {
        .minutes = 1 << 30, .hours = 1 << 2, .months = 0x1FFE, .days = 0xFFFFFFFE, .fires = true};
    for (size_t i = 0; i < ARRAY_LEN(instants); i++) {
        int64_t at_s = 0;
        check_instant(zone, instants[i]);
        if (llabs(instants[i] / 2) > CIVIL_LOCAL_MAX_S / 4)
            continue;
        check_changes(zone, instants[i]);
        check_stored(zone, instants[i]);
        if (!cronspec_next(&daily, zone, instants[i], &at_s) || at_s <= instants[i])
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct zone zone;
    struct err err = {0};
    bool ok;
    if (len >= 4 && memcmp(bytes, "TZif", 4) == 0) {
        ok = zone_parse(&zone, bytes, len, &err);
    } else {
        char *rule = strndup((const char *)bytes, len);
        if (!rule)
            return 0;
        ok = zone_parse_posix(&zone, rule, &err);
        free(rule);
    }
    if (ok)
        check_zone(&zone);
    else if (!*err.text || zone.entries)
        abort();
    zone_release(&zone);
    return 0;
}
