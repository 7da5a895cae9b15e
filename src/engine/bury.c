#include "engine/bury.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "core/walltime.h"
#include "engine/settle.h"
#include "store/history.h"

enum {
    EVICT_TRIES = 60, /* how often burying tries to get the claim of a dead session */
    EVICT_PAUSE_MS = 250,
};

/* Takes the claim, once the dead session that may still hold it is ended.  CLAIM_LOST in the end:
 * it is with another node. */
static bool take_over(struct execution *x, const struct notice *notice, struct err *err)
{
    const struct signals *signals = x->visit->site->signals;
    for (int i = 0; i < EVICT_TRIES; i++) {
        if (!claim_evict(&x->claim, notice->job_id, notice->backend_pid, err) ||
            !claim_begin(&x->claim, notice->job_id, err))
            return false;
        if (x->claim.state != CLAIM_LOST || signals->stop)
            return true;
        claim_give_up(&x->claim);
        poll(NULL, 0, EVICT_PAUSE_MS);
    }
    return true;
}

/* Under the claim nobody else can settle it: did its own commit arrive? */
static bool bury_claimed(struct execution *x, const struct notice *notice, const char *what,
                         struct err *err)
{
    char run_at[WALLTIME_MAX];
    bool recorded = false;
    walltime_format_run(x->claim.zone, notice->run_at_us, run_at);
    const char *package = *notice->package ? notice->package : NULL;
    if (!history_has(&x->visit->db, package, run_at, &recorded, err))
        return false;
    if (recorded || !execution_may_run(x, clock_real_us())) {
        visit_log(x->visit, LOG_LEVEL_NOTICE, &x->claim.job,
                  recorded ? N_("%s, but its outcome had arrived")
                  : x->claim.state == CLAIM_LOST
                      ? N_("%s, but another session has claimed it since")
                      : N_("%s, but it is not due any more"),
                  what);
        claim_give_up(&x->claim);
        return true;
    }
    x->run_at_us = notice->run_at_us;
    if (execution_has_schedule(x))
        execution_fail(x, what);
    execution_find_slot(x, x->run_at_us);
    return settle(x, err);
}

bool bury_job(struct visit *visit, const struct notice *notice, const char *what, struct err *err)
{
    if (!visit->began_ms)
        visit->began_ms = clock_mono_ms() - (clock_real_us() - notice->run_at_us) / 1000;
    struct execution x = {
        .visit = visit,
        .why = notice->on_demand ? EXECUTION_ON_DEMAND : EXECUTION_DUE,
    };
    x.claim = (struct claim){
        .db = &visit->db, .zone = &visit->site->zone, .describes = notice->describes};
    bool done = take_over(&x, notice, err) && bury_claimed(&x, notice, what, err);
    execution_release(&x);
    return done;
}

/* The server went, or another of its processes crashed and took all connections with it. */
static bool is_innocent(const struct visit *visit, const char *started, const char *last_state)
{
    return strcmp(last_state, "57P02") == 0 || strcmp(started, visit->session.started) != 0;
}

bool bury_lost(struct execution *x)
{
    struct visit *visit = x->visit;
    const char *language = i18n_speak(visit->site->options.language);
    const char *what = _("its connection was lost while it ran"); /* it is recorded */
    i18n_speak(language);
    struct err err = {0};
    struct notice notice = visit->slot->notice;
    char started[sizeof visit->session.started];
    char last_state[DB_SQLSTATE_MAX];
    memcpy(started, visit->session.started, sizeof started);
    memcpy(last_state, visit->db.last_state, sizeof last_state);
    if (!visit_reconnect(visit, &err)) {
        visit_log(visit, LOG_LEVEL_ERROR, &x->claim.job,
                  "the connection was lost while it ran, and cannot be made again: %s", err.text);
    } else if (is_innocent(visit, started, last_state)) {
        /* It was rolled back with the rest, and may simply run again.  Unless its commit was the
         * last thing the server did: then the row says so by not being due. */
        visit_log(visit, LOG_LEVEL_WARNING, &x->claim.job,
                  "the database server went down while it ran; if it is still due it runs again");
    } else if (bury_job(visit, &notice, what, &err)) {
        return true;
    } else {
        visit_log(visit, LOG_LEVEL_ERROR, &x->claim.job, "cannot be recorded as failed: %s",
                  err.text);
    }
    visit->tally.unserved++;
    return false;
}
