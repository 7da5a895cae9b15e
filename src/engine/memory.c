#include "engine/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Jobs are more important than our memory of incidents: without a state directory they run too. */
static bool open_state(struct memory *memory, struct err *err)
{
    struct buf path = {0};
    bool done = site_open_state(memory->site, &memory->state, err) &&
                site_state_path(memory->site, ".incidents", &path, err) &&
                incidents_load(&memory->incidents, buf_text(&path), err);
    buf_release(&path);
    return done;
}

static bool open_runlog(struct memory *memory, struct err *err)
{
    struct buf path = {0};
    bool done = site_state_path(memory->site, ".runs", &path, err);
    memory->runlog_path = done ? strdup(buf_text(&path)) : NULL;
    buf_release(&path);
    if (!memory->runlog_path)
        return done ? err_set_nomem(err) : false;
    memory->runlog.path = memory->runlog_path;
    memory->site->runlog = &memory->runlog;
    return true;
}

static bool open_metrics(struct memory *memory, struct err *err)
{
    struct buf path = {0};
    if (!memory->site->options.metrics_file)
        return true;
    bool done = site_state_path(memory->site, ".counters", &path, err) &&
                metrics_open(&memory->metrics, buf_text(&path), err);
    buf_release(&path);
    if (done)
        memory->notify.metrics = &memory->metrics;
    return done;
}

void memory_open(struct memory *memory, struct site *site)
{
    struct err err = {0};
    *memory = (struct memory){.site = site, .runlog = RUNLOG_CLOSED};
    memory->conditions = (struct conditions){.incidents = &memory->incidents};
    if (!open_state(memory, &err)) {
        log_msg(LOG_LEVEL_ERROR, "no state directory: what lasts is told in every run: %s",
                err.text);
        return;
    }
    if (open_runlog(memory, &err) && notify_open(&memory->notify, site, &memory->incidents, &err)) {
        memory->conditions.notify = &memory->notify;
        if (open_metrics(memory, &err))
            return;
    }
    log_msg(LOG_LEVEL_ERROR, "what ends is not remembered: %s", err.text);
}

struct notify *memory_notify(struct memory *memory)
{
    return memory->conditions.notify;
}

void memory_save(struct memory *memory)
{
    struct err err = {0};
    if (memory->state.path && memory->incidents.path && !incidents_save(&memory->incidents, &err))
        log_msg(LOG_LEVEL_WARNING, "%s", err.text);
}

void memory_close(struct memory *memory)
{
    if (memory->runlog_path)
        runlog_close(&memory->runlog);
    if (memory->site)
        memory->site->runlog = NULL;
    free(memory->runlog_path);
    metrics_close(&memory->metrics);
    notify_close(&memory->notify);
    incidents_release(&memory->incidents);
    statedir_close(&memory->state);
    *memory = (struct memory){0};
}
