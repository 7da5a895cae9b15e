#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "core/cronspec.h"
#include "core/walltime.h"
#include "engine/checkup_parts.h"
#include "engine/hold.h"
#include "io/upgrades.h"
#include "store/behind.h"

enum { CLOCK_MAX_S = 2, FUTURE_S = 120, CHANGES = 2 };

static const char *name_of(const struct survey_client *client)
{
    return client->client.fields[CLIENT_NAME];
}

/* kivitendo's own server would not start before it is upgraded. */
void checkup_auth(struct checkup *checkup, const struct site *site)
{
    struct upgrades upgrades = {0};
    struct buf missing = {0};
    struct err err = {0};
    struct db db = {0};
    struct db_target target = site_auth_target(site);
    struct db_options options = site_db_options(site, "task-server check");
    if (!upgrades_load_auth(&upgrades, site->installation, &err) ||
        !db_connect(&db, &target, &options, &err) ||
        !behind_find_auth(&db, &upgrades, &missing, &err)) {
        checkup_add(checkup, "clients", CHECKUP_WARNING,
                    "whether the authentication database is behind kivitendo's code cannot be "
                    "found out: %s",
                    err.text);
    } else if (missing.len) {
        checkup_add(checkup, "clients", CHECKUP_WARNING,
                    "the authentication database is behind kivitendo's code: %s",
                    buf_text(&missing));
        checkup_advise(checkup, _("kivitendo's administration interface upgrades it"));
    } else {
        checkup_add(checkup, "clients", CHECKUP_WELL,
                    "the authentication database '%s' can be read", target.name);
    }
    db_close(&db);
    buf_release(&missing);
    upgrades_release(&upgrades);
}

static void add_hold(const struct hold *hold, struct buf *out)
{
    buf_addf(out, "%s: %s", hold_who(hold), hold_why(hold));
}

static void advise_release(struct checkup *checkup, const struct survey_client *client)
{
    int id = client->client.id;
    if (client->also_hold)
        checkup_advise(checkup,
                       _("task-server status says until when; both must end: task-server release, "
                         "and task-server release --client %d"),
                       id);
    else if (client->hold->client_id == HOLDS_ALL)
        checkup_advise(checkup,
                       _("task-server status says until when, task-server release ends it"));
    else
        checkup_advise(checkup,
                       _("task-server status says until when, task-server release --client %d "
                         "ends it"),
                       id);
}

static void tell_hold(struct checkup *checkup, const struct survey_client *client)
{
    struct buf text = {0};
    add_hold(client->hold, &text);
    if (client->also_hold) {
        buf_add_text(&text, _("; besides by "));
        add_hold(client->also_hold, &text);
    }
    checkup_add(checkup, "clients", CHECKUP_WARNING, "client '%s' is held by %s", name_of(client),
                buf_text(&text));
    advise_release(checkup, client);
    checkup->failed |= text.failed;
    buf_release(&text);
}

/* One that is held by hand may have moved besides: both must end. */
static void check_holds(struct checkup *checkup, const struct survey_client *client)
{
    if (client->moved) {
        checkup_add(checkup, "clients", CHECKUP_CRITICAL, "client '%s' is held: %s",
                    name_of(client), client->moved);
        checkup_advise(checkup, _("if this is the right database: task-server release --client %d"),
                       client->client.id);
    }
    if (client->hold)
        tell_hold(checkup, client);
}

/* False: something keeps all jobs of the client from running. */
static bool check_client(struct checkup *checkup, const struct survey_client *client)
{
    bool read_only = !client->trouble && client->inventory.session.read_only;
    check_holds(checkup, client);
    if (client->trouble)
        checkup_add(checkup, "clients", CHECKUP_CRITICAL, "client '%s' cannot be served: %s",
                    name_of(client), client->trouble);
    else if (read_only)
        checkup_add(checkup, "clients", CHECKUP_CRITICAL,
                    "client '%s' cannot be served: the database is read-only", name_of(client));
    else if (client->perl == VISIT_PERL_HELD)
        checkup_add(checkup, "clients", CHECKUP_WARNING, "client '%s': its Perl jobs are held: %s",
                    name_of(client), client->perl_held);
    return !client->trouble && !read_only && !client->moved && !client->hold;
}

