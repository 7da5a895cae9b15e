#include "engine/execute.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/step.h"
#include "engine/bury.h"
#include "engine/hold.h"
#include "engine/outside.h"
#include "engine/settle.h"

/* ---- which way a job goes ---- */

/* The claim of an external job is a lock of the session, which a transaction pooler shares out. */
static bool has_session(const struct visit *visit)
{
    return !visit->session.pooled || visit->site->options.pooler_keeps_session;
}

static void refuse_pooled(struct handler_choice *choice, const char *package)
{
    choice->kind = BOARD_NATIVE;
    snprintf(choice->why, sizeof choice->why,
             _("%s needs a session of its own, but the client's database is reached through a "
               "transaction pooler; enter the server's own address for the client, or set "
               "'pooler = session' if the pooler gives each connection a session"),
             package);
}

struct handler_choice execute_way(const struct visit *visit, const char *package)
{
    struct handler_choice choice = handlers_choose(visit->site, package);
    if (choice.kind != BOARD_NATIVE && !has_session(visit))
        refuse_pooled(&choice, package);
    return choice;
}

/* ---- what the job does ---- */

static void fill_run(struct execution *x)
{
    struct visit *visit = x->visit;
    const struct site *site = visit->site;
    x->run.job = &x->claim.job;
    x->run.data = &x->data;
    x->run.zone = &site->zone;
    x->run.now_us = x->run_at_us;
    x->run.slot_us = x->slot_us;
    x->run.client_id = visit->client->id;
    x->run.language = visit->client->fields[CLIENT_LANGUAGE];
    if (!*x->run.language && site->options.language)
        x->run.language = site->options.language;
    x->run.installation = site->installation;
    x->run.session_timeout_min = site->options.session_timeout_min;
    x->run.db = &visit->db;
    x->run.auth = &visit->auth;
}

/* Nobody can run it: why is said again, for it is recorded in the installation's language. */
static void fail_unknown(struct execution *x)
{
    struct handler_choice choice = execute_way(x->visit, x->claim.job.package);
    bool still = choice.kind == BOARD_NATIVE && !choice.native;
    execution_fail(x, still ? choice.why : x->choice.why);
}

/* Runs the handler; false: no outcome, the statement was cut off (err says by what). */
static bool work(struct execution *x, struct err *err)
{
    const struct handler *handler = x->choice.native;
    if (!handler) {
        fail_unknown(x);
        return true;
    }
    execution_tell_way(x);
    fill_run(x);
    if (data_parse(&x->data, x->claim.job.data, err) && handler->run(&x->run, &x->outcome, err))
        return true;
    if (err->kind == ERR_AWAY)
        return false;
    execution_fail(x, err->text);
    return true;
}

/* ---- one job ---- */

static enum executed end_without_settling(struct execution *x, const struct err *err)
{
    if (db_lost(&x->visit->db))
        return bury_lost(x) ? EXECUTED : EXECUTED_AWAY;
    claim_give_up(&x->claim);
    x->visit->tally.unserved++;
    if (x->visit->site->signals->stop) {
        visit_log(x->visit, LOG_LEVEL_NOTICE, &x->claim.job,
                  "stopped before it was done; undone, and left due");
        return EXECUTED_STOPPED;
    }
    visit_log(x->visit, LOG_LEVEL_DEBUG, &x->claim.job, "cannot be recorded, and was undone: %s",
              err->text);
    return EXECUTED_UNRECORDED;
}

static void notice_fill(struct notice *notice, const struct execution *x)
{
    *notice = (struct notice){
        .job_id = x->claim.job.id,
        .run_at_us = x->run_at_us,
        .backend_pid = db_backend_pid(&x->visit->db),
        .describes = x->claim.describes,
        .on_demand = x->why == EXECUTION_ON_DEMAND,
    };
    snprintf(notice->package, sizeof notice->package, "%s",
             x->claim.job.package ? x->claim.job.package : "");
}

static enum executed run_claimed(struct execution *x, struct err *err)
{
    struct visit *visit = x->visit;
    struct notice notice;
    notice_fill(&notice, x);
    board_post(visit->slot, &notice);
    visit->db.options.statement_timeout_ms = (int64_t)visit->site->options.job_timeout_s * 1000;
    bool runs = execution_has_schedule(x);
    execution_find_slot(x, x->run_at_us);
    if (!runs && x->why == EXECUTION_ON_DEMAND) {
        visit_log(visit, LOG_LEVEL_WARNING, &x->claim.job, "%s", outcome_text(&x->outcome));
        runs = true;
    }
    TEST_STEP("claimed");
    const char *language = i18n_speak(visit->site->options.language);
    bool worked = !runs || work(x, err);
    TEST_STEP("worked");
    bool settled = worked && settle(x, err);
    TEST_STEP("settled");
    i18n_speak(language);
    enum executed end = settled ? EXECUTED : end_without_settling(x, err);
    visit->db.options.statement_timeout_ms = VISIT_CONTROL_TIMEOUT_MS;
    board_clear(visit->slot);
    return end;
}

static bool may_start(const struct visit *visit, struct err *why)
{
    signals_take(visit->site->signals);
    if (visit->site->signals->stop)
        return err_set(why, ERR_AWAY, "told to stop");
    return site_is_unlocked(visit->site, why) &&
           (visit->ignores_holds || hold_allows(visit->site, visit->client->id, why));
}

/* A native job: one transaction. */
static enum executed execute_native(struct execution *x, const struct job *job, struct err *err)
{
    int64_t now_us = clock_real_us();
    if (!claim_begin(&x->claim, job->id, err)) {
        claim_give_up(&x->claim);
        return execution_unclaimed(x, job, err);
    }
    if (!execution_may_run(x, now_us) || !execution_is_job(x, job)) {
        claim_give_up(&x->claim);
        return execution_turned_away(x, job);
    }
    return run_claimed(x, err);
}

static enum executed execute_external(struct execution *x, const struct job *job, struct err *err)
{
    struct external external = {.x = x, .kind = x->choice.kind};
    enum executed end = execute_outside(&external, job, err);
    external_release(&external);
    return end;
}

static enum executed execute_started(struct visit *visit, const struct job *job,
                                     enum execution_why why, struct err *err)
{
    struct execution x = {
        .visit = visit,
        .why = why,
        .run_at_us = board_run_at_us(visit->site->board, clock_real_us()),
        .choice = execute_way(visit, job->package),
        .claim = {.db = &visit->db, .zone = &visit->site->zone},
    };
    enum executed end;
    bool known = visit_know_histories(visit, err);
    x.claim.describes = visit->describes;
    if (!known)
        end = execution_unclaimed(&x, job, err);
    else if (x.choice.kind == BOARD_NATIVE)
        end = execute_native(&x, job, err);
    else
        end = execute_external(&x, job, err);
    execution_release(&x);
    return end;
}

enum executed execute(struct visit *visit, const struct job *job, enum execution_why why,
                      struct err *err)
{
    if (!may_start(visit, err)) {
        visit_log(visit, LOG_LEVEL_DEBUG, job, "not started: %s", err->text);
        visit->tally.unserved++;
        return EXECUTED_STOPPED;
    }
    visit->began_ms = clock_mono_ms();
    enum executed end = execute_started(visit, job, why, err);
    visit->began_ms = visit->ended_ms = 0;
    return end;
}
