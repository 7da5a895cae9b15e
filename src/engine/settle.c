#include "engine/settle.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/walltime.h"

static void set_next(const struct execution *x, struct settlement *settlement)
{
    int64_t end_us = clock_real_us();
    int64_t after_us = end_us > x->slot_us ? end_us : x->slot_us;
    int64_t next_s = 0;
    bool once = x->claim.job.type && strcmp(x->claim.job.type, "once") == 0;
    bool fires = !x->rests && x->spec.fires &&
                 cronspec_next(&x->spec, &x->visit->site->zone, after_us / 1000000, &next_s);
    settlement->next_us = next_s * 1000000;
    /* A null next_run_at means never for interval rows, but now for once rows. */
    settlement->clears_next = !fires && !once;
    settlement->keeps_next = !fires && once;
    settlement->writes_last = !x->rests || once || x->why == EXECUTION_ON_DEMAND;
}

/* Somebody changed cron_spec alone while the job ran: the row follows the present one. */
static void follow_new_spec(struct execution *x, const struct settlement *settlement,
                            const struct settled *settled)
{
    const char *old = x->claim.job.spec;
    bool same = (!old && !settled->spec) ||
                (old && settled->spec && strcmp(old, settled->spec) == 0);
    struct cronspec spec;
    struct err err = {0};
    int64_t next_s = 0;
    if (same || !settled->next_stands || settlement->clears_next || settlement->keeps_next ||
        !cronspec_parse(&spec, settled->spec, &err) ||
        !cronspec_next(&spec, &x->visit->site->zone, clock_real_us() / 1000000, &next_s))
        return; /* a spec that is no good will rest when its time comes */
    if (!claim_correct_next(&x->claim, settled, settlement->next_us, next_s * 1000000, &err))
        visit_log(x->visit, LOG_LEVEL_WARNING, &x->claim.job,
                  "cannot set the next time of its new schedule: %s", err.text);
}

static void log_settled(const struct execution *x, const struct settlement *settlement,
                        const struct settled *settled)
{
    char next[WALLTIME_MAX] = "never";
    const char *text = outcome_text(&x->outcome);
    bool failed = x->outcome.failed;
    if (!settled->row_found)
        snprintf(next, sizeof next, "none, the row is gone");
    else if (!settled->next_stands)
        snprintf(next, sizeof next, "as edited meanwhile");
    else if (!settlement->clears_next && !settlement->keeps_next)
        walltime_show(&x->visit->site->zone, settlement->next_us, next);
    visit_log(x->visit, failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, &x->claim.job,
              "%s in %lld ms, next %s: %.1000s", failed ? "failed" : "succeeded",
              (long long)(clock_mono_ms() - x->started_ms), next, text ? text : "no result");
}

static bool settle_once(struct execution *x, struct err *err)
{
    struct settled settled;
    struct settlement settlement = {
        .run_at_us = x->run_at_us,
        .outcome = &x->outcome,
        .work = x->run.queue,
        .work_count = x->outcome.failed ? 0 : x->run.queue_count,
    };
    set_next(x, &settlement);
    bool done = claim_settle(&x->claim, &settlement, &settled, err);
    if (done) {
        follow_new_spec(x, &settlement, &settled);
        log_settled(x, &settlement, &settled);
        if (x->outcome.failed)
            x->visit->tally.failed++;
        else
            x->visit->tally.succeeded++;
    }
    settled_release(&settled);
    return done;
}

/* The failure row itself was refused, perhaps for what its text says: once more, in plain ASCII. */
static bool settle_minimal(struct execution *x, struct err *err)
{
    char text[256];
    snprintf(text, sizeof text, "the job failed, and the database refused the record: %.150s",
             err->text);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    claim_give_up(&x->claim);
    execution_fail(x, text);
    return claim_begin(&x->claim, x->claim.job.id, err) && x->claim.state == CLAIM_TAKEN &&
           settle_once(x, err);
}

bool settle(struct execution *x, struct err *err)
{
    if (settle_once(x, err))
        return true;
    if (err->kind == ERR_AWAY)
        return false;
    if (!x->outcome.failed) {
        execution_fail(x, err->text);
        if (settle_once(x, err))
            return true;
    }
    return err->kind != ERR_AWAY && settle_minimal(x, err);
}