/* What keeps all of them from being served has been told, as has what keeps one. */
static void sum_up_clients(struct checkup *checkup, size_t well)
{
    const struct survey *survey = &checkup->overview.survey;
    bool locked = checkup->overview.situation.locked;
    if (locked || survey->holds_trouble)
        well = 0;
    checkup_add(checkup, "clients",
                survey->count && well == survey->count ? CHECKUP_WELL : CHECKUP_WARNING,
                locked ? N_("%zu of %zu enabled clients can be served: the installation is locked")
                       : N_("%zu of %zu enabled clients can be served"),
                well, survey->count);
    if (!survey->count)
        checkup_advise(checkup, _("kivitendo's administration interface enables a client: choose "
                                  "its user for the task server"));
}

void checkup_clients(struct checkup *checkup)
{
    const struct survey *survey = &checkup->overview.survey;
    size_t well = 0;
    for (size_t i = 0; i < survey->count; i++)
        well += check_client(checkup, &survey->clients[i]);
    if (survey->holds_trouble) {
        checkup_add(checkup, "clients", CHECKUP_CRITICAL, "the holds cannot be read: %s",
                    survey->holds_trouble);
        checkup_advise(
            checkup,
            _("ask as the user that jobs run as; where it cannot read them nothing is started"));
    }
    if (survey->origins_trouble) {
        checkup_add(checkup, "clients", CHECKUP_WARNING,
                    "which databases the clients had is not known, so none that is another one is "
                    "noticed: %s",
                    survey->origins_trouble);
        checkup_advise(
            checkup,
            _("ask as the user that jobs run as; where it cannot read that file either, remove it: "
              "the next run begins it anew, with the databases that it finds"));
    }
    sum_up_clients(checkup, well);
}

/* ---- servers ---- */

/* Is there a client before this one on the same server? */
static bool is_repeated(const struct survey *survey, size_t index)
{
    const struct client *client = &survey->clients[index].client;
    for (size_t i = 0; i < index; i++) {
        const struct client *other = &survey->clients[i].client;
        if (!survey->clients[i].trouble &&
            strcmp(other->fields[CLIENT_HOST], client->fields[CLIENT_HOST]) == 0 &&
            strcmp(other->fields[CLIENT_PORT], client->fields[CLIENT_PORT]) == 0)
            return true;
    }
    return false;
}

/* Each lane has one connection, CleanAuthSessions a second; Perl jobs have their own besides. */
void checkup_connections(struct checkup *checkup, const struct site *site)
{
    const struct survey *survey = &checkup->overview.survey;
    const struct options *options = &site->options;
    int wanted = 2 * (options->max_parallel + options->max_external) + 1;
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_client *client = &survey->clients[i];
        const struct server_facts *server = &client->inventory.server;
        int left = server->max_connections - server->connections;
        if (client->trouble || is_repeated(survey, i))
            continue;
        checkup_add(checkup, "connections", wanted > left ? CHECKUP_WARNING : CHECKUP_WELL,
                    "server %s:%s: we may need %d, %d of %d are free",
                    client->client.fields[CLIENT_HOST], client->client.fields[CLIENT_PORT], wanted,
                    left, server->max_connections);
        if (wanted > left)
            checkup_advise(checkup, _("raise max_connections, or lower max_parallel"));
    }
}

static void check_server_clock(struct checkup *checkup, const struct survey_client *client)
{
    const struct server_facts *server = &client->inventory.server;
    const char *host = client->client.fields[CLIENT_HOST];
    const char *port = client->client.fields[CLIENT_PORT];
    const char *zone = server->time_zone ? server->time_zone : "?";
    int64_t off_us = llabs(client->clock_ahead_us);
    struct buf off = {0};
    agewords_span(off_us / 1000000, &off);
    if (off_us <= CLOCK_MAX_S * INT64_C(1000000)) {
        checkup_add(checkup, "clocks", CHECKUP_WELL,
                    "server %s:%s: its clock is within %" PRId64 " ms of ours, its zone %s", host,
                    port, off_us / 1000 + 1, zone);
    } else {
        checkup_add(checkup, "clocks", CHECKUP_WARNING,
                    client->clock_ahead_us > 0
                        ? N_("server %s:%s: its clock is %s ahead of ours, its zone %s")
                        : N_("server %s:%s: its clock is %s behind ours, its zone %s"),
                    host, port, buf_text(&off), zone);
        checkup_advise(checkup, _("keep the clocks of all machines in step, with NTP"));
    }
    buf_release(&off);
}

