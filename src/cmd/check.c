/* check: everything that could keep jobs from running, gone through once. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cmd/args.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "core/json.h"
#include "core/screen.h"
#include "engine/checkup.h"
#include "engine/courier.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] check [--max-age SECONDS] [--json]\n"
    "                   [--send-test-mail]\n"
    "       task-server [-c FILE] [-C DIR] check --nagios [--max-age SECONDS]\n"
    "\n"
    "Goes through everything that could keep jobs from running, or people from\n"
    "hearing of it: configuration, file rights, databases, connections, clocks, the\n"
    "old server, the schedule, kivitendo's pages, Perl, mail, and the jobs that the\n"
    "next clock changes touch.\n"
    "\n"
    "  --send-test-mail  sends a mail as a failure would, which says that it is a\n"
    "                    test\n"
    "  --json            for scripts\n"
    "  --nagios          one line for monitoring; exit codes 0 OK, 1 WARNING,\n"
    "                    2 CRITICAL, 3 UNKNOWN\n"
    "  --max-age S       a last run older than this is CRITICAL (default: 180)\n"
    "\n"
    "Exit codes without --nagios: 0 all is well, or only warnings; 1 something keeps\n"
    "jobs from running, or people from hearing of it; 64 usage, 77 no permission,\n"
    "78 wrong configuration, of which each fault is told.  A hold is a warning, and\n"
    "so is the first quarter of an hour of a lock: somebody wants them.\n");

struct request {
    bool json;
    bool nagios;
    bool sends;
    struct checkup_wish wish;
};

enum { AGE_MAX_S = 31 * 86400 };

static bool parse_age(const char *text, int64_t *seconds, struct err *err)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || end == text || value < 1 || value > AGE_MAX_S)
        return err_set(err, ERR_USAGE, "--max-age '%.60s': wanted are seconds, from 1 to %d", text,
                       AGE_MAX_S);
    *seconds = value;
    return true;
}

static bool parse_options(const struct cmd_args *args, struct request *request, struct err *err)
{
    const char *max_age = NULL;
    const struct args_option options[] = {
        {.name = "json", .is_given = &request->json},
        {.name = "max-age", .text = &max_age},
        {.name = "nagios", .is_given = &request->nagios},
        {.name = "send-test-mail", .is_given = &request->sends},
        {0},
    };
    bool done = args_parse(args, "check", options, err) &&
                (!max_age || parse_age(max_age, &request->wish.max_age_s, err));
    request->wish.quick = request->nagios;
    if (done && request->nagios && (request->json || request->sends))
        return err_set(err, ERR_USAGE, "check: --nagios and %s exclude each other",
                       request->json ? "--json" : "--send-test-mail");
    if (done && optind != args->argc)
        return err_set(err, ERR_USAGE, "check: '%.60s' is not understood", args->argv[optind]);
    return done;
}

/* ---- for people ---- */

static void add_mark(struct table *table, enum checkup_verdict verdict)
{
    switch (verdict) {
    case CHECKUP_WELL: table_coloured(table, TABLE_GREEN, "✓"); break;
    case CHECKUP_WARNING: table_coloured(table, TABLE_YELLOW, "!"); break;
    case CHECKUP_CRITICAL: table_coloured(table, TABLE_RED, "✗"); break;
    }
}

static void add_below(struct table *table, const char *mark, const char *text, size_t len)
{
    struct buf line = {0};
    buf_add_text(&line, mark);
    buf_add(&line, text, len);
    table_cell(table, "");
    table_cell(table, "");
    table_cell(table, buf_text(&line));
    table->failed |= line.failed;
    buf_release(&line);
}

static void add_details(struct table *table, const char *lines)
{
    for (const char *line = lines; *line; line += strspn(line, "\n")) {
        size_t len = strcspn(line, "\n");
        add_below(table, "| ", line + strspn(line, "\t"), len - strspn(line, "\t"));
        line += len;
    }
}

static void show_text(const struct checkup *checkup, struct buf *out)
{
    struct table table = {0};
    struct table_style style = paper_style();
    const char *group = "";
    style.leaves_head = true;
    for (int i = 0; i < 3; i++)
        table_column(&table, "", i == 2 ? TABLE_WRAP : 0);
    for (size_t i = 0; i < checkup->count; i++) {
        const struct checkup_item *item = &checkup->items[i];
        bool same = strcmp(group, item->group) == 0;
        group = item->group;
        add_mark(&table, item->verdict);
        table_cell(&table, same ? "" : _(checkup_title(group)));
        table_cell(&table, item->text);
        if (item->advice)
            add_below(&table, "→ ", item->advice, strlen(item->advice));
        if (item->details)
            add_details(&table, item->details);
    }
    table_print(&table, &style, out);
    table_release(&table);
}

