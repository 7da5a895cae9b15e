#include "core/options.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum option_kind {
    KIND_TEXT,    /* one line; empty means unset, or the default */
    KIND_SECRET,  /* a text that is wiped and never shown */
    KIND_NUMBER,  /* a whole number within bounds */
    KIND_MINUTES, /* a number that kivitendo replaces by its default where it is nonsense */
    KIND_SWITCH,  /* true unless empty or 0 */
    KIND_RELIC,   /* must not be set any more */
    KIND_LATER,   /* known, but nothing reads it yet */
};

struct option {
    const char *section;
    const char *key; /* "*": every key that has no row of its own */
    size_t offset;   /* of the field in struct options */
    enum option_kind kind;
    int min, max, fallback;    /* of numbers */
    const char *fallback_text; /* of texts; NULL: unset */
};

#define TEXT(field, text)                                                                          \
    .offset = offsetof(struct options, field), .kind = KIND_TEXT, .fallback_text = (text)
#define NUMBER(field, low, high, usual)                                                            \
    .offset = offsetof(struct options, field), .kind = KIND_NUMBER, .min = (low), .max = (high),   \
    .fallback = (usual)
#define SWITCH(field) .offset = offsetof(struct options, field), .kind = KIND_SWITCH
#define RELIC(field)  .offset = offsetof(struct options, field), .kind = KIND_RELIC
#define LATER         .kind = KIND_LATER

enum {
    HOUR_S = 3600,
    MONTH_S = 31 * 24 * 3600,
    CENTURY_MIN = 100 * 366 * 24 * 60,
};

/* Sorted by section, then key, in the order of strcmp. */
static const struct option table[] = {
    {"authentication", "session_timeout", offsetof(struct options, session_timeout_min),
     KIND_MINUTES, 1, CENTURY_MIN, 480, NULL},
    {"authentication/database", "db", TEXT(auth_db.db, NULL)},
    {"authentication/database", "host", TEXT(auth_db.host, NULL)},
    {"authentication/database", "password", offsetof(struct options, auth_db.password),
     .kind = KIND_SECRET},
    {"authentication/database", "port", NUMBER(auth_db.port, 1, 65535, 5432)},
    {"authentication/database", "user", TEXT(auth_db.user, NULL)},
    {"debug", "keep_installation_unlocked", SWITCH(keep_installation_unlocked)},
    {"paths", "userspath", TEXT(userspath, "users")},
    {"system", "language", TEXT(language, "de")},
    {"task_server", "client", RELIC(relic_client)},
    {"task_server", "connect_timeout", NUMBER(connect_timeout_s, 1, 600, 10)},
    {"task_server", "debug", SWITCH(debug)},
    {"task_server", "job_memory_limit", LATER},
    {"task_server", "job_timeout", NUMBER(job_timeout_s, 0, MONTH_S, 14400)},
    {"task_server", "kill_grace", NUMBER(kill_grace_s, 0, HOUR_S, 10)},
    {"task_server", "log", LATER},
    {"task_server", "login", RELIC(relic_login)},
    {"task_server", "max_external", LATER},
    {"task_server", "max_parallel", NUMBER(max_parallel, 1, 32, 4)},
    {"task_server", "max_perl_jobs", LATER},
    {"task_server", "metrics_file", LATER},
    {"task_server", "native_jobs", LATER},
    {"task_server", "node_id", TEXT(node_id, NULL)},
    {"task_server", "only_run_tasks_for_this_node", SWITCH(only_this_node)},
    {"task_server", "output_limit", LATER},
    {"task_server", "perl", LATER},
    {"task_server", "pooler", LATER},
    {"task_server", "rerun_interrupted", LATER},
    {"task_server", "run_as", TEXT(run_as, NULL)},
    {"task_server", "scheduler", LATER},
    {"task_server", "state_dir", TEXT(state_dir, NULL)},
    {"task_server", "stop_grace", NUMBER(stop_grace_s, 0, HOUR_S, 15)},
    {"task_server/commands", "*", LATER},
    {"task_server/notify_on_failure", "email_from", LATER},
    {"task_server/notify_on_failure", "email_subject", LATER},
    {"task_server/notify_on_failure", "email_template", LATER},
    {"task_server/notify_on_failure", "send_email_to", LATER},
    {"task_server/timeouts", "*", LATER},
};

static void *field_of(struct options *options, const struct option *row)
{
    return (char *)options + row->offset;
}

static int compare_rows(const void *a, const void *b)
{
    const struct option *x = a;
    const struct option *y = b;
    int order = strcmp(x->section, y->section);
    return order ? order : strcmp(x->key, y->key);
}

