/* Fuzzes cron specs: any text is refused with a reason or gives times that hold together.
 *
 * Input: the spec up to the first NUL, behind it (if anything) eight bytes for the time to ask
 * about and one for the zone. Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "core/civil.h"
#include "core/cronspec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *const rules[] = {
    "CET-1CEST,M3.5.0,M10.5.0/3",      "LHST-10:30LHDT-11,M10.1.0,M4.1.0", "UTC0",
    "<-04>4<-03>,M9.1.6/24,M4.1.6/24", "AAA0BBB-25,J100/0,J300/0",         "XXX3EDT4,0/0,J365/23",
};

static const int64_t longest_wait_s = (int64_t)(8 * 366 + 3) * CIVIL_DAY_S;

static void check_times(const struct cronspec *spec, const struct zone *zone, int64_t after_s)
{
    int64_t at_s = 0;
    int64_t again_s = 0;
    for (int i = 0; i < 5; i++) {
        bool found = cronspec_next(spec, zone, after_s, &at_s);
        if (after_s > CIVIL_LOCAL_MAX_S / 2) /* near the limit there may be no next time */
            return;
        if (found != spec->fires)
            abort();
        if (!found)
            return;
        if (at_s <= after_s ||
            (after_s > -CIVIL_LOCAL_MAX_S / 2 && at_s - after_s > longest_wait_s))
            abort();
        /* nothing fires between the two, whichever instant one asks from */
        if (!cronspec_next(spec, zone, at_s - 1, &again_s) || again_s != at_s)
            abort();
        int64_t middle_s = after_s / 2 + at_s / 2;
        if (middle_s >= after_s && middle_s < at_s &&
            (!cronspec_next(spec, zone, middle_s, &again_s) || again_s != at_s))
            abort();
        after_s = at_s;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct cronspec spec;
    struct zone zone;
    struct err err = {0};
    char *text = strndup((const char *)bytes, len);
    if (!text)
        return 0;
    int64_t after_s = 1774746000;
    size_t used = strlen(text) + 1;
    if (len >= used + sizeof after_s)
        memcpy(&after_s, bytes + used, sizeof after_s);
    size_t rule = len > used + sizeof after_s ? bytes[used + sizeof after_s] % ARRAY_LEN(rules) : 0;

    if (!cronspec_parse(&spec, text, &err)) {
        if (err.kind != ERR_JOB || !*err.text || spec.fires)
            abort();
    } else if (strlen(spec.warning) >= sizeof spec.warning || !spec.minutes || !spec.hours ||
               !spec.months || (!spec.days && !spec.weekdays)) {
        abort();
    } else if (zone_parse_posix(&zone, rules[rule], &err)) {
        check_times(&spec, &zone, after_s);
        zone_release(&zone);
    }
    free(text);
    return 0;
}
