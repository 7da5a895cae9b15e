#include "engine/metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/wholefile.h"
#include "store/fields.h"

enum { FIELDS = 2 + METRICS_ENDS };

#define COUNT_MAX (INT64_C(1) << 53) /* what a collector's doubles tell apart */

/* ---- names ---- */

/* Like those of the run log: the same name must be the same label everywhere.  NULL: no memory. */
static char *copy_name(const char *name)
{
    struct buf copy = {0};
    buf_add_utf8(&copy, name, strlen(name));
    for (size_t i = 0; i < copy.len; i++)
        if ((unsigned char)copy.data[i] < 0x20 || copy.data[i] == 0x7F)
            copy.data[i] = ' ';
    char *text = copy.failed ? NULL : strdup(buf_text(&copy));
    buf_release(&copy);
    return text;
}

/* ---- counters ---- */

static struct metrics_counter *find(const struct metrics *metrics, const char *client,
                                    const char *package)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (strcmp(metrics->counters[i].client, client) == 0 &&
            strcmp(metrics->counters[i].package, package) == 0)
            return &metrics->counters[i];
    return NULL;
}

static struct metrics_counter *add(struct metrics *metrics, const char *client, const char *package)
{
    struct metrics_counter *items = realloc(metrics->counters,
                                            (metrics->count + 1) * sizeof *items);
    if (!items)
        return NULL;
    metrics->counters = items;
    struct metrics_counter *counter = &items[metrics->count];
    *counter = (struct metrics_counter){.client = strdup(client), .package = strdup(package)};
    if (counter->client && counter->package) {
        metrics->count++;
        return counter;
    }
    free(counter->client);
    free(counter->package);
    return NULL;
}

/* Whatever the names are; NULL: no memory. */
static struct metrics_counter *get(struct metrics *metrics, const char *client, const char *package)
{
    char *clean_client = copy_name(client);
    char *clean_package = copy_name(package);
    struct metrics_counter *counter = NULL;
    if (clean_client && clean_package) {
        counter = find(metrics, clean_client, clean_package);
        counter = counter ? counter : add(metrics, clean_client, clean_package);
    }
    free(clean_client);
    free(clean_package);
    return counter;
}

void metrics_count(struct metrics *metrics, const struct run_record *record)
{
    struct metrics_counter *counter = get(metrics, record->client, record->package);
    if (counter)
        counter->ends[record->end]++;
    metrics->changed = true;
}

static int64_t parse_count(const char *text)
{
    int64_t count = 0;
    return fields_number(text, COUNT_MAX, &count) ? count : 0;
}

/* "client<tab>package<tab>1<tab>0<tab>0<tab>0" */
static void load_line(struct metrics *metrics, char *line)
{
    char *fields[FIELDS];
    size_t count = 0;
    for (char *rest = line; rest && count < FIELDS; count++)
        fields[count] = strsep(&rest, "\t");
    struct metrics_counter *counter = count == FIELDS ? get(metrics, fields[0], fields[1]) : NULL;
    for (size_t i = 0; counter && i < METRICS_ENDS; i++)
        counter->ends[i] = parse_count(fields[2 + i]);
}

bool metrics_open(struct metrics *metrics, const char *path, struct err *err)
{
    struct buf text = {0};
    struct err unreadable = {0};
    *metrics = (struct metrics){.path = strdup(path)};
    if (!metrics->path)
        return err_set_nomem(err);
    if (wholefile_read(path, &text, &unreadable) && text.len)
        for (char *rest = text.data, *line; (line = strsep(&rest, "\n"));)
            load_line(metrics, line);
    buf_release(&text);
    return true;
}

static bool save(struct metrics *metrics, struct err *err)
{
    struct buf text = {0};
    if (!metrics->changed)
        return true;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metrics_counter *c = &metrics->counters[i];
        buf_addf(&text, "%s\t%s", c->client, c->package);
        for (size_t e = 0; e < METRICS_ENDS; e++)
            buf_addf(&text, "\t%" PRId64, c->ends[e]);
        buf_add_text(&text, "\n");
    }
    metrics->changed = !wholefile_replace(metrics->path, &text, err);
    buf_release(&text);
    return !metrics->changed;
}

/* ---- overdue ---- */

static struct metrics_overdue *find_overdue(const struct metrics *metrics, const char *client)
{
    for (size_t i = 0; i < metrics->overdue_count; i++)
        if (strcmp(metrics->overdue[i].client, client) == 0)
            return &metrics->overdue[i];
    return NULL;
}

