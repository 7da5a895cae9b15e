/* option_command.h: settings whose keys, or whose sections, are names of packages.
 *
 * Helpers of core/options for [task_server/timeouts], [task_server/commands] and the sections
 * [task_server/commands/<package>]: each checks one setting and puts it into a map under its
 * package; an empty value takes it out again.
 * Errors: ERR_CONFIG naming file, line, section and key.  A command line may hold a password and is
 * never shown.
 * Source: design.md "New configuration keys" and "Jobs: three kinds".
 * Not here: may the program be run (io/program).
 */
#ifndef CORE_OPTION_COMMAND_H
#define CORE_OPTION_COMMAND_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/option_map.h"
#include "core/option_value.h"
#include "core/setting.h"

#define OPTION_COMMAND_PREFIX "task_server/commands/"

/* The package in the name of a section "task_server/commands/<package>"; NULL: it is none such. */
const char *option_command_section(const char *section) MUST_USE;

/* package → seconds, as text. */
bool option_timeout(const struct setting *setting, const struct option_bounds *bounds,
                    struct option_map *timeouts, struct err *err) MUST_USE;

/* Is it a command line: can it be split (core/words.h), and does it begin with an absolute path?
 * Warns of characters that only a shell understands. */
bool option_program(const struct setting *setting, struct buf *warnings, struct err *err) MUST_USE;

/* package → command line, as written. */
bool option_command(const struct setting *setting, struct option_map *commands,
                    struct buf *warnings, struct err *err) MUST_USE;

/* package → "FILE:LINE" where the switch `database` of its own section is on. */
bool option_command_database(const struct setting *setting, struct option_map *databases,
                             struct buf *warnings, struct err *err) MUST_USE;

#endif
