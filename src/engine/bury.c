#include "engine/bury.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/walltime.h"
#include "engine/settle.h"
#include "store/history.h"

enum {
    EVICT_TRIES = 60, /* how often burying tries to get the claim of a dead session */
    EVICT_PAUSE_MS = 250,
};

/* Takes the claim, once the dead session that may still hold it is ended. */
static bool take_over(struct execution *x, const struct notice *notice, struct err *err)
{
    const struct signals *signals = x->visit->site->signals;
    for (int i = 0; i < EVICT_TRIES; i++) {
        if (!claim_evict(&x->claim, notice->job_id, notice->backend_pid, err) ||
            !claim_begin(&x->claim, notice->job_id, err))
            return false;
        if (x->claim.state != CLAIM_LOST)
            return true;
        claim_give_up(&x->claim);
        if (signals->stop)
            break;
        poll(NULL, 0, EVICT_PAUSE_MS);
    }
    return err_set(err, ERR_AWAY, "another session holds its claim");
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
    bool due = x->claim.state == CLAIM_TAKEN &&
               (notice->on_demand ||
                job_due(&x->claim.job, &x->visit->site->node, clock_real_us()) == DUE);
    if (recorded || !due) {
        visit_log(x->visit, LOG_LEVEL_NOTICE, &x->claim.job, "%s, but %s", what,
                  recorded ? "its outcome had arrived" : "it is not due any more");
        claim_give_up(&x->claim);
        return true;
    }
    x->run_at_us = notice->run_at_us;
    x->slot_us = job_slot_us(&x->claim.job, x->run_at_us);
    if (execution_has_schedule(x))
        execution_fail(x, what);
    return settle(x, err);
}

bool bury_job(struct visit *visit, const struct notice *notice, const char *what, struct err *err)
{
    struct execution x = {.visit = visit, .started_ms = clock_mono_ms()};
    x.claim = (struct claim){
        .db = &visit->db, .zone = &visit->site->zone, .describes = notice->describes};
    bool done = take_over(&x, notice, err) && bury_claimed(&x, notice, what, err);
    execution_release(&x);
    return done;
}

/* The connection went while the job ran, or while it was settled. */
void bury_lost(struct execution *x)
{
    struct visit *visit = x->visit;
    struct notice notice;
    struct err err = {0};
    char started[sizeof visit->session.started];
    snprintf(started, sizeof started, "%s", visit->session.started);
    notice = visit->slot->notice;
    if (!visit_reconnect(visit, &err)) {
        visit_log(visit, LOG_LEVEL_ERROR, &x->claim.job,
                  "the connection was lost while it ran, and cannot be made again: %s", err.text);
    } else if (strcmp(started, visit->session.started) != 0) {
        /* Not the job's doing: it was rolled back with the rest, and may simply run again.  Unless
         * its commit was the last thing the server did: then the row says so by not being due. */
        visit_log(
            visit, LOG_LEVEL_WARNING, &x->claim.job,
            "the database server was restarted while it ran; if it is still due it runs again");
    } else if (!bury_job(visit, &notice, "its connection was lost while it ran", &err)) {
        visit_log(visit, LOG_LEVEL_ERROR, &x->claim.job, "cannot be recorded as failed: %s",
                  err.text);
    }
}