static void show_json(const struct checkup *checkup, struct buf *out)
{
    static const char *const words[] = {"well", "warning", "critical"};
    buf_add_text(out, "{");
    json_add_member(out, "verdict", words[checkup_worst(checkup)]);
    json_add_key(out, "items");
    buf_add_text(out, "[");
    for (size_t i = 0; i < checkup->count; i++) {
        const struct checkup_item *item = &checkup->items[i];
        buf_add_text(out, i ? ",\n{" : "\n{");
        json_add_member(out, "group", item->group);
        json_add_member(out, "verdict", words[item->verdict]);
        json_add_member(out, "text", item->text);
        json_add_member(out, "advice", item->advice);
        json_add_member(out, "details", item->details);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "\n]}\n");
}

/* All of that verdict, or as many as monitoring reads. */
static void add_texts(const struct checkup *checkup, enum checkup_verdict verdict, struct buf *out)
{
    enum { LINE_MAX_BYTES = 3000 };
    size_t start = out->len;
    size_t left = 0;
    for (size_t i = 0; i < checkup->count; i++) {
        if (checkup->items[i].verdict != verdict)
            continue;
        if (out->len - start > LINE_MAX_BYTES)
            left++;
        else
            buf_addf(out, "%s%s", out->len > start ? "; " : "", checkup->items[i].text);
    }
    if (left)
        buf_addf(out, _("; and %zu more"), left);
}

/* One line of text, whatever a database calls its things: "|" would begin numbers. */
static void add_harmless(struct buf *texts, struct buf *out)
{
    for (size_t i = 0; i < texts->len; i++)
        if (texts->data[i] == '|' || (unsigned char)texts->data[i] < 0x20)
            texts->data[i] = ' ';
    struct screen screen = screen_begin();
    screen_add(out, buf_text(texts), INT_MAX);
    screen_end(screen);
    out->failed |= texts->failed;
}

static void show_nagios(const struct checkup *checkup, int64_t max_age_s, int code, struct buf *out)
{
    static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    const struct situation *s = &checkup->overview.situation;
    struct buf texts = {0};
    add_texts(checkup, checkup_worst(checkup), &texts);
    buf_addf(out, "TASK-SERVER %s - ", words[code]);
    add_harmless(&texts, out);
    buf_release(&texts);
    if (s->has_stamp)
        buf_addf(out, " | age=%llds;;%lld", (long long)((s->now_us - s->stamp.ended_us) / 1000000),
                 (long long)max_age_s);
    buf_add_text(out, "\n");
}

/* code: the plug-ins' for monitoring, else that of the command. */
static int show(const struct request *request, const struct checkup *checkup, int code)
{
    struct err err = {0};
    struct buf out = {0};
    if (request->nagios)
        show_nagios(checkup, request->wish.max_age_s, code, &out);
    else if (request->json)
        show_json(checkup, &out);
    else
        show_text(checkup, &out);
    if (checkup->failed)
        out.failed = true;
    if (!paper_write(&out, &err))
        code = cli_fail(&err);
    buf_release(&out);
    return code;
}

/* ---- */

static void send_test_mail(struct checkup *checkup, const struct site *site)
{
    struct err err = {0};
    if (courier_send_test(site, &err))
        checkup_add(checkup, "mail", CHECKUP_WELL, "a test mail has been sent to %s",
                    site->options.notify.to);
    else
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "a test mail cannot be sent: %s", err.text);
}

static int look(const struct request *request, struct site *site)
{
    struct checkup checkup;
    checkup_run(&checkup, &request->wish, site);
    if (request->sends)
        send_test_mail(&checkup, site);
    enum checkup_verdict worst = checkup_worst(&checkup);
    int code = show(request, &checkup, request->nagios ? (int)worst : worst == CHECKUP_CRITICAL);
    checkup_release(&checkup);
    return code;
}

/* Monitoring has a code of its own for what cannot be found out. */
static int give_up(const struct request *request, const struct site *site, const struct err *why)
{
    enum { NAGIOS_UNKNOWN = 3 };
    struct checkup checkup;
    checkup_fail(&checkup, site, why);
    int code = show(request, &checkup, request->nagios ? NAGIOS_UNKNOWN : err_exit_code(why->kind));
    checkup_release(&checkup);
    return code;
}

/* As desk_open, but what it would log is an item of ours. */
static int check(struct request *request, const struct cli *cli)
{
    struct err err = {0};
    struct err no_state = {0};
    struct desk desk = {0};
    struct signals signals = SIGNALS_CLOSED;
    struct site_request where = cli_site_request(cli);
    int code;
    if (!site_open(&desk.site, &where, &err) || !signals_open(&signals, &err)) {
        code = give_up(request, &desk.site, &err);
    } else {
        cli_obey_debug(cli, &desk.site);
        desk.site.signals = &signals;
        if (!site_open_state(&desk.site, &desk.state, &no_state))
            request->wish.no_state = no_state.text;
        code = look(request, &desk.site);
    }
    signals_release(&signals);
    desk_close(&desk);
    return code;
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct request request = {.wish = {.max_age_s = SITUATION_SILENCE_S}};
    return parse_options(args, &request, &err) ? check(&request, args->cli) : cli_fail(&err);
}

const struct cmd cmd_check = {.name = "check", .usage = usage, .run = run, .by_hand = true};
