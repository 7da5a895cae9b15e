#include "engine/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "core/cronspec.h"
#include "core/specwords.h"
#include "core/walltime.h"
#include "engine/why_conclude.h"
#include "store/history.h"

enum { TEXT_MAX = 2048, OVERDUE_S = 180 };
#define OUR_NAME "task-server " /* the beginning of our sessions' application_name */

/* A question on its way. */
struct asking {
    struct why *why;
    const struct why_subject *s;
};

const char *why_word(enum why_verdict verdict)
{
    static const char *const words[] = {"fine", "stops", "waits", "warning"};
    return words[verdict];
}

/* ---- lines ---- */

static char *copy(struct asking *a, const char *text)
{
    char *made = strdup(text);
    a->why->failed |= !made;
    return made;
}

static PRINTF_LIKE(4, 5) void add(struct asking *a, const char *what, enum why_verdict verdict,
                                  const char *fmt, ...)
{
    static const struct {
        const char *what;
        const char *title;
    } titles[] = {
        {"client", N_("client")},
        {"hold", N_("hold")},
        {"moved", N_("database")},
        {"nologin", N_("installation")},
        {"reachable", N_("connection")},
        {"behind", N_("up to the code")},
        {"schedule", N_("runs")},
        {"active", N_("active")},
        {"type", N_("type")},
        {"node", N_("node")},
        {"cron_spec", N_("schedule")},
        {"next_run_at", N_("next run")},
        {"handler", N_("runs as")},
        {"claim", N_("claimed")},
        {"journal", N_("journal")},
        {"last", N_("last run")},
    };
    char text[TEXT_MAX];
    va_list args;
    if (a->why->count == WHY_LINES_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, i18n(fmt), args);
    va_end(args);
    struct why_line *line = &a->why->lines[a->why->count++];
    *line = (struct why_line){.what = what, .title = what, .verdict = verdict};
    line->value = copy(a, text);
    for (size_t i = 0; i < ARRAY_LEN(titles); i++)
        if (strcmp(titles[i].what, what) == 0)
            line->title = titles[i].title;
}

/* What is to be done about the last line. */
static void advise(struct asking *a, const char *text)
{
    struct why_line *line = &a->why->lines[a->why->count - 1];
    free(line->advice);
    line->advice = copy(a, text);
}

static void show_time(const struct asking *a, int64_t at_us, char out[WALLTIME_MAX + 64])
{
    char time[WALLTIME_MAX];
    struct buf span = {0};
    walltime_show(&a->s->site->zone, at_us, time);
    agewords_ago(a->s->situation->now_us / 1000000 - at_us / 1000000, &span);
    snprintf(out, WALLTIME_MAX + 64, "%s (%.60s)", time, buf_text(&span));
    buf_release(&span);
}

/* ---- the client ---- */

static void look_at_client(struct asking *a)
{
    const struct client *client = &a->s->client->client;
    if (client->disabled) {
        add(a, "client", WHY_STOPS, "'%s' is not enabled for the task server",
            client->fields[CLIENT_NAME]);
        advise(a,
               _("choose a user for the task server in kivitendo's administration of the client"));
    } else {
        add(a, "client", WHY_FINE, "'%s' is enabled", client->fields[CLIENT_NAME]);
    }
}

static void look_at_hold(struct asking *a)
{
    const struct hold *hold = a->s->client->hold;
    char until[WALLTIME_MAX + 64];
    if (a->s->survey->holds_trouble) {
        add(a, "hold", WHY_STOPS, "the holds cannot be read: %s", a->s->survey->holds_trouble);
        return;
    }
    if (!hold) {
        add(a, "hold", WHY_FINE, "not held");
        return;
    }
    show_time(a, hold->until_s * 1000000, until);
    const char *why = *hold->why ? hold->why : _("no reason given");
    if (hold->until_s == HOLDS_FOREVER)
        add(a, "hold", WHY_STOPS, "held until released, by %s: %s", hold->who, why);
    else
        add(a, "hold", WHY_STOPS, "held until %s, by %s: %s", until, hold->who, why);
    advise(a, hold->client_id == HOLDS_ALL ? _("task-server release lets everything run again")
                                           : _("task-server release --client C lets it run again"));
}

