/* program.h: is this a program that we may run?
 *
 *     const struct ownership_rule rule = {.uid = identity.uid, .name = identity.name};
 *     if (!program_check("/usr/local/bin/backup", &rule, err)) …
 *
 * Yes, if the path is absolute, leads to a regular file that we may execute, and neither the file
 * nor a directory or link on the way can be changed by others than root and the rule's user (see
 * io/ownership.h).  To be asked at each start: what holds today need not hold tomorrow.  Between
 * the question and execve only those same users could change the answer.
 *
 * Errors: ERR_PERMISSION, or ERR_SYSTEM where the path does not lead anywhere; both name it.
 * Source: execve(2), faccessat(2); design.md "Jobs: three kinds".
 * Not here: the interpreter that a script names in its first line.
 */
#ifndef IO_PROGRAM_H
#define IO_PROGRAM_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/ownership.h"

bool program_check(const char *path, const struct ownership_rule *rule, struct err *err) MUST_USE;

#endif
