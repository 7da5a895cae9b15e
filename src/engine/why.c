#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "core/walltime.h"
#include "engine/hold.h"
#include "engine/why_conclude.h"
#include "engine/why_parts.h"

enum { TEXT_MAX = 2048, SECOND_US = 1000000 };

const char *why_word(enum why_verdict verdict)
{
    static const char *const words[] = {"fine", "stops", "waits", "warning"};
    return words[verdict];
}

/* ---- lines ---- */

static char *copy(struct why_asking *a, const char *text)
{
    char *made = strdup(text);
    a->why->failed |= !made;
    return made;
}

static const char *title_of(const char *what)
{
    static const struct {
        const char *what;
        const char *title;
    } titles[] = {
        {"client", N_("client")},
        {"clients", N_("clients")},
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
        {"program", N_("program")},
        {"claim", N_("claimed")},
        {"journal", N_("journal")},
        {"last", N_("last run")},
    };
    for (size_t i = 0; i < ARRAY_LEN(titles); i++)
        if (strcmp(titles[i].what, what) == 0)
            return titles[i].title;
    return what;
}

void why_add(struct why_asking *a, const char *what, enum why_verdict verdict, const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list args;
    if (a->why->count == WHY_LINES_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, i18n(fmt), args);
    va_end(args);
    utf8_trim(text);
    struct why_line *line = &a->why->lines[a->why->count++];
    *line = (struct why_line){.what = what, .title = title_of(what), .verdict = verdict};
    line->value = copy(a, text);
}

void why_advise(struct why_asking *a, const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list args;
    struct why_line *line = &a->why->lines[a->why->count - 1];
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    free(line->advice);
    line->advice = copy(a, text);
}

void why_show_time(const struct why_asking *a, int64_t at_us, char out[AGEWORDS_STAMP_MAX])
{
    agewords_stamp(&a->s->site->zone, at_us, a->s->situation->now_us, out);
}

/* ---- the client ---- */

static void look_at_client(struct why_asking *a)
{
    if (!a->s->client) {
        why_add(a, "clients", WHY_STOPS, "they cannot be listed: %s", a->s->survey->trouble);
        why_advise(a, _("mend the authentication database, or what [authentication/database] says "
                        "of it; jobs stay due meanwhile"));
        return;
    }
    const struct client *client = &a->s->client->client;
    if (client->disabled) {
        why_add(a, "client", WHY_STOPS, "'%s' is not enabled for the task server",
                client->fields[CLIENT_NAME]);
        why_advise(
            a, _("choose a user for the task server in kivitendo's administration of the client"));
    } else {
        why_add(a, "client", WHY_FINE, "'%s' is enabled", client->fields[CLIENT_NAME]);
    }
}

static void describe_hold(const struct why_asking *a, const struct hold *hold, struct buf *out)
{
    char until[AGEWORDS_STAMP_MAX];
    why_show_time(a, hold->until_s * SECOND_US, until);
    if (hold->until_s == HOLDS_FOREVER)
        buf_addf(out, _("held until released, by %s: %s"), hold_who(hold), hold_why(hold));
    else
        buf_addf(out, _("held until %s, by %s: %s"), until, hold_who(hold), hold_why(hold));
}

/* It ends by itself before the job's time comes. */
static bool ends_in_time(const struct why_asking *a, const struct hold *hold)
{
    const struct survey_job *job = a->s->job;
    return job && job->due == DUE_LATER && hold->until_s != HOLDS_FOREVER &&
           hold->until_s * SECOND_US <= job->row->job.next_us;
}

static void advise_release(struct why_asking *a, const struct hold *hold, bool twice)
{
    int id = a->s->client ? a->s->client->client.id : 0;
    if (twice)
        why_advise(a, _("both must end: task-server release, and task-server release --client %d"),
                   id);
    else if (hold->client_id == HOLDS_ALL)
        why_advise(a, _("task-server release lets everything run again"));
    else
        why_advise(a, _("task-server release --client %d lets it run again"), id);
}

/* One hold, or two: `also` is the shorter one, or NULL. */
static void tell_holds(struct why_asking *a, const struct hold *hold, const struct hold *also)
{
    struct buf text = {0};
    bool in_time = ends_in_time(a, hold);
    describe_hold(a, hold, &text);
    if (also) {
        buf_add_text(&text, _("; besides "));
        describe_hold(a, also, &text);
    }
    why_add(a, "hold", in_time ? WHY_FINE : WHY_STOPS,
            in_time ? N_("%s; that is over before its time comes") : "%s", buf_text(&text));
    if (!in_time)
        advise_release(a, hold, also != NULL);
    buf_release(&text);
}

static void look_at_hold(struct why_asking *a)
{
    const struct survey *survey = a->s->survey;
    const struct survey_client *client = a->s->client;
    const struct hold *hold =
        client ? client->hold : holds_find(&survey->holds, HOLDS_ALL, survey->now_us / SECOND_US);
    if (survey->holds_trouble) {
        why_add(a, "hold", WHY_STOPS, "the holds cannot be read: %s", survey->holds_trouble);
        why_advise(
            a, _("ask as the user that jobs run as; where it cannot read them nothing is started"));
    } else if (hold) {
        tell_holds(a, hold, client ? client->also_hold : NULL);
    } else {
        why_add(a, "hold", WHY_FINE, client ? N_("not held") : N_("not all clients are held"));
    }
}

static void look_at_moved(struct why_asking *a)
{
    if (!a->s->client || !a->s->client->moved)
        return;
    why_add(a, "moved", WHY_STOPS, "it is held by itself: %s", a->s->client->moved);
}

