#include "cmd/history_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/json.h"
#include "core/walltime.h"

enum {
    ROOM_MIN = 72,   /* columns of a terminal; below that, only what matters most */
    STATUS_MAX = 16, /* bytes of a word; the database may have any */
};

/* A stored time with its zone, to the second; empty: there is none. */
static void show_time(const struct history_show *show, const char *stored, char out[WALLTIME_MAX])
{
    struct err ignored = {0};
    int64_t instant_us = 0;
    *out = '\0';
    if (stored && walltime_parse(&show->site->zone, stored, &instant_us, &ignored))
        walltime_show(&show->site->zone, instant_us, out);
}

/* ---- collecting ---- */

static void find_time(const struct history_show *show, struct history_line *line)
{
    struct err ignored = {0};
    const char *package = line->fields[HISTORY_PACKAGE] ? line->fields[HISTORY_PACKAGE] : "";
    line->duration_ms = -1;
    if (!line->fields[HISTORY_RUN_AT] ||
        !walltime_parse(&show->site->zone, line->fields[HISTORY_RUN_AT], &line->run_at_us,
                        &ignored))
        return;
    line->duration_ms = durations_find(show->durations, line->client_id, package, line->run_at_us);
}

/* The median, and the longest. */
static void find_statistics(const struct history_show *show, struct history_line *line)
{
    struct err ignored = {0};
    struct duration_query wanted = {
        .client_id = line->client_id,
        .package = line->fields[STAT_PACKAGE] ? line->fields[STAT_PACKAGE] : "",
        .since_us = INT64_MIN,
    };
    size_t count = 0;
    if (show->query->since &&
        !walltime_parse(&show->site->zone, show->query->since, &wanted.since_us, &ignored))
        return;
    int64_t *list = durations_of(show->durations, &wanted, &count);
    line->duration_ms = list && count ? list[count / 2] : -1;
    line->longest_ms = list && count ? list[count - 1] : -1;
    free(list);
}

static bool add_line(struct history_show *show, const struct client *client,
                     const struct db_reply *reply, int row)
{
    struct history_line *lines = realloc(show->lines, (show->count + 1) * sizeof *lines);
    if (!lines)
        return false;
    show->lines = lines;
    struct history_line *line = &lines[show->count++];
    *line = (struct history_line){.client_id = client->id,
                                  .client = strdup(client->fields[CLIENT_NAME])};
    for (int i = 0; i < HISTORY_SHOW_FIELDS; i++) {
        const char *value = db_value(reply, 0, row, i);
        line->fields[i] = value ? strdup(value) : NULL;
        if (value && !line->fields[i])
            return false;
    }
    if (show->stats)
        find_statistics(show, line);
    else
        find_time(show, line);
    return line->client != NULL;
}

bool history_show_add(struct history_show *show, const struct client *client,
                      const struct db_reply *reply, struct err *err)
{
    for (int row = 0; row < db_rows(reply, 0); row++)
        if (!add_line(show, client, reply, row))
            return err_set_nomem(err);
    return true;
}

/* The newest first, as each client's are already. */
static int compare(const void *one, const void *other)
{
    const struct history_line *a = one;
    const struct history_line *b = other;
    if (a->run_at_us != b->run_at_us)
        return a->run_at_us < b->run_at_us ? 1 : -1;
    return (a->client_id > b->client_id) - (a->client_id < b->client_id);
}

/* How many lines are shown. */
static size_t sort_and_limit(struct history_show *show)
{
    if (!show->stats && show->count)
        qsort(show->lines, show->count, sizeof *show->lines, compare);
    show->cut = show->limit && show->count > show->limit;
    return show->cut ? show->limit : show->count;
}

/* ---- tables ---- */

static void add_duration(struct table *table, int64_t duration_ms)
{
    if (duration_ms < 0)
        table_cell(table, "");
    else if (duration_ms < 10000)
        table_cellf(table, TABLE_PLAIN, "%" PRId64 " ms", duration_ms);
    else if (duration_ms < 600000)
        table_cellf(table, TABLE_PLAIN, "%" PRId64 " s", duration_ms / 1000);
    else
        table_cellf(table, TABLE_PLAIN, "%" PRId64 " min", duration_ms / 60000);
}

static void add_time(const struct history_show *show, const char *stored, struct table *table)
{
    char text[WALLTIME_MAX];
    show_time(show, stored, text);
    table_cell(table, text);
}

/* To the minute. */
static void add_minute(const struct history_show *show, const char *stored, struct table *table)
{
    enum { MINUTE_LEN = 16, SECONDS_LEN = 3 };
    char text[WALLTIME_MAX];
    show_time(show, stored, text);
    if (strlen(text) > MINUTE_LEN + SECONDS_LEN)
        table_cellf(table, TABLE_PLAIN, "%.*s%s", MINUTE_LEN, text,
                    text + MINUTE_LEN + SECONDS_LEN);
    else
        table_cell(table, text);
}

static const char *status_word(const char *status)
{
    static const char *const words[] = {N_("success"), N_("failure"), N_("interrupted")};
    for (size_t i = 0; status && i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], status) == 0)
            return _(words[i]);
    return status;
}

