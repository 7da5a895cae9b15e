/* cmd.h: a command of the program as data, one file per command.
 *
 * Each src/cmd/<name>.c exports exactly one `const struct cmd cmd_<name>`; main.c has the table.
 * run returns the exit code (sysexits(3), err_exit_code in base/err.h) and does its own talking:
 * results to standard output, messages through base/log.h.  Whether the results have arrived main.c
 * looks at the end.
 *
 * Not here: the global options, which main.c reads before.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>

struct cli;

/* What a command is started with. */
struct cmd_args {
    int argc;
    char **argv;           /* argv[0] is the command's name */
    const struct cli *cli; /* global options */
};

struct cmd {
    const char *name;
    const char *usage; /* the whole --help text */
    int (*run)(const struct cmd_args *args);
    bool by_hand; /* somebody waits for what it did: LOG_LEVEL_INFO is shown whoever reads */
};

#endif
