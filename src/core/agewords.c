#include "core/agewords.h"

#include <stdio.h>

#include "base/i18n.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, HOURS_MAX = 48, MINUTES_MAX = 120 };

void agewords_span(int64_t seconds, struct buf *out)
{
    long long s = seconds < 0 ? 0 : (long long)seconds;
    if (s < MINUTE_S)
        buf_addf(out, _("%lld s"), s);
    else if (s < MINUTES_MAX * MINUTE_S)
        buf_addf(out, _("%lld min"), s / MINUTE_S);
    else if (s < HOURS_MAX * HOUR_S)
        buf_addf(out, _("%lld h"), s / HOUR_S);
    else
        buf_addf(out, _("%lld d"), s / DAY_S);
}

void agewords_ago(int64_t seconds, struct buf *out)
{
    struct buf span = {0};
    agewords_span(seconds < 0 ? -seconds : seconds, &span);
    if (seconds < 0)
        buf_addf(out, _("in %s"), buf_text(&span));
    else
        buf_addf(out, _("%s ago"), buf_text(&span));
    buf_release(&span);
}

void agewords_stamp(const struct zone *zone, int64_t at_us, int64_t now_us,
                    char out[AGEWORDS_STAMP_MAX])
{
    char time[WALLTIME_MAX];
    struct buf ago = {0};
    walltime_show(zone, at_us, time);
    agewords_ago(now_us / WALLTIME_SECOND_US - at_us / WALLTIME_SECOND_US, &ago);
    if (at_us == INT64_MIN || at_us == INT64_MAX) /* "infinity" */
        snprintf(out, AGEWORDS_STAMP_MAX, "%s", time);
    else
        snprintf(out, AGEWORDS_STAMP_MAX, "%s (%.60s)", time, buf_text(&ago));
    buf_release(&ago);
}
