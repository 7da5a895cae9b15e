#include "engine/held.h"

#include <stdio.h>

#include "base/i18n.h"
#include "store/behind.h"

static void ask(struct visit *visit)
{
    struct upgrades *upgrades = visit->site->upgrades;
    struct buf missing = {0};
    struct err err = {0};
    bool asked = upgrades_load(upgrades, visit->site->installation, &err) &&
                 behind_find(&visit->db, upgrades, &missing, &err);
    visit->perl = asked && !missing.len && !missing.failed ? VISIT_PERL_RUNS : VISIT_PERL_HELD;
    if (asked)
        snprintf(visit->held, sizeof visit->held,
                 _("its database is behind kivitendo's code (%.300s); kivitendo upgrades it when "
                   "somebody logs in"),
                 buf_text(&missing));
    else
        snprintf(visit->held, sizeof visit->held,
                 _("whether its database is behind kivitendo's code cannot be found out: %.300s"),
                 err.text);
    buf_release(&missing);
}

bool held_perl(struct visit *visit)
{
    if (visit->perl == VISIT_PERL_UNKNOWN)
        ask(visit);
    return visit->perl == VISIT_PERL_HELD;
}
