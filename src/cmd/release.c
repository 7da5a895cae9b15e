/* release: what hold began ends, and a database that is not the one it was is accepted. */
#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "engine/hold.h"
#include "engine/survey.h"
#include "store/origins.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] release [--client C]\n"
    "\n"
    "Ends a hold: that of all clients, or with --client that of one.  What has\n"
    "become due in the meantime runs, once each.\n"
    "\n"
    "A client whose database is not the one it was (a restored copy, a renamed one,\n"
    "another server) is held by itself.  With --client that database is accepted\n"
    "from now on; where it is held by hand besides, that hold ends first, and the\n"
    "command is to be said once more.\n"
    "\n"
    "  --client C   the client C (its id or its name)\n"
    "\n"
    "Exit codes: 0 nothing of the kind is held any more, 64 usage or no such client,\n"
    "71 it could not be written down, 75 a database could not be reached or another\n"
    "command is at the holds, 77 no permission, 78 wrong configuration.\n");

static bool parse_request(const struct cmd_args *args, const char **client, struct err *err)
{
    const struct args_option options[] = {
        {.name = "client", .text = client},
        {0},
    };
    if (!args_parse(args, "release", options, err))
        return false;
    return optind == args->argc || err_set(err, ERR_USAGE, "release: it takes only options");
}

/* ---- holds ---- */

/* What else is held, so that nobody wonders. */
static void tell_others(const struct desk *desk, const struct holds *holds, struct buf *out)
{
    int64_t now_s = clock_real_us() / 1000000;
    for (size_t i = 0; i < holds->count; i++) {
        struct buf text = {0};
        const struct hold *hold = &holds->items[i];
        if (hold->until_s != HOLDS_FOREVER && hold->until_s <= now_s)
            continue;
        hold_describe(hold, &desk->site.zone, &text);
        if (hold->client_id == HOLDS_ALL)
            paper_add(out, _("still all clients are %s\n"), buf_text(&text));
        else
            paper_add(out, _("still client %d is %s\n"), hold->client_id, buf_text(&text));
        buf_release(&text);
    }
}

/* name: NULL for all clients.  held: was there one? */
static bool end_hold(const struct desk *desk, int client_id, const char *name, struct buf *out,
                     bool *held, struct err *err)
{
    struct holds holds;
    int64_t now_s = clock_real_us() / 1000000;
    if (!desk->site.state)
        return err_set(err, ERR_SYSTEM, "there is no state directory that could hold anybody");
    if (!holds_open(&holds, desk->site.holds_path, err))
        return false;
    *held = holds_remove(&holds, client_id, now_s);
    if (!name)
        buf_add_text(out, *held ? _("all clients are released\n") : _("all clients: not held\n"));
    else
        paper_add(out, *held ? _("client '%s' is released\n") : _("client '%s': no hold\n"), name);
    tell_others(desk, &holds, out);
    bool done = !*held || holds_save(&holds, now_s, err);
    holds_release(&holds);
    return done;
}

/* ---- another database ---- */

static bool accept(const struct desk *desk, const struct survey_client *found, struct buf *out,
                   struct err *err)
{
    struct origins origins;
    struct buf text = {0};
    const struct client *client = &found->client;
    if (!origins_open(&origins, desk->site.origins_path, err))
        return false;
    bool done = origins_forget(&origins, client->id, err) &&
                origins_learn(&origins, client, &found->inventory.origin, err);
    origin_describe(&found->inventory.origin, client->fields[CLIENT_HOST],
                    client->fields[CLIENT_DBNAME], &text);
    if (done)
        paper_add(out, _("from now on its database is %s\n"), buf_text(&text));
    buf_release(&text);
    origins_release(&origins);
    return done;
}

static bool release_client(const struct desk *desk, const char *wanted, struct buf *out,
                           struct err *err)
{
    struct survey survey = {0};
    struct survey_wish wish = {.client = wanted};
    if (!survey_collect(&survey, &desk->site, &wish, err))
        return false;
    const struct survey_client *found = &survey.clients[0];
    const char *trouble = found->trouble ? found->trouble : survey.origins_trouble;
    const char *name = found->client.fields[CLIENT_NAME];
    bool held = false;
    bool done = end_hold(desk, found->client.id, name, out, &held, err);
    if (done && found->moved && held)
        paper_add(out, _("still client '%s' is held: %s\n"), name, found->moved);
    else if (done && found->moved)
        done = accept(desk, found, out, err);
    if (done && trouble)
        done = err_set(err, found->trouble ? found->trouble_kind : ERR_SYSTEM,
                       "client '%s': whether its database is the one it was cannot be told: %s",
                       name, trouble);
    survey_release(&survey);
    return done;
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct desk desk = {0};
    struct buf out = {0};
    struct err unwritten = {0};
    const char *client = NULL;
    bool held = false;
    bool done = parse_request(args, &client, &err) && desk_open(&desk, args->cli, &err) &&
                (client ? release_client(&desk, client, &out, &err)
                        : end_hold(&desk, HOLDS_ALL, NULL, &out, &held, &err));
    bool told = paper_write(&out, &unwritten);
    buf_release(&out);
    desk_close(&desk);
    return done && told ? 0 : cli_fail(done ? &unwritten : &err);
}

const struct cmd cmd_release = {.name = "release", .usage = usage, .run = run, .by_hand = true};
