#include "engine/settle.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "core/walltime.h"

void settle_times(const struct execution *x, struct settlement *settlement)
{
    int64_t end_us = clock_real_us();
    int64_t after_us = end_us > x->slot_us ? end_us : x->slot_us;
    int64_t next_s = 0;
    bool once = job_is_once(&x->claim.job);
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
    char next[WALLTIME_MAX];
    const char *text = outcome_text(&x->outcome);
    bool failed = x->outcome.failed;
    enum log_level level = failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
    if (!log_wants(level))
        return;
    const char *language = i18n_speak(NULL);
    if (!settled->row_found)
        snprintf(next, sizeof next, "%s", _("none, the row is gone"));
    else if (!settled->next_stands)
        snprintf(next, sizeof next, "%s", _("as edited meanwhile"));
    else if (!settlement->clears_next && !settlement->keeps_next && !job_is_once(&x->claim.job))
        walltime_show(&x->visit->site->zone, settlement->next_us, next);
    else
        snprintf(next, sizeof next, "%s", _("never"));
    visit_log(x->visit, level, &x->claim.job,
              failed ? N_("failed, next %s: %.1000s") : N_("succeeded, next %s: %.1000s"), next,
              text ? text : _("no result"));
    i18n_speak(language);
}

void settle_finish(struct execution *x, const struct settlement *settlement,
                   const struct settled *settled)
{
    follow_new_spec(x, settlement, settled);
    log_settled(x, settlement, settled);
    execution_note_end(x);
    if (x->outcome.failed)
        x->visit->tally.failed++;
    else
        x->visit->tally.succeeded++;
}

enum attempt { ATTEMPT_SETTLED, ATTEMPT_REFUSED, ATTEMPT_MUST_WAIT };

/* What must wait is not the job's doing, and trying again at once would only cost as much again.  A
 * lock that the job itself asks for is its own affair. */
static enum attempt judge(const struct settled *settled, const struct err *err)
{
    if (err->kind == ERR_AWAY || (db_refuses_lock(err) && !settled->work_failed))
        return ATTEMPT_MUST_WAIT;
    return ATTEMPT_REFUSED;
}

static enum attempt settle_once(struct execution *x, struct err *err)
{
    struct settled settled;
    struct settlement settlement = {
        .run_at_us = x->run_at_us,
        .outcome = &x->outcome,
        .work = x->run.queue,
        .work_count = x->outcome.failed ? 0 : x->run.queue_count,
    };
    settle_times(x, &settlement);
    if (!settlement.work_count)
        x->visit->db.options.statement_timeout_ms = VISIT_CONTROL_TIMEOUT_MS;
    bool done = claim_settle(&x->claim, &settlement, &settled, err);
    enum attempt attempt = done ? ATTEMPT_SETTLED : judge(&settled, err);
    if (done)
        settle_finish(x, &settlement, &settled);
    settled_release(&settled);
    return attempt;
}

/* After what was refused took the transaction with it: claims the job once more.  *ours: it is
 * still to be recorded, by us. */
static bool claim_anew(struct execution *x, bool *ours, struct err *err)
{
    int id = x->claim.job.id;
    claim_give_up(&x->claim);
    if (!claim_begin(&x->claim, id, err))
        return false;
    *ours = execution_may_run(x, clock_real_us());
    if (*ours)
        return true;
    claim_give_up(&x->claim);
    visit_log(x->visit, LOG_LEVEL_NOTICE, &x->claim.job,
              "undone; another session takes care of it");
    return true;
}

/* Perhaps it was refused for what its text says: plain ASCII has room in every encoding. */
void settle_make_plain(struct execution *x, const struct err *refused)
{
    char text[1024];
    const char *told = outcome_text(&x->outcome);
    const char *language = i18n_speak(x->visit->site->options.language);
    snprintf(text, sizeof text,
             _("%.600s (shown in ASCII, for the database refused the record: %.300s)"),
             told ? told : _("failed"), refused->text);
    i18n_speak(language);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    execution_fail(x, text);
}

/* A failure, once more from the beginning; the second time with a plain text. */
static bool settle_anew(struct execution *x, struct err *err)
{
    for (int tries = 0; tries < 2; tries++) {
        bool ours = false;
        if (tries > 0)
            settle_make_plain(x, err);
        if (!claim_anew(x, &ours, err))
            return false;
        enum attempt attempt = ours ? settle_once(x, err) : ATTEMPT_SETTLED;
        if (attempt != ATTEMPT_REFUSED)
            return attempt == ATTEMPT_SETTLED;
    }
    return false;
}

bool settle(struct execution *x, struct err *err)
{
    enum attempt attempt = settle_once(x, err);
    if (attempt == ATTEMPT_REFUSED && !x->outcome.failed) {
        execution_fail(x, err->text);
        /* Refused at COMMIT, the transaction is gone; else it is only to be rolled back. */
        if (x->claim.state == CLAIM_TAKEN)
            attempt = settle_once(x, err);
    }
    return attempt == ATTEMPT_REFUSED ? settle_anew(x, err) : attempt == ATTEMPT_SETTLED;
}