static void look_at_nologin(struct why_asking *a)
{
    char since[AGEWORDS_STAMP_MAX];
    const struct situation *now = a->s->situation;
    if (!now->locked) {
        why_add(a, "nologin", WHY_FINE, "not locked");
        return;
    }
    why_show_time(a, now->locked_since_s * SECOND_US, since);
    if (now->locked_since_s)
        why_add(a, "nologin", WHY_STOPS, "locked since %s: %s/nologin exists", since,
                a->s->site->options.userspath);
    else
        why_add(a, "nologin", WHY_STOPS, "whether %s/nologin exists cannot be found out",
                a->s->site->options.userspath);
    why_advise(a, _("kivitendo's administration interface unlocks it"));
}

static void look_at_connection(struct why_asking *a)
{
    const struct survey_client *client = a->s->client;
    if (!client)
        return;
    if (client->trouble) {
        why_add(a, "reachable", WHY_STOPS, "the database cannot be used: %s", client->trouble);
        why_advise(
            a, _("mend the database, or what auth.clients says of it; jobs stay due meanwhile"));
    } else if (client->inventory.session.read_only) {
        why_add(a, "reachable", WHY_STOPS, "the database is read-only");
        why_advise(a,
                   _("it is a standby, or somebody has set it so; no run could be recorded there"));
    } else {
        why_add(a, "reachable", WHY_FINE, "PostgreSQL %s at %s",
                client->inventory.server.version ? client->inventory.server.version : "?",
                client->client.fields[CLIENT_HOST]);
    }
}

static void look_at_code(struct why_asking *a)
{
    const struct survey_job *job = a->s->job;
    if (!job || job->kind != BOARD_PERL)
        return;
    if (a->s->client->perl == VISIT_PERL_HELD)
        why_add(a, "behind", WHY_STOPS, "%s", a->s->client->perl_held);
    else
        why_add(a, "behind", WHY_FINE, "yes");
}

/* ---- the runs ---- */

static void look_at_runs(struct why_asking *a, const char *last)
{
    const char *scheduler = a->s->situation->scheduler;
    if (*scheduler) {
        why_add(a, "schedule", WHY_FINE, "armed by %s; the last run ended %s", scheduler, last);
        return;
    }
    why_add(a, "schedule", WHY_WARNING, "not armed by task_server; a run ended %s", last);
    why_advise(
        a,
        _("well if something else starts runs every minute; if nothing does: task_server start"));
}

static void look_at_silence(struct why_asking *a, const char *last)
{
    const struct situation *now = a->s->situation;
    const char *scheduler = now->scheduler;
    if (*scheduler && now->has_stamp)
        why_add(a, "schedule", WHY_STOPS, "armed by %s, but the last run ended %s", scheduler,
                last);
    else if (*scheduler)
        why_add(a, "schedule", WHY_STOPS, "armed by %s, but no run has ended yet", scheduler);
    else if (now->has_stamp)
        why_add(a, "schedule", WHY_STOPS, "not armed, and the last run ended %s", last);
    else
        why_add(a, "schedule", WHY_STOPS, "not armed, and no run has ended yet");
    why_advise(a, *scheduler ? _("look at the cron daemon or the timer: task_server check")
                             : _("arm it with: task_server start"));
}

static void look_at_hanging(struct why_asking *a)
{
    const struct situation *now = a->s->situation;
    struct buf silence = {0};
    agewords_span(situation_hang_s(now), &silence);
    why_add(a, "schedule", WHY_STOPS,
            "a run is at work, pid %d, but has not looked for due jobs for %s: it hangs, or was "
            "told to stop and waits for a job",
            (int)now->holder.pid, buf_text(&silence));
    why_advise(a, _("kill -KILL %d ends it; its jobs are recorded as interrupted"),
               (int)now->holder.pid);
    buf_release(&silence);
}

static void look_at_schedule(struct why_asking *a)
{
    const struct situation *now = a->s->situation;
    char last[AGEWORDS_STAMP_MAX] = "";
    if (now->has_stamp)
        why_show_time(a, now->stamp.ended_us, last);
    if (now->busy_now && now->holder.is_perl_server) {
        why_add(a, "schedule", WHY_STOPS, "kivitendo's old task_server.pl is running (pid %d)",
                (int)now->holder.pid);
        why_advise(a, _("stop it, and keep it from being started at boot"));
    } else if (situation_hang_s(now) > SITUATION_SILENCE_S) {
        look_at_hanging(a);
    } else if (now->busy_now) {
        why_add(a, "schedule", WHY_FINE, "a run is at work (pid %d)", (int)now->holder.pid);
    } else if (situation_is_served(now)) {
        look_at_runs(a, last);
    } else if (!now->state) {
        why_add(a, "schedule", WHY_WARNING, "not known: the state directory cannot be read");
        why_advise(a, _("ask as the user that jobs run as"));
    } else {
        look_at_silence(a, last);
    }
}

bool why_ask(struct why *why, const struct why_subject *subject, struct err *err)
{
    static void (*const of_client[])(struct why_asking *) = {
        look_at_client,     look_at_hold, look_at_moved,   look_at_nologin,
        look_at_connection, look_at_code, look_at_schedule};
    struct why_asking a = {.why = why, .s = subject};
    *why = (struct why){0};
    for (size_t i = 0; i < ARRAY_LEN(of_client); i++)
        if (i == 0 || !subject->client || !subject->client->client.disabled)
            of_client[i](&a);
    if (subject->job)
        why_ask_job(&a);
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
