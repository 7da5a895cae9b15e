#include "engine/outside.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/step.h"
#include "core/walltime.h"
#include "engine/held.h"
#include "engine/runner.h"
#include "io/tokens.h"
#include "store/journal_scan.h"

/* What a run keeps waiting becomes an incident of the client, told by the parent. */
static bool tells_itself(const struct execution *x, enum executed end)
{
    return end != EXECUTED_KEPT || x->why == EXECUTION_ON_DEMAND;
}

/* The outcome is noted before the database is told, so that it can wait there. */
static enum executed record(struct external *e, struct err *err)
{
    struct execution *x = e->x;
    struct err trouble = {0};
    enum executed end;
    TEST_STEP("ended");
    x->visit->ended_ms = clock_mono_ms();
    e->entry.has_ending = true;
    e->entry.ending = (struct entry_ending){
        .ended_us = clock_real_us(),
        .outcome = x->outcome, /* borrowed */
        .history_only = e->claim_lost,
        .data_changed = e->changes_data,
        .data = e->has_data ? buf_text(&e->data) : NULL,
    };
    if (!journal_note_ending(&e->journal, &e->entry, &trouble))
        visit_log(x->visit, LOG_LEVEL_ERROR, &x->claim.job, "its outcome: %s", trouble.text);
    TEST_STEP("ending-noted");
    if (external_record(e, err)) {
        TEST_STEP("recorded");
        if (!journal_settle(&e->journal, &trouble))
            visit_log(x->visit, LOG_LEVEL_WARNING, &x->claim.job, "%s", trouble.text);
        TEST_STEP("journal-settled");
        return EXECUTED;
    }
    end = db_lost(&x->visit->db) ? EXECUTED_AWAY : EXECUTED_KEPT;
    visit_log(x->visit, tells_itself(x, end) ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG, &x->claim.job,
              "it has ended (%s), but that cannot be recorded now and waits in the journal: %s",
              outcome_status(&e->entry.ending.outcome), err->text);
    if (db_refuses_values(err) && !journal_note_refused(&e->journal, &e->entry, &trouble))
        visit_log(x->visit, LOG_LEVEL_WARNING, &x->claim.job, "%s", trouble.text);
    x->visit->tally.unserved++;
    return end;
}

/* ---- from the claim to the end ---- */

static void fill_entry(struct external *e)
{
    const struct execution *x = e->x;
    const struct visit *visit = x->visit;
    char run_at[WALLTIME_MAX];
    walltime_format_run(x->claim.zone, x->run_at_us, run_at);
    snprintf(e->run_at, sizeof e->run_at, "%s", run_at);
    e->entry = (struct entry){
        .client = visit->client->fields[CLIENT_NAME],
        .client_id = visit->client->id,
        .db_host = visit->client->fields[CLIENT_HOST],
        .db_port = visit->client->fields[CLIENT_PORT],
        .db_name = visit->client->fields[CLIENT_DBNAME],
        .kind = e->kind == BOARD_PERL ? ENTRY_KIND_PERL : ENTRY_KIND_COMMAND,
        .job = x->claim.job, /* borrowed */
        .run_at_us = x->run_at_us,
        .run_at = e->run_at,
        .slot_us = x->slot_us,
        .on_demand = x->why == EXECUTION_ON_DEMAND,
    };
}

/* Not started: everything is as it was. */
static enum executed give_back(struct external *e, const struct err *err)
{
    struct err trouble = {0};
    struct visit *visit = e->x->visit;
    if (e->journal.journal && !journal_settle(&e->journal, &trouble))
        visit_log(visit, LOG_LEVEL_WARNING, &e->x->claim.job, "%s", trouble.text);
    visit->tally.unserved++;
    visit_log(visit, LOG_LEVEL_DEBUG, &e->x->claim.job, "not started: %s", err->text);
    return visit->site->signals->stop ? EXECUTED_STOPPED : EXECUTED_UNSTARTED;
}

static enum executed run_held(struct external *e, struct err *err)
{
    struct execution *x = e->x;
    bool scheduled = execution_has_schedule(x);
    execution_find_slot(x, x->run_at_us);
    if (!scheduled && x->why == EXECUTION_DUE)
        return external_record(e, err) ? EXECUTED : EXECUTED_UNRECORDED;
    fill_entry(e);
    if (!journal_begin(x->visit->site->journal, &e->entry, &e->journal, err))
        return give_back(e, err);
    TEST_STEP("journal-begun");
    execution_tell_way(x);
    const char *language = i18n_speak(x->visit->site->options.language);
    bool ran = e->kind == BOARD_PERL ? run_perl(e, err) : run_command(e, err);
    i18n_speak(language);
    return ran ? record(e, err) : give_back(e, err);
}