static void look_at_moved(struct asking *a)
{
    if (!a->s->client->moved)
        return;
    add(a, "moved", WHY_STOPS, "it is held by itself: %s", a->s->client->moved);
    advise(a, _("if this is the right database: task-server release --client C"));
}

static void look_at_nologin(struct asking *a)
{
    char since[WALLTIME_MAX + 64];
    const struct situation *now = a->s->situation;
    if (!now->locked) {
        add(a, "nologin", WHY_FINE, "not locked");
        return;
    }
    show_time(a, now->locked_since_s * 1000000, since);
    add(a, "nologin", WHY_STOPS, "locked since %s: %s/nologin exists", since,
        a->s->site->options.userspath);
    advise(a, _("kivitendo's administration interface unlocks it"));
}

static void look_at_connection(struct asking *a)
{
    const struct survey_client *client = a->s->client;
    if (client->trouble) {
        add(a, "reachable", WHY_STOPS, "the database cannot be used: %s", client->trouble);
        advise(a, _("mend the database, or what auth.clients says of it; jobs stay due meanwhile"));
    } else if (client->inventory.session.read_only) {
        add(a, "reachable", WHY_STOPS, "the database is read-only");
        advise(a, _("a standby, or made so by its administrator: no run could be recorded"));
    } else {
        add(a, "reachable", WHY_FINE, "PostgreSQL %s at %s",
            client->inventory.server.version ? client->inventory.server.version : "?",
            client->client.fields[CLIENT_HOST]);
    }
}

static void look_at_code(struct asking *a)
{
    const struct survey_job *job = a->s->job;
    if (!job || job->kind != BOARD_PERL)
        return;
    if (a->s->client->perl == VISIT_PERL_HELD) {
        add(a, "behind", WHY_STOPS, "%s", a->s->client->perl_held);
        advise(a, _("log in to kivitendo: that upgrades the database"));
    } else {
        add(a, "behind", WHY_FINE, "yes");
    }
}

/* ---- the runs ---- */

static void look_at_runs(struct asking *a, const char *last)
{
    const char *scheduler = a->s->situation->scheduler;
    if (*scheduler) {
        add(a, "schedule", WHY_FINE, "armed by %s; the last run ended %s", scheduler, last);
        return;
    }
    add(a, "schedule", WHY_WARNING, "not armed by task_server; a run ended %s", last);
    advise(
        a,
        _("well if something else starts runs every minute; if nothing does: task_server start"));
}

static void look_at_silence(struct asking *a, const char *last)
{
    const struct situation *now = a->s->situation;
    const char *scheduler = now->scheduler;
    if (*scheduler && now->has_stamp)
        add(a, "schedule", WHY_STOPS, "armed by %s, but the last run ended %s", scheduler, last);
    else if (*scheduler)
        add(a, "schedule", WHY_STOPS, "armed by %s, but no run has ended yet", scheduler);
    else if (now->has_stamp)
        add(a, "schedule", WHY_STOPS, "not armed; the last run ended %s", last);
    else
        add(a, "schedule", WHY_STOPS, "not armed; no run has ended yet");
    advise(a, *scheduler ? _("look at the cron daemon or the timer: task_server check")
                         : _("task_server start"));
}

static void look_at_schedule(struct asking *a)
{
    const struct situation *now = a->s->situation;
    char last[WALLTIME_MAX + 64] = "";
    if (now->has_stamp)
        show_time(a, now->stamp.ended_us, last);
    if (now->busy_now && now->holder.is_perl_server) {
        add(a, "schedule", WHY_STOPS, "kivitendo's old task_server.pl is running (pid %d)",
            (int)now->holder.pid);
        advise(a, _("stop it, and keep it from being started at boot"));
    } else if (now->busy_now) {
        add(a, "schedule", WHY_FINE, "a run is at work (pid %d)", (int)now->holder.pid);
    } else if (situation_is_served(now)) {
        look_at_runs(a, last);
    } else if (!now->state) {
        add(a, "schedule", WHY_WARNING, "not known: the state directory cannot be read");
        advise(a, _("ask as the user that jobs run as"));
    } else {
        look_at_silence(a, last);
    }
}

