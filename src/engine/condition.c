#include "engine/condition.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"

static int64_t now_s(void)
{
    return clock_real_us() / 1000000;
}

static void make_notice_key(const char *key, char notice[INCIDENT_KEY_MAX])
{
    snprintf(notice, INCIDENT_KEY_MAX, CONDITION_NOTICE "%.50s", key);
}

static void tell(struct conditions *conditions, const struct condition *condition, int64_t since_s)
{
    char notice[INCIDENT_KEY_MAX];
    if (!conditions->notify || now_s() - since_s < condition->patience_s)
        return;
    make_notice_key(condition->key, notice);
    enum incident_news what = incidents_raise(conditions->incidents, notice, now_s());
    struct news news = {
        .kind = what == INCIDENT_NEW ? NEWS_CONDITION : NEWS_CONDITION_REMINDER,
        .client = condition->client,
        .client_id = condition->client_id,
        .text = condition->text,
        .since_s = since_s,
    };
    if (what != INCIDENT_KNOWN)
        notify_put(conditions->notify, &news);
}

void condition_raise(struct conditions *conditions, const struct condition *condition)
{
    struct incidents *incidents = conditions->incidents;
    enum incident_news what = incidents_raise(incidents, condition->key, now_s());
    incidents_describe(incidents, condition->key, condition->text);
    switch (what) {
    case INCIDENT_KNOWN: log_msg(LOG_LEVEL_DEBUG, "%s (told already)", condition->text); break;
    case INCIDENT_REMIND:
        log_msg(LOG_LEVEL_ERROR, "%s (still; a reminder comes once a day)", condition->text);
        break;
    case INCIDENT_NEW:
        log_msg(LOG_LEVEL_ERROR, "%s (told again once a day while it lasts)", condition->text);
        break;
    }
    const struct incident *incident = incidents_find(incidents, condition->key);
    tell(conditions, condition, incident ? incident->since_s : now_s());
}

void condition_end(struct conditions *conditions, const char *key, const char *text)
{
    char notice[INCIDENT_KEY_MAX];
    int64_t since_s = 0;
    if (!incidents_end(conditions->incidents, key, &since_s))
        return;
    log_msg(LOG_LEVEL_NOTICE, "%s again, after %lld minutes", text,
            (long long)(now_s() - since_s) / 60);
    make_notice_key(key, notice);
    struct news news = {.kind = NEWS_CONDITION_OVER, .text = text, .since_s = since_s};
    if (incidents_end(conditions->incidents, notice, &since_s) && conditions->notify)
        notify_put(conditions->notify, &news);
}

void condition_forget(struct conditions *conditions, const char *key)
{
    char notice[INCIDENT_KEY_MAX];
    int64_t since_s;
    make_notice_key(key, notice);
    incidents_end(conditions->incidents, key, &since_s);
    incidents_end(conditions->incidents, notice, &since_s);
}
