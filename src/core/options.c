#include "core/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/job.h"
#include "core/option_command.h"
#include "core/option_value.h"

enum option_kind {
    KIND_TEXT,    /* one line; empty means unset, or the default */
    KIND_PATH,    /* a text that begins with a slash */
    KIND_SECRET,  /* a text that is wiped and never shown */
    KIND_NUMBER,  /* a whole number within bounds */
    KIND_SIZE,    /* a number of bytes within bounds */
    KIND_MINUTES, /* a number that kivitendo replaces by its default where it is nonsense */
    KIND_SWITCH,  /* true unless empty or 0 */
    KIND_RELIC,   /* must not be set any more */
    KIND_LIST,    /* packages */
    KIND_MAP,     /* any key, any value */
    KIND_NATIVE,
    KIND_POOLER,
    KIND_SCHEDULER,
    KIND_TIMEOUT,
    KIND_COMMAND,
    KIND_COMMAND_DATABASE,
    KIND_LATER, /* known, but nothing reads it yet */
};

struct option {
    const char *section;
    const char *key; /* "*": every key that has no row of its own */
    size_t offset;   /* of the field in struct options */
    enum option_kind kind;
    struct option_bounds bounds; /* of numbers and sizes */
    const char *fallback_text;   /* of texts; NULL: unset */
};

#define TEXT(field, text)                                                                          \
    .offset = offsetof(struct options, field), .kind = KIND_TEXT, .fallback_text = (text)
#define NUMBER(field, low, high, usual)                                                            \
    .offset = offsetof(struct options, field), .kind = KIND_NUMBER,                                \
    .bounds = {(low), (high), (usual)}
#define SIZE(field, low, high, usual)                                                              \
    .offset = offsetof(struct options, field), .kind = KIND_SIZE, .bounds = {(low), (high), (usual)}
#define OF_KIND(what, field) .offset = offsetof(struct options, field), .kind = (what)
#define SWITCH(field)        OF_KIND(KIND_SWITCH, field)
#define RELIC(field)         OF_KIND(KIND_RELIC, field)
#define LATER                .kind = KIND_LATER

enum {
    HOUR_S = 3600,
    MONTH_S = 31 * 24 * 3600,
    CENTURY_MIN = 100 * 366 * 24 * 60,
    OUTPUT_MAX = 16 * 1024 * 1024,     /* with every bad byte made three it still fits a buffer */
    JOB_MEMORY_MIN = 16 * 1024 * 1024, /* below it hardly a program starts */
};

/* Its mails cannot be taken back when it is ended half-way. */
#define UNLIMITED "CreatePeriodicInvoices"

#define MEMORY_MAX (INT64_C(1) << 50)

/* Stands for the sections "task_server/commands/<package>". */
#define COMMAND_SECTIONS OPTION_COMMAND_PREFIX "*"

