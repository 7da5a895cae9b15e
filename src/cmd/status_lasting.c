/* status_lasting.c: which of what lasts nothing else in an overview tells: see
 * cmd/status_facts.h. */
#include <stdio.h>
#include <string.h>

#include "cmd/status_facts.h"
#include "core/fnv.h"
#include "engine/condition.h"
#include "engine/custody.h"
#include "engine/verdict.h"

/* Keys, or their beginnings, of what status looks at itself or says as a warning. */
static const char *const looked_at[] = {VERDICT_HELD,  CUSTODY_ALL,      CUSTODY_HOLD,
                                        CUSTODY_MOVED, "old-server",     "nologin",
                                        "databases",   CONDITION_NOTICE, "warnings/"};

static bool is_looked_at(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(looked_at); i++) {
        size_t len = strlen(looked_at[i]);
        bool is_prefix = looked_at[i][len - 1] == '/';
        if (is_prefix ? strncmp(key, looked_at[i], len) == 0 : strcmp(key, looked_at[i]) == 0)
            return true;
    }
    return false;
}

/* False: it is not shown, as with --client. */
static bool find_client(const struct overview *o, int id, size_t *index)
{
    for (*index = 0; *index < o->survey.count; (*index)++)
        if (o->survey.clients[*index].client.id == id)
            return true;
    return false;
}

/* A history knows packages only: where two jobs share one, a failure may be the other's. */
static bool is_alone(const struct survey_client *client, const struct notify_job *incident)
{
    size_t count = 0;
    for (size_t i = 0; i < client->count; i++) {
        const char *package = client->jobs[i].row->job.package;
        count += package && fnv_text(package) == incident->package_sum;
    }
    return count < 2;
}

/* Then it stands among the failures. */
static bool has_failed_of_late(const struct overview *o, size_t index,
                               const struct notify_job *incident)
{
    if (incident->id && !is_alone(&o->survey.clients[index], incident))
        return false;
    for (size_t i = 0; i < o->run_count; i++)
        if (o->runs[i].client == index && o->runs[i].end != RUN_SUCCEEDED &&
            fnv_text(o->runs[i].package) == incident->package_sum)
            return true;
    return false;
}

/* Where it does not, its state says why. */
static bool seems_served(const struct survey_client *client)
{
    return !client->trouble && !client->moved && !client->hold &&
           !client->inventory.session.read_only;
}

/* A job that is gone, switched off or rests will never succeed; one that was run once and failed
 * lasts as long as its row. */
static bool comes_to_run(const struct survey_client *client, const struct notify_job *incident)
{
    for (size_t i = 0; i < client->count; i++)
        if (client->jobs[i].row->job.active && !overview_is_resting(&client->jobs[i]) &&
            notify_is_about(incident, &client->jobs[i].row->job))
            return true;
    return false;
}

bool status_lasts(const struct overview *overview, const struct incident *incident)
{
    int id = 0;
    struct notify_job job;
    size_t index = 0;
    if (!incident->text || !*incident->text || is_looked_at(incident->key))
        return false;
    if (overview->survey.trouble && strcmp(incident->key, "auth") == 0)
        return false;
    if (sscanf(incident->key, VERDICT_AWAY "%d", &id) == 1 ||
        sscanf(incident->key, VERDICT_REFUSED "%d", &id) == 1)
        return find_client(overview, id, &index) && seems_served(&overview->survey.clients[index]);
    if (notify_parse_key(incident->key, &job))
        return find_client(overview, job.client_id, &index) &&
               comes_to_run(&overview->survey.clients[index], &job) &&
               !has_failed_of_late(overview, index, &job);
    return true;
}
