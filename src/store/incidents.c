#include "store/incidents.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/wholefile.h"

static bool reserve_one(struct incidents *incidents)
{
    size_t bytes = (incidents->count + 1) * sizeof *incidents->items;
    struct incident *items = realloc(incidents->items, bytes);
    if (items)
        incidents->items = items;
    return items != NULL;
}

static bool read_line(struct incidents *incidents, const char *line)
{
    struct incident incident = {0};
    if (sscanf(line, "%63s %" SCNd64 " %" SCNd64, incident.key, &incident.since_s,
               &incident.told_s) != 3)
        return true;
    if (!reserve_one(incidents))
        return false;
    incidents->items[incidents->count++] = incident;
    return true;
}

bool incidents_load(struct incidents *incidents, const char *path, struct err *err)
{
    struct buf text = {0};
    struct err unreadable = {0};
    *incidents = (struct incidents){.path = strdup(path)};
    bool good = incidents->path != NULL;
    if (good && wholefile_read(path, &text, &unreadable) && text.len)
        for (char *line = strtok(text.data, "\n"); line && good; line = strtok(NULL, "\n"))
            good = read_line(incidents, line);
    buf_release(&text);
    return good || err_set_nomem(err);
}

static struct incident *find(struct incidents *incidents, const char *key)
{
    for (size_t i = 0; i < incidents->count; i++)
        if (strcmp(incidents->items[i].key, key) == 0)
            return &incidents->items[i];
    return NULL;
}

enum incident_news incidents_raise(struct incidents *incidents, const char *key, int64_t now_s)
{
    struct incident *known = find(incidents, key);
    /* A time in the future comes from a clock that was wrong. */
    if (known && known->told_s <= now_s && now_s - known->told_s < INCIDENT_REMIND_S)
        return INCIDENT_KNOWN;
    incidents->changed = true;
    if (known) {
        known->told_s = now_s;
        return INCIDENT_REMIND;
    }
    if (reserve_one(incidents)) {
        struct incident *incident = &incidents->items[incidents->count++];
        *incident = (struct incident){.since_s = now_s, .told_s = now_s};
        snprintf(incident->key, sizeof incident->key, "%s", key);
    }
    return INCIDENT_NEW;
}

bool incidents_end(struct incidents *incidents, const char *key, int64_t *since_s)
{
    struct incident *known = find(incidents, key);
    if (!known)
        return false;
    *since_s = known->since_s;
    *known = incidents->items[--incidents->count];
    incidents->changed = true;
    return true;
}

void incidents_forget_others(struct incidents *incidents, const char *prefix, const char *key)
{
    for (size_t i = incidents->count; i-- > 0;) {
        int64_t since_s;
        struct incident other = incidents->items[i];
        if (strncmp(other.key, prefix, strlen(prefix)) == 0 && strcmp(other.key, key) != 0)
            incidents_end(incidents, other.key, &since_s);
    }
}

bool incidents_save(struct incidents *incidents, struct err *err)
{
    struct buf text = {0};
    if (!incidents->changed)
        return true;
    for (size_t i = 0; i < incidents->count; i++) {
        const struct incident *incident = &incidents->items[i];
        buf_addf(&text, "%s %" PRId64 " %" PRId64 "\n", incident->key, incident->since_s,
                 incident->told_s);
    }
    bool saved = wholefile_replace(incidents->path, &text, err);
    incidents->changed = !saved;
    buf_release(&text);
    return saved;
}

void incidents_release(struct incidents *incidents)
{
    if (!incidents)
        return;
    free(incidents->path);
    free(incidents->items);
    *incidents = (struct incidents){0};
}
