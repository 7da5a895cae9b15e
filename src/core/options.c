#include "core/options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/option_command.h"
#include "core/option_mail.h"
#include "core/option_value.h"
#include "core/options_table.h"

/* Its mails cannot be taken back when it is ended half-way. */
#define UNLIMITED "CreatePeriodicInvoices"

/* Where setting a field may say something. */
struct option_reply {
    struct buf *warnings;
    struct err *err;
};

/* Is the field a text of its own? */
static bool is_text(const struct option *row)
{
    return row->kind == KIND_TEXT || row->kind == KIND_PATH || row->kind == KIND_SECRET ||
           row->kind == KIND_RELIC || row->kind == KIND_SCHEDULER || row->kind == KIND_PROGRAM ||
           row->kind == KIND_URL;
}

static bool is_map(const struct option *row)
{
    return row->kind == KIND_LIST || row->kind == KIND_MAP || row->kind == KIND_TIMEOUT ||
           row->kind == KIND_COMMAND || row->kind == KIND_COMMAND_DATABASE ||
           row->kind == KIND_MAIL;
}

static void *field_of(struct options *options, const struct option *row)
{
    return (char *)options + row->offset;
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

static bool set_log(enum options_log *log, const struct setting *setting, struct err *err)
{
    static const struct {
        const char *word;
        enum options_log log;
    } words[] = {
        {"", OPTIONS_LOG_STDERR},        {"stderr", OPTIONS_LOG_STDERR},
        {"journal", OPTIONS_LOG_STDERR}, {"syslog", OPTIONS_LOG_SYSLOG},
        {"file", OPTIONS_LOG_FILE},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(setting->value, words[i].word) == 0) {
            *log = words[i].log;
            return true;
        }
    return setting_refuse(setting, err, "is none of stderr, journal, syslog, file");
}

static bool set_repeat(bool *repeats, const struct setting *setting, struct err *err)
{
    bool always = strcmp(setting->value, "always") == 0;
    if (*setting->value && !always && strcmp(setting->value, "incident") != 0)
        return setting_refuse(setting, err, "is neither incident nor always");
    *repeats = always;
    return true;
}

static bool set_url(const struct option *row, char **slot, const struct setting *setting,
                    struct err *err)
{
    const char *value = setting->value;
    if (*value && strncmp(value, "http://", 7) != 0 && strncmp(value, "https://", 8) != 0)
        return setting_refuse(setting, err, "does not begin with http:// or https://");
    return set_text(row, slot, setting, err);
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
    case KIND_MAIL: return option_mail(setting, field, warnings, err);
    case KIND_PROGRAM:
        return option_program(setting, warnings, err) && set_text(row, field, setting, err);
    case KIND_REPEAT: return set_repeat(field, setting, err);
    case KIND_URL: return set_url(row, field, setting, err);
    case KIND_LOG: return set_log(field, setting, err);
    }
    return true;
}

bool options_set(struct options *options, const struct setting *setting, struct buf *warnings,
                 struct err *err)
{
    const struct option *row = options_table_find(setting->section, setting->key);
    if (row)
        return set_field(options, row, setting, &(struct option_reply){warnings, err});
    if (strncmp(setting->section, "task_server", strlen("task_server")) == 0)
        setting_warn(setting, warnings, "unknown key, ignored");
    return true;
}

bool options_init(struct options *options, struct err *err)
{
    *options = (struct options){0};
    const struct option *row;
    for (size_t i = 0; (row = options_table_row(i)); i++) {
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

/* ---- the whole ---- */

static bool has_relic(const char *place, const char *key, struct options_fault *fault)
{
    if (!place)
        return false;
    *fault = (struct options_fault){.section = "task_server", .key = key};
    err_set(&fault->err, ERR_CONFIG,
            "%s: [task_server] %s is still set: remove it, and choose the clients and their users "
            "for the task server in kivitendo's administration instead",
            place, key);
    return true;
}

static bool lacks(const char *value, const char *key, struct options_fault *fault)
{
    if (value)
        return false;
    *fault = (struct options_fault){
        .section = "authentication/database", .key = key, .is_missing = true};
    err_set(&fault->err, ERR_CONFIG, "[authentication/database] %s is not set", key);
    return true;
}

static bool lacks_command(const struct options *options, const struct option_item *item,
                          struct options_fault *fault)
{
    if (option_map_find(&options->commands, item->key))
        return false;
    *fault = (struct options_fault){.section = "task_server/commands", .key = item->key};
    err_set(&fault->err, ERR_CONFIG,
            "%s: [%s%s] database: there is no command of this name in [task_server/commands]",
            item->value, OPTION_COMMAND_PREFIX, item->key);
    return true;
}

bool options_next_fault(const struct options *options, size_t *at, struct options_fault *fault)
{
    enum { RELICS = 2, NEEDED = 3 };
    const struct options_auth_db *auth = &options->auth_db;
    const struct option_map *databases = &options->command_databases;
    bool found = false;
    for (; !found && *at < RELICS + NEEDED + databases->count; (*at)++)
        switch (*at) {
        case 0: found = has_relic(options->relic_client, "client", fault); break;
        case 1: found = has_relic(options->relic_login, "login", fault); break;
        case 2: found = lacks(auth->host, "host", fault); break;
        case 3: found = lacks(auth->db, "db", fault); break;
        case 4: found = lacks(auth->user, "user", fault); break;
        default: found = lacks_command(options, &databases->items[*at - RELICS - NEEDED], fault);
        }
    return found;
}

void options_release(struct options *options)
{
    if (!options)
        return;
    const struct option *row;
    for (size_t i = 0; (row = options_table_row(i)); i++) {
        void *field = field_of(options, row);
        if (is_text(row))
            wipe_text(field);
        if (is_map(row))
            option_map_release(field);
    }
    option_map_release(&options->native_list);
    *options = (struct options){0};
}