/* Other nodes' clocks cannot be asked, but what they wrote tells of them.  One per client. */
static void check_other_clocks(struct checkup *checkup, const struct site *site,
                               const struct survey_client *client)
{
    char time[WALLTIME_MAX];
    int64_t latest_us = checkup->overview.situation.now_us + FUTURE_S * INT64_C(1000000);
    for (size_t i = 0; i < client->count; i++) {
        const struct inventory_job *row = client->jobs[i].row;
        if (!row->last_text || row->last_us <= latest_us)
            continue;
        walltime_show(&site->zone, row->last_us, time);
        checkup_add(checkup, "clocks", CHECKUP_WARNING,
                    "client '%s': job %d last ran at %s, which is yet to come", name_of(client),
                    row->job.id, time);
        checkup_advise(checkup, _("another machine runs jobs with another clock or time zone"));
        return;
    }
}

void checkup_clocks(struct checkup *checkup, const struct site *site)
{
    const struct survey *survey = &checkup->overview.survey;
    char now[WALLTIME_MAX];
    walltime_show(&site->zone, checkup->overview.situation.now_us, now);
    checkup_add(checkup, "clocks", CHECKUP_WELL, "jobs follow this machine's clock: %s", now);
    for (size_t i = 0; i < survey->count; i++) {
        if (!survey->clients[i].trouble && !is_repeated(survey, i))
            check_server_clock(checkup, &survey->clients[i]);
        check_other_clocks(checkup, site, &survey->clients[i]);
    }
}

/* ---- gaps and folds ---- */

/* Does the spec name a local time within the hour that is missing, or comes twice?  A zone without
 * changes takes local times as they are. */
static bool is_touched(const char *text, const struct zone_change *change)
{
    static const struct zone plain = {0};
    struct cronspec spec;
    struct err ignored = {0};
    bool gap = change->after_s > change->before_s;
    int64_t from_s = change->at_s + (gap ? change->before_s : change->after_s);
    int64_t to_s = change->at_s + (gap ? change->after_s : change->before_s);
    int64_t at_s = 0;
    return cronspec_parse(&spec, text, &ignored) && spec.fires && !spec.every_hour &&
           cronspec_next(&spec, &plain, from_s - 1, &at_s) && at_s < to_s;
}

static void name_touched(const struct survey *survey, const struct zone_change *change,
                         struct checkup_named *named)
{
    for (size_t c = 0; c < survey->count; c++)
        for (size_t i = 0; i < survey->clients[c].count; i++) {
            const struct job *job = &survey->clients[c].jobs[i].row->job;
            if (job->active && is_touched(job->spec, change))
                checkup_name_job(named, &survey->clients[c], job);
        }
}

void checkup_daylight(struct checkup *checkup, const struct site *site)
{
    int64_t after_s = checkup->overview.situation.now_us / 1000000;
    struct zone_change change;
    for (int i = 0; i < CHANGES && zone_next_transition(&site->zone, after_s, &change); i++) {
        char when[WALLTIME_MAX];
        struct checkup_named jobs = {0};
        bool gap = change.after_s > change.before_s;
        int minutes = (gap ? change.after_s - change.before_s : change.before_s - change.after_s) /
                      60;
        walltime_show(&site->zone, change.at_s * 1000000, when);
        name_touched(&checkup->overview.survey, &change, &jobs);
        checkup_add(
            checkup, "daylight", CHECKUP_WELL,
            gap ? N_("%s: %d minutes are missing; jobs within them run once, right after: %s")
                : N_("%s: %d minutes come twice; jobs within them run once: %s"),
            when, minutes, jobs.count ? checkup_named_text(&jobs) : C_("jobs", "none"));
        buf_release(&jobs.text);
        after_s = change.at_s;
    }
}
