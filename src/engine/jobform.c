#include "engine/jobform.h"

#include <string.h>

#include "base/i18n.h"
#include "core/cronperl.h"
#include "core/cronspec.h"
#include "core/data.h"
#include "engine/handlers.h"

static void check_type(struct jobform *form, const struct job *job)
{
    const char *type = job->type ? job->type : "";
    if (strcmp(type, "interval") != 0 && strcmp(type, "once") != 0)
        buf_addf(&form->problems, _("type '%.60s': it is either interval or once\n"), type);
}

static void check_data(struct jobform *form, const struct job *job, int kind)
{
    struct err err = {0};
    struct data data = {0};
    bool good = kind == BOARD_COMMAND || (kind == BOARD_PERL ? data_check(job->data, &err)
                                                             : data_parse(&data, job->data, &err));
    if (!good)
        buf_addf(&form->problems, "%s\n", err.text);
    data_release(&data);
}

static void check_package(struct jobform *form, const struct site *site, const struct job *job)
{
    struct handler_choice choice = handlers_choose(site, job->package);
    if (choice.kind == BOARD_NATIVE && !choice.native)
        buf_addf(&form->problems, "%s\n", choice.why);
    else if (choice.kind == BOARD_COMMAND)
        buf_add_text(&form->notes, _("it is a command: kivitendo's pages do not show it\n"));
    check_data(form, job, choice.kind);
}

static void find_next(struct jobform *form, const struct site *site, const struct cronspec *spec,
                      int64_t now_us)
{
    int64_t at_s = 0;
    if (cronspec_next(spec, &site->zone, now_us / WALLTIME_SECOND_US, &at_s))
        walltime_format(&site->zone, at_s * WALLTIME_SECOND_US, form->next);
    else
        buf_add_text(&form->notes, _("its schedule never fires: it will not run\n"));
}

static void check_spec(struct jobform *form, const struct site *site, const struct job *job,
                       int64_t now_us)
{
    struct cronspec spec;
    struct err err = {0};
    if (!cronspec_parse(&spec, job->spec, &err)) {
        buf_addf(&form->problems, "%s\n", err.text);
        buf_add_text(&form->notes, _("its schedule cannot be understood: it will not run\n"));
        return;
    }
    if (!cronperl_accepts(job->spec, &err))
        buf_addf(&form->problems, _("kivitendo refuses the schedule '%.200s': %s\n"),
                 job->spec ? job->spec : "", err.text);
    if (*spec.warning)
        buf_addf(&form->notes, "%s\n", spec.warning);
    find_next(form, site, &spec, now_us);
}

void jobform_check(struct jobform *form, const struct site *site, const struct job *job,
                   int64_t now_us)
{
    *form = (struct jobform){0};
    check_type(form, job);
    check_package(form, site, job);
    check_spec(form, site, job, now_us);
}

void jobform_release(struct jobform *form)
{
    buf_release(&form->problems);
    buf_release(&form->notes);
}
