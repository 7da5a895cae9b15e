/* jobs_request.c: the command line of `jobs`: see cmd/jobs.h. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cmd/args.h"
#include "cmd/jobs.h"

/* ---- verbs ---- */

/* What `jobs WORD` is. */
struct verb {
    const char *name;
    enum jobs_deed deed;
    bool takes_job;
    bool takes_changes;
    const char *active;  /* what it sets; NULL: nothing */
    const char *options; /* which belong to it, by their letters in options[] */
};

static const struct verb verbs[] = {
    {"add", JOBS_ADD, false, false, NULL, "cstyeniF"},
    {"disable", JOBS_SET, true, false, "false", "cF"},
    {"enable", JOBS_SET, true, false, "true", "cF"},
    {"remove", JOBS_REMOVE, true, false, NULL, "cF"},
    {"run", JOBS_RUN, true, false, NULL, "cFA"},
    {"set", JOBS_SET, true, true, NULL, "cF"},
    {"show", JOBS_SHOW, true, false, NULL, "cj"},
};

static const struct verb list_verb = {.name = "", .deed = JOBS_LIST, .options = "cpdfaij"};

static const struct verb *find_verb(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, word) == 0)
            return &verbs[i];
    return NULL;
}

/* ---- options ---- */

static const struct option options[] = {
    {"client", required_argument, NULL, 'c'},
    {"package", required_argument, NULL, 'p'},
    {"due", no_argument, NULL, 'd'},
    {"failed", no_argument, NULL, 'f'},
    {"active", no_argument, NULL, 'a'},
    {"inactive", no_argument, NULL, 'i'},
    {"json", no_argument, NULL, 'j'},
    {"force", no_argument, NULL, 'F'},
    {"spec", required_argument, NULL, 's'},
    {"type", required_argument, NULL, 't'},
    {"data", required_argument, NULL, 'y'},
    {"description", required_argument, NULL, 'e'},
    {"node", required_argument, NULL, 'n'},
    {"all-clients", no_argument, NULL, 'A'},
    {0},
};

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
    case 'A': request->all_clients = true; break;
    case 's': give(request, JOB_SPEC, value); break;
    case 't': give(request, JOB_TYPE, value); break;
    case 'y': give(request, JOB_DATA, value); break;
    case 'e': give(request, JOB_DESCRIPTION, value); break;
    case 'n': give(request, JOB_NODE, value); break;
    default: return false;
    }
    return true;
}

/* Leaves the words that are no options at argv[optind]; `found`: the letters of those that are. */
static bool parse_options(const struct cmd_args *args, struct jobs_request *request,
                          bool found[UCHAR_MAX + 1], struct err *err)
{
    int option;
    optind = 0; /* main.c has used getopt before; 0 makes GNU's start afresh */
    while ((option = getopt_long(args->argc, args->argv, "", options, NULL)) != -1) {
        if (!take_option(request, option, optarg))
            return err_set(err, ERR_USAGE, "jobs: see task-server jobs --help");
        found[option] = true;
    }
    if (request->active && request->inactive)
        return err_set(err, ERR_USAGE, "jobs: --active and --inactive exclude each other");
    return true;
}

static bool check_options(const struct verb *verb, const bool found[UCHAR_MAX + 1], struct err *err)
{
    for (const struct option *option = options; option->name; option++)
        if (found[option->val] && !strchr(verb->options, option->val))
            return *verb->name ? err_set(err, ERR_USAGE, "jobs %s: --%s does not belong to it",
                                         verb->name, option->name)
                               : err_set(err, ERR_USAGE, "jobs: --%s does not belong to the list",
                                         option->name);
    return true;
}

/* ---- words ---- */

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
        return err_set(err, ERR_USAGE, "jobs %s: wanted one JOB", verb->name);
    if (!count && verb->takes_changes)
        return err_set(err, ERR_USAGE, "jobs set: wanted KEY=VALUE");
    for (int i = 0; i < count; i++)
        if (!parse_change(words[i], request, err))
            return false;
    return true;
}

/* An id, or a package, which cannot be all digits. */
static bool name_job(const char *word, struct jobs_request *request, struct err *err)
{
    request->job = word;
    return word[strspn(word, "0123456789")] || args_job_id("jobs", word, &request->job_id, err);
}

static bool prepare(const struct verb *verb, char **words, int count, struct jobs_request *request,
                    struct err *err)
{
    request->deed = verb->deed;
    if (verb->deed == JOBS_ADD)
        return prepare_new(words, count, request, err);
    if (!verb->takes_job)
        return !count || err_set(err, ERR_USAGE,
                                 "jobs: there is no 'jobs %.60s', but show, add, set, enable, "
                                 "disable, remove and run",
                                 words[0]);
    if (!count)
        return err_set(err, ERR_USAGE, "jobs %s: wanted a JOB, its id or its package", verb->name);
    return name_job(words[0], request, err) &&
           prepare_changes(verb, words + 1, count - 1, request, err);
}

bool jobs_parse(const struct cmd_args *args, struct jobs_request *request, struct err *err)
{
    bool found[UCHAR_MAX + 1] = {false};
    if (!parse_options(args, request, found, err))
        return false;
    char **words = args->argv + optind;
    int count = args->argc - optind;
    const struct verb *verb = count ? find_verb(words[0]) : NULL;
    if (!verb)
        verb = &list_verb;
    else
        words++, count--;
    return check_options(verb, found, err) && prepare(verb, words, count, request, err);
}