/* ---- the job's row ---- */

static void look_at_row(struct asking *a)
{
    const struct job *job = &a->s->job->row->job;
    bool known = job->type &&
                 (strcmp(job->type, "interval") == 0 || strcmp(job->type, "once") == 0);
    add(a, "active", job->active ? WHY_FINE : WHY_STOPS, job->active ? N_("yes") : N_("no"));
    if (!job->active)
        advise(a, _("task-server jobs enable, or kivitendo's page"));
    add(a, "type", known ? WHY_FINE : WHY_STOPS, "%s", job->type ? job->type : _("none"));
    if (!known)
        advise(a, _("it must be interval or once"));
}

static void look_at_node(struct asking *a)
{
    const struct job *job = &a->s->job->row->job;
    const struct node *ours = &a->s->site->node;
    bool named = job->node && *job->node;
    bool matches = named ? strcmp(job->node, ours->id) == 0 : !ours->only_own;
    if (named)
        add(a, "node", matches ? WHY_FINE : WHY_STOPS, "only '%s'; this is '%s'", job->node,
            ours->id);
    else
        add(a, "node", matches ? WHY_FINE : WHY_STOPS, "any; this is '%s'", ours->id);
    if (!matches)
        advise(a, named ? _("that node must run it; or change its node_id")
                        : _("only_run_tasks_for_this_node is set here, so it must name this node"));
}

static enum specwords_language language(void)
{
    return i18n_is_german() ? SPECWORDS_GERMAN : SPECWORDS_ENGLISH;
}

static void look_at_spec(struct asking *a)
{
    const struct job *job = &a->s->job->row->job;
    const char *text = job->spec ? job->spec : "";
    struct cronspec spec;
    struct err err = {0};
    struct buf words = {0};
    if (!cronspec_parse(&spec, job->spec, &err)) {
        add(a, "cron_spec", WHY_STOPS, "'%.300s' cannot be understood: %.500s", text, err.text);
        advise(a, _("the job rests until its schedule is changed"));
        return;
    }
    specwords_add(&spec, job->spec, language(), &words);
    if (!spec.fires)
        add(a, "cron_spec", WHY_STOPS, "'%.300s' never fires", text);
    else if (*spec.warning)
        add(a, "cron_spec", WHY_WARNING, "'%.300s': %s; %s", text, buf_text(&words), spec.warning);
    else
        add(a, "cron_spec", WHY_FINE, "'%.300s': %s", text, buf_text(&words));
    if (!spec.fires)
        advise(a, _("the job rests until its schedule is changed"));
    buf_release(&words);
}

static void look_at_time(struct asking *a)
{
    const struct job *job = &a->s->job->row->job;
    char next[WALLTIME_MAX + 64];
    bool once = job->type && strcmp(job->type, "once") == 0;
    int64_t late_s = job->has_next ? (a->s->situation->now_us - job->next_us) / 1000000 : 0;
    if (once && job->has_last) {
        add(a, "next_run_at", WHY_STOPS, "it has run once already");
        advise(a, _("that is how once jobs are: task-server run-job runs it again"));
        return;
    }
    if (!job->has_next) {
        add(a, "next_run_at", once ? WHY_FINE : WHY_STOPS, once ? N_("none: at once") : N_("none"));
        if (!once)
            advise(a, _("it rests: save it again in kivitendo's page, or task-server jobs set"));
        return;
    }
    show_time(a, job->next_us, next);
    if (a->s->job->due == DUE_LATER || job->next_us > a->s->situation->now_us)
        add(a, "next_run_at", WHY_WAITS, "%s", next);
    else
        add(a, "next_run_at", late_s > OVERDUE_S ? WHY_WARNING : WHY_FINE, "%s", next);
}

