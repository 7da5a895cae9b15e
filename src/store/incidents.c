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
    int len = 0;
    if (sscanf(line, "%63s %" SCNd64 " %" SCNd64 " %n", incident.key, &incident.since_s,
               &incident.told_s, &len) < 3)
        return true;
    if (!reserve_one(incidents))
        return false;
    if (len && line[len] && !(incident.text = strdup(line + len)))
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

const struct incident *incidents_find(const struct incidents *incidents, const char *key)
{
    for (size_t i = 0; i < incidents->count; i++)
        if (strcmp(incidents->items[i].key, key) == 0)
            return &incidents->items[i];
    return NULL;
}

static struct incident *find(struct incidents *incidents, const char *key)
{
    const struct incident *found = incidents_find(incidents, key);
    return found ? &incidents->items[found - incidents->items] : NULL;
}

void incidents_describe(struct incidents *incidents, const char *key, const char *text)
{
    struct incident *incident = find(incidents, key);
    char *copy = incident ? strdup(text) : NULL;
    if (!copy)
        return;
    for (char *p = copy; *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    incidents->changed |= !incident->text || strcmp(incident->text, copy) != 0;
    free(incident->text);
    incident->text = copy;
}

void incidents_date_back(struct incidents *incidents, const char *key, int64_t since_s)
{
    struct incident *incident = find(incidents, key);
    if (!incident || incident->since_s <= since_s)
        return;
    incident->since_s = since_s;
    incidents->changed = true;
}

enum incident_news incidents_raise(struct incidents *incidents, const char *key, int64_t now_s)
{
    struct incident *known = find(incidents, key);
    /* A time in the future comes from a clock that was wrong. */
    if (known && known->told_s <= now_s && now_s - known->told_s < INCIDENT_REMIND_S)
        return INCIDENT_KNOWN;
    incidents->changed = true;
    if (known) {
        bool was_told = known->told_s != 0;
        known->told_s = now_s;
        return was_told ? INCIDENT_REMIND : INCIDENT_NEW;
    }
    if (reserve_one(incidents)) {
        struct incident *incident = &incidents->items[incidents->count++];
        *incident = (struct incident){.since_s = now_s, .told_s = now_s};
        snprintf(incident->key, sizeof incident->key, "%s", key);
    }
    return INCIDENT_NEW;
}

void incidents_untell(struct incidents *incidents, const char *key, enum incident_news what)
{
    struct incident *incident = find(incidents, key);
    if (!incident || what == INCIDENT_KNOWN)
        return;
    incident->told_s = what == INCIDENT_NEW ? 0 : incident->told_s - INCIDENT_REMIND_S;
    incidents->changed = true;
}

bool incidents_end(struct incidents *incidents, const char *key, int64_t *since_s)
{
    struct incident *known = find(incidents, key);
    if (!known)
        return false;
    *since_s = known->since_s;
    free(known->text);
    *known = incidents->items[--incidents->count];
    incidents->changed = true;
    return true;
}

void incidents_forget_others(struct incidents *incidents, const char *prefix, const char *key)
{
    for (size_t i = incidents->count; i-- > 0;) {
        int64_t since_s;
        char other[INCIDENT_KEY_MAX];
        memcpy(other, incidents->items[i].key, sizeof other);
        if (strncmp(other, prefix, strlen(prefix)) == 0 && strcmp(other, key) != 0)
            incidents_end(incidents, other, &since_s);
    }
}

void incidents_forget_old(struct incidents *incidents, const char *prefix, int64_t before_s)
{
    for (size_t i = incidents->count; i-- > 0;) {
        int64_t since_s;
        char key[INCIDENT_KEY_MAX];
        const struct incident *incident = &incidents->items[i];
        int64_t last_s = incident->told_s ? incident->told_s : incident->since_s;
        memcpy(key, incident->key, sizeof key);
        if (strncmp(key, prefix, strlen(prefix)) == 0 && last_s < before_s)
            incidents_end(incidents, key, &since_s);
    }
}

bool incidents_save(struct incidents *incidents, struct err *err)
{
    struct buf text = {0};
    if (!incidents->changed)
        return true;
    for (size_t i = 0; i < incidents->count; i++) {
        const struct incident *incident = &incidents->items[i];
        buf_addf(&text, "%s %" PRId64 " %" PRId64 " %s\n", incident->key, incident->since_s,
                 incident->told_s, incident->text ? incident->text : "");
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
    for (size_t i = 0; i < incidents->count; i++)
        free(incidents->items[i].text);
    free(incidents->path);
    free(incidents->items);
    *incidents = (struct incidents){0};
}
