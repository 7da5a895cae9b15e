/* jobs: all clients' jobs, shown and changed. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/jobs.h"
#include "cmd/paper.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] jobs [--client C] [--package P] [--due] [--failed]\n"
    "                   [--active | --inactive] [--json]\n"
    "       task-server … jobs show ID [--client C] [--json]\n"
    "       task-server … jobs add PACKAGE --client C [--spec SPEC] [--type TYPE] [--data YAML]\n"
    "                   [--description TEXT] [--node NODE] [--inactive] [--force]\n"
    "       task-server … jobs set ID KEY=VALUE… [--client C] [--force]\n"
    "       task-server … jobs enable | disable | remove ID [--client C] [--force]\n"
    "       task-server … jobs run ID [--client C | --all-clients] [--force]\n"
    "\n"
    "Shows the jobs of all enabled clients: schedule, next and last run, and how each one runs.\n"
    "Changes them as kivitendo's page does: what that would refuse is refused here, and saving\n"
    "sets the next time anew from the schedule.  The job is shown before and after.\n"
    "\n"
    "  --client C          only the client C (its id or its name)\n"
    "  --package P         only jobs of this package\n"
    "  --due               only those that are due\n"
    "  --failed            only those whose last run failed\n"
    "  --active            only active ones\n"
    "  --inactive          only the others; for add: the new one is not active\n"
    "  --json              everything, for scripts\n"
    "  --spec SPEC         cron_spec of a new job (without it: every minute)\n"
    "  --type TYPE         interval (the default) or once\n"
    "  --data YAML         what the job works with\n"
    "  --description TEXT\n"
    "  --node NODE         only there\n"
    "  --force             save what kivitendo's page would refuse, or remove what is at work\n"
    "\n"
    "Keys of set: package, spec, type, data, description, node, active (yes or no); an empty\n"
    "VALUE takes the old one away.  run is run-job.\n"
    "\n"
    "Exit codes: 0 done, 64 no such job or client, refused, or usage, 75 a database could not be\n"
    "reached, or somebody else has changed the job meanwhile, 77 no permission, 78 wrong\n"
    "configuration.\n");

/* ---- the command line ---- */

enum { OPT_SPEC = 256, OPT_TYPE, OPT_DATA, OPT_DESCRIPTION, OPT_NODE };

static void give(struct jobs_request *request, enum job_column column, const char *value)
{
    request->given[column] = true;
    request->values[column] = *value ? value : NULL;
}

static bool take_option(struct jobs_request *request, int option, const char *value)
{
    switch (option) {
    case 'c': request->client = value; break;
    case 'p': request->package = value; break;
    case 'd': request->due = true; break;
    case 'f': request->failed = true; break;
    case 'a': request->active = true; break;
    case 'i': request->inactive = true; break;
    case 'j': request->json = true; break;
    case 'F': request->force = true; break;
    case OPT_SPEC: give(request, JOB_SPEC, value); break;
    case OPT_TYPE: give(request, JOB_TYPE, value); break;
    case OPT_DATA: give(request, JOB_DATA, value); break;
    case OPT_DESCRIPTION: give(request, JOB_DESCRIPTION, value); break;
    case OPT_NODE: give(request, JOB_NODE, value); break;
    default: return false;
    }
    return true;
}

/* Leaves the words that are no options at argv[optind]. */
static bool parse_options(int argc, char **argv, struct jobs_request *request, struct err *err)
{
    static const struct option options[] = {
        {"client", required_argument, NULL, 'c'},
        {"package", required_argument, NULL, 'p'},
        {"due", no_argument, NULL, 'd'},
        {"failed", no_argument, NULL, 'f'},
        {"active", no_argument, NULL, 'a'},
        {"inactive", no_argument, NULL, 'i'},
        {"json", no_argument, NULL, 'j'},
        {"force", no_argument, NULL, 'F'},
        {"spec", required_argument, NULL, OPT_SPEC},
        {"type", required_argument, NULL, OPT_TYPE},
        {"data", required_argument, NULL, OPT_DATA},
        {"description", required_argument, NULL, OPT_DESCRIPTION},
        {"node", required_argument, NULL, OPT_NODE},
        {0},
    };
    int option;
    optind = 0; /* main.c has used getopt before; 0 makes GNU's start afresh */
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(request, option, optarg))
            return err_set(err, ERR_USAGE, "jobs: see task-server jobs --help");
    if (request->active && request->inactive)
        return err_set(err, ERR_USAGE, "jobs: --active and --inactive exclude each other");
    return true;
}

