#include "engine/custody.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "engine/hold.h"
#include "engine/lasting.h"

enum { PATIENCE_S = 900 }; /* a hold is mostly somebody at work: people are told when it lasts */

/* ---- conditions of one client ---- */

static void raise(struct custody *custody, const struct seat *seat, const char *prefix,
                  const char *why)
{
    char key[INCIDENT_KEY_MAX];
    char text[ERR_TEXT_MAX];
    const char *name = seat->client.fields[CLIENT_NAME];
    bool by_hand = *prefix == *CUSTODY_HOLD;
    snprintf(key, sizeof key, "%s%d", prefix, seat->client.id);
    /* A hold says itself that it is one: "held by …". */
    snprintf(text, sizeof text,
             by_hand ? _("client '%.200s' is %.1500s") : _("client '%.200s' is held: %.1500s"),
             name, why);
    condition_raise(custody->conditions,
                    &(struct condition){.key = key,
                                        .text = text,
                                        .client = name,
                                        .client_id = seat->client.id,
                                        .patience_s = by_hand ? PATIENCE_S : 0});
}

static void end(struct custody *custody, const struct seat *seat, const char *prefix)
{
    char key[INCIDENT_KEY_MAX];
    char text[ERR_TEXT_MAX];
    const char *name = seat->client.fields[CLIENT_NAME];
    snprintf(key, sizeof key, "%s%d", prefix, seat->client.id);
    snprintf(text, sizeof text, _("client '%.200s' is released: its jobs run"), name);
    condition_end(custody->conditions,
                  &(struct condition){
                      .key = key, .text = text, .client = name, .client_id = seat->client.id});
}

/* ---- a pass begins ---- */

static void load_origins(struct custody *custody)
{
    static const char key[] = "databases";
    struct incidents *incidents = custody->conditions->incidents;
    const char *path = custody->site->origins_path;
    struct err err = {0};
    char text[ERR_TEXT_MAX];
    origins_release(&custody->origins);
    if (!path || origins_load(&custody->origins, path, &err)) {
        lasting_over(incidents, key, _("which databases the clients had is known"));
        return;
    }
    snprintf(text, sizeof text, _("which databases the clients had is not known: %.1800s"),
             err.text);
    lasting_warn(incidents, key, text);
}

static bool load(struct custody *custody, struct err *err)
{
    const struct site *site = custody->site;
    holds_release(&custody->holds);
    load_origins(custody);
    return !site->holds_path || holds_load(&custody->holds, site->holds_path, err) ||
           err_wrap(err, "nothing is run: whether clients are held cannot be told");
}

bool custody_begin(struct custody *custody, struct err *why)
{
    struct buf text = {0};
    bool done = load(custody, why);
    int64_t now_s = clock_real_us() / 1000000;
    const struct hold *hold = done ? holds_find(&custody->holds, HOLDS_ALL, now_s) : NULL;
    if (hold) {
        hold_describe(hold, &custody->site->zone, &text);
        done = err_set(why, ERR_AWAY, "nothing is run: all clients are %s", buf_text(&text));
    }
    if (done)
        condition_end(custody->conditions,
                      &(struct condition){.key = CUSTODY_ALL,
                                          .text = _("all clients are released: jobs run")});
    else
        condition_raise(
            custody->conditions,
            &(struct condition){.key = CUSTODY_ALL, .text = why->text, .patience_s = PATIENCE_S});
    buf_release(&text);
    return done;
}

static bool is_held(struct custody *custody, const struct seat *seat)
{
    struct buf text = {0};
    int64_t now_s = clock_real_us() / 1000000;
    const struct hold *hold = holds_find(&custody->holds, seat->client.id, now_s);
    if (hold) {
        hold_describe(hold, &custody->site->zone, &text);
        raise(custody, seat, CUSTODY_HOLD, buf_text(&text));
    } else {
        end(custody, seat, CUSTODY_HOLD);
    }
    buf_release(&text);
    return hold != NULL;
}

static void raise_moved(struct custody *custody, const struct seat *seat,
                        const struct origin_home *home, const struct origin *found)
{
    struct buf text = {0};
    origin_describe_move(home, &seat->client, found, &text);
    raise(custody, seat, CUSTODY_MOVED, buf_text(&text));
    buf_release(&text);
}

void custody_seat(struct custody *custody, struct seat *seat)
{
    seat->held = is_held(custody, seat);
    if (seat->held && seat->state == SEAT_QUEUED) /* it waited for room to run an external job */
        seat->state = SEAT_IDLE;
}

/* A name alone holds nobody: if there is no such database the client is away, which is mended in
 * another way. */
void custody_home(const struct custody *custody, const struct client *client,
                  struct lane_order *order)
{
    const struct origin_home *home = origins_find(&custody->origins, client->id);
    order->home = home ? home->origin : (struct origin){0};
    order->renamed = home && origin_is_renamed(home, client);
}

/* ---- after a visit ---- */

static void learn(struct custody *custody, const struct seat *seat, const struct origin *found)
{
    struct err err = {0};
    if (custody->origins.path && !origins_learn(&custody->origins, &seat->client, found, &err))
        log_msg(LOG_LEVEL_WARNING, "which database client '%s' has is not remembered: %s",
                seat->client.fields[CLIENT_NAME], err.text);
}

void custody_report(struct custody *custody, const struct seat *seat,
                    const struct lane_report *report)
{
    const struct origin_home *home = origins_find(&custody->origins, seat->client.id);
    if (!*report->origin.oid)
        return;
    if (report->moved && home) {
        raise_moved(custody, seat, home, &report->origin);
        return;
    }
    end(custody, seat, CUSTODY_MOVED);
    if (!home)
        learn(custody, seat, &report->origin);
}

void custody_release(struct custody *custody)
{
    if (!custody)
        return;
    holds_release(&custody->holds);
    origins_release(&custody->origins);
}
