/* jobs: all clients' jobs, shown and changed. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cmd/commands.h"
#include "cmd/jobs.h"
#include "cmd/paper.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] jobs [--client C] [--package P] [--due]\n"
    "                   [--failed] [--active | --inactive] [--json]\n"
    "       task-server … jobs show JOB [--client C] [--json]\n"
    "       task-server … jobs add PACKAGE --client C [--spec SPEC] [--type TYPE]\n"
    "                   [--data YAML] [--description TEXT] [--node NODE]\n"
    "                   [--inactive] [--force]\n"
    "       task-server … jobs set JOB KEY=VALUE… [--client C] [--force]\n"
    "       task-server … jobs enable | disable | remove JOB [--client C] [--force]\n"
    "       task-server … jobs run JOB [--client C | --all-clients] [--force]\n"
    "\n"
    "Shows the jobs of all enabled clients: schedule, next and last run, and how\n"
    "each one runs.  Changes them as kivitendo's page does: what that would refuse\n"
    "is refused here, and saving sets the next time anew from the schedule.  The job\n"
    "is shown before and after.  JOB is its id, or its package where only one job\n"
    "has it.\n"
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
    "  --force             save what kivitendo's page would refuse, remove what is\n"
    "                      at work, or run where the client is held\n"
    "  --all-clients       run it although the id means different packages in\n"
    "                      different clients\n"
    "\n"
    "Keys of set: package, spec, type, data, description, node, active (yes or no);\n"
    "an empty VALUE takes the old one away.  run is run-job.\n"
    "\n"
    "Exit codes: 0 done, 64 no such job or client, refused, or usage, 75 a database\n"
    "could not be reached, or somebody else has changed the job meanwhile, 77 no\n"
    "permission, 78 wrong configuration.\n");

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
    struct jobs_picture picture;
    bool done = jobs_look(&picture, desk, request->client, err);
    const struct survey_client *first = picture.survey.clients;
    bool disabled = picture.survey.count == 1 && first->client.disabled; /* and asked for */
    if (done && request->json)
        jobs_write_json(&picture, request, out);
    else if (done && !disabled)
        jobs_write_table(&picture, request, out);
    done = done &&
           (disabled ? jobs_explain_client(first, err) : tell_trouble(&picture.survey, err));
    jobs_forget(&picture);
    return done;
}

static bool show(struct desk *desk, const struct jobs_request *request, struct buf *out,
                 struct err *err)
{
    struct jobs_picture picture;
    const struct survey_client *client = NULL;
    const struct survey_job *job = NULL;
    bool done = jobs_look(&picture, desk, request->client, err) &&
                jobs_find(&picture.survey, request, &client, &job, err);
    if (done && request->json)
        jobs_write_json(&picture, request, out);
    else if (done)
        jobs_write_card(&picture, client, job, out);
    jobs_forget(&picture);
    return done;
}

/* The job that is meant by a package, for run-job, which knows only ids. */
static bool find_to_run(struct desk *desk, struct jobs_request *request, int *client_id,
                        struct err *err)
{
    struct survey survey = {0};
    struct survey_wish wish = {.client = request->client};
    const struct survey_client *client = NULL;
    const struct survey_job *job = NULL;
    bool done = survey_collect(&survey, &desk->site, &wish, err) &&
                jobs_find(&survey, request, &client, &job, err);
    if (done) {
        *client_id = client->client.id;
        request->job_id = job->row->job.id;
    }
    survey_release(&survey);
    return done;
}

/* jobs run …: run-job.  client_id: 0: as the request says. */
static int run_job(const struct cmd_args *args, const struct jobs_request *request, int client_id)
{
    char words[][16] = {"run-job", "", "--client", "", "--force", "--all-clients"};
    enum { ID = 1, CLIENT = 3 };
    char *argv[ARRAY_LEN(words) + 1];
    struct cmd_args rest = {.argv = argv, .cli = args->cli};
    snprintf(words[ID], sizeof words[ID], "%d", request->job_id);
    snprintf(words[CLIENT], sizeof words[CLIENT], "%d", client_id);
    argv[rest.argc++] = words[0];
    argv[rest.argc++] = words[ID];
    if (client_id || request->client) {
        argv[rest.argc++] = words[2];
        argv[rest.argc++] = client_id ? words[CLIENT] : (char *)request->client;
    }
    if (request->force)
        argv[rest.argc++] = words[4];
    if (request->all_clients)
        argv[rest.argc++] = words[5];
    argv[rest.argc] = NULL;
    return cmd_run_job.run(&rest);
}

static int find_and_run(const struct cmd_args *args, struct jobs_request *request)
{
    struct err err = {0};
    struct desk desk = {0};
    int client_id = 0;
    bool found = request->job_id || (desk_open(&desk, args->cli, &err) &&
                                     find_to_run(&desk, request, &client_id, &err));
    desk_close(&desk);
    return found ? run_job(args, request, client_id) : cli_fail(&err);
}

static int show_or_change(const struct cmd_args *args, const struct jobs_request *request)
{
    static bool (*const deeds[])(struct desk * desk, const struct jobs_request *request,
                                 struct buf *out, struct err *err) = {
        [JOBS_LIST] = list,    [JOBS_SHOW] = show,          [JOBS_ADD] = jobs_add,
        [JOBS_SET] = jobs_set, [JOBS_REMOVE] = jobs_remove,
    };
    struct err err = {0};
    struct err unwritten = {0};
    struct desk desk = {0};
    struct buf out = {0};
    bool done = desk_open(&desk, args->cli, &err) &&
                deeds[request->deed](&desk, request, &out, &err);
    bool told = paper_write(&out, &unwritten);
    buf_release(&out);
    desk_close(&desk);
    return done && told ? 0 : cli_fail(done ? &unwritten : &err);
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct jobs_request request = {0};
    if (!jobs_parse(args, &request, &err))
        return cli_fail(&err);
    return request.deed == JOBS_RUN ? find_and_run(args, &request) : show_or_change(args, &request);
}

const struct cmd cmd_jobs = {.name = "jobs", .usage = usage, .run = run, .by_hand = true};
