/* nologin.h: is the installation locked?
 *
 *     bool locked;
 *     if (!nologin_check(installation, &options, &locked, err)) …
 *
 * kivitendo creates the file <userspath>/nologin during upgrades of a database and keeps it after
 * a failed one; administrators create it for maintenance.  While it is there nothing may run.  The
 * setting keep_installation_unlocked means that nobody looks at it.
 * One stat(2) per call: ask before every pass and every claim.
 * Errors: where it cannot be told (a directory without search permission, a path too long),
 * ERR_PERMISSION or ERR_SYSTEM; the caller had better run nothing then.
 * Source: kivitendo.md "installation lock".  kivitendo looks for a regular file, links followed.
 */
#ifndef IO_NOLOGIN_H
#define IO_NOLOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/options.h"

/* Sets *locked; a relative userspath is below the installation directory. */
bool nologin_check(const char *installation, const struct options *options, bool *locked,
                   struct err *err) MUST_USE;

/* Since when, in seconds since the epoch: the file's time.  0: it is not, or that cannot be told.
 */
int64_t nologin_since_s(const char *installation, const struct options *options);

#endif
