#include "engine/lasting.h"

#include "base/buf.h"
#include "base/clock.h"
#include "core/agewords.h"

void lasting_tell(struct incidents *incidents, enum log_level level, const char *key,
                  const char *text)
{
    switch (incidents_raise(incidents, key, clock_real_us() / 1000000)) {
    case INCIDENT_KNOWN: log_msg(LOG_LEVEL_DEBUG, "%s (told already)", text); break;
    case INCIDENT_REMIND: log_msg(level, "%s (still; a reminder comes once a day)", text); break;
    case INCIDENT_NEW: log_msg(level, "%s (told again once a day while it lasts)", text); break;
    }
    incidents_describe(incidents, key, text);
}

void lasting_warn(struct incidents *incidents, const char *key, const char *text)
{
    lasting_tell(incidents, LOG_LEVEL_WARNING, key, text);
}

void lasting_tell_over(const char *text, int64_t since_s)
{
    struct buf span = {0};
    agewords_span(clock_real_us() / 1000000 - since_s, &span);
    log_msg(LOG_LEVEL_NOTICE, "%s again, after %s", text, buf_text(&span));
    buf_release(&span);
}

int64_t lasting_over(struct incidents *incidents, const char *key, const char *text)
{
    int64_t since_s = 0;
    if (incidents_end(incidents, key, &since_s))
        lasting_tell_over(text, since_s);
    return since_s;
}