static bool give_active(struct jobs_request *request, const char *value, struct err *err)
{
    static const char *const words[] = {"yes", "true", "1", "no", "false", "0"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(value, words[i]) != 0)
            continue;
        give(request, JOB_ACTIVE, i < ARRAY_LEN(words) / 2 ? "true" : "false");
        return true;
    }
    return err_set(err, ERR_USAGE, "jobs: active=%.60s: it is yes or no", value);
}

static bool parse_change(const char *word, struct jobs_request *request, struct err *err)
{
    static const struct {
        const char *key;
        enum job_column column;
    } keys[] = {
        {"active", JOB_ACTIVE},   {"cron_spec", JOB_SPEC},
        {"data", JOB_DATA},       {"description", JOB_DESCRIPTION},
        {"node", JOB_NODE},       {"node_id", JOB_NODE},
        {"package", JOB_PACKAGE}, {"package_name", JOB_PACKAGE},
        {"spec", JOB_SPEC},       {"type", JOB_TYPE},
    };
    size_t len = strcspn(word, "=");
    const char *value = word + len + 1;
    if (!word[len])
        return err_set(err, ERR_USAGE, "jobs: '%.60s': wanted KEY=VALUE", word);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strncmp(keys[i].key, word, len) != 0 || keys[i].key[len])
            continue;
        if (keys[i].column == JOB_ACTIVE)
            return give_active(request, value, err);
        give(request, keys[i].column, value);
        return true;
    }
    return err_set(err, ERR_USAGE,
                   "jobs: there is no key '%.*s': package, spec, type, data, description, node or "
                   "active",
                   (int)len, word);
}

/* ---- what is done ---- */

/* The clients that could not be asked; true: none. */
static bool tell_trouble(const struct survey *survey, struct err *err)
{
    for (size_t i = 0; i < survey->count; i++)
        if (survey->clients[i].trouble)
            log_msg(LOG_LEVEL_ERROR, "client '%s': %s",
                    survey->clients[i].client.fields[CLIENT_NAME], survey->clients[i].trouble);
    return !survey->away || err_set(err, ERR_AWAY, "jobs: not every client could be asked");
}

static bool list(struct desk *desk, const struct jobs_request *request, struct buf *out,
                 struct err *err)
{
    struct survey survey = {0};
    struct survey_wish wish = {.client = request->client};
    if (!survey_collect(&survey, &desk->site, &wish, err))
        return false;
    if (request->json)
        jobs_write_json(desk, &survey, request, out);
    else
        jobs_write_table(desk, &survey, request, out);
    bool done = tell_trouble(&survey, err);
    survey_release(&survey);
    return done;
}

static bool show(struct desk *desk, const struct jobs_request *request, struct buf *out,
                 struct err *err)
{
    struct survey survey = {0};
    struct survey_wish wish = {.client = request->client};
    const struct survey_client *client = NULL;
    const struct survey_job *job = NULL;
    bool done = survey_collect(&survey, &desk->site, &wish, err) &&
                jobs_find(&survey, request, &client, &job, err);
    if (done && request->json)
        jobs_write_json(desk, &survey, request, out);
    else if (done)
        jobs_write_card(desk, &survey, client, job, out);
    survey_release(&survey);
    return done;
}

/* What `jobs WORD` is. */
struct verb {
    const char *name;
    bool takes_id;
    bool takes_changes;
    bool (*run)(struct desk *desk, const struct jobs_request *request, struct buf *out,
                struct err *err);
    const char *active; /* what it sets; NULL: nothing */
};