static void look_at_handler(struct asking *a)
{
    const struct survey_job *job = a->s->job;
    bool known = job->kind != BOARD_NATIVE || job->native;
    add(a, "handler", known ? WHY_FINE : WHY_WARNING, "%.1500s", job->why);
    if (!known)
        advise(a, _("correct its package, or name a program for it in [task_server/commands]"));
}

static void look_at_claim(struct asking *a)
{
    const struct job_claim *claim = &a->s->job->row->claim;
    char since[WALLTIME_MAX + 64] = "";
    if (!claim->pid) {
        add(a, "claim", WHY_FINE, "by nobody");
        return;
    }
    const char *from = claim->address ? claim->address : _("this machine");
    bool ours = strncmp(claim->application, OUR_NAME, strlen(OUR_NAME)) == 0;
    enum why_verdict verdict = ours ? WHY_WAITS : WHY_STOPS;
    if (claim->has_since) {
        show_time(a, claim->since_us, since);
        add(a, "claim", verdict, "by '%s' from %s (database process %d), since %s",
            claim->application, from, claim->pid, since);
    } else {
        add(a, "claim", verdict, "by '%s' from %s (database process %d)", claim->application, from,
            claim->pid);
    }
    if (!ours)
        advise(a, _("that session is none of ours: it must let go of its lock"));
}

static void look_at_journal(struct asking *a)
{
    const struct journal_count *journal = &a->s->situation->journal;
    for (size_t i = 0; i < journal->client_count; i++)
        if (journal->clients[i] == a->s->client->client.id) {
            add(a, "journal", WHY_WARNING,
                "runs of this client wait to be recorded, or were interrupted");
            advise(a, _("the next run records them first"));
            return;
        }
    add(a, "journal", WHY_FINE, "nothing waits");
}

static void look_at_last(struct asking *a)
{
    const struct inventory_job *row = a->s->job->row;
    char last[WALLTIME_MAX + 64];
    if (!row->last_text) {
        add(a, "last", WHY_FINE, "never");
        return;
    }
    show_time(a, row->last_us, last);
    const char *error = row->end.error ? row->end.error : "";
    bool interrupted = strncmp(error, HISTORY_INTERRUPTED, strlen(HISTORY_INTERRUPTED)) == 0;
    if (!row->end.found)
        add(a, "last", WHY_FINE, "%s; how it ended is not known any more", last);
    else if (row->end.status && strcmp(row->end.status, "success") == 0)
        add(a, "last", WHY_FINE, "%s, a success", last);
    else if (interrupted)
        add(a, "last", WHY_WARNING, "%s, %.1000s", last, error);
    else
        add(a, "last", WHY_WARNING, "%s, a failure: %.1000s", last, error);
}

bool why_ask(struct why *why, const struct why_subject *subject, struct err *err)
{
    static void (*const of_client[])(struct asking *) = {
        look_at_client,     look_at_hold, look_at_moved,   look_at_nologin,
        look_at_connection, look_at_code, look_at_schedule};
    static void (*const of_job[])(struct asking *) = {
        look_at_row,     look_at_node,  look_at_spec,    look_at_time,
        look_at_handler, look_at_claim, look_at_journal, look_at_last};
    struct asking a = {.why = why, .s = subject};
    *why = (struct why){0};
    for (size_t i = 0; i < ARRAY_LEN(of_client); i++)
        if (i == 0 || !subject->client->client.disabled)
            of_client[i](&a);
    for (size_t i = 0; subject->job && i < ARRAY_LEN(of_job); i++)
        of_job[i](&a);
    return (!why->failed && why_conclude(why, subject->situation->busy_now)) || err_set_nomem(err);
}

void why_release(struct why *why)
{
    if (!why)
        return;
    for (size_t i = 0; i < why->count; i++) {
        free(why->lines[i].value);
        free(why->lines[i].advice);
    }
    free(why->conclusion);
    *why = (struct why){0};
}
