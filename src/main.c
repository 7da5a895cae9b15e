/* task-server: works through kivitendo's background jobs, one short run at a time.
 *
 * The way of one run, floor by floor:
 *
 *   main.c            global options, then the command
 *   cmd/run.c         configuration, lock, state; one round; summary
 *   engine/round.c    passes over the enabled clients, lanes (processes) that serve them
 *   engine/visit.c    in a lane: connect, list the due jobs, one after the other …
 *   engine/execute.c  … claim, work (jobs/), settle
 *   store/            what outlives a run: clients, jobs, claims, history, incidents
 *   io/               libpq, files, signals, locks
 *   core/             cron specs, zones, job rows, settings: pure
 *   base/             errors, buffers, clocks, the log
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cmd/cli.h"
#include "cmd/commands.h"

/* clang-format off */
static const struct cmd *const commands[] = {
    &cmd_run,
    &cmd_run_job,
    &cmd_jobs,
    &cmd_status,
    &cmd_history,
    &cmd_why,
    &cmd_check,
    &cmd_hold,
    &cmd_release,
    &cmd_next,
    &cmd_settings,
    &cmd_handover,
    &cmd_version,
};
/* clang-format on */

static const char usage[] = N_(
    "usage: task-server [options] COMMAND …\n"
    "\n"
    "Runs kivitendo's background jobs.\n"
    "\n"
    "  run           one run over all enabled clients: what cron or a timer starts\n"
    "                every minute\n"
    "  run-job ID    that job now, whatever its schedule\n"
    "  jobs          all clients' jobs, shown and changed\n"
    "  status        the installation at a glance\n"
    "  history       how runs of jobs ended, and their statistics\n"
    "  why JOB       why a job is not run, or that it is\n"
    "  check         what could keep jobs from running; also for monitoring\n"
    "  hold          nothing is started, for one client or for all\n"
    "  release       … until this is said\n"
    "  next SPEC     when a cron_spec fires\n"
    "  settings      what scripts want to know of an installation\n"
    "  handover      what would trouble kivitendo's own task server\n"
    "  version       the version of this program\n"
    "  help [COMMAND]\n"
    "\n"
    "  -c FILE       configuration file (default: config/kivitendo.conf of the\n"
    "                installation)\n"
    "  -C DIR        kivitendo's directory (default: looked for upwards from FILE or\n"
    "                from here)\n"
    "  -q            only errors\n"
    "  -v            every decision with its reason\n"
    "  --allow-root  run as root, if all of the configuration belongs to root\n"
    "\n"
    "task-server COMMAND --help tells more.\n");

static const struct cmd *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int wrong_usage(const char *what, const char *word)
{
    log_msg(LOG_LEVEL_ERROR, "%s%s%s%s; see task-server help", i18n(what), word ? " '" : "",
            word ? word : "", word ? "'" : "");
    return err_exit_code(ERR_USAGE);
}

static int help(int argc, char **argv)
{
    if (argc < 2) {
        fputs(_(usage), stdout);
        return 0;
    }
    const struct cmd *command = find_command(argv[1]);
    if (!command)
        return wrong_usage(N_("there is no command"), argv[1]);
    fputs(_(command->usage), stdout);
    return 0;
}

/* What people want to see depends on who reads: cron mails every line, a terminal or the journal
 * keeps them. */
static enum log_level choose_level(const struct cli *cli, const struct cmd *command, bool journal)
{
    if (cli->quiet)
        return LOG_LEVEL_ERROR;
    if (cli->verbose)
        return LOG_LEVEL_DEBUG;
    return journal || command->by_hand || isatty(STDERR_FILENO) ? LOG_LEVEL_INFO : LOG_LEVEL_NOTICE;
}

/* 0: go on; else the exit code. */
static int parse_global(int argc, char **argv, struct cli *cli, bool *wants_help)
{
    static const struct option options[] = {
        {"allow-root", no_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "+c:C:qvh", options, NULL)) != -1) {
        switch (option) {
        case 'c': cli->config = optarg; break;
        case 'C': cli->installation = optarg; break;
        case 'q': cli->quiet = true; break;
        case 'v': cli->verbose = true; break;
        case 'r': cli->allow_root = true; break;
        case 'h': *wants_help = true; break;
        default: return wrong_usage(N_("the options are wrong"), NULL);
        }
    }
    return 0;
}

/* Options with a value are those that the usage shows with a word in capitals. */
static bool takes_value(const char *text, const char *option)
{
    size_t len = strlen(option);
    if (strncmp(option, "--", 2) != 0)
        return false;
    while ((text = strstr(text, option))) {
        text += len;
        if (text[0] == ' ' && text[1] >= 'A' && text[1] <= 'Z')
            return true;
    }
    return false;
}

/* Wherever it stands: `jobs add --help` asks, too; but `hold --why -h` does not. */
static bool asks_for_help(int argc, char **argv, const struct cmd *command)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
        i += takes_value(command->usage, argv[i]);
    }
    return false;
}

static int run_command(int argc, char **argv, const struct cli *cli)
{
    bool journal = log_goes_to_journal(getenv("JOURNAL_STREAM"));
    const struct cmd *command = find_command(argv[0]);
    struct cmd_args args = {.argc = argc, .argv = argv, .cli = cli};
    if (strcmp(argv[0], "help") == 0)
        return help(argc, argv);
    if (!command)
        return wrong_usage(N_("there is no command"), argv[0]);
    if (asks_for_help(argc, argv, command)) {
        fputs(_(command->usage), stdout);
        return 0;
    }
    log_init(choose_level(cli, command, journal), journal);
    return command->run(&args);
}

/* Started with closed descriptors 0 to 2, the next file that is opened would be what messages go
 * to: the pid file, say, or a database. */
static bool fill_standard_descriptors(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    return fd >= 0 && close(fd) == 0;
}

/* Which database it is kivitendo's configuration and its clients say; libpq would let these of
 * whoever started us go before them, or change what a session begins with. */
static void forget_servers(void)
{
    static const char *const names[] = {"PGHOSTADDR", "PGSERVICE", "PGOPTIONS",
                                        "PGTARGETSESSIONATTRS", "PGTZ"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unsetenv(names[i]);
}

static int start(int argc, char **argv)
{
    struct cli cli = {0};
    bool wants_help = false;
    forget_servers();
    log_init(LOG_LEVEL_INFO, log_goes_to_journal(getenv("JOURNAL_STREAM")));
    const char *catalogues = getenv("TASK_SERVER_LOCALE");
    i18n_init(catalogues ? catalogues : TASK_SERVER_LOCALE_DIR);
    int exit_code = parse_global(argc, argv, &cli, &wants_help);
    if (exit_code)
        return exit_code;
    if (wants_help)
        return help(1, argv);
    if (optind == argc)
        return wrong_usage(N_("a command is missing"), NULL);
    return run_command(argc - optind, argv + optind, &cli);
}

/* What was printed must have arrived: on a full disk nobody may take the half of it for all. */
static int finish(int exit_code)
{
    struct err err = {0};
    if (exit_code || (fflush(stdout) == 0 && !ferror(stdout)))
        return exit_code;
    err_set_errno(&err, "cannot write to standard output");
    return cli_fail(&err);
}

int main(int argc, char **argv)
{
    return fill_standard_descriptors() ? finish(start(argc, argv)) : err_exit_code(ERR_SYSTEM);
}