static const struct verb verbs[] = {
    {"add", false, false, jobs_add, NULL},     {"disable", true, false, jobs_set, "false"},
    {"enable", true, false, jobs_set, "true"}, {"remove", true, false, jobs_remove, NULL},
    {"set", true, true, jobs_set, NULL},       {"show", true, false, show, NULL},
};

static const struct verb list_verb = {.name = "", .run = list};

static const struct verb *find_verb(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, word) == 0)
            return &verbs[i];
    return NULL;
}

/* jobs add PACKAGE: what the page's form begins with. */
static bool prepare_new(char **words, int count, struct jobs_request *request, struct err *err)
{
    if (count != 1)
        return err_set(err, ERR_USAGE, "jobs add: wanted one PACKAGE");
    if (!request->client)
        return err_set(err, ERR_USAGE, "jobs add: wanted --client");
    give(request, JOB_PACKAGE, words[0]);
    give(request, JOB_ACTIVE, request->inactive ? "false" : "true");
    if (!request->given[JOB_TYPE])
        give(request, JOB_TYPE, "interval");
    if (!request->given[JOB_SPEC])
        give(request, JOB_SPEC, "* * * * *");
    return true;
}

static bool prepare_changes(const struct verb *verb, char **words, int count,
                            struct jobs_request *request, struct err *err)
{
    if (verb->active)
        give(request, JOB_ACTIVE, verb->active);
    if (count && !verb->takes_changes)
        return err_set(err, ERR_USAGE, "jobs %s: wanted one job ID", verb->name);
    if (!count && verb->takes_changes)
        return err_set(err, ERR_USAGE, "jobs set: wanted KEY=VALUE");
    for (int i = 0; i < count; i++)
        if (!parse_change(words[i], request, err))
            return false;
    return true;
}

static bool prepare(const struct verb *verb, char **words, int count, struct jobs_request *request,
                    struct err *err)
{
    if (verb->run == jobs_add)
        return prepare_new(words, count, request, err);
    if (!verb->takes_id)
        return !count || err_set(err, ERR_USAGE, "jobs: there is no 'jobs %.60s'", words[0]);
    if (!count)
        return err_set(err, ERR_USAGE, "jobs %s: wanted a job ID", verb->name);
    return args_job_id("jobs", words[0], &request->job_id, err) &&
           prepare_changes(verb, words + 1, count - 1, request, err);
}

static bool parse(int argc, char **argv, const struct verb **verb, struct jobs_request *request,
                  struct err *err)
{
    if (!parse_options(argc, argv, request, err))
        return false;
    char **words = argv + optind;
    int count = argc - optind;
    *verb = count ? find_verb(words[0]) : NULL;
    if (*verb)
        return prepare(*verb, words + 1, count - 1, request, err);
    *verb = &list_verb;
    return prepare(*verb, words, count, request, err);
}

/* jobs run …: run-job with the same arguments. */
static int run_job(const struct cmd_args *args)
{
    struct cmd_args rest = {.argc = args->argc - 1, .argv = args->argv + 1, .cli = args->cli};
    return cmd_run_job.run(&rest);
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct err unwritten = {0};
    struct desk desk = {0};
    struct jobs_request request = {0};
    struct buf out = {0};
    const struct verb *verb = NULL;
    if (args->argc > 1 && strcmp(args->argv[1], "run") == 0)
        return run_job(args);
    bool done = parse(args->argc, args->argv, &verb, &request, &err) &&
                desk_open(&desk, args->cli, &err) && verb->run(&desk, &request, &out, &err);
    bool told = paper_write(&out, &unwritten);
    buf_release(&out);
    desk_close(&desk);
    return done && told ? 0 : cli_fail(done ? &unwritten : &err);
}

const struct cmd cmd_jobs = {.name = "jobs", .usage = usage, .run = run, .by_hand = true};
