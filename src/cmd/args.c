#include "cmd/args.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

bool args_parse(const struct cmd_args *args, const char *command, const struct args_option *options,
                struct err *err)
{
    struct option table[ARGS_OPTIONS_MAX + 1] = {0};
    int which = 0;
    for (int i = 0; i < ARGS_OPTIONS_MAX && options[i].name; i++)
        table[i] = (struct option){
            .name = options[i].name,
            .has_arg = options[i].text ? required_argument : no_argument,
        };
    optind = 0; /* main.c has used getopt before; 0 makes GNU's start afresh */
    for (int found; (found = getopt_long(args->argc, args->argv, "", table, &which)) != -1;) {
        if (found != 0)
            return err_set(err, ERR_USAGE, "%s: see task-server %s --help", command, command);
        if (options[which].text)
            *options[which].text = optarg;
        else
            *options[which].is_given = true;
    }
    return true;
}

bool args_job_id(const char *command, const char *text, int *id, struct err *err)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < 1 || value > 2147483647)
        return err_set(err, ERR_USAGE, "%s: '%.60s' is no job id", command, text);
    *id = (int)value;
    return true;
}
