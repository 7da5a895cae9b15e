/* run_perl.c: a job of kivitendo's own, through the bridge: see engine/runner.h. */
#include <poll.h>
#include <string.h>

#include "base/i18n.h"
#include "base/step.h"
#include "engine/runner.h"
#include "io/bridge.h"
#include "io/remains.h"
#include "store/history.h"

enum { DEATH_NEWS_MS = 100 };

static bool ask(const struct external *e, struct bridge_call *call, struct err *err)
{
    const struct visit *visit = e->x->visit;
    const struct site *site = visit->site;
    struct bridge_request request = {
        .dir_fd = site->bridge.fd,
        .dir_path = site->bridge.path,
        .socket = site->bridge.socket,
        .client_id = visit->client->id,
        .job_id = e->x->claim.job.id,
        .package = e->x->claim.job.package,
        .umask = site->identity.inherited_umask,
        .output_cap_bytes = site->options.output_limit_bytes,
    };
    if (site->bridge.trouble)
        return err_set(err, ERR_JOB, "%s", site->bridge.trouble);
    return bridge_ask(call, &request, site->signals, err);
}

static bool note_child(struct external *e, const struct bridge_call *call, struct err *err)
{
    TEST_STEP("child-started");
    e->entry.child = call->child;
    e->entry.has_child = true;
    if (!spawn_limit(call->child.pid, e->x->visit->site->options.job_memory_limit_bytes, err) ||
        !journal_note_child(&e->journal, &e->entry, err))
        return false;
    TEST_STEP("child-noted");
    return true;
}

/* What a job prints is no result: it goes to the log. */
static void tell_output(const struct external *e, const struct spawn_end *end)
{
    external_tell(e, LOG_LEVEL_INFO, &end->output);
    if (end->n_escaped)
        visit_log(e->x->visit, LOG_LEVEL_WARNING, &e->x->claim.job,
                  "processes that it left behind, and that were ended: %zu", end->n_escaped);
}

static void keep_data(struct external *e, const struct bridge_answer *answer)
{
    e->changes_data = answer->data_changed;
    e->has_data = answer->data != NULL;
    buf_clear(&e->data);
    if (answer->data)
        buf_add_text(&e->data, answer->data);
}

/* The process ended by itself with status 0: what did it answer? */
static void judge_answer(struct external *e, struct bridge_call *call, const struct spawn_end *end)
{
    struct bridge_answer answer = {0};
    struct err err = {0};
    struct buf text = {0};
    if (!bridge_answer(call, &answer, &err)) {
        spawn_describe(end, &text);
        buf_addf(&text, ", %s", err.text);
        if (end->output.len)
            buf_addf(&text, ": %s", buf_text(&end->output));
        execution_fail(e->x, buf_text(&text));
    } else if (answer.failed) {
        execution_fail(e->x, answer.text ? answer.text : _("failed without a message"));
    } else {
        outcome_succeed(&e->x->outcome, answer.text);
    }
    keep_data(e, &answer);
    buf_release(&text);
    bridge_answer_release(&answer);
}

/* The keeper is gone, and could not do it. */
static void end_session(const struct external *e)
{
    const struct visit *visit = e->x->visit;
    struct err err = {0};
    int ended = 0;
    if (!remains_end(&e->entry.child, visit->site->options.kill_grace_s * 1000, &ended, &err))
        visit_log(visit, LOG_LEVEL_ERROR, &e->x->claim.job, "what it left does not end: %s",
                  err.text);
    else if (ended)
        visit_log(visit, LOG_LEVEL_WARNING, &e->x->claim.job, "ended processes of its session: %d",
                  ended);
}

static void watch(struct external *e, struct bridge_call *call)
{
    struct spawn_watch watch = external_watch(e);
    struct spawn_end end = {0};
    struct err err = {0};
    struct buf text = {0};
    TEST_STEP("gate-opened");
    if (!bridge_supervise(call, &watch, &end, &err)) {
        e->interrupted = true;
        buf_addf(&text, HISTORY_INTERRUPTED "%s", err.text);
        execution_fail(e->x, buf_text(&text));
    } else if (end.how == SPAWN_EXITED) {
        judge_answer(e, call, &end);
    } else {
        external_judge(e, &end, NULL);
    }
    if (end.escaped_left)
        end_session(e);
    tell_output(e, &end);
    buf_release(&text);
    spawn_end_release(&end);
}

/* A parent that dies closes its socket a moment before we are told of its death. */
static bool may_still_start(struct external *e, struct err *err)
{
    struct pollfd signals = {.fd = e->x->visit->site->signals->fd, .events = POLLIN};
    poll(&signals, 1, DEATH_NEWS_MS);
    return external_may_start(e, err);
}

bool run_perl(struct external *e, struct err *err)
{
    struct bridge_call call = BRIDGE_CALL_NONE;
    struct err why = {0};
    bool ran = true;
    if (!ask(e, &call, &why)) {
        ran = !runner_lacks_room(&why) && may_still_start(e, err);
        *err = why;
        execution_fail(e->x, why.text);
    } else if (!note_child(e, &call, err) || !external_may_start(e, err)) {
        ran = false; /* the keeper ends it unstarted */
    } else if (!bridge_go(&call, &why)) {
        execution_fail(e->x, why.text);
    } else {
        watch(e, &call);
    }
    bridge_call_release(&call);
    return ran;
}