/* Sorted by section, then key, in the order of strcmp. */
static const struct option table[] = {
    {"authentication", "session_timeout", OF_KIND(KIND_MINUTES, session_timeout_min),
     .bounds = {1, CENTURY_MIN, 480}},
    {"authentication/database", "db", TEXT(auth_db.db, NULL)},
    {"authentication/database", "host", TEXT(auth_db.host, NULL)},
    {"authentication/database", "password", OF_KIND(KIND_SECRET, auth_db.password)},
    {"authentication/database", "port", NUMBER(auth_db.port, 1, 65535, 5432)},
    {"authentication/database", "user", TEXT(auth_db.user, NULL)},
    {"debug", "file_name", TEXT(debug_file, "users/kivitendo-debug.log")},
    {"debug", "keep_installation_unlocked", SWITCH(keep_installation_unlocked)},
    {"environment", "*", OF_KIND(KIND_MAP, environment)},
    {"mail_delivery", "method", TEXT(mail_method, NULL)},
    {"paths", "document_path", TEXT(document_path, NULL)},
    {"paths", "spool", TEXT(spool, "spool")},
    {"paths", "userspath", TEXT(userspath, "users")},
    {"system", "language", TEXT(language, "de")},
    {"system", "memory_limit_rss", SIZE(memory_limit_rss_bytes, 0, MEMORY_MAX, 0)},
    {"system", "memory_limit_vsz", SIZE(memory_limit_vsz_bytes, 0, MEMORY_MAX, 0)},
    {"task_server", "client", RELIC(relic_client)},
    {"task_server", "connect_timeout", NUMBER(connect_timeout_s, 1, 600, 10)},
    {"task_server", "debug", SWITCH(debug)},
    {"task_server", "job_memory_limit",
     SIZE(job_memory_limit_bytes, JOB_MEMORY_MIN, MEMORY_MAX, 0)},
    {"task_server", "job_timeout", NUMBER(job_timeout_s, 0, MONTH_S, 14400)},
    {"task_server", "kill_grace", NUMBER(kill_grace_s, 0, HOUR_S, 10)},
    {"task_server", "log", LATER},
    {"task_server", "login", RELIC(relic_login)},
    {"task_server", "max_external", NUMBER(max_external, 1, 64, 4)},
    {"task_server", "max_parallel", NUMBER(max_parallel, 1, 32, 4)},
    {"task_server", "max_perl_jobs", NUMBER(max_perl_jobs, 1, 64, 2)},
    {"task_server", "metrics_file", LATER},
    {"task_server", "native_jobs", OF_KIND(KIND_NATIVE, native_jobs)},
    {"task_server", "node_id", TEXT(node_id, NULL)},
    {"task_server", "only_run_tasks_for_this_node", SWITCH(only_this_node)},
    {"task_server", "output_limit", SIZE(output_limit_bytes, 1024, OUTPUT_MAX, 65536)},
    {"task_server", "perl", OF_KIND(KIND_PATH, perl), .fallback_text = "/usr/bin/perl"},
    {"task_server", "pooler", OF_KIND(KIND_POOLER, pooler_keeps_session)},
    {"task_server", "rerun_interrupted", OF_KIND(KIND_LIST, rerun_interrupted)},
    {"task_server", "run_as", TEXT(run_as, NULL)},
    {"task_server", "scheduler", OF_KIND(KIND_SCHEDULER, scheduler), .fallback_text = "auto"},
    {"task_server", "state_dir", TEXT(state_dir, NULL)},
    {"task_server", "stop_grace", NUMBER(stop_grace_s, 0, HOUR_S, 15)},
    {"task_server/commands", "*", OF_KIND(KIND_COMMAND, commands)},
    {COMMAND_SECTIONS, "database", OF_KIND(KIND_COMMAND_DATABASE, command_databases)},
    {"task_server/notify_on_failure", "email_from", LATER},
    {"task_server/notify_on_failure", "email_subject", LATER},
    {"task_server/notify_on_failure", "email_template", LATER},
    {"task_server/notify_on_failure", "send_email_to", LATER},
    {"task_server/timeouts", "*", OF_KIND(KIND_TIMEOUT, timeouts), .bounds = {0, MONTH_S, 0}},
};

/* Where setting a field may say something. */
struct option_reply {
    struct buf *warnings;
    struct err *err;
};

/* Is the field a text of its own? */
static bool is_text(const struct option *row)
{
    return row->kind == KIND_TEXT || row->kind == KIND_PATH || row->kind == KIND_SECRET ||
           row->kind == KIND_RELIC || row->kind == KIND_SCHEDULER;
}

static bool is_map(const struct option *row)
{
    return row->kind == KIND_LIST || row->kind == KIND_MAP || row->kind == KIND_TIMEOUT ||
           row->kind == KIND_COMMAND || row->kind == KIND_COMMAND_DATABASE;
}

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
    if (option_command_section(section))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].section, section) == 0)
            return strcmp(section, COMMAND_SECTIONS) != 0;
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
    if (meant && strcmp(meant, COMMAND_SECTIONS) != 0)
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
        return setting_refuse(setting, err, "must be a single line");
    return put_text(slot, *setting->value ? setting->value : row->fallback_text, err);
}

static bool set_path(const struct option *row, char **slot, const struct setting *setting,
                     struct err *err)
{
    if (*setting->value && *setting->value != '/')
        return setting_refuse(setting, err, "is not an absolute path");
    return set_text(row, slot, setting, err);
}

/* Remembers where the relic stands: a later file may empty it again. */
static bool set_relic(char **slot, const struct setting *setting, struct err *err)
{
    struct buf place = {0};
    if (option_is_true(setting->value))
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
        setting_warn(setting, warnings, "has no effect yet in this version");
}

static bool set_native(struct options *options, const struct setting *setting, struct err *err)
{
    static const struct {
        const char *word;
        enum options_native native;
    } words[] = {{"", OPTIONS_NATIVE_AUTO},
                 {"auto", OPTIONS_NATIVE_AUTO},
                 {"off", OPTIONS_NATIVE_OFF},
                 {"on", OPTIONS_NATIVE_ON}};
    option_map_release(&options->native_list);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasecmp(setting->value, words[i].word) == 0) {
            options->native_jobs = words[i].native;
            return true;
        }
    options->native_jobs = OPTIONS_NATIVE_LIST;
    return option_map_list(&options->native_list, setting, err);
}

