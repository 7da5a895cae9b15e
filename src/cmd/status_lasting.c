/* status_lasting.c: which of what lasts nothing else in an overview tells: see
 * cmd/status_facts.h. */
#include <stdio.h>
#include <string.h>

#include "cmd/status_facts.h"
#include "core/fnv.h"
#include "engine/condition.h"

/* Keys, or their beginnings, of what status looks at itself or says as a warning. */
static const char *const looked_at[] = {"held/",      "hold",    "hold/",          "moved/",
                                        "old-server", "nologin", CONDITION_NOTICE, "warnings/"};

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

static bool has_failed_of_late(const struct overview *o, size_t index, uint32_t sum)
{
    for (size_t i = 0; i < o->run_count; i++)
        if (o->runs[i].client == index && o->runs[i].end != RUN_SUCCEEDED &&
            fnv_text(o->runs[i].package) == sum)
            return true;
    return false;
}

/* Where it does not, its state says why. */
static bool seems_served(const struct survey_client *client)
{
    return !client->trouble && !client->moved && !client->hold &&
           !client->inventory.session.read_only;
}

bool status_lasts(const struct overview *overview, const struct incident *incident)
{
    int id = 0;
    uint32_t sum = 0;
    size_t index = 0;
    if (!incident->text || !*incident->text || is_looked_at(incident->key))
        return false;
    if (overview->survey.trouble && strcmp(incident->key, "auth") == 0)
        return false;
    if (sscanf(incident->key, "client/%d", &id) == 1)
        return find_client(overview, id, &index) && seems_served(&overview->survey.clients[index]);
    if (notify_is_job_key(incident->key, &id, &sum))
        return find_client(overview, id, &index) &&
               overview_comes_to_run(&overview->survey.clients[index], sum) &&
               !has_failed_of_late(overview, index, sum);
    return true;
}
