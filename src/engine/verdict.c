#include "engine/verdict.h"

#include <stdio.h>

#include "base/i18n.h"

/* What a client is told of: each has its own. */
struct verdict {
    struct conditions *conditions;
    const struct seat *seat;
    const char *prefix;
    char text[ERR_TEXT_MAX]; /* of its beginning, or of its end */
};

static void tell(const struct verdict *verdict, bool is_bad)
{
    const struct seat *seat = verdict->seat;
    char key[INCIDENT_KEY_MAX];
    const struct condition condition = {.key = key,
                                        .text = verdict->text,
                                        .client = seat->client.fields[CLIENT_NAME],
                                        .client_id = seat->client.id};
    snprintf(key, sizeof key, "%s%d", verdict->prefix, seat->client.id);
    if (is_bad)
        condition_raise(verdict->conditions, &condition);
    else
        condition_end(verdict->conditions, &condition);
}

static void tell_away(struct verdict *verdict, const struct lane_report *report, bool is_stopping)
{
    const char *name = verdict->seat->client.fields[CLIENT_NAME];
    verdict->prefix = VERDICT_AWAY;
    if (report->served && report->finished) {
        snprintf(verdict->text, sizeof verdict->text, _("client '%.200s' is served"), name);
        tell(verdict, false);
    } else if (!report->served && !is_stopping) {
        snprintf(verdict->text, sizeof verdict->text, _("client '%.200s' is not served: %.1500s"),
                 name, report->err.text);
        tell(verdict, true);
    }
}

static void tell_refused(struct verdict *verdict, const struct lane_report *report,
                         bool is_stopping)
{
    const char *name = verdict->seat->client.fields[CLIENT_NAME];
    bool is_bad = report->refused.kind != ERR_NONE;
    verdict->prefix = VERDICT_REFUSED;
    if (is_bad && !is_stopping) {
        snprintf(verdict->text, sizeof verdict->text, _("client '%.200s': %.1500s"), name,
                 report->refused.text);
        tell(verdict, true);
    } else if (!is_bad && report->served && report->finished) {
        snprintf(verdict->text, sizeof verdict->text, _("client '%.200s': all its jobs run"), name);
        tell(verdict, false);
    }
}

static void tell_held(struct verdict *verdict, const struct lane_report *report)
{
    const char *name = verdict->seat->client.fields[CLIENT_NAME];
    bool is_bad = report->perl == VISIT_PERL_HELD;
    if (report->perl == VISIT_PERL_UNKNOWN)
        return;
    verdict->prefix = VERDICT_HELD;
    if (is_bad)
        snprintf(verdict->text, sizeof verdict->text,
                 _("client '%.200s': its Perl jobs are held: %s"), name, report->held);
    else
        snprintf(verdict->text, sizeof verdict->text, _("client '%.200s': its Perl jobs run"),
                 name);
    tell(verdict, is_bad);
}

void verdict_tell(struct conditions *conditions, const struct seat *seat,
                  const struct lane_report *report, bool is_stopping)
{
    struct verdict verdict = {.conditions = conditions, .seat = seat};
    tell_away(&verdict, report, is_stopping);
    tell_refused(&verdict, report, is_stopping);
    tell_held(&verdict, report);
}