static const struct option *find_row(const char *section, const char *key)
{
    struct option wanted = {.section = section, .key = key};
    const struct option *row = bsearch(&wanted, table, ARRAY_LEN(table), sizeof table[0],
                                       compare_rows);
    if (row)
        return row;
    wanted.key = "*";
    return bsearch(&wanted, table, ARRAY_LEN(table), sizeof table[0], compare_rows);
}

bool options_row(size_t index, const char **section, const char **key)
{
    if (index >= ARRAY_LEN(table))
        return false;
    *section = table[index].section;
    *key = table[index].key;
    return true;
}

bool options_use_section(const char *section)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].section, section) == 0)
            return true;
    return false;
}

/* Appends a value fit for one line of a message: quoted, without control characters, not long. */
static void add_shown(struct buf *buf, const char *value)
{
    enum { SHOWN_MAX = 80 };
    size_t used = 0;
    buf_add_text(buf, "'");
    while (used < SHOWN_MAX && value[used]) {
        size_t step = utf8_sequence(value + used, strlen(value + used));
        bool plain = step && (unsigned char)value[used] >= ' ' && value[used] != 0x7F;
        buf_add(buf, plain ? value + used : "?", plain ? step : 1);
        used += step ? step : 1;
    }
    buf_add_text(buf, value[used] ? "…'" : "'");
}

static void warn(struct buf *warnings, const struct setting *setting, const char *text)
{
    buf_addf(warnings, "%s:%d: [%s] %s: %s\n", setting->file, setting->line, setting->section,
             setting->key, text);
}

/* The error "FILE:LINE: [section] key: 'value' <text>". */
static bool refuse(struct err *err, const struct setting *setting, const char *text)
{
    struct buf shown = {0};
    add_shown(&shown, setting->value);
    err_set(err, ERR_CONFIG, "%s:%d: [%s] %s: %s %s", setting->file, setting->line,
            setting->section, setting->key, buf_text(&shown), text);
    buf_release(&shown);
    return false;
}

/* The section of ours whose name differs from this one only in case and blanks, or NULL. */
static const char *similar_section(const char *name)
{
    name += strspn(name, " \t");
    size_t len = strlen(name);
    while (len && strchr(" \t", name[len - 1]))
        len--;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strlen(table[i].section) == len && strncasecmp(table[i].section, name, len) == 0)
            return table[i].section;
    return NULL;
}

void options_judge_section(const struct setting *heading, struct buf *warnings)
{
    const char *name = heading->section;
    const char *meant = similar_section(name);
    if (options_use_section(name))
        return;
    if (meant)
        buf_addf(warnings,
                 "%s:%d: '[%s]' is not [%s]: blanks and case belong to the name, so the "
                 "settings below it are not read\n",
                 heading->file, heading->line, name, meant);
    else if (strncmp(name, "task_server/", strlen("task_server/")) == 0)
        buf_addf(warnings, "%s:%d: [%s]: unknown section, ignored\n", heading->file, heading->line,
                 name);
}

static void wipe_text(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

/* Replaces *slot by a copy of text, or by NULL where text is NULL or empty. */
static bool put_text(char **slot, const char *text, struct err *err)
{
    char *copy = NULL;
    if (text && *text && !(copy = strdup(text)))
        return err_set_nomem(err);
    wipe_text(slot);
    *slot = copy;
    return true;
}

static bool set_text(const struct option *row, char **slot, const struct setting *setting,
                     struct err *err)
{
    if (strchr(setting->value, '\n'))
        return refuse(err, setting, "must be a single line");
    return put_text(slot, *setting->value ? setting->value : row->fallback_text, err);
}

/* Digits only; more than an int holds counts as no number. */
static bool parse_number(const char *text, int *number)
{
    long value = 0;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        value = value * 10 + (*p - '0');
        if (value > INT32_MAX)
            return false;
    }
    *number = (int)value;
    return *text != '\0';
}

static bool set_number(const struct option *row, int *slot, const struct setting *setting,
                       struct err *err)
{
    int number = row->fallback;
    if (*setting->value &&
        (!parse_number(setting->value, &number) || number < row->min || number > row->max)) {
        char text[80];
        snprintf(text, sizeof text, "is not a whole number from %d to %d", row->min, row->max);
        return refuse(err, setting, text);
    }
    *slot = number;
    return true;
}