/* True: an earlier run of it is not settled, or that cannot be told. */
static bool is_unsettled(const struct execution *x, const struct job *job)
{
    struct visit *visit = x->visit;
    bool by_hand = x->why == EXECUTION_ON_DEMAND; /* else the parent tells that it waits */
    struct err err = {0};
    bool waits = false;
    if (journal_has_job(visit->site->journal, visit->client->id, job->id, &waits, &err) && !waits)
        return false;
    if (waits)
        visit_log(visit, by_hand ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG, job,
                  "not started: an earlier run of it is under way, or waits in the journal to be "
                  "recorded");
    else
        visit_log(visit, LOG_LEVEL_WARNING, job, "not started: %s", err.text);
    visit->tally.unserved++;
    return true;
}

static enum executed execute_with_token(struct external *e, const struct job *job, struct err *err)
{
    struct execution *x = e->x;
    struct visit *visit = x->visit;
    int64_t now_us = clock_real_us();
    TEST_STEP("token-taken");
    if (!claim_hold(&x->claim, job->id, err))
        return execution_unclaimed(x, job, err);
    e->backend_pid = db_backend_pid(&visit->db);
    TEST_STEP("claim-held");
    if (!execution_may_run(x, now_us) || !execution_is_job(x, job)) {
        if (x->claim.state != CLAIM_LOST)
            claim_let_go(&x->claim, job->id);
        return execution_turned_away(x, job);
    }
    if (is_unsettled(x, job)) {
        claim_let_go(&x->claim, job->id);
        return EXECUTED_NOTHING;
    }
    struct notice notice = {.job_id = job->id, .run_at_us = x->run_at_us, .external = true};
    snprintf(notice.package, sizeof notice.package, "%s", job->package);
    board_post(visit->slot, &notice);
    atomic_store(&visit->slot->kind, e->kind);
    enum executed end = run_held(e, err);
    claim_let_go(&x->claim, job->id);
    TEST_STEP("claim-let-go");
    board_clear(visit->slot);
    return end;
}

/* Tokens limit how many run at once on this node, across all of our processes. */
static enum token_result take_tokens(const struct external *e, struct token *all,
                                     struct token *perl, struct err *err)
{
    const struct site *site = e->x->visit->site;
    struct token_kind any = {
        .dir_fd = site->bridge.fd, .name = "external", .max = site->options.max_external};
    struct token_kind perls = {
        .dir_fd = site->bridge.fd, .name = "perl", .max = site->options.max_perl_jobs};
    enum token_result got = token_take(all, &any, err);
    if (got == TOKEN_HELD && e->kind == BOARD_PERL)
        got = token_take(perl, &perls, err);
    return got;
}

enum executed execute_outside(struct external *e, const struct job *job, struct err *err)
{
    struct visit *visit = e->x->visit;
    struct token all = {0};
    struct token perl = {0};
    enum executed end;
    if (!visit->site->journal || visit->site->bridge.fd < 0) {
        err_set(err, ERR_SYSTEM, "there is no state directory, which jobs outside need");
        visit->tally.unserved++;
        return EXECUTED_UNSTARTED;
    }
    if (e->kind == BOARD_PERL && held_perl(visit)) {
        visit_log(visit, LOG_LEVEL_DEBUG, job, "held: %s", visit->held);
        err_set(err, ERR_AWAY, "held: %s", visit->held);
        return EXECUTED_HELD;
    }
    switch (take_tokens(e, &all, &perl, err)) {
    case TOKEN_HELD: end = execute_with_token(e, job, err); break;
    case TOKEN_BUSY:
        visit->waits_for = e->kind;
        visit_log(visit, LOG_LEVEL_DEBUG, job,
                  "waits: max_external or max_perl_jobs of them are running");
        end = EXECUTED_WAITS;
        break;
    case TOKEN_FAILED:
    default: end = EXECUTED_UNSTARTED;
    }
    token_release(&perl);
    token_release(&all);
    return end;
}