static void fill_list(const struct history_show *show, size_t count, bool roomy,
                      struct table *table)
{
    table_column(table, _("time"), 0);
    table_column(table, _("client"), TABLE_CUT);
    table_column(table, _("package"), TABLE_CUT);
    table_column(table, _("ended"), 0);
    if (roomy)
        table_column(table, _("took"), TABLE_RIGHT);
    table_column(table, _("result or error"), TABLE_WRAP);
    for (size_t i = 0; i < count; i++) {
        const struct history_line *line = &show->lines[i];
        const char *status = line->fields[HISTORY_STATUS];
        bool failed = !status || strcmp(status, "success") != 0;
        add_time(show, line->fields[HISTORY_RUN_AT], table);
        table_cell(table, line->client);
        table_cell(table, line->fields[HISTORY_PACKAGE]);
        table_cellf(table, failed ? TABLE_RED : TABLE_GREEN, "%.*s", STATUS_MAX,
                    status ? status_word(status) : "");
        if (roomy)
            add_duration(table, line->duration_ms);
        table_cell(table, line->fields[failed ? HISTORY_ERROR : HISTORY_RESULT]);
    }
}

static void fill_stats(const struct history_show *show, size_t count, bool roomy,
                       struct table *table)
{
    table_column(table, _("client"), TABLE_GROUP);
    table_column(table, _("package"), TABLE_CUT);
    table_column(table, _("runs"), TABLE_RIGHT);
    table_column(table, _("failures"), TABLE_RIGHT);
    if (roomy) {
        table_column(table, _("median"), TABLE_RIGHT);
        table_column(table, _("longest"), TABLE_RIGHT);
    }
    table_column(table, _("last failure"), 0);
    table_column(table, _("its error"), TABLE_WRAP);
    for (size_t i = 0; i < count; i++) {
        const struct history_line *line = &show->lines[i];
        bool failed = line->fields[STAT_LAST_FAILURE] != NULL;
        table_cell(table, line->client);
        table_cell(table, line->fields[STAT_PACKAGE]);
        table_cell(table, line->fields[STAT_RUNS]);
        table_coloured(table, failed ? TABLE_RED : TABLE_PLAIN, line->fields[STAT_FAILURES]);
        if (roomy) {
            add_duration(table, line->duration_ms);
            add_duration(table, line->longest_ms);
        }
        add_minute(show, line->fields[STAT_LAST_FAILURE], table);
        table_cell(table, line->fields[STAT_LAST_ERROR]);
    }
}

void history_show_table(struct history_show *show, const struct table_style *style, struct buf *out)
{
    struct table table = {0};
    size_t count = sort_and_limit(show);
    if (!count) {
        buf_add_text(out, show->incomplete ? "" : _("no runs\n"));
        return;
    }
    bool roomy = !style->width || style->width >= ROOM_MIN;
    if (show->stats)
        fill_stats(show, count, roomy, &table);
    else
        fill_list(show, count, roomy, &table);
    table_print(&table, style, out);
    table_release(&table);
    if (show->cut)
        buf_add_text(out, _("… and more: --limit N\n"));
}

/* ---- JSON ---- */

static void add_number(struct buf *out, const char *key, int64_t number)
{
    if (number >= 0)
        json_add_number(out, key, number);
}

static void time_json(const struct history_show *show, const char *key, const char *stored,
                      struct buf *out)
{
    char text[WALLTIME_MAX];
    show_time(show, stored, text);
    json_add_member(out, key, *text ? text : NULL);
}

static void list_json(const struct history_show *show, const struct history_line *line,
                      struct buf *out)
{
    static const char *const keys[] = {"status", "result", "error", "data", "description"};
    json_add_number(out, "id", strtoll(line->fields[HISTORY_ID], NULL, 10));
    json_add_member(out, "package", line->fields[HISTORY_PACKAGE]);
    time_json(show, "run_at", line->fields[HISTORY_RUN_AT], out);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        json_add_member(out, keys[i], line->fields[HISTORY_STATUS + i]);
    add_number(out, "duration_ms", line->duration_ms);
}

static void stats_json(const struct history_show *show, const struct history_line *line,
                       struct buf *out)
{
    json_add_member(out, "package", line->fields[STAT_PACKAGE]);
    json_add_number(out, "runs", strtoll(line->fields[STAT_RUNS], NULL, 10));
    json_add_number(out, "failures", strtoll(line->fields[STAT_FAILURES], NULL, 10));
    time_json(show, "last_run", line->fields[STAT_LAST_RUN], out);
    time_json(show, "last_failure", line->fields[STAT_LAST_FAILURE], out);
    json_add_member(out, "last_error", line->fields[STAT_LAST_ERROR]);
    add_number(out, "median_ms", line->duration_ms);
    add_number(out, "longest_ms", line->longest_ms);
}

void history_show_json(struct history_show *show, struct buf *out)
{
    size_t count = sort_and_limit(show);
    buf_add_text(out, "[");
    for (size_t i = 0; i < count; i++) {
        const struct history_line *line = &show->lines[i];
        buf_add_text(out, i ? ",\n{" : "\n{");
        json_add_member(out, "client", line->client);
        json_add_number(out, "client_id", line->client_id);
        if (show->stats)
            stats_json(show, line, out);
        else
            list_json(show, line, out);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "\n]\n");
}

void history_show_release(struct history_show *show)
{
    for (size_t i = 0; i < show->count; i++) {
        free(show->lines[i].client);
        for (size_t f = 0; f < HISTORY_SHOW_FIELDS; f++)
            free(show->lines[i].fields[f]);
    }
    free(show->lines);
}
