#include "cmd/status_json.h"

#include <inttypes.h>
#include <string.h>

#include "core/json.h"
#include "core/walltime.h"
#include "engine/condition.h"

static void add_time(struct buf *out, const char *key, const struct site *site, int64_t at_us)
{
    char time[WALLTIME_MAX];
    walltime_show(&site->zone, at_us, time);
    json_add_member(out, key, time);
}

static void add_last_run(const struct situation *s, const struct site *site, struct buf *out)
{
    json_add_key(out, "last_run");
    if (!s->has_stamp) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    add_time(out, "started", site, s->stamp.started_us);
    add_time(out, "ended", site, s->stamp.ended_us);
    json_add_number(out, "age_s", (s->now_us - s->stamp.ended_us) / 1000000);
    json_add_number(out, "succeeded", s->stamp.succeeded);
    json_add_number(out, "failed", s->stamp.failed);
    json_add_number(out, "unserved", s->stamp.unserved);
    json_add_number(out, "unreachable", s->stamp.unreachable);
    json_add_number(out, "exit_code", s->stamp.exit_code);
    buf_add_text(out, "}");
}

static void add_busy(const struct situation *s, const struct site *site, struct buf *out)
{
    json_add_key(out, "at_work");
    if (!s->busy_now) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    json_add_number(out, "pid", s->holder.pid);
    json_add_bool(out, "old_server", s->holder.is_perl_server);
    add_time(out, "since", site, s->holder.since_s * 1000000);
    json_add_key(out, "jobs");
    buf_add_text(out, "[");
    for (size_t i = 0; i < s->busy.count; i++) {
        const struct busy_job *job = &s->busy.jobs[i];
        buf_add_text(out, i ? ",{" : "{");
        json_add_member(out, "client", job->client);
        json_add_number(out, "job", job->job_id);
        json_add_member(out, "package", job->package);
        json_add_member(out, "kind", busy_kind_word(job->kind));
        add_time(out, "since", site, job->since_us);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]}");
}

/* What the state directory would tell; null: it cannot be read. */
static void add_known(struct buf *out, const char *key, const struct situation *s, int64_t number)
{
    json_add_key(out, key);
    if (s->state)
        buf_addf(out, "%" PRId64, number);
    else
        buf_add_text(out, "null");
}

static void add_incidents(const struct situation *s, const struct site *site, struct buf *out)
{
    json_add_key(out, "incidents");
    if (!s->state) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "[");
    for (size_t i = 0; i < s->incidents.count; i++) {
        const struct incident *incident = &s->incidents.items[i];
        if (strncmp(incident->key, CONDITION_NOTICE, strlen(CONDITION_NOTICE)) == 0)
            continue;
        json_add_next(out);
        buf_add_text(out, "{");
        json_add_member(out, "key", incident->key);
        json_add_member(out, "text", incident->text);
        add_time(out, "since", site, incident->since_s * 1000000);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
}

