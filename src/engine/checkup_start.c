#include <glob.h>
#include <string.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "engine/checkup_parts.h"
#include "io/wholefile.h"

enum { LOCKED_MAX_S = 900 };

/* ---- the old server ---- */

static bool any_matches(const char *pattern, struct buf *found)
{
    glob_t paths = {0};
    bool any = glob(pattern, 0, NULL, &paths) == 0 && paths.gl_pathc > 0;
    if (any)
        buf_add_text(found, paths.gl_pathv[0]);
    globfree(&paths);
    return any;
}

/* Upstart leaves a job alone that says "manual" in its override. */
static bool is_overridden(void)
{
    struct buf text = {0};
    struct err ignored = {0};
    bool overridden = wholefile_read("/etc/init/kivitendo-task-server.override", &text, &ignored) &&
                      (strncmp(buf_text(&text), "manual", 6) == 0 ||
                       strstr(buf_text(&text), "\nmanual"));
    buf_release(&text);
    return overridden;
}

/* What would start it at boot: the same places as scripts/arm/old.sh knows. */
void checkup_old_server(struct checkup *checkup)
{
    static const struct {
        const char *place;
        const char *advice;
    } places[] = {
        {"/etc/systemd/system/multi-user.target.wants/kivitendo-task-server.service",
         "systemctl disable kivitendo-task-server"},
        {"/etc/rc[2-5].d/S[0-9][0-9]kivitendo-task-server",
         "update-rc.d kivitendo-task-server disable"},
        {"/etc/init/kivitendo-task-server.conf",
         "echo manual >/etc/init/kivitendo-task-server.override"},
    };
    struct buf found = {0};
    for (size_t i = 0; i < ARRAY_LEN(places) && !found.len; i++) {
        bool upstart = i + 1 == ARRAY_LEN(places);
        if ((upstart && is_overridden()) || !any_matches(places[i].place, &found))
            continue;
        checkup_add(checkup, "old-server", CHECKUP_WARNING,
                    "kivitendo's old server is started at boot: %s", buf_text(&found));
        checkup_advise(checkup, places[i].advice);
    }
    if (!found.len)
        checkup_add(checkup, "old-server", CHECKUP_WELL, "it is not started at boot");
    buf_release(&found);
}

/* ---- runs ---- */

static void check_age(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    struct buf ago = {0};
    int64_t age_s = (s->now_us - s->stamp.ended_us) / 1000000;
    agewords_span(age_s, &ago);
    if (s->busy_now)
        checkup_add(checkup, "schedule", CHECKUP_WELL, "a run is at work, pid %d",
                    (int)s->holder.pid);
    else if (!s->has_stamp)
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL, "no run has ended yet");
    else
        checkup_add(checkup, "schedule", age_s > wish->max_age_s ? CHECKUP_CRITICAL : CHECKUP_WELL,
                    "the last run ended %s ago, with exit code %d", buf_text(&ago),
                    s->stamp.exit_code);
    if (checkup->items[checkup->count - 1].verdict != CHECKUP_WELL)
        checkup_advise(checkup,
                       _("task_server start arms the schedule, task_server check looks at it"));
    buf_release(&ago);
}

void checkup_schedule(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    if (s->busy_now && s->holder.is_perl_server) {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL,
                    "kivitendo's old task_server.pl is running, pid %d", (int)s->holder.pid);
        checkup_advise(checkup, _("stop it: while it runs nothing of ours does"));
        return;
    }
    if (!wish->quick && s->state)
        checkup_add(checkup, "schedule", *s->scheduler ? CHECKUP_WELL : CHECKUP_WARNING,
                    *s->scheduler ? N_("armed by %s") : N_("not armed by task_server%s"),
                    s->scheduler);
    if (s->state || s->busy_now) {
        check_age(checkup, wish);
    } else {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL,
                    "nothing is known of runs: the state directory cannot be used");
        checkup_advise(checkup, _("ask as the user that jobs run as"));
    }
    if (!s->locked)
        return;
    bool lasts = s->now_us / 1000000 - s->locked_since_s > LOCKED_MAX_S;
    checkup_add(checkup, "schedule", lasts ? CHECKUP_CRITICAL : CHECKUP_WARNING,
                "the installation is locked (users/nologin)");
    checkup_advise(checkup, _("kivitendo's administration interface unlocks it"));
}
