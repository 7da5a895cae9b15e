/* run_command.c: a job that the administrator has mapped to a program: see engine/runner.h. */
#include <stdio.h>
#include <string.h>

#include "base/step.h"
#include "core/environ.h"
#include "core/walltime.h"
#include "engine/runner.h"
#include "io/orphans.h"
#include "io/pgpass.h"
#include "io/program.h"
#include "io/spawn.h"

/* All that a command's start takes. */
struct command {
    struct words words;
    struct environ environment;
    struct pgpass pgpass;
};

static bool set_number(struct environ *environment, const char *name, int number, struct err *err)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    return environ_set(environment, name, text, err);
}

/* A text from the database may hold anything but what no variable can: it has no NUL. */
static bool set_task(const struct external *e, struct environ *environment, struct err *err)
{
    const struct visit *visit = e->x->visit;
    const struct job *job = &e->x->claim.job;
    return set_number(environment, "TASK_CLIENT_ID", visit->client->id, err) &&
           environ_set(environment, "TASK_CLIENT_NAME", visit->client->fields[CLIENT_NAME], err) &&
           set_number(environment, "TASK_JOB_ID", job->id, err) &&
           environ_set(environment, "TASK_PACKAGE", job->package, err) &&
           environ_set(environment, "TASK_RUN_AT", e->run_at, err) &&
           environ_set(environment, "TASK_NODE_ID", visit->site->node.id, err);
}

/* The client's database, for commands whose section asks for it. */
static bool set_database(const struct external *e, struct command *command, struct err *err)
{
    const struct visit *visit = e->x->visit;
    char *const *fields = visit->client->fields;
    struct environ *environment = &command->environment;
    struct pgpass_login login = {
        .host = fields[CLIENT_HOST],
        .port = fields[CLIENT_PORT],
        .dbname = fields[CLIENT_DBNAME],
        .user = fields[CLIENT_USER],
        .password = fields[CLIENT_PASSWORD],
    };
    if (!option_map_find(&visit->site->options.command_databases, e->x->claim.job.package))
        return true;
    return pgpass_write(&command->pgpass, visit->site->bridge.path, &login, err) &&
           environ_set(environment, "PGHOST", login.host, err) &&
           environ_set(environment, "PGPORT", login.port, err) &&
           environ_set(environment, "PGDATABASE", login.dbname, err) &&
           environ_set(environment, "PGUSER", login.user, err) &&
           environ_set(environment, "PGPASSFILE", command->pgpass.path, err);
}

static bool prepare(const struct external *e, struct command *command, struct err *err)
{
    const struct site *site = e->x->visit->site;
    struct ownership_rule rule = {.uid = site->identity.uid, .name = site->identity.name};
    return options_command(&site->options, e->x->claim.job.package, &command->words, err) &&
           program_check(command->words.items[0], &rule, err) &&
           site_environment(site, &command->environment, err) &&
           set_task(e, &command->environment, err) && set_database(e, command, err);
}

static bool start(const struct external *e, const struct command *command, struct spawn *spawn,
                  struct err *err)
{
    const struct site *site = e->x->visit->site;
    const char *data = e->x->claim.job.data;
    struct spawn_plan plan = {
        .argv = (const char *const *)command->words.items,
        .envp = environ_block(&command->environment),
        .cwd = site->installation,
        .input = data,
        .input_len = data ? strlen(data) : 0,
        .umask = site->identity.inherited_umask,
        .output_cap_bytes = site->options.output_limit_bytes,
        .memory_limit_bytes = site->options.job_memory_limit_bytes,
        .split_output = true,
    };
    return orphans_adopt(err) && spawn_start(spawn, &plan, err);
}

static bool note_child(struct external *e, const struct spawn *spawn, struct err *err)
{
    struct entry_child *child = &e->entry.child;
    TEST_STEP("child-started");
    *child = (struct entry_child){
        .pid = spawn->pid, .session = spawn->pid, .start_ticks = (int64_t)spawn->start_ticks};
    snprintf(child->boot_id, sizeof child->boot_id, "%s", spawn->boot_id);
    e->entry.has_child = true;
    if (!journal_note_child(&e->journal, &e->entry, err))
        return false;
    TEST_STEP("child-noted");
    return true;
}

static void tell_leftovers(const struct external *e, const struct spawn_end *end)
{
    if (end->n_escaped)
        visit_log(e->x->visit, LOG_LEVEL_WARNING, &e->x->claim.job,
                  "processes that it left behind, and that were ended: %zu", end->n_escaped);
    if (end->escaped_left)
        visit_log(e->x->visit, LOG_LEVEL_ERROR, &e->x->claim.job,
                  "processes it left behind do not end");
}

/* As a shell takes the output of $(…). */
static void strip_newline(struct buf *text)
{
    while (text->len && text->data[text->len - 1] == '\n')
        text->data[--text->len] = '\0';
}

static void watch(struct external *e, struct spawn *spawn)
{
    struct spawn_watch watch = external_watch(e);
    struct spawn_end end = {0};
    struct err err = {0};
    TEST_STEP("gate-opened");
    if (!spawn_supervise(spawn, &watch, &end, &err)) {
        execution_fail(e->x, err.text);
    } else {
        strip_newline(&end.output);
        strip_newline(&end.errors);
        external_judge(e, &end, buf_text(&end.output));
        tell_leftovers(e, &end);
        if (spawn_succeeded(&end))
            external_tell(e, LOG_LEVEL_WARNING, &end.errors);
    }
    spawn_end_release(&end);
}

bool run_command(struct external *e, struct err *err)
{
    struct command command = {0};
    struct spawn spawn = {0};
    struct err why = {0};
    bool ran = true;
    if (!prepare(e, &command, &why) || !start(e, &command, &spawn, &why)) {
        ran = !runner_lacks_room(&why);
        *err = why;
        execution_fail(e->x, why.text);
    } else if (!note_child(e, &spawn, err) || !external_may_start(e, err)) {
        spawn_abort(&spawn);
        ran = false;
    } else if (!spawn_go(&spawn, &why)) {
        execution_fail(e->x, why.text);
    } else {
        watch(e, &spawn);
    }
    spawn_release(&spawn);
    pgpass_release(&command.pgpass);
    environ_release(&command.environment);
    words_release(&command.words);
    return ran;
}
