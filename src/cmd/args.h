/* args.h: the options of a command, as data.
 *
 *     const struct args_option options[] = {
 *         {.name = "client", .text = &request->client},
 *         {.name = "json", .is_given = &request->json},
 *         {0},
 *     };
 *     if (!args_parse(args, "status", options, err)) …        what is left begins at
 * args->argv[optind]
 *
 * Errors: ERR_USAGE, which begins with the command's name; getopt itself names the wrong option.
 * Source: getopt_long(3).
 * Not here: the global options (main.c), what the texts mean.
 */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "cmd/cmd.h"

enum { ARGS_OPTIONS_MAX = 16 };

/* One of the two places is set: a text is taken, or only that it is given. */
struct args_option {
    const char *name; /* without the dashes; NULL ends the list */
    const char **text;
    bool *is_given;
};

bool args_parse(const struct cmd_args *args, const char *command, const struct args_option *options,
                struct err *err) MUST_USE;

/* The id of a job, from 1 on. */
bool args_job_id(const char *command, const char *text, int *id, struct err *err) MUST_USE;

#endif
