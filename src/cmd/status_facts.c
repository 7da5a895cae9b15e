#include "cmd/status_facts.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "core/cronspec.h"
#include "engine/hold.h"

enum { SECOND_US = 1000000 };

/* What is being collected. */
struct collector {
    struct status_facts *facts;
    const struct overview *o;
    const struct site *site;
};

/* fmt: translated already. */
static void add(struct collector *c, const char *title, enum status_look look, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void add(struct collector *c, const char *title, enum status_look look, const char *fmt, ...)
{
    va_list args;
    if (c->facts->count == STATUS_FACTS_MAX)
        return;
    struct status_fact *fact = &c->facts->items[c->facts->count++];
    *fact = (struct status_fact){.title = title, .look = look};
    va_start(args, fmt);
    vsnprintf(fact->text, sizeof fact->text, fmt, args);
    va_end(args);
}

static void show_time(const struct collector *c, int64_t at_us, char out[AGEWORDS_STAMP_MAX])
{
    agewords_stamp(&c->site->zone, at_us, c->o->situation.now_us, out);
}

/* ---- runs ---- */

static void add_schedule(struct collector *c)
{
    const struct situation *s = &c->o->situation;
    const char *title = _("schedule");
    bool served = situation_is_served(s);
    if (*s->scheduler)
        add(c, title, served ? STATUS_GOOD : STATUS_BAD,
            served ? _("armed by %s") : _("armed by %s, but no runs come"), s->scheduler);
    else if (!s->state)
        add(c, title, STATUS_WARN, "%s", _("not known: the state directory cannot be read"));
    else if (served)
        add(c, title, STATUS_WARN, "%s", _("not armed by task_server, but runs come"));
    else
        add(c, title, STATUS_BAD, "%s", _("not armed"));
}

static void add_last_run(struct collector *c)
{
    const struct situation *s = &c->o->situation;
    const struct stamp *stamp = &s->stamp;
    const char *title = _("last run");
    enum status_look look = stamp->exit_code ? STATUS_BAD : STATUS_PLAIN;
    char time[AGEWORDS_STAMP_MAX];
    if (!s->has_stamp) {
        add(c, title, STATUS_PLAIN, "%s", s->state ? _("none that we know of") : _("not known"));
        return;
    }
    show_time(c, stamp->ended_us, time);
    if (stamp->unreachable)
        add(c, title, look,
            _("%s; jobs: %d succeeded, %d failed, %d left due; not every client was served; exit "
              "code %d"),
            time, stamp->succeeded, stamp->failed, stamp->unserved, stamp->exit_code);
    else
        add(c, title, look, _("%s; jobs: %d succeeded, %d failed, %d left due; exit code %d"), time,
            stamp->succeeded, stamp->failed, stamp->unserved, stamp->exit_code);
}

static void add_hanging(struct collector *c, const char *since)
{
    struct buf silence = {0};
    agewords_span(situation_hang_s(&c->o->situation), &silence);
    add(c, _("at work"), STATUS_BAD,
        _("a run, pid %d, since %s, but it has not looked for due jobs for %s: it hangs, or was "
          "told "
          "to stop and waits for a job"),
        (int)c->o->situation.holder.pid, since, buf_text(&silence));
    buf_release(&silence);
}

static void add_at_work(struct collector *c)
{
    const struct situation *s = &c->o->situation;
    const char *title = _("at work");
    char since[AGEWORDS_STAMP_MAX];
    show_time(c, s->holder.since_s * SECOND_US, since);
    if (!s->busy_now)
        add(c, title, STATUS_PLAIN, "%s", _("nobody"));
    else if (s->holder.is_perl_server)
        add(c, title, STATUS_BAD, _("kivitendo's old task_server.pl, pid %d, since %s"),
            (int)s->holder.pid, since);
    else if (situation_hang_s(s) > SITUATION_SILENCE_S)
        add_hanging(c, since);
    else
        add(c, title, STATUS_PLAIN, _("a run, pid %d, since %s"), (int)s->holder.pid, since);
    c->facts->items[c->facts->count - 1].is_work = s->busy_now;
}

/* ---- what keeps jobs from running ---- */

static void add_lock(struct collector *c)
{
    const struct situation *s = &c->o->situation;
    const char *userspath = c->site->options.userspath;
    char since[AGEWORDS_STAMP_MAX];
    if (!s->locked)
        return;
    show_time(c, s->locked_since_s * SECOND_US, since);
    if (s->locked_since_s)
        add(c, _("installation"), STATUS_BAD, _("locked since %s: %s/nologin exists"), since,
            userspath);
    else
        add(c, _("installation"), STATUS_BAD, _("whether %s/nologin exists cannot be found out"),
            userspath);
}

/* Clients that are not listed. */
static void add_clients(struct collector *c)
{
    const struct survey *survey = &c->o->survey;
    if (survey->trouble)
        add(c, _("clients"), STATUS_BAD, _("they cannot be listed, and none is served: %s"),
            survey->trouble);
    else if (!survey->count)
        add(c, _("clients"), STATUS_BAD, "%s", _("none is enabled for the task server"));
    if (survey->left_out)
        add(c, _("not enabled"), STATUS_PLAIN,
            ngettext("%zu client, whose jobs are not run", "%zu clients, whose jobs are not run",
                     survey->left_out),
            survey->left_out);
}

static void add_hold(struct collector *c)
{
    const struct situation *s = &c->o->situation;
    const struct hold *all = holds_find(&c->o->survey.holds, HOLDS_ALL, s->now_us / SECOND_US);
    const char *title = _("held");
    char since[AGEWORDS_STAMP_MAX];
    char until[AGEWORDS_STAMP_MAX];
    if (c->o->survey.holds_trouble)
        add(c, title, STATUS_BAD, _("cannot be read, and who cannot read it starts nothing: %s"),
            c->o->survey.holds_trouble);
    if (!all)
        return;
    show_time(c, all->since_s * SECOND_US, since);
    show_time(c, all->until_s * SECOND_US, until);
    if (all->until_s == HOLDS_FOREVER)
        add(c, title, STATUS_BAD, _("everything, since %s, by %s: %s"), since, hold_who(all),
            hold_why(all));
    else
        add(c, title, STATUS_BAD, _("everything, since %s until %s, by %s: %s"), since, until,
            hold_who(all), hold_why(all));
}

static void add_origins(struct collector *c)
{
    if (c->o->survey.origins_trouble)
        add(c, _("databases"), STATUS_WARN,
            _("which ones the clients had is not known, so none that is another one is noticed: "
              "%s"),
            c->o->survey.origins_trouble);
}

/* ---- what waits ---- */

static void add_journal(struct collector *c)
{
    const struct situation *s = &c->o->situation;
    const char *title = _("journal");
    if (s->journal_trouble)
        add(c, title, STATUS_BAD, _("it cannot be read, so no command and no Perl job starts: %s"),
            s->journal_trouble);
    if (s->journal.waiting)
        add(c, title, STATUS_WARN, _("runs that wait to be recorded: %d"), s->journal.waiting);
    if (s->journal.bad)
        add(c, title, STATUS_BAD, _("runs that cannot be recorded: %d (in %s/journal, in bad/)"),
            s->journal.bad, s->state);
}

static void add_notices(struct collector *c)
{
    if (c->o->situation.notices)
        add(c, _("notices"), STATUS_WARN, _("%zu wait to be sent"), c->o->situation.notices);
}

void status_facts_collect(struct status_facts *facts, const struct overview *overview,
                          const struct site *site)
{
    struct collector c = {.facts = facts, .o = overview, .site = site};
    facts->count = 0;
    add_schedule(&c);
    add_last_run(&c);
    add_at_work(&c);
    add_clients(&c);
    add_lock(&c);
    add_hold(&c);
    add_origins(&c);
    add_journal(&c);
    add_notices(&c);
}

/* ---- jobs ---- */

void status_rest_words(const struct survey_job *job, struct buf *out)
{
    const char *text = job->row->job.spec ? job->row->job.spec : "";
    struct cronspec spec;
    struct err err = {0};
    bool understood = cronspec_parse(&spec, text, &err);
    if (job->due != DUE_NO_TIME || (understood && spec.fires))
        buf_add_text(out, due_words(job->due));
    else if (understood)
        buf_addf(out, _("'%.300s' never fires"), text);
    else
        buf_add_text(out, err.text);
}
