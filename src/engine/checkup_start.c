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
        checkup_advise(checkup, "%s", places[i].advice);
    }
    if (!found.len)
        checkup_add(checkup, "old-server", CHECKUP_WELL, "it is not started at boot");
    buf_release(&found);
}

/* ---- runs ---- */

static const char arms[] = N_("task_server start arms the schedule, task_server check looks at it");

static bool check_pulse(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    int64_t silent_s = situation_hang_s(s);
    struct buf silence = {0};
    struct buf advice = {0};
    if (silent_s <= wish->max_age_s)
        return true;
    agewords_span(silent_s, &silence);
    checkup_add(
        checkup, "schedule", CHECKUP_CRITICAL,
        "a run is at work, pid %d, but has not looked for due jobs for %s: it hangs, or was "
        "told to stop and waits for a job",
        (int)s->holder.pid, buf_text(&silence));
    buf_addf(&advice, _("kill -KILL %d ends it; its jobs are recorded as interrupted"),
             (int)s->holder.pid);
    checkup_advise(checkup, "%s", buf_text(&advice));
    buf_release(&silence);
    buf_release(&advice);
    return false;
}

static void check_work(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    struct buf since = {0};
    if (!check_pulse(checkup, wish))
        return;
    agewords_span(s->now_us / 1000000 - s->holder.since_s, &since);
    checkup_add(checkup, "schedule", CHECKUP_WELL,
                s->holder.since_s ? N_("a run is at work, pid %d, for %s")
                                  : N_("a run is at work, pid %d"),
                (int)s->holder.pid, buf_text(&since));
    buf_release(&since);
}

static void check_last_run(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    struct buf ago = {0};
    struct buf limit = {0};
    int64_t age_s = (s->now_us - s->stamp.ended_us) / 1000000;
    agewords_span(age_s, &ago);
    agewords_span(wish->max_age_s, &limit);
    if (age_s > wish->max_age_s) {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL,
                    "the last run ended %s ago, with exit code %d, and the limit is %s",
                    buf_text(&ago), s->stamp.exit_code, buf_text(&limit));
        checkup_advise(checkup, i18n(arms));
    } else {
        checkup_add(checkup, "schedule", s->stamp.exit_code ? CHECKUP_WARNING : CHECKUP_WELL,
                    "the last run ended %s ago, with exit code %d", buf_text(&ago),
                    s->stamp.exit_code);
        checkup_advise(checkup, _("task-server run says what is wrong"));
    }
    buf_release(&ago);
    buf_release(&limit);
}

static void check_runs(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    if (s->busy_now) {
        check_work(checkup, wish);
    } else if (!s->state) {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL, "nothing is known of runs: %s",
                    wish->no_state);
        checkup_advise(checkup, _("ask as the user that jobs run as"));
    } else if (!s->has_stamp) {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL, "no run has ended yet");
        checkup_advise(checkup, i18n(arms));
    } else {
        check_last_run(checkup, wish);
    }
}

static void check_lock(struct checkup *checkup, const struct site *site)
{
    const struct situation *s = &checkup->overview.situation;
    const char *userspath = site->options.userspath;
    int64_t age_s = s->now_us / 1000000 - s->locked_since_s;
    struct buf since = {0};
    agewords_span(age_s, &since);
    if (s->locked && !s->locked_since_s) {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL,
                    "whether the installation is locked (%s/nologin) cannot be found out",
                    userspath);
    } else if (s->locked) {
        checkup_add(checkup, "schedule", age_s > LOCKED_MAX_S ? CHECKUP_CRITICAL : CHECKUP_WARNING,
                    "the installation has been locked for %s (%s/nologin)", buf_text(&since),
                    userspath);
        checkup_advise(checkup, _("kivitendo's administration interface unlocks it"));
    }
    buf_release(&since);
}

void checkup_schedule(struct checkup *checkup, const struct checkup_wish *wish,
                      const struct site *site)
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
    check_runs(checkup, wish);
    check_lock(checkup, site);
}
