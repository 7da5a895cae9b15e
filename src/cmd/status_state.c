/* status_state.c: how a client is: see cmd/status_facts.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "cmd/status_facts.h"
#include "core/agewords.h"
#include "engine/hold.h"

/* What is being told. */
struct telling {
    const struct overview *o;
    const struct site *site;
    const struct survey_client *client;
    struct status_state *state;
    struct buf text; /* of the state */
};

/* One more thing that keeps jobs from running: the first one gives look and word.  fmt: translated
 * already. */
static void add(struct telling *t, enum status_look look, const char *word, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void add(struct telling *t, enum status_look look, const char *word, const char *fmt, ...)
{
    char more[STATUS_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(more, sizeof more, fmt, args);
    va_end(args);
    if (t->text.len)
        buf_add_text(&t->text, _("; besides "));
    else
        *t->state = (struct status_state){.look = look, .word = word};
    buf_add_text(&t->text, more);
}

static void add_hold(struct telling *t, const struct hold *hold)
{
    char until[AGEWORDS_STAMP_MAX];
    if (!hold)
        return;
    agewords_stamp(&t->site->zone, hold->until_s * 1000000, t->o->situation.now_us, until);
    if (hold->until_s == HOLDS_FOREVER)
        add(t, STATUS_BAD, _("held"), _("held by %s: %s"), hold_who(hold), hold_why(hold));
    else
        add(t, STATUS_BAD, _("held"), _("held by %s until %s: %s"), hold_who(hold), until,
            hold_why(hold));
}

static void add_holds(struct telling *t)
{
    if (t->o->survey.holds_trouble)
        add(t, STATUS_BAD, _("held?"), "%s", _("whether it is held cannot be read"));
    add_hold(t, t->client->hold);
    add_hold(t, t->client->also_hold);
}

static void add_obstacles(struct telling *t)
{
    const struct survey_client *client = t->client;
    if (client->client.disabled)
        add(t, STATUS_BAD, _("not enabled"), "%s", _("not enabled for the task server"));
    if (client->trouble)
        add(t, STATUS_BAD, _("away"), _("away: %s"), client->trouble);
    if (client->moved)
        add(t, STATUS_BAD, _("held"), _("held: %s"), client->moved);
    add_holds(t);
    if (client->inventory.session.read_only)
        add(t, STATUS_BAD, _("read-only"), "%s", _("the database is read-only"));
    if (client->perl == VISIT_PERL_HELD)
        add(t, STATUS_WARN, _("Perl held"), _("Perl jobs held: %s"), client->perl_held);
}

/* Nothing keeps its jobs from running. */
static void add_worth_a_look(struct telling *t, size_t client)
{
    struct overview_counts counts = overview_count(t->o, client);
    if (counts.failed)
        add(t, STATUS_BAD, _("failures"), "%s", _("failures"));
    else if (counts.overdue)
        add(t, STATUS_WARN, _("overdue"), "%s", _("overdue"));
    else if (counts.resting)
        add(t, STATUS_WARN, _("resting"), "%s", _("resting"));
    else
        add(t, STATUS_GOOD, _("well"), "%s", _("well"));
}

void status_state_of(const struct overview *overview, size_t client, const struct site *site,
                     struct status_state *state)
{
    struct telling telling = {
        .o = overview,
        .site = site,
        .client = &overview->survey.clients[client],
        .state = state,
    };
    add_obstacles(&telling);
    bool is_served = !telling.text.len;
    if (is_served)
        add_worth_a_look(&telling, client);
    state->is_served = is_served;
    snprintf(state->text, sizeof state->text, "%s", buf_text(&telling.text));
    utf8_trim(state->text);
    buf_release(&telling.text);
}
