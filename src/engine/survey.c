#include "engine/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/execute.h"
#include "engine/held.h"
#include "store/origins.h"

/* What a survey needs while it is collected. */
struct collector {
    struct survey *survey;
    const struct site *site;
    const struct survey_wish *wish;
    struct origins origins;
};

/* ---- which clients ---- */

static bool has_id(const struct client *client, const char *wanted)
{
    char id[16];
    snprintf(id, sizeof id, "%d", client->id);
    return strcmp(wanted, id) == 0;
}

bool survey_wants(const struct clients *clients, const struct client *client, const char *wanted)
{
    if (has_id(client, wanted))
        return true;
    for (size_t i = 0; i < clients->count; i++)
        if (has_id(&clients->items[i], wanted))
            return false;
    return strcmp(client->fields[CLIENT_NAME], wanted) == 0;
}

static bool is_shown(const struct collector *c, const struct clients *clients,
                     const struct client *client)
{
    if (c->wish->client)
        return survey_wants(clients, client, c->wish->client);
    return !client->disabled || c->wish->with_disabled;
}

/* Takes the wanted ones out of the list. */
static bool take_clients(struct collector *c, struct clients *clients, struct err *err)
{
    struct survey *survey = c->survey;
    bool *shown = calloc(clients->count + 1, sizeof *shown);
    survey->clients = calloc(clients->count + 1, sizeof *survey->clients);
    for (size_t i = 0; shown && i < clients->count; i++) {
        shown[i] = is_shown(c, clients, &clients->items[i]);
        survey->left_out += !shown[i] && !c->wish->client;
    }
    for (size_t i = 0; shown && survey->clients && i < clients->count; i++) {
        if (!shown[i])
            continue;
        survey->clients[survey->count++].client = clients->items[i];
        clients->items[i] = (struct client){0};
    }
    bool done = shown && survey->clients;
    free(shown);
    if (!done)
        return err_set_nomem(err);
    if (c->wish->client && !survey->count)
        return err_set(err, ERR_USAGE, "there is no client '%.200s'", c->wish->client);
    return true;
}

static bool load_clients(struct collector *c, struct err *err)
{
    struct clients clients = {0};
    bool loaded = site_load_all_clients(c->site, &clients, err);
    bool done = loaded && take_clients(c, &clients, err);
    clients_release(&clients);
    if (loaded || !c->wish->without_auth || err->kind != ERR_AWAY)
        return done;
    c->survey->away = true;
    c->survey->trouble = strdup(err->text);
    *err = (struct err){0};
    return c->survey->trouble || err_set_nomem(err);
}

/* ---- one client ---- */

static bool look_at_job(struct collector *c, const struct visit *visit, struct inventory_job *row,
                        struct survey_job *job)
{
    struct handler_choice choice = execute_way(visit, row->job.package);
    *job = (struct survey_job){
        .row = row,
        .due = job_due(&row->job, &c->site->node, c->survey->now_us),
        .postponed = job_is_postponed(&row->job, &c->site->zone, c->survey->now_us),
        .kind = choice.kind,
        .native = choice.native,
        .why = strdup(choice.why),
    };
    return job->why != NULL;
}

static bool look_at_jobs(struct collector *c, struct visit *visit, struct survey_client *found,
                         struct err *err)
{
    bool has_perl = false;
    found->jobs = calloc(found->inventory.count + 1, sizeof *found->jobs);
    if (!found->jobs)
        return err_set_nomem(err);
    for (size_t i = 0; i < found->inventory.count; i++) {
        found->count++;
        if (!look_at_job(c, visit, &found->inventory.jobs[i], &found->jobs[i]))
            return err_set_nomem(err);
        has_perl |= found->jobs[i].kind == BOARD_PERL;
    }
    if (has_perl && held_perl(visit) && !(found->perl_held = strdup(visit->held)))
        return err_set_nomem(err);
    found->perl = visit->perl;
    return true;
}

static bool look_at_origin(struct collector *c, struct survey_client *found, struct err *err)
{
    struct buf text = {0};
    const struct origin *now = &found->inventory.origin;
    const struct origin_home *home = origins_find(&c->origins, found->client.id);
    if (!home || !origin_moved(home, &found->client, now))
        return true;
    origin_describe_move(home, &found->client, now, &text);
    found->moved = strdup(buf_text(&text));
    buf_release(&text);
    return found->moved || err_set_nomem(err);
}

static bool visit_client(struct collector *c, struct visit *visit, struct survey_client *found,
                         struct err *err)
{
    if (!visit_open(visit, err) ||
        !inventory_load(&visit->db, &c->site->zone, &found->inventory, err))
        return false;
    visit->session = found->inventory.session;
    found->clock_ahead_us = found->inventory.server.clock_us - clock_real_us();
    size_t index = (size_t)(found - c->survey->clients);
    return look_at_origin(c, found, err) && look_at_jobs(c, visit, found, err) &&
           (!c->wish->ask || c->wish->ask(c->wish->asker, &visit->db, index, err));
}

static bool look_at_client(struct collector *c, struct survey_client *found, struct err *err)
{
    struct err why = {0};
    struct visit visit;
    const struct client *client = &found->client;
    int64_t now_s = c->survey->now_us / 1000000;
    found->hold = holds_find(&c->survey->holds, client->id, now_s);
    found->also_hold = holds_find_other(&c->survey->holds, client->id, now_s);
    if (client->disabled || c->wish->only_clients)
        return true;
    visit_begin(&visit, c->site, client, NULL);
    if (!visit_client(c, &visit, found, &why)) {
        found->trouble = strdup(why.text);
        found->trouble_kind = why.kind;
        c->survey->away = true;
    }
    visit_end(&visit);
    return why.kind == ERR_NONE || found->trouble || err_set_nomem(err);
}

/* ---- the whole ---- */

/* Without a state directory nothing is remembered, and nobody can be held. */
static bool load_memory(struct collector *c, struct err *err)
{
    struct err why = {0};
    const struct site *site = c->site;
    struct survey *survey = c->survey;
    if (site->origins_path && !origins_load(&c->origins, site->origins_path, &why) &&
        !(survey->origins_trouble = strdup(why.text)))
        return err_set_nomem(err);
    if (site->holds_path && !holds_load(&survey->holds, site->holds_path, &why) &&
        !(survey->holds_trouble = strdup(why.text)))
        return err_set_nomem(err);
    return true;
}

bool survey_collect(struct survey *survey, const struct site *site, const struct survey_wish *wish,
                    struct err *err)
{
    struct collector c = {.survey = survey, .site = site, .wish = wish};
    *survey = (struct survey){.now_us = clock_real_us()};
    bool done = load_memory(&c, err) && load_clients(&c, err);
    for (size_t i = 0; done && i < survey->count; i++)
        done = look_at_client(&c, &survey->clients[i], err);
    origins_release(&c.origins);
    if (!done)
        survey_release(survey);
    return done;
}

static void release_client(struct survey_client *found)
{
    for (size_t i = 0; i < found->count; i++)
        free(found->jobs[i].why);
    free(found->jobs);
    free(found->trouble);
    free(found->perl_held);
    free(found->moved);
    inventory_release(&found->inventory);
    client_release(&found->client);
}

void survey_release(struct survey *survey)
{
    if (!survey)
        return;
    for (size_t i = 0; i < survey->count; i++)
        release_client(&survey->clients[i]);
    free(survey->clients);
    free(survey->trouble);
    free(survey->holds_trouble);
    free(survey->origins_trouble);
    holds_release(&survey->holds);
    *survey = (struct survey){0};
}
