/* next: when a cron_spec fires.  No database, no configuration. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cmd/commands.h"
#include "cmd/when.h"
#include "core/cronspec.h"
#include "core/walltime.h"
#include "core/zone.h"
#include "io/zonefile.h"

enum { COUNT_DEFAULT = 10, COUNT_MAX = 100000 };

struct request {
    const char *spec;
    const char *from; /* NULL: now */
    const char *count;
    bool help;
};

static bool parse_from(const struct zone *zone, const char *text, int64_t *epoch_s, struct err *err)
{
    struct when when = {.option = "--from",
                        .zone = zone,
                        .now_s = clock_real_us() / WALLTIME_SECOND_US,
                        .towards = 1};
    *epoch_s = when.now_s;
    return !text || when_parse(&when, text, epoch_s, err);
}

static bool parse_count(const char *text, long *count, struct err *err)
{
    char *end;
    *count = COUNT_DEFAULT;
    if (!text)
        return true;
    errno = 0;
    *count = strtol(text, &end, 10);
    if (errno || end == text || *end || *count < 1 || *count > COUNT_MAX)
        return err_set(err, ERR_USAGE, "--count '%.60s': wanted a number from 1 to %d", text,
                       COUNT_MAX);
    return true;
}

/* One line per fire time. */
static void print_times(const struct cronspec *spec, const struct zone *zone, int64_t after_s,
                        long count)
{
    char text[WALLTIME_MAX];
    int64_t at_s = after_s;
    while (count-- && cronspec_next(spec, zone, at_s, &at_s) &&
           at_s < INT64_MAX / WALLTIME_SECOND_US) {
        walltime_show(zone, at_s * WALLTIME_SECOND_US, text);
        puts(text);
    }
}

static bool show(const struct zone *zone, const struct request *request, struct err *err)
{
    struct cronspec spec;
    int64_t from_s = 0;
    long count = 0;
    if (!parse_from(zone, request->from, &from_s, err) || !parse_count(request->count, &count, err))
        return false;
    if (!cronspec_parse(&spec, request->spec, err)) {
        err->kind = ERR_USAGE; /* here it is the command line that is wrong, not a job's row */
        return false;
    }
    if (*spec.warning)
        log_msg(LOG_LEVEL_WARNING, "cron spec '%s': %s", request->spec, spec.warning);
    if (!spec.fires)
        log_msg(LOG_LEVEL_WARNING, "cron spec '%s' never fires: no month it names has such a day",
                request->spec);
    print_times(&spec, zone, from_s, count);
    return true;
}

static bool parse_options(const struct cmd_args *args, struct request *request)
{
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'},
        {"count", required_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    optind = 0; /* main.c has used getopt before; 0 makes GNU's start afresh */
    while ((option = getopt_long(args->argc, args->argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'f': request->from = optarg; break;
        case 'n': request->count = optarg; break;
        case 'h': request->help = true; break;
        default: return false;
        }
    }
    if (!request->help && args->argc - optind != 1) {
        log_msg(LOG_LEVEL_ERROR, "next: wanted one SPEC, quoted: task-server next '*/5 * * * *'");
        return false;
    }
    request->spec = args->argv[optind];
    return true;
}

static int run(const struct cmd_args *args)
{
    struct request request = {0};
    struct zone zone = {0};
    struct err err = {0};
    if (!parse_options(args, &request))
        return err_exit_code(ERR_USAGE);
    if (request.help) {
        fputs(_(cmd_next.usage), stdout);
        return 0;
    }
    bool ok = zonefile_load(&zone, getenv("TZ"), &err) && show(&zone, &request, &err);
    zone_release(&zone);
    if (ok)
        return 0;
    log_msg(LOG_LEVEL_ERROR, "next: %s", err.text);
    return err_exit_code(err.kind);
}

const struct cmd cmd_next = {
    .name = "next",
    .usage = N_("usage: task-server next SPEC [--from WHEN] [--count N]\n"
                "\n"
                "Prints when a cron_spec fires, one time a line, in local time (TZ, else\n"
                "/etc/localtime).  Needs no database and no configuration.\n"
                "\n"
                "  SPEC          five fields in one argument, '*/5 8-17 * * 1-5', or @daily and\n"
                "                the like\n"
                "  --from WHEN   only times after WHEN (default: now): 'YYYY-MM-DD HH:MM[:SS]',\n"
                "                tomorrow, or a distance from now like 3d; task-server(1) lists\n"
                "                the forms\n"
                "  --count N     how many times at most (default: 10)\n"
                "  --help        this text\n"
                "\n"
                "Items of a SPEC that pick nothing are named on standard error, and so is a SPEC\n"
                "that never fires.  Exit codes: 0 done, 64 wrong SPEC or usage, 78 TZ means\n"
                "nothing.\n"),
    .run = run,
};
