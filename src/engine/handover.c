#include "engine/handover.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "core/cronperl.h"
#include "core/cronspec.h"
#include "core/walltime.h"
#include "store/mend.h"

static bool found(struct handover_finding *finding, enum handover_remedy remedy, const char *fmt,
                  ...) PRINTF_LIKE(3, 4);

static bool found(struct handover_finding *finding, enum handover_remedy remedy, const char *fmt,
                  ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(finding->text, sizeof finding->text, fmt, args);
    va_end(args);
    finding->remedy = remedy;
    return true;
}

static bool has_type(const struct job *job, const char *type)
{
    return job->type && strcmp(job->type, type) == 0;
}

/* Would the old server ever look at the row, or should it? */
static bool concerns(const struct job *job)
{
    return job->active && (has_type(job, "interval") || (has_type(job, "once") && !job->has_last));
}

static bool has_class(const struct site *site, const char *package)
{
    static const char *const folders[] = {"", "modules/override/"};
    bool there = false;
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        struct buf path = {0};
        buf_addf(&path, "%s/%sSL/BackgroundJob/%s.pm", site->installation, folders[i], package);
        there = there || access(buf_text(&path), F_OK) == 0;
        buf_release(&path);
    }
    return there;
}

static bool judge_command(const struct site *site, const struct job *job,
                          struct handover_finding *finding)
{
    if (has_class(site, job->package))
        return found(finding, HANDOVER_NOTHING,
                     _("it runs as a command; task_server.pl will run kivitendo's class"));
    return found(
        finding, HANDOVER_DEACTIVATE,
        _("it is a command of [task_server/commands], which task_server.pl does not know"));
}

static bool judge_spec(const struct job *job, const struct err *why,
                       struct handover_finding *finding)
{
    return found(finding, HANDOVER_DEACTIVATE,
                 _("task_server.pl refuses its schedule '%.200s': %.1000s"),
                 job->spec ? job->spec : "", why->text);
}

static bool judge_rest(const struct site *site, const struct cronspec *spec, int64_t now_us,
                       struct handover_finding *finding)
{
    int64_t next_s = 0;
    if (!cronspec_next(spec, &site->zone, now_us / WALLTIME_SECOND_US, &next_s))
        return found(finding, HANDOVER_DEACTIVATE, _("its schedule never fires"));
    finding->next_us = next_s * WALLTIME_SECOND_US;
    return found(finding, HANDOVER_RESUME,
                 _("it rests without next_run_at, and task_server.pl will never look at it"));
}

bool handover_judge(const struct site *site, const struct survey_job *survey_job, int64_t now_us,
                    struct handover_finding *finding)
{
    const struct job *job = &survey_job->row->job;
    struct cronspec spec;
    struct err why = {0};
    *finding = (struct handover_finding){0};
    if (!concerns(job))
        return false;
    if (survey_job->kind == BOARD_COMMAND && judge_command(site, job, finding) &&
        finding->remedy == HANDOVER_DEACTIVATE)
        return true;
    if (!cronperl_accepts(job->spec, &why))
        return judge_spec(job, &why, finding);
    if (!cronspec_parse(&spec, job->spec, &why)) /* "0", which only Perl can read */
        return *finding->text != '\0';
    if (has_type(job, "interval") && !job->has_next)
        return judge_rest(site, &spec, now_us, finding);
    if (*spec.warning && !*finding->text)
        return found(finding, HANDOVER_NOTHING, _("look at its schedule '%.200s': %.300s"),
                     job->spec, spec.warning);
    return *finding->text != '\0';
}

bool handover_mend(struct db *db, const struct site *site, const struct job *job,
                   struct handover_finding *finding, struct err *err)
{
    char stored[WALLTIME_MAX];
    char shown[WALLTIME_MAX];
    size_t len = strlen(finding->text);
    char *end = finding->text + len;
    size_t left = sizeof finding->text - len;
    bool done = false;
    if (finding->remedy == HANDOVER_NOTHING)
        return true;
    walltime_format(&site->zone, finding->next_us, stored);
    walltime_show(&site->zone, finding->next_us, shown);
    bool answered = finding->remedy == HANDOVER_RESUME ? mend_resume(db, job, stored, &done, err)
                                                       : mend_deactivate(db, job, &done, err);
    if (answered && !done)
        snprintf(end, left, " — %s", _("somebody has edited it meanwhile: look at it again"));
    else if (answered && finding->remedy == HANDOVER_RESUME)
        snprintf(end, left, _(" — its next run is %s now"), shown);
    else if (answered)
        snprintf(end, left, " — %s", _("made inactive"));
    return answered;
}
