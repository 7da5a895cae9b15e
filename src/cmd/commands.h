/* commands.h: all commands of the program; main.c lists them. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include <stdbool.h>

#include "base/attr.h"
#include "cmd/cmd.h"

extern const struct cmd cmd_check;
extern const struct cmd cmd_run;
extern const struct cmd cmd_run_job;
extern const struct cmd cmd_history;
extern const struct cmd cmd_next;
extern const struct cmd cmd_jobs;
extern const struct cmd cmd_hold;
extern const struct cmd cmd_release;
extern const struct cmd cmd_settings;
extern const struct cmd cmd_status;
extern const struct cmd cmd_handover;
extern const struct cmd cmd_version;
extern const struct cmd cmd_why;

#endif