/* kivitendo accepts anything here and uses the number in front, so we must run with it too. */
static void set_minutes(const struct option *row, int *slot, const struct setting *setting,
                        struct buf *warnings)
{
    size_t digits = strspn(setting->value, "0123456789");
    char front[16] = "";
    if (digits < sizeof front)
        memcpy(front, setting->value, digits);
    int number = 0;
    bool fits = parse_number(front, &number) && number >= row->min && number <= row->max;
    *slot = fits ? number : row->fallback;

    char text[80];
    bool zero = strspn(setting->value, "0") == digits; /* or empty: both mean the default */
    snprintf(text, sizeof text, "is not a whole number of minutes; %d is used", *slot);
    if (setting->value[digits] || (!fits && !zero))
        warn(warnings, setting, text);
}

static bool is_true(const char *value)
{
    return *value && strcmp(value, "0") != 0;
}

static void set_switch(bool *slot, const struct setting *setting, struct buf *warnings)
{
    static const char *const misleading[] = {"disabled", "f",  "false", "n",  "never",
                                             "nein",     "no", "none",  "off"};
    *slot = is_true(setting->value);
    for (size_t i = 0; i < ARRAY_LEN(misleading); i++)
        if (strcasecmp(setting->value, misleading[i]) == 0)
            warn(warnings, setting, "this word switches it on, as in kivitendo; write 0 for off");
}

/* Remembers where the relic stands: a later file may empty it again. */
static bool set_relic(char **slot, const struct setting *setting, struct err *err)
{
    struct buf place = {0};
    if (is_true(setting->value))
        buf_addf(&place, "%s:%d", setting->file, setting->line);
    bool ok = place.failed ? err_set_nomem(err) : put_text(slot, buf_text(&place), err);
    buf_release(&place);
    return ok;
}

static void warn_later(const struct setting *setting, struct buf *warnings)
{
    /* kivitendo's own default file fills the other keys of this section, and only this one
     * switches the notice on. */
    bool notice = strcmp(setting->section, "task_server/notify_on_failure") == 0;
    if (notice && strcmp(setting->key, "send_email_to") != 0)
        return;
    if (*setting->value)
        warn(warnings, setting, "has no effect yet in this version");
}

bool options_set(struct options *options, const struct setting *setting, struct buf *warnings,
                 struct err *err)
{
    const struct option *row = find_row(setting->section, setting->key);
    if (!row) {
        if (strncmp(setting->section, "task_server", strlen("task_server")) == 0)
            warn(warnings, setting, "unknown key, ignored");
        return true;
    }
    void *field = field_of(options, row);
    switch (row->kind) {
    case KIND_TEXT: return set_text(row, field, setting, err);
    case KIND_SECRET: return put_text(field, setting->value, err);
    case KIND_NUMBER: return set_number(row, field, setting, err);
    case KIND_MINUTES: set_minutes(row, field, setting, warnings); return true;
    case KIND_SWITCH: set_switch(field, setting, warnings); return true;
    case KIND_RELIC: return set_relic(field, setting, err);
    case KIND_LATER: warn_later(setting, warnings); return true;
    }
    return true;
}

bool options_init(struct options *options, struct err *err)
{
    *options = (struct options){0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct option *row = &table[i];
        void *field = field_of(options, row);
        if (row->kind == KIND_NUMBER || row->kind == KIND_MINUTES)
            *(int *)field = row->fallback;
        if (row->kind == KIND_TEXT && !put_text(field, row->fallback_text, err)) {
            options_release(options);
            return false;
        }
    }
    return true;
}

static bool check_relic(const char *place, const char *key, struct err *err)
{
    if (!place)
        return true;
    return err_set(err, ERR_CONFIG,
                   "%s: [task_server] %s is still set: remove it, and choose the clients and "
                   "their users for the task server in kivitendo's administration instead",
                   place, key);
}

bool options_check(const struct options *options, struct err *err)
{
    const struct options_auth_db *auth = &options->auth_db;
    if (!check_relic(options->relic_client, "client", err) ||
        !check_relic(options->relic_login, "login", err))
        return false;
    const char *missing = !auth->host ? "host" : !auth->db ? "db" : !auth->user ? "user" : NULL;
    if (missing)
        return err_set(err, ERR_CONFIG, "[authentication/database] %s is not set", missing);
    return true;
}

void options_release(struct options *options)
{
    if (!options)
        return;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        enum option_kind kind = table[i].kind;
        if (kind == KIND_TEXT || kind == KIND_SECRET || kind == KIND_RELIC)
            wipe_text(field_of(options, &table[i]));
    }
    *options = (struct options){0};
}
