/* installation.h: where is kivitendo?
 *
 *     char *dir = installation_find(&hint, err);      NULL: not found
 *     free(dir);
 *
 * The directory that contains SL/System/TaskServer.pm.  With -C it is that one or none.  Else it is
 * looked for upwards: from the directory of the -c file as typed, from where that file really lies,
 * and from the current directory; and last at the place compiled in.
 * Ownership: the caller frees the answer, an absolute path without links.
 * Errors: ERR_CONFIG saying where it was looked for.
 * Source: design.md "Command line", kivitendo.md "recognising the directory".
 */
#ifndef IO_INSTALLATION_H
#define IO_INSTALLATION_H

#include "base/attr.h"
#include "base/err.h"

/* Everything borrowed; all may be NULL. */
struct installation_hint {
    const char *directory;   /* behind -C */
    const char *config_file; /* behind -c */
    const char *fallback;    /* NULL: the place compiled in; for tests */
};

char *installation_find(const struct installation_hint *hint, struct err *err) MUST_USE;

#endif
