/* status_state.c: how a client is: see cmd/status_facts.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "cmd/status_facts.h"
#include "core/agewords.h"

/* What is being told. */
struct telling {
    const struct overview *o;
    const struct site *site;
    const struct survey_client *client;
    struct status_state *state;
    size_t used; /* of state->text */
};

/* One more thing that keeps jobs from running: the first one gives look and word.  fmt: translated
 * already. */
static void add(struct telling *t, enum status_look look, const char *word, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void add(struct telling *t, enum status_look look, const char *word, const char *fmt, ...)
{
    struct buf text = {0};
    char more[sizeof t->state->text];
    size_t size = sizeof t->state->text;
    va_list args;
    va_start(args, fmt);
    vsnprintf(more, sizeof more, fmt, args);
    va_end(args);
    if (!t->used)
        *t->state = (struct status_state){.look = look, .word = word};
    buf_addf(&text, "%s%s%s", t->state->text, t->used ? _("; besides ") : "", more);
    snprintf(t->state->text, size, "%s", buf_text(&text));
    utf8_trim(t->state->text);
    t->used = strlen(t->state->text);
    buf_release(&text);
}

static void add_hold(struct telling *t, const struct hold *hold)
{
    char until[AGEWORDS_STAMP_MAX];
    if (!hold)
        return;
    const char *who = *hold->who ? hold->who : "?";
    const char *why = *hold->why ? hold->why : _("no reason given");
    agewords_stamp(&t->site->zone, hold->until_s * 1000000, t->o->situation.now_us, until);
    if (hold->until_s == HOLDS_FOREVER)
        add(t, STATUS_BAD, _("held"), _("held by %s: %s"), who, why);
    else
        add(t, STATUS_BAD, _("held"), _("held by %s until %s: %s"), who, until, why);
}

static void add_holds(struct telling *t)
{
    if (t->o->survey.holds_trouble)
        add(t, STATUS_BAD, _("held"), "%s", _("held: it cannot be read who is held"));
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

void status_state_of(const struct overview *overview, size_t client, const struct site *site,
                     struct status_state *state)
{
    struct telling telling = {
        .o = overview,
        .site = site,
        .client = &overview->survey.clients[client],
        .state = state,
    };
    struct overview_counts counts = overview_count(overview, client);
    add_obstacles(&telling);
    if (telling.used)
        return;
    if (counts.failed)
        add(&telling, STATUS_BAD, _("failures"), "%s", _("failures"));
    else if (counts.overdue)
        add(&telling, STATUS_WARN, _("overdue"), "%s", _("overdue"));
    else if (counts.resting)
        add(&telling, STATUS_WARN, _("resting"), "%s", _("resting"));
    else
        add(&telling, STATUS_GOOD, _("well"), "%s", _("well"));
    state->is_served = true;
}
