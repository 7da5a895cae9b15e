#include "engine/leftover.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "engine/external.h"
#include "store/history.h"

enum {
    REFUSALS_MAX = 2, /* how often the database may refuse an entry */
    HOLD_TRIES = 10,
    HOLD_PAUSE_MS = 100,
};

static void log_reports(const struct visit *visit, const struct journal_list *list)
{
    const char *line = buf_text(&list->reports);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
        visit_log(visit, LOG_LEVEL_ERROR, NULL, "%.*s", (int)(end - line), line);
}

/* The execution as it was when the entry was written. */
static void recall(struct execution *x, struct external *e, struct journal_found *found)
{
    const struct entry *entry = &found->entry;
    x->claim.state = CLAIM_TAKEN;
    x->claim.job = entry->job; /* borrowed */
    x->why = entry->on_demand ? EXECUTION_ON_DEMAND : EXECUTION_DUE;
    x->run_at_us = entry->run_at_us;
    x->slot_us = entry->slot_us;
    if (entry->has_ending) { /* else nobody knows how long it ran */
        x->visit->ended_ms = clock_mono_ms();
        x->visit->began_ms = x->visit->ended_ms -
                             (entry->ending.ended_us - entry->run_at_us) / 1000;
    }
    e->kind = entry->kind == ENTRY_KIND_PERL ? BOARD_PERL : BOARD_COMMAND;
    (void)execution_has_schedule(x); /* an outcome about that would be overwritten now */
}

static void recall_ending(struct execution *x, struct external *e, const struct entry *entry)
{
    const char *text = outcome_text(&entry->ending.outcome);
    if (entry->ending.outcome.failed)
        execution_fail(x, text ? text : "");
    else
        outcome_succeed(&x->outcome, text);
    e->claim_lost = entry->ending.history_only;
    e->changes_data = entry->ending.data_changed;
    e->has_data = entry->ending.data != NULL;
    if (entry->ending.data)
        buf_add_text(&e->data, entry->ending.data);
}

/* False: something of it still runs, so its interruption cannot be recorded yet. */
static bool end_remains(struct visit *visit, struct external *e, const struct entry *entry)
{
    struct err err = {0};
    char text[200];
    int ended = 0;
    int grace_ms = visit->site->options.kill_grace_s * 1000;
    e->interrupted = true;
    const char *language = i18n_speak(visit->site->options.language);
    snprintf(text, sizeof text, HISTORY_INTERRUPTED "%s",
             _("task-server, or the machine it ran on, went down while the job ran"));
    i18n_speak(language);
    execution_fail(e->x, text);
    if (!journal_end_child(entry, grace_ms, &ended, &err)) {
        visit_log(visit, LOG_LEVEL_ERROR, &entry->job, "what is left of it does not end: %s",
                  err.text);
        return false;
    }
    visit_log(visit, LOG_LEVEL_ERROR, &entry->job,
              "interrupted: task-server went down while it ran (processes that were left: %d)",
              ended);
    return true;
}

/* Mostly it is the session of a dead lane that still has the claim, until the server notices. */
static bool hold(struct visit *visit, int job_id, bool *held, struct err *err)
{
    bool done = true;
    *held = false;
    for (int i = 0; done && !*held && i < HOLD_TRIES; i++) {
        struct claim claim = {.db = &visit->db, .zone = &visit->site->zone};
        if (i > 0)
            poll(NULL, 0, HOLD_PAUSE_MS);
        done = claim_hold(&claim, job_id, err);
        *held = done && claim.state != CLAIM_LOST;
        claim_release(&claim);
    }
    return done;
}

/* False: the database cannot be reached any more, or refuses.  Where another session has the claim,
 * the entry waits: history alone would leave the job due, to be run again. */
