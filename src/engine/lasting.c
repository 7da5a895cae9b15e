#include "engine/lasting.h"

#include "base/clock.h"
#include "base/log.h"

void lasting_warn(struct incidents *incidents, const char *key, const char *text)
{
    switch (incidents_raise(incidents, key, clock_real_us() / 1000000)) {
    case INCIDENT_KNOWN: log_msg(LOG_LEVEL_DEBUG, "%s (told already)", text); break;
    case INCIDENT_REMIND:
        log_msg(LOG_LEVEL_WARNING, "%s (still; a reminder comes once a day)", text);
        break;
    case INCIDENT_NEW:
        log_msg(LOG_LEVEL_WARNING, "%s (told again once a day while it lasts)", text);
        break;
    }
    incidents_describe(incidents, key, text);
}

void lasting_over(struct incidents *incidents, const char *key, const char *text)
{
    int64_t since_s = 0;
    if (incidents_end(incidents, key, &since_s))
        log_msg(LOG_LEVEL_NOTICE, "%s again, after %lld minutes", text,
                (long long)(clock_real_us() / 1000000 - since_s) / 60);
}