/* Takes over the name. */
static void add_overdue(struct metrics *metrics, char *client, int64_t seconds)
{
    struct metrics_overdue *items = realloc(metrics->overdue,
                                            (metrics->overdue_count + 1) * sizeof *items);
    if (!items) {
        free(client);
        return;
    }
    metrics->overdue = items;
    items[metrics->overdue_count++] = (struct metrics_overdue){client, seconds};
}

void metrics_overdue(struct metrics *metrics, const char *client, int64_t seconds)
{
    char *name = copy_name(client);
    struct metrics_overdue *known = name ? find_overdue(metrics, name) : NULL;
    if (name && !known) {
        add_overdue(metrics, name, seconds);
        return;
    }
    if (known && seconds > known->seconds)
        known->seconds = seconds;
    free(name);
}

/* ---- the file ---- */

static void add_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP task_server_%s %s\n# TYPE task_server_%s %s\n", name, help, name, type);
}

static void add_seconds(struct buf *out, const char *name, const char *help, int64_t us)
{
    add_head(out, name, "gauge", help);
    buf_addf(out, "task_server_%s %.3f\n", name, (double)us / 1e6);
}

static void add_gauge(struct buf *out, const char *name, const char *help, int value)
{
    add_head(out, name, "gauge", help);
    buf_addf(out, "task_server_%s %d\n", name, value);
}

/* -1: it is not. */
static void add_known(struct buf *out, const char *name, const char *help, int value)
{
    if (value >= 0)
        add_gauge(out, name, help, value);
}

static void add_label(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            buf_add_text(out, "\\");
        buf_add(out, value, 1);
    }
    buf_add_text(out, "\"");
}

static void add_counters(const struct metrics *metrics, struct buf *out)
{
    static const char name[] = "jobs_total";
    add_head(out, name, "counter", "Outcomes of background jobs run from this machine.");
    for (size_t i = 0; i < metrics->count; i++)
        for (size_t e = 0; e < METRICS_ENDS; e++) {
            const struct metrics_counter *c = &metrics->counters[i];
            buf_addf(out, "task_server_%s{", name);
            add_label(out, "client", c->client);
            buf_add_text(out, ",");
            add_label(out, "package", c->package);
            buf_add_text(out, ",");
            add_label(out, "outcome", run_end_word((enum run_end)e));
            buf_addf(out, "} %" PRId64 "\n", c->ends[e]);
        }
}

static void add_overdue_seconds(const struct metrics *metrics, struct buf *out)
{
    static const char name[] = "overdue_seconds";
    add_head(out, name, "gauge", "How late the latest job of a client was when its turn came.");
    for (size_t i = 0; i < metrics->overdue_count; i++) {
        buf_addf(out, "task_server_%s{", name);
        add_label(out, "client", metrics->overdue[i].client);
        buf_addf(out, "} %" PRId64 "\n", metrics->overdue[i].seconds);
    }
}

static void add_run(const struct metrics_run *run, struct buf *out)
{
    add_seconds(out, "last_run_timestamp_seconds", "When the last run ended.", run->ended_us);
    add_seconds(out, "last_run_duration_seconds", "How long the last run took.",
                run->ended_us - run->started_us);
    add_gauge(out, "last_run_success", "Whether every client that is not held could be served.",
              run->succeeded);
    add_gauge(out, "installation_locked", "Whether users/nologin exists.", run->locked);
    add_gauge(out, "all_held", "Whether the jobs of all clients are held.", run->all_held);
    add_known(out, "clients", "Enabled clients.", run->clients);
    add_known(out, "clients_unreachable", "Clients that cannot be served.", run->unreachable);
    add_known(out, "clients_held", "Clients of which jobs are held.", run->held);
    add_gauge(out, "journal_entries", "Runs whose outcome waits to be recorded.", run->journal);
}

bool metrics_write(struct metrics *metrics, const struct metrics_run *run, struct err *err)
{
    struct buf out = {0};
    add_run(run, &out);
    if (metrics->count)
        add_counters(metrics, &out);
    if (metrics->overdue_count)
        add_overdue_seconds(metrics, &out);
    bool saved = save(metrics, err);
    bool done = wholefile_publish(run->file, &out, err) && saved;
    buf_release(&out);
    return done || err_wrap(err, "metrics_file");
}

void metrics_close(struct metrics *metrics)
{
    if (!metrics)
        return;
    for (size_t i = 0; i < metrics->count; i++) {
        free(metrics->counters[i].client);
        free(metrics->counters[i].package);
    }
    for (size_t i = 0; i < metrics->overdue_count; i++)
        free(metrics->overdue[i].client);
    free(metrics->counters);
    free(metrics->overdue);
    free(metrics->path);
    *metrics = (struct metrics){0};
}