static bool set_pooler(bool *keeps_session, const struct setting *setting, struct err *err)
{
    if (*setting->value && strcmp(setting->value, "session") != 0)
        return setting_refuse(setting, err, "is neither empty nor 'session'");
    *keeps_session = *setting->value != '\0';
    return true;
}

static bool set_scheduler(const struct option *row, char **slot, const struct setting *setting,
                          struct err *err)
{
    static const char *const words[] = {"", "auto", "cron.d", "crontab", "systemd"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(setting->value, words[i]) == 0)
            return set_text(row, slot, setting, err);
    return setting_refuse(setting, err, "is none of auto, systemd, cron.d, crontab");
}

static bool set_field(struct options *options, const struct option *row,
                      const struct setting *setting, struct option_reply *reply)
{
    void *field = field_of(options, row);
    struct err *err = reply->err;
    struct buf *warnings = reply->warnings;
    switch (row->kind) {
    case KIND_TEXT: return set_text(row, field, setting, err);
    case KIND_PATH: return set_path(row, field, setting, err);
    case KIND_SECRET: return put_text(field, setting->value, err);
    case KIND_NUMBER: return option_number(setting, &row->bounds, field, err);
    case KIND_SIZE: return option_size(setting, &row->bounds, field, err);
    case KIND_MINUTES: *(int *)field = option_minutes(setting, &row->bounds, warnings); return true;
    case KIND_SWITCH: *(bool *)field = option_switch(setting, warnings); return true;
    case KIND_RELIC: return set_relic(field, setting, err);
    case KIND_LIST: return option_map_list(field, setting, err);
    case KIND_MAP: return option_map_put(field, setting->key, setting->value, err);
    case KIND_NATIVE: return set_native(options, setting, err);
    case KIND_POOLER: return set_pooler(field, setting, err);
    case KIND_SCHEDULER: return set_scheduler(row, field, setting, err);
    case KIND_TIMEOUT: return option_timeout(setting, &row->bounds, field, err);
    case KIND_COMMAND: return option_command(setting, field, warnings, err);
    case KIND_COMMAND_DATABASE: return option_command_database(setting, field, warnings, err);
    case KIND_LATER: warn_later(setting, warnings); return true;
    }
    return true;
}

bool options_set(struct options *options, const struct setting *setting, struct buf *warnings,
                 struct err *err)
{
    bool of_command = option_command_section(setting->section) != NULL;
    const struct option *row = find_row(of_command ? COMMAND_SECTIONS : setting->section,
                                        setting->key);
    if (row)
        return set_field(options, row, setting, &(struct option_reply){warnings, err});
    if (strncmp(setting->section, "task_server", strlen("task_server")) == 0)
        setting_warn(setting, warnings, "unknown key, ignored");
    return true;
}

bool options_init(struct options *options, struct err *err)
{
    *options = (struct options){0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct option *row = &table[i];
        void *field = field_of(options, row);
        if (row->kind == KIND_NUMBER || row->kind == KIND_MINUTES)
            *(int *)field = (int)row->bounds.fallback;
        if (row->kind == KIND_SIZE)
            *(uint64_t *)field = (uint64_t)row->bounds.fallback;
        if (is_text(row) && !put_text(field, row->fallback_text, err)) {
            options_release(options);
            return false;
        }
    }
    return true;
}

int options_timeout_s(const struct options *options, const char *package)
{
    const char *own = option_map_find(&options->timeouts, package);
    if (own)
        return atoi(own);
    return strcmp(package, UNLIMITED) == 0 ? 0 : options->job_timeout_s;
}

int options_stop_grace_s(const struct options *options, const char *package)
{
    bool limited = strcmp(package, UNLIMITED) != 0 || option_map_find(&options->timeouts, package);
    return limited ? options->stop_grace_s : -1;
}

bool options_command(const struct options *options, const char *package, struct words *words,
                     struct err *err)
{
    const char *line = option_map_find(&options->commands, package);
    *words = (struct words){0};
    return !line || words_split(words, line, err);
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
    for (size_t i = 0; i < options->command_databases.count; i++) {
        const struct option_item *item = &options->command_databases.items[i];
        if (!option_map_find(&options->commands, item->key))
            return err_set(err, ERR_CONFIG,
                           "%s: [" OPTION_COMMAND_PREFIX
                           "%s] database: there is no command of this name "
                           "in [task_server/commands]",
                           item->value, item->key);
    }
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
        void *field = field_of(options, &table[i]);
        if (is_text(&table[i]))
            wipe_text(field);
        if (is_map(&table[i]))
            option_map_release(field);
    }
    option_map_release(&options->native_list);
    *options = (struct options){0};
}
