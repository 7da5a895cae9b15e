#include "core/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/cronspec.h"

static bool text_is(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

bool job_is_once(const struct job *job)
{
    return text_is(job->type, "once");
}

static bool node_matches(const struct job *job, const struct node *node)
{
    if (text_is(job->node, node->id))
        return true;
    return !node->only_own && (!job->node || !*job->node);
}

static bool time_has_come(const struct job *job, int64_t now_us)
{
    return job->has_next && job->next_us <= now_us;
}

bool job_is_postponed(const struct job *job, const struct zone *zone, int64_t now_us)
{
    enum { PATIENCE_S = 86400 }; /* whoever moves it to tomorrow means it */
    struct cronspec spec;
    struct err err = {0};
    int64_t at_s = now_us / 1000000;
    if (!text_is(job->type, "interval") || !job->has_next || job->next_us == INT64_MAX ||
        !cronspec_parse(&spec, job->spec, &err))
        return false;
    return cronspec_next(&spec, zone, at_s, &at_s) && cronspec_next(&spec, zone, at_s, &at_s) &&
           job->next_us / 1000000 > at_s + PATIENCE_S;
}

enum due job_due(const struct job *job, const struct node *node, int64_t now_us)
{
    bool once = job_is_once(job);
    if (!once && !text_is(job->type, "interval"))
        return DUE_UNKNOWN_TYPE;
    if (!job->active)
        return DUE_INACTIVE;
    if (!node_matches(job, node))
        return DUE_OTHER_NODE;
    if (!once)
        return time_has_come(job, now_us) ? DUE : job->has_next ? DUE_LATER : DUE_NO_TIME;
    if (job->has_last)
        return DUE_DONE;
    /* A once row without a schedule, or without a time, means now. */
    bool at_once = !job->spec || !*job->spec || !job->has_next;
    return at_once || time_has_come(job, now_us) ? DUE : DUE_LATER;
}

const char *due_words(enum due due)
{
    switch (due) {
    case DUE: return _("is due");
    case DUE_UNKNOWN_TYPE: return _("has a type that is neither 'interval' nor 'once'");
    case DUE_INACTIVE: return _("is not active");
    case DUE_OTHER_NODE: return _("belongs to another node");
    case DUE_DONE: return _("has run once already");
    case DUE_NO_TIME: return _("has no next_run_at");
    case DUE_LATER: return _("is not due yet");
    }
    return "?";
}

int64_t job_slot_us(const struct job *job, int64_t now_us)
{
    return job->has_next && job->next_us <= now_us ? job->next_us : now_us;
}

int64_t job_late_us(const struct job *job, int64_t now_us)
{
    bool has_come = time_has_come(job, now_us) && job->next_us != INT64_MIN;
    return has_come ? now_us - job->next_us : 0;
}

bool job_package_is_valid(const char *package)
{
    if (!package || package[0] < 'A' || package[0] > 'Z')
        return false;
    size_t len = strspn(package, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    return len >= 2 && len <= 255 && package[len] == '\0';
}

void job_release(struct job *job)
{
    if (!job)
        return;
    char *owned[] = {job->type,        job->package, job->spec,     job->node,
                     job->description, job->data,    job->next_text};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++)
        free(owned[i]);
    *job = (struct job){0};
}