static bool record_held(struct external *e, struct journal_found *found, struct err *err)
{
    struct visit *visit = e->x->visit;
    const struct job *job = &found->entry.job;
    struct err trouble = {0};
    bool held = true;
    bool knows_lost = e->claim_lost; /* before it ended, so the row belongs to another run */
    if (!knows_lost && !hold(visit, job->id, &held, err))
        return false;
    if (!held) {
        visit_log(visit, LOG_LEVEL_NOTICE, job,
                  "another session has its claim; how its last run ended is recorded later");
        return true;
    }
    bool done = external_record(e, err);
    if (done && !journal_settle(&found->handle, &trouble))
        visit_log(visit, LOG_LEVEL_WARNING, job, "%s", trouble.text);
    if (!knows_lost)
        claim_let_go(&e->x->claim, job->id);
    return done;
}

/* A database that is full, read-only or locked takes it later; until then the job is not run.  An
 * entry that is given up must not leave its job due. */
static void refuse(struct external *e, struct journal_found *found, const struct err *refused)
{
    struct visit *visit = e->x->visit;
    struct err err = {0};
    bool done = true;
    bool for_good = db_refuses_values(refused);
    bool gives_up = for_good && found->entry.refused + 1 >= REFUSALS_MAX;
    if (gives_up)
        done = external_move_on(e, &err) &&
               journal_move_to_bad(&found->handle, refused->text, &err);
    else if (for_good)
        done = journal_note_refused(&found->handle, &found->entry, &err);
    if (!gives_up || !done)
        visit_refuse(visit, refused, N_("the outcome of job %d waits in the journal"),
                     found->entry.job.id);
    visit_log(visit, gives_up && done ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG, &found->entry.job,
              "the database refuses to record how it ended: %s", refused->text);
    if (!done)
        visit_log(visit, LOG_LEVEL_DEBUG, &found->entry.job, "%s", err.text);
}

/* False: the database cannot be reached any more. */
static bool settle_run(struct visit *visit, struct journal_found *found, struct err *err)
{
    bool done = true;
    struct execution x = {.visit = visit};
    struct external e = {.x = &x};
    x.claim = (struct claim){
        .db = &visit->db, .zone = &visit->site->zone, .describes = visit->describes};
    recall(&x, &e, found);
    if (found->class == JOURNAL_ENDED)
        recall_ending(&x, &e, &found->entry);
    if (found->class == JOURNAL_ENDED || end_remains(visit, &e, &found->entry))
        done = record_held(&e, found, err);
    if (!done && err->kind == ERR_JOB)
        refuse(&e, found, err);
    visit->began_ms = visit->ended_ms = 0;
    x.claim.job = (struct job){0};
    external_release(&e);
    execution_release(&x);
    return done || err->kind == ERR_JOB;
}

static bool settle_one(struct visit *visit, struct journal_found *found, struct err *err)
{
    struct err trouble = {0};
    bool done = true;
    switch (found->class) {
    case JOURNAL_UNSTARTED: done = journal_settle(&found->handle, &trouble); break;
    case JOURNAL_ELSEWHERE:
        done = journal_move_to_bad(&found->handle, _("the client's database has another name now"),
                                   &trouble);
        visit_log(visit, LOG_LEVEL_ERROR, &found->entry.job,
                  "how it ended cannot be recorded: the client's database has another name now");
        break;
    case JOURNAL_INTERRUPTED:
    case JOURNAL_ENDED: return settle_run(visit, found, err);
    }
    if (!done)
        visit_log(visit, LOG_LEVEL_WARNING, &found->entry.job, "%s", trouble.text);
    return true;
}

bool leftover_find(struct visit *visit, struct journal_list *list, struct err *err)
{
    const struct site *site = visit->site;
    struct journal_client client = {
        .id = visit->client->id,
        .db_name = visit->client->fields[CLIENT_DBNAME],
    };
    *list = (struct journal_list){0};
    if (!site->journal || !journal_exists(site->journal))
        return true;
    bool done = journal_scan(site->journal, &client, list, err);
    log_reports(visit, list);
    return done;
}

bool leftover_settle(struct visit *visit, struct journal_list *list, struct err *err)
{
    if (list->count == 0)
        return true;
    bool done = visit_know_histories(visit, err);
    for (size_t i = 0; done && i < list->count; i++)
        done = settle_one(visit, &list->items[i], err);
    return done;
}
