#include "engine/condition.h"

#include <stdio.h>

#include "base/clock.h"
#include "engine/lasting.h"

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
    if (what != INCIDENT_KNOWN && !notify_put(conditions->notify, &news))
        incidents_untell(conditions->incidents, notice, what);
}

void condition_raise(struct conditions *conditions, const struct condition *condition)
{
    struct incidents *incidents = conditions->incidents;
    lasting_tell(incidents, LOG_LEVEL_ERROR, condition->key, condition->text);
    if (condition->since_s)
        incidents_date_back(incidents, condition->key, condition->since_s);
    const struct incident *incident = incidents_find(incidents, condition->key);
    tell(conditions, condition, incident ? incident->since_s : now_s());
}

/* The notice that it began may outlast it: until its end is told. */
void condition_end(struct conditions *conditions, const struct condition *condition)
{
    char notice[INCIDENT_KEY_MAX];
    int64_t told_s = 0;
    int64_t since_s = lasting_over(conditions->incidents, condition->key, condition->text);
    make_notice_key(condition->key, notice);
    const struct incident *told = incidents_find(conditions->incidents, notice);
    if (!told)
        return;
    struct news news = {
        .kind = NEWS_CONDITION_OVER,
        .client = condition->client,
        .client_id = condition->client_id,
        .text = condition->text,
        .since_s = since_s ? since_s : told->since_s,
    };
    if (!conditions->notify || !told->told_s || notify_put(conditions->notify, &news))
        incidents_end(conditions->incidents, notice, &told_s);
}

void condition_forget(struct conditions *conditions, const char *key)
{
    char notice[INCIDENT_KEY_MAX];
    int64_t since_s;
    make_notice_key(key, notice);
    incidents_end(conditions->incidents, key, &since_s);
    incidents_end(conditions->incidents, notice, &since_s);
}
