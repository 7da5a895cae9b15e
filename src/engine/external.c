#include "engine/external.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/walltime.h"
#include "engine/settle.h"
#include "store/history.h"

enum {
    CHECK_TIMEOUT_MS = 5000,
    EVICT_TRIES = 10, /* how often our own dead session is ended, to have its claim again */
    EVICT_PAUSE_MS = 100,
    TOLD_BYTES = LOG_LINE_MAX / 2, /* of what a job says, in one line of the log */
};

/* ---- while it runs ---- */

/* Over a new connection.  Our own last session may have the claim as long as the server has not
 * noticed that it is dead. */
static bool hold_again(struct external *e, struct claim *claim, struct err *err)
{
    int id = e->x->claim.job.id;
    for (int tries = 0; claim_hold(claim, id, err); tries++) {
        if (claim->state != CLAIM_LOST)
            e->backend_pid = db_backend_pid(claim->db);
        if (claim->state != CLAIM_LOST || tries == EVICT_TRIES)
            return true;
        if (!claim_evict(claim, id, e->backend_pid, err))
            return false;
        poll(NULL, 0, EVICT_PAUSE_MS);
    }
    return false;
}

/* The session that held the claim is gone: is the claim still to be had? */
static void reclaim(struct external *e)
{
    struct visit *visit = e->x->visit;
    struct claim claim = {.db = &visit->db, .zone = &visit->site->zone};
    struct err err = {0};
    if (!visit_connect(visit, &err) || !hold_again(e, &claim, &err)) {
        visit_log(visit, LOG_LEVEL_WARNING, &e->x->claim.job,
                  "its claim cannot be checked while it runs: %s", err.text);
    } else if (claim.state == CLAIM_LOST) {
        e->claim_lost = true;
        visit_log(visit, LOG_LEVEL_ERROR, &e->x->claim.job,
                  "its claim is lost: another session has it; the job goes on, its outcome will be "
                  "in the history only");
    }
    claim_release(&claim);
}

static bool check_claim(void *arg)
{
    struct external *e = arg;
    struct err err = {0};
    bool held = false;
    if (e->claim_lost)
        return true;
    struct db *db = e->x->claim.db;
    db->options.statement_timeout_ms = CHECK_TIMEOUT_MS; /* the job's own deadlines wait for us */
    bool asked = claim_still_held(&e->x->claim, e->x->claim.job.id, &held, &err);
    db->options.statement_timeout_ms = VISIT_CONTROL_TIMEOUT_MS;
    if (db_lost(db) || (asked && !held))
        reclaim(e);
    return true;
}

bool external_may_start(struct external *e, struct err *err)
{
    struct signals *signals = e->x->visit->site->signals;
    signals_take(signals);
    return !signals->stop || err_set(err, ERR_AWAY, "told to stop");
}

struct spawn_watch external_watch(struct external *e)
{
    const struct options *options = &e->x->visit->site->options;
    const char *package = e->x->claim.job.package;
    int grace_s = options_stop_grace_s(options, package);
    return (struct spawn_watch){
        .timeout_ms = (int64_t)options_timeout_s(options, package) * 1000,
        .stop_grace_ms = grace_s < 0 ? -1 : (int64_t)grace_s * 1000,
        .kill_grace_ms = (int64_t)options->kill_grace_s * 1000,
        .signals = e->x->visit->site->signals,
        .tick = check_claim,
        .arg = e,
        .tick_ms = CLAIM_CHECK_MS,
    };
}

void external_judge(struct external *e, const struct spawn_end *end, const char *result)
{
    struct buf text = {0};
    e->interrupted = end->how == SPAWN_STOPPED;
    if (spawn_succeeded(end)) {
        outcome_succeed(&e->x->outcome, result);
        return;
    }
    if (e->interrupted)
        buf_add_text(&text, HISTORY_INTERRUPTED);
    spawn_describe(end, &text);
    const char *said = buf_text(end->errors.len ? &end->errors : &end->output);
    if (*said)
        buf_addf(&text, ": %s", said);
    execution_fail(e->x, buf_text(&text));
    buf_release(&text);
}

/* In pieces that fit in a line of the log with all that stands in front of them. */
void external_tell(const struct external *e, enum log_level level, const struct buf *said)
{
    const char *text = buf_text(said);
    while (*text) {
        size_t line = strcspn(text, "\n");
        size_t piece = line < TOLD_BYTES ? line : TOLD_BYTES;
        while (piece < line && piece > 1 && ((unsigned char)text[piece] & 0xC0) == 0x80)
            piece--; /* not in the middle of a character */
        if (piece)
            visit_log(e->x->visit, level, &e->x->claim.job, "it says: %.*s", (int)piece, text);
        text += piece;
        text += *text == '\n';
    }
}

/* ---- recording ---- */

/* May a run that was interrupted be repeated at once?  Those the administrator has listed, once. */
static bool may_rerun(const struct external *e)
{
    const struct visit *visit = e->x->visit;
    const struct job *job = &e->x->claim.job;
    struct err err = {0};
    bool again = true;
    if (!e->interrupted || !job->package || job_is_once(job) ||
        !option_map_find(&visit->site->options.rerun_interrupted, job->package))
        return false;
    return history_last_interrupted(e->x->claim.db, job->package, &again, &err) && !again;
}

static struct record fill_record(const struct external *e)
{
    return (struct record){
        .settlement = {.run_at_us = e->x->run_at_us, .outcome = &e->x->outcome},
        .history_only = e->claim_lost,
        .changes_data = e->changes_data,
        .data = e->has_data ? buf_text(&e->data) : NULL,
    };
}

bool external_move_on(struct external *e, struct err *err)
{
    struct settled settled = {0};
    struct record record = fill_record(e);
    record.row_only = true;
    settle_times(e->x, &record.settlement);
    bool done = e->claim_lost || claim_record(&e->x->claim, &record, &settled, err);
    settled_release(&settled);
    return done;
}

static bool record_once(struct external *e, struct err *err)
{
    struct execution *x = e->x;
    struct settled settled;
    struct record record = fill_record(e);
    settle_times(x, &record.settlement);
    if (may_rerun(e))
        record.settlement.keeps_next = true;
    bool done = claim_record(&x->claim, &record, &settled, err);
    if (done)
        settle_finish(x, &record.settlement, &settled);
    settled_release(&settled);
    return done;
}

/* Connected, and with the claim or the knowledge that somebody else has it. */
static bool connect_again(struct external *e, struct err *err)
{
    struct visit *visit = e->x->visit;
    struct claim claim = {.db = &visit->db, .zone = &visit->site->zone};
    bool done = visit_reconnect(visit, err) && hold_again(e, &claim, err);
    if (done && claim.state == CLAIM_LOST)
        e->claim_lost = true;
    claim_release(&claim);
    return done;
}

bool external_record(struct external *e, struct err *err)
{
    for (int tries = 0; tries < 3; tries++) {
        if (db_lost(e->x->claim.db) && !connect_again(e, err))
            return false;
        if (record_once(e, err))
            return true;
        if (err->kind == ERR_JOB && !db_refuses_values(err))
            return false; /* for the state it is in: later it takes the outcome as it is */
        if (err->kind == ERR_JOB)
            settle_make_plain(e->x, err);
    }
    return false;
}

void external_release(struct external *e)
{
    journal_release(&e->journal);
    buf_release(&e->data);
}
