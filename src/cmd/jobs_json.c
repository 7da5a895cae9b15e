/* jobs_json.c: `jobs --json`: see cmd/jobs.h. */
#include "cmd/jobs.h"
#include "core/cronperl.h"
#include "core/cronspec.h"
#include "core/json.h"
#include "core/specwords.h"
#include "core/walltime.h"
#include "engine/hold.h"

static void add_time(const struct desk *desk, const char *key, bool known, int64_t instant_us,
                     struct buf *out)
{
    char text[WALLTIME_MAX];
    walltime_show(&desk->site.zone, instant_us, text);
    json_add_member(out, key, known ? text : NULL);
}

static const char *kind_word(const struct survey_job *job)
{
    if (job->kind == BOARD_COMMAND)
        return "command";
    if (job->kind == BOARD_PERL)
        return "perl";
    return job->native ? "native" : "unknown";
}

static const char *due_word(enum due due)
{
    switch (due) {
    case DUE: return "due";
    case DUE_UNKNOWN_TYPE: return "unknown type";
    case DUE_INACTIVE: return "inactive";
    case DUE_OTHER_NODE: return "other node";
    case DUE_DONE: return "done";
    case DUE_NO_TIME: return "rests";
    case DUE_LATER: return "later";
    }
    return "?";
}

static void add_schedule(const struct job *row, struct buf *out)
{
    struct cronspec spec;
    struct err err = {0};
    struct buf words = {0};
    bool good = cronspec_parse(&spec, row->spec, &err);
    json_add_member(out, "cron_spec", row->spec);
    if (job_is_once(row))
        buf_add_text(&words, "once");
    else if (good)
        specwords_add(&spec, row->spec, SPECWORDS_ENGLISH, &words);
    json_add_member(out, "schedule", words.len ? buf_text(&words) : NULL);
    json_add_member(out, "spec_error", good ? NULL : err.text);
    json_add_member(out, "spec_warning", good && *spec.warning ? spec.warning : NULL);
    bool accepted = !good || cronperl_accepts(row->spec, &err);
    json_add_member(out, "pages_refuse", accepted ? NULL : err.text);
    buf_release(&words);
}

static void add_last(const struct desk *desk, const struct survey_job *job, struct buf *out)
{
    const struct job_end *end = &job->row->end;
    add_time(desk, "last_run_at", job->row->last_text != NULL, job->row->last_us, out);
    json_add_key(out, "last_run");
    if (!end->found) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    json_add_member(out, "status", end->status);
    json_add_member(out, "result", end->result);
    json_add_member(out, "error", end->error);
    buf_add_text(out, "}");
}

/* Who is at it, which is known for a job of this machine although its claim is lost. */
static void add_work(const struct desk *desk, bool at_work, const struct situation_work *work,
                     struct buf *out)
{
    json_add_key(out, "running");
    if (!at_work) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    json_add_number(out, "pid", work->pid);
    add_time(desk, "since", work->since_us != 0, work->since_us, out);
    buf_add_text(out, "}");
}

static void add_claim(const struct desk *desk, const struct job_claim *claim,
                      const struct situation_work *work, struct buf *out)
{
    json_add_key(out, "claim");
    if (!claim->pid) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    json_add_number(out, "pid", claim->pid);
    json_add_member(out, "application", claim->application);
    json_add_member(out, "address", claim->address);
    add_time(desk, "since", work->since_us != 0, work->since_us, out);
    buf_add_text(out, "}");
}

static void add_job(const struct jobs_picture *picture, const struct survey_client *client,
                    const struct survey_job *job, struct buf *out)
{
    const struct desk *desk = picture->desk;
    struct situation_work work;
    bool at_work = situation_find_work(&picture->situation, client->client.id, job->row, &work);
    const struct job *row = &job->row->job;
    json_add_next(out);
    buf_add_text(out, "{");
    json_add_number(out, "id", row->id);
    json_add_member(out, "package", row->package);
    json_add_member(out, "description", row->description);
    json_add_member(out, "type", row->type);
    json_add_bool(out, "active", row->active);
    add_schedule(row, out);
    json_add_member(out, "node", row->node);
    json_add_member(out, "data", row->data);
    add_time(desk, "next_run_at", row->has_next, row->next_us, out);
    json_add_member(out, "state", due_word(job->due));
    add_last(desk, job, out);
    add_work(desk, at_work, &work, out);
    add_claim(desk, &job->row->claim, &work, out);
    json_add_member(out, "kind", kind_word(job));
    json_add_member(out, "why", job->why);
    buf_add_text(out, "}");
}

static void add_hold(const struct desk *desk, const struct hold *hold, struct buf *out)
{
    json_add_key(out, "hold");
    if (!hold) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "{");
    json_add_bool(out, "all_clients", hold->client_id == HOLDS_ALL);
    add_time(desk, "since", true, hold->since_s * WALLTIME_SECOND_US, out);
    add_time(desk, "until", hold->until_s != HOLDS_FOREVER, hold->until_s * WALLTIME_SECOND_US,
             out);
    json_add_member(out, "who", hold->who);
    json_add_member(out, "why", hold->why);
    buf_add_text(out, "}");
}

static void add_client(const struct jobs_picture *picture, const struct survey_client *client,
                       const struct jobs_request *request, struct buf *out)
{
    json_add_next(out);
    buf_add_text(out, "{");
    json_add_number(out, "id", client->client.id);
    json_add_member(out, "name", client->client.fields[CLIENT_NAME]);
    json_add_member(out, "database", client->client.fields[CLIENT_DBNAME]);
    json_add_bool(out, "enabled", !client->client.disabled);
    json_add_member(out, "unreachable", client->trouble);
    add_hold(picture->desk, client->hold, out);
    json_add_member(out, "other_database", client->moved);
    json_add_member(out, "perl_held", client->perl_held);
    json_add_key(out, "jobs");
    buf_add_text(out, "[");
    for (size_t i = 0; i < client->count; i++)
        if ((!request->job || jobs_is_named(request, &client->jobs[i].row->job)) &&
            jobs_pass(request, &client->jobs[i]))
            add_job(picture, client, &client->jobs[i], out);
    buf_add_text(out, "]}");
}

void jobs_write_json(const struct jobs_picture *picture, const struct jobs_request *request,
                     struct buf *out)
{
    const struct desk *desk = picture->desk;
    const struct survey *survey = &picture->survey;
    buf_add_text(out, "{");
    add_time(desk, "now", true, survey->now_us, out);
    json_add_member(out, "node", desk->site.node.id);
    json_add_key(out, "clients");
    buf_add_text(out, "[");
    for (size_t i = 0; i < survey->count; i++)
        add_client(picture, &survey->clients[i], request, out);
    buf_add_text(out, "]}\n");
}
