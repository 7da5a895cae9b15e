/* pidname.h: what the pid file is called.
 *
 * It is the name the old Perl server gives it, so that both lock the same file and kivitendo's
 * pages find the pid: the configuration file's path with slashes turned into dots, and ".pid".
 * Errors: ERR_CONFIG for an empty path or a name longer than a file's may be.
 * Source: kivitendo.md "Files", row "pid file".
 * Not here: the directory it lies in (users/pid), resolving paths (io/config).
 */
#ifndef CORE_PIDNAME_H
#define CORE_PIDNAME_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* Appends the name for a file given with -c: the text as it was typed. */
bool pidname_typed(struct buf *name, const char *typed, struct err *err) MUST_USE;

/* Appends the name for a file found without -c: its path relative to the installation directory.
 * Both paths are absolute and resolved, without "." and ".." in them. */
bool pidname_resolved(struct buf *name, const char *file, const char *installation,
                      struct err *err) MUST_USE;

#endif
