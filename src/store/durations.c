#include "store/durations.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "core/walltime.h"
#include "store/runlog.h"

static int compare(const void *one, const void *other)
{
    const struct duration *a = one;
    const struct duration *b = other;
    if (a->client_id != b->client_id)
        return a->client_id < b->client_id ? -1 : 1;
    int order = strcmp(a->package, b->package);
    if (order)
        return order;
    return (a->run_at_us > b->run_at_us) - (a->run_at_us < b->run_at_us);
}

static int compare_ms(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one;
    int64_t b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

/* As a history row stores it and reads back. */
static int64_t stored(const struct zone *zone, int64_t run_at_us)
{
    char text[WALLTIME_MAX];
    struct err ignored = {0};
    int64_t read_us = run_at_us;
    walltime_format_run(zone, run_at_us, text);
    return walltime_parse(zone, text, &read_us, &ignored) ? read_us : run_at_us;
}

static bool add(struct durations *durations, size_t *cap, const struct run_record *record,
                const struct zone *zone)
{
    if (durations->count == *cap) {
        size_t more = *cap ? 2 * *cap : 256;
        struct duration *items = realloc(durations->items, more * sizeof *items);
        if (!items)
            return false;
        durations->items = items;
        *cap = more;
    }
    char *package = strdup(record->package);
    if (!package)
        return false;
    durations->items[durations->count++] = (struct duration){
        .client_id = record->client_id,
        .package = package,
        .run_at_us = stored(zone, record->run_at_us),
        .duration_ms = record->duration_ms,
    };
    return true;
}

static bool load(struct durations *durations, size_t *cap, const char *path,
                 const struct zone *zone, struct err *err)
{
    struct runlog_reader reader;
    struct run_record record;
    bool done = true;
    if (!runlog_open(&reader, path, 0, err))
        return false;
    while (done && runlog_next(&reader, &record))
        if (record.end != RUN_LOST && record.duration_ms >= 0)
            done = add(durations, cap, &record, zone) || err_set_nomem(err);
    runlog_end(&reader);
    return done;
}

bool durations_load(struct durations *durations, const char *path, const struct zone *zone,
                    struct err *err)
{
    struct buf before = {0};
    size_t cap = 0;
    *durations = (struct durations){0};
    buf_addf(&before, "%s.1", path);
    bool done = load(durations, &cap, buf_text(&before), zone, err) &&
                load(durations, &cap, path, zone, err);
    buf_release(&before);
    if (durations->count)
        qsort(durations->items, durations->count, sizeof *durations->items, compare);
    if (!done)
        durations_release(durations);
    return done;
}

int64_t durations_find(const struct durations *durations, int client_id, const char *package,
                       int64_t run_at_us)
{
    struct duration wanted = {
        .client_id = client_id, .package = (char *)package, .run_at_us = run_at_us};
    const struct duration *found = durations->count
                                       ? bsearch(&wanted, durations->items, durations->count,
                                                 sizeof *durations->items, compare)
                                       : NULL;
    return found ? found->duration_ms : -1;
}

int64_t *durations_of(const struct durations *durations, const struct duration_query *wanted,
                      size_t *count)
{
    int64_t *list = calloc(durations->count + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list && i < durations->count; i++) {
        const struct duration *d = &durations->items[i];
        if (d->client_id == wanted->client_id && strcmp(d->package, wanted->package) == 0 &&
            d->run_at_us >= wanted->since_us)
            list[(*count)++] = d->duration_ms;
    }
    if (list && *count)
        qsort(list, *count, sizeof *list, compare_ms);
    return list;
}

void durations_release(struct durations *durations)
{
    if (!durations)
        return;
    for (size_t i = 0; i < durations->count; i++)
        free(durations->items[i].package);
    free(durations->items);
    *durations = (struct durations){0};
}
