#include "core/options_table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "core/option_command.h"
#include "core/option_mail.h"

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

enum {
    HOUR_S = 3600,
    MONTH_S = 31 * 24 * 3600,
    CENTURY_MIN = 100 * 366 * 24 * 60,
    OUTPUT_MAX = 16 * 1024 * 1024,     /* with every bad byte made three it still fits a buffer */
    JOB_MEMORY_MIN = 16 * 1024 * 1024, /* below it hardly a program starts */
};

#define MEMORY_MAX (INT64_C(1) << 50)

/* Stands for the sections "task_server/commands/<package>". */
#define COMMAND_SECTIONS OPTION_COMMAND_PREFIX "*"

/* Stands for the sections "mail_delivery/email/<address>". */
#define MAIL_SECTIONS OPTION_MAIL_PREFIX "*"

/* Sorted by section, then key, in the order of strcmp. */
static const struct option table[] = {
    {"applications", "sendmail", OF_KIND(KIND_MAIL, mail)},
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
    {"mail_delivery", "ca_file", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "ehlo", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "host", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "login", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "method", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "password", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "port", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "security", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "sendmail", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "user", OF_KIND(KIND_MAIL, mail)},
    {"mail_delivery", "verify", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "ca_file", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "ehlo", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "host", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "login", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "method", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "password", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "port", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "security", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "sendmail", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "user", OF_KIND(KIND_MAIL, mail)},
    {MAIL_SECTIONS, "verify", OF_KIND(KIND_MAIL, mail)},
    {"paths", "document_path", TEXT(document_path, NULL)},
    {"paths", "spool", TEXT(spool, "spool")},
    {"paths", "userspath", TEXT(userspath, "users")},
    {"system", "language", TEXT(language, "de")},
    {"system", "memory_limit_rss", SIZE(memory_limit_rss_bytes, 0, MEMORY_MAX, 0)},
    {"system", "memory_limit_vsz", SIZE(memory_limit_vsz_bytes, 0, MEMORY_MAX, 0)},
    {"task_server", "client", RELIC(relic_client)},
    {"task_server", "connect_timeout", NUMBER(connect_timeout_s, 1, 600, 10)},
    {"task_server", "debug", SWITCH(debug)},
    {"task_server", "heartbeat_url", OF_KIND(KIND_URL, heartbeat_url)},
    {"task_server", "job_memory_limit",
     SIZE(job_memory_limit_bytes, JOB_MEMORY_MIN, MEMORY_MAX, 0)},
    {"task_server", "job_timeout", NUMBER(job_timeout_s, 0, MONTH_S, 14400)},
    {"task_server", "kill_grace", NUMBER(kill_grace_s, 0, HOUR_S, 10)},
    {"task_server", "log", OF_KIND(KIND_LOG, log)},
    {"task_server", "login", RELIC(relic_login)},
    {"task_server", "max_external", NUMBER(max_external, 1, 64, 4)},
    {"task_server", "max_parallel", NUMBER(max_parallel, 1, 32, 4)},
    {"task_server", "max_perl_jobs", NUMBER(max_perl_jobs, 1, 64, 2)},
    {"task_server", "metrics_file", OF_KIND(KIND_PATH, metrics_file)},
    {"task_server", "native_jobs", OF_KIND(KIND_NATIVE, native_jobs)},
    {"task_server", "node_id", TEXT(node_id, NULL)},
    {"task_server", "notify_command", OF_KIND(KIND_PROGRAM, notify_command)},
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
    {"task_server/notify_on_failure", "email_from", TEXT(notify.from, NULL)},
    {"task_server/notify_on_failure", "email_subject", TEXT(notify.subject, NULL)},
    {"task_server/notify_on_failure", "email_template", TEXT(notify.template, NULL)},
    {"task_server/notify_on_failure", "repeat", OF_KIND(KIND_REPEAT, notify.repeats)},
    {"task_server/notify_on_failure", "send_email_to", TEXT(notify.to, NULL)},
    {"task_server/timeouts", "*", OF_KIND(KIND_TIMEOUT, timeouts), .bounds = {0, MONTH_S, 0}},
};

/* Names that stand for many. */
static bool is_pattern(const char *section)
{
    return strcmp(section, COMMAND_SECTIONS) == 0 || strcmp(section, MAIL_SECTIONS) == 0;
}

/* The name by which the table knows a section. */
static const char *table_section(const char *section)
{
    if (option_command_section(section))
        return COMMAND_SECTIONS;
    return option_mail_section(section) ? MAIL_SECTIONS : section;
}

static int compare_rows(const void *a, const void *b)
{
    const struct option *x = a;
    const struct option *y = b;
    int order = strcmp(x->section, y->section);
    return order ? order : strcmp(x->key, y->key);
}

const struct option *options_table_find(const char *section, const char *key)
{
    section = table_section(section);
    struct option wanted = {.section = section, .key = key};
    const struct option *row = bsearch(&wanted, table, ARRAY_LEN(table), sizeof table[0],
                                       compare_rows);
    if (row)
        return row;
    wanted.key = "*";
    return bsearch(&wanted, table, ARRAY_LEN(table), sizeof table[0], compare_rows);
}

const struct option *options_table_row(size_t index)
{
    return index < ARRAY_LEN(table) ? &table[index] : NULL;
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
    const char *known = table_section(section);
    if (known != section)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].section, section) == 0)
            return !is_pattern(section);
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
    if (meant && !is_pattern(meant))
        buf_addf(warnings,
                 _("%s:%d: '[%s]' is not [%s]: blanks and case belong to the name, so the "
                   "settings below it are not read\n"),
                 heading->file, heading->line, name, meant);
    else if (strncmp(name, "task_server/", strlen("task_server/")) == 0)
        buf_addf(warnings, _("%s:%d: [%s]: unknown section, ignored\n"), heading->file,
                 heading->line, name);
}
