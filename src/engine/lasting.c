#include "engine/lasting.h"

#include "base/clock.h"

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

int64_t lasting_over(struct incidents *incidents, const char *key, const char *text)
{
    int64_t since_s = 0;
    if (incidents_end(incidents, key, &since_s))
        log_msg(LOG_LEVEL_NOTICE, "%s again, after %lld minutes", text,
                (long long)(clock_real_us() / 1000000 - since_s) / 60);
    return since_s;
}
