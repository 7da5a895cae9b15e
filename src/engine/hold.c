#include "engine/hold.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "core/walltime.h"

const char *hold_who(const struct hold *hold)
{
    return *hold->who ? hold->who : "?";
}

const char *hold_why(const struct hold *hold)
{
    return *hold->why ? hold->why : _("no reason given");
}

void hold_describe(const struct hold *hold, const struct zone *zone, struct buf *text)
{
    char since[WALLTIME_MAX];
    char until[WALLTIME_MAX];
    walltime_show(zone, hold->since_s * WALLTIME_SECOND_US, since);
    walltime_show(zone, hold->until_s * WALLTIME_SECOND_US, until);
    if (hold->until_s == HOLDS_FOREVER)
        buf_addf(text, _("held by %.100s since %s, until it is released"), hold_who(hold), since);
    else
        buf_addf(text, _("held by %.100s since %s, until %s"), hold_who(hold), since, until);
    if (*hold->why)
        buf_addf(text, ": %.500s", hold->why);
}

bool hold_allows(const struct site *site, int client_id, struct err *why)
{
    struct holds holds;
    struct buf text = {0};
    if (!site->holds_path)
        return true;
    if (!holds_load(&holds, site->holds_path, why))
        return err_wrap(why, "nothing is run: whether it is held cannot be told");
    const struct hold *hold = holds_find(&holds, client_id, clock_real_us() / WALLTIME_SECOND_US);
    if (hold) {
        hold_describe(hold, &site->zone, &text);
        err_set(why, ERR_AWAY, "%s", buf_text(&text));
    }
    buf_release(&text);
    holds_release(&holds);
    return !hold;
}
