/* hold: nothing is started for a client, or for all of them, until it is released. */
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "cmd/when.h"
#include "core/agewords.h"
#include "engine/hold.h"
#include "engine/situation.h"
#include "engine/survey.h"
#include "store/fields.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] hold [--client C] [--until T]\n"
    "                   [--why TEXT]\n"
    "\n"
    "From now on no job is started, until somebody says 'task-server release'.  What\n"
    "is running goes on.  It counts for this installation on this machine: other\n"
    "nodes that serve the same databases must be held by themselves.\n"
    "\n"
    "  --client C   only jobs of the client C (its id or its name)\n"
    "  --until T    it ends by itself then: 13:00, tomorrow, '2026-11-25 08:00',\n"
    "               30m, 2h, 3d\n"
    "  --why TEXT   what people are told\n"
    "\n"
    "Exit codes: 0 held, 64 usage or no such client, 71 it could not be written\n"
    "down, 75 the authentication database could not be reached or another command\n"
    "is at the holds, 77 no permission, 78 wrong configuration.\n");

struct request {
    const char *client; /* NULL: all */
    const char *until;
    const char *why;
    char who[100];
};

static bool parse_request(const struct cmd_args *args, struct request *request, struct err *err)
{
    const struct args_option options[] = {
        {.name = "client", .text = &request->client},
        {.name = "until", .text = &request->until},
        {.name = "why", .text = &request->why},
        {0},
    };
    if (!args_parse(args, "hold", options, err))
        return false;
    return optind == args->argc || err_set(err, ERR_USAGE, "hold: it takes only options");
}

/* Whoever asks, and not run_as, which we become. */
static void find_who(char *who, size_t size)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *user = sudo ? NULL : getpwuid(getuid());
    snprintf(who, size, "%s", sudo ? sudo : user ? user->pw_name : "");
}

static bool find_until(const struct request *request, const struct zone *zone, struct hold *hold,
                       struct err *err)
{
    struct when when = {.option = "--until", .zone = zone, .now_s = hold->since_s, .towards = 1};
    if (!request->until)
        return true;
    if (!when_parse(&when, request->until, &hold->until_s, err))
        return false;
    return hold->until_s > hold->since_s ||
           err_set(err, ERR_USAGE, "--until '%.60s' is over already", request->until);
}

static bool put_hold(const struct desk *desk, const struct hold *hold, struct err *err)
{
    struct holds holds;
    if (!desk->site.state)
        return err_set(err, ERR_SYSTEM, "there is no state directory to write it down in");
    bool done = holds_open(&holds, desk->site.holds_path, err) && holds_put(&holds, hold, err) &&
                holds_save(&holds, hold->since_s, err);
    holds_release(&holds);
    return done;
}

/* What has been at work for a few seconds, and is not stopped by the hold. */
static void add_running(const struct desk *desk, const struct hold *hold, struct buf *out)
{
    struct situation situation = {0};
    struct err ignored = {0};
    bool known = situation_look(&situation, &desk->site, &ignored);
    for (size_t i = 0; known && i < situation.busy.count; i++) {
        const struct busy_job *job = &situation.busy.jobs[i];
        char since[AGEWORDS_STAMP_MAX];
        if (!job->job_id || (hold->client_id != HOLDS_ALL && hold->client_id != job->client_id))
            continue;
        agewords_stamp(&desk->site.zone, job->since_us, situation.now_us, since);
        paper_add(out, _("client '%s': job %d (%s) is running since %s\n"), job->client,
                  job->job_id, job->package, since);
    }
    situation_release(&situation);
}

static bool tell(const struct desk *desk, const struct hold *hold, const char *name,
                 struct err *err)
{
    struct buf out = {0};
    struct buf text = {0};
    hold_describe(hold, &desk->site.zone, &text);
    if (name)
        paper_add(&out, _("client '%s' is %s\n"), name, buf_text(&text));
    else
        paper_add(&out, _("all clients are %s\n"), buf_text(&text));
    buf_add_text(&out, _("Nothing new is started for this installation on this machine; what is "
                         "running goes on.\n"));
    add_running(desk, hold, &out);
    bool done = paper_write(&out, err);
    buf_release(&out);
    buf_release(&text);
    return done;
}

static bool hold_clients(struct desk *desk, const struct request *request, struct err *err)
{
    struct survey survey = {0};
    struct survey_wish wish = {.client = request->client, .only_clients = true};
    struct buf why = {0};
    fields_add(&why, request->why); /* one line, as it is kept */
    struct hold hold = {
        .since_s = clock_real_us() / 1000000,
        .who = (char *)request->who,
        .why = (char *)buf_text(&why),
    };
    const char *name = NULL;
    bool done = find_until(request, &desk->site.zone, &hold, err);
    if (done && request->client) {
        done = survey_collect(&survey, &desk->site, &wish, err);
        hold.client_id = done ? survey.clients[0].client.id : 0;
        name = done ? survey.clients[0].client.fields[CLIENT_NAME] : NULL;
    }
    done = done && put_hold(desk, &hold, err) && tell(desk, &hold, name, err);
    buf_release(&why);
    survey_release(&survey);
    return done;
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct desk desk = {0};
    struct request request = {0};
    find_who(request.who, sizeof request.who);
    bool done = parse_request(args, &request, &err) && desk_open(&desk, args->cli, &err) &&
                hold_clients(&desk, &request, &err);
    desk_close(&desk);
    return done ? 0 : cli_fail(&err);
}

const struct cmd cmd_hold = {.name = "hold", .usage = usage, .run = run, .by_hand = true};