static void add_overdue(const struct overview *o, const struct survey_client *client,
                        const struct site *site, struct buf *out)
{
    json_add_key(out, "overdue");
    buf_add_text(out, "[");
    for (size_t i = 0; i < client->count; i++) {
        const struct job *job = &client->jobs[i].row->job;
        if (!overview_is_overdue(o, client, &client->jobs[i]))
            continue;
        json_add_next(out);
        buf_add_text(out, "{");
        json_add_number(out, "job", job->id);
        json_add_member(out, "package", job->package);
        add_time(out, "since", site, job->next_us);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
}

static void add_running(const struct overview *o, const struct survey_client *client,
                        const struct site *site, struct buf *out)
{
    json_add_key(out, "running");
    buf_add_text(out, "[");
    for (size_t i = 0; i < client->count; i++) {
        const struct inventory_job *row = client->jobs[i].row;
        struct situation_work work;
        if (!situation_find_work(&o->situation, client->client.id, client->jobs[i].row, &work))
            continue;
        json_add_next(out);
        buf_add_text(out, "{");
        json_add_number(out, "job", row->job.id);
        json_add_member(out, "package", row->job.package);
        json_add_member(out, "by", row->claim.pid ? row->claim.application : NULL);
        json_add_member(out, "address", row->claim.address);
        json_add_number(out, "database_pid", row->claim.pid);
        json_add_number(out, "pid", work.pid);
        if (work.since_us)
            add_time(out, "since", site, work.since_us);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
}

static void add_resting(const struct survey_client *client, struct buf *out)
{
    json_add_key(out, "resting");
    buf_add_text(out, "[");
    for (size_t i = 0; i < client->count; i++) {
        const struct survey_job *job = &client->jobs[i];
        if (!overview_is_resting(job))
            continue;
        json_add_next(out);
        buf_add_text(out, "{");
        json_add_number(out, "job", job->row->job.id);
        json_add_member(out, "package", job->row->job.package);
        json_add_member(out, "cron_spec", job->row->job.spec);
        json_add_member(out, "why", job->due == DUE_NO_TIME ? "no next_run_at" : "unknown type");
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
}

static void add_failures(const struct overview *o, size_t index, const struct site *site,
                         struct buf *out)
{
    json_add_key(out, "failures");
    buf_add_text(out, "[");
    for (size_t i = 0; i < o->run_count; i++) {
        const struct overview_run *run = &o->runs[i];
        if (run->client != index || run->end == RUN_SUCCEEDED)
            continue;
        json_add_next(out);
        buf_add_text(out, "{");
        json_add_member(out, "package", run->package);
        add_time(out, "run_at", site, run->run_at_us);
        json_add_member(out, "error", run->error);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
}

/* null: it does not end by itself. */
static void add_until(struct buf *out, const char *key, const struct site *site,
                      const struct hold *hold)
{
    if (hold && hold->until_s != HOLDS_FOREVER)
        add_time(out, key, site, hold->until_s * 1000000);
    else
        json_add_member(out, key, NULL);
}

static void add_also_held(const struct hold *hold, const struct site *site, struct buf *out)
{
    if (!hold) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    json_add_member(out, "by", hold->who);
    json_add_member(out, "why", hold->why);
    add_until(out, "until", site, hold);
    buf_add_text(out, "}");
}

static void add_client(const struct overview *o, size_t index, const struct site *site,
                       struct buf *out)
{
    const struct survey_client *client = &o->survey.clients[index];
    const struct hold *hold = client->hold;
    json_add_member(out, "client", client->client.fields[CLIENT_NAME]);
    json_add_number(out, "client_id", client->client.id);
    json_add_bool(out, "enabled", !client->client.disabled);
    json_add_member(out, "trouble", client->trouble);
    json_add_bool(out, "held", hold || client->moved || o->survey.holds_trouble);
    json_add_member(out, "held_why", hold ? hold->why : client->moved);
    json_add_member(out, "held_by", hold ? hold->who : NULL);
    add_until(out, "held_until", site, hold);
    json_add_key(out, "also_held");
    add_also_held(client->also_hold, site, out);
    json_add_member(out, "moved", client->moved);
    json_add_bool(out, "read_only", client->inventory.session.read_only);
    json_add_member(out, "perl_held_why",
                    client->perl == VISIT_PERL_HELD ? client->perl_held : NULL);
    json_add_number(out, "jobs", (int64_t)client->count);
    json_add_number(out, "active", overview_count(o, index).active);
    add_running(o, client, site, out);
    add_overdue(o, client, site, out);
    add_resting(client, out);
    add_failures(o, index, site, out);
}

void status_json(const struct overview *o, const struct site *site, struct buf *out)
{
    const struct situation *s = &o->situation;
    buf_add_text(out, "{");
    json_add_member(out, "installation", site->installation);
    json_add_member(out, "node", site->node_id);
    json_add_member(out, "armed_by", *s->scheduler ? s->scheduler : NULL);
    json_add_member(out, "state_dir", s->state);
    json_add_key(out, "served");
    buf_add_text(out, !s->state && !s->busy_now ? "null"
                      : situation_is_served(s)  ? "true"
                                                : "false");
    json_add_bool(out, "locked", s->locked);
    if (s->locked && s->locked_since_s)
        add_time(out, "locked_since", site, s->locked_since_s * 1000000);
    json_add_member(out, "auth_trouble", o->survey.trouble);
    json_add_member(out, "holds_trouble", o->survey.holds_trouble);
    json_add_member(out, "databases_trouble", o->survey.origins_trouble);
    add_last_run(s, site, out);
    add_busy(s, site, out);
    add_known(out, "journal_waiting", s, s->journal.waiting);
    add_known(out, "journal_bad", s, s->journal.bad);
    json_add_member(out, "journal_trouble", s->journal_trouble);
    add_known(out, "notices_waiting", s, (int64_t)s->notices);
    add_incidents(s, site, out);
    json_add_key(out, "clients_not_enabled");
    if (o->survey.trouble)
        buf_add_text(out, "null");
    else
        buf_addf(out, "%zu", o->survey.left_out);
    json_add_key(out, "clients");
    buf_add_text(out, "[");
    for (size_t i = 0; i < o->survey.count; i++) {
        buf_add_text(out, i ? ",\n{" : "\n{");
        add_client(o, i, site, out);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]}\n");
}
