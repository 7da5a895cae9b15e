/* err.h: an error as a value: what went wrong, in words, and of which kind.
 *
 * The function that knows most fills it; callers put context in front on the way up:
 *
 *     if (!db_connect(&db, target, err))
 *         return err_wrap(err, "client '%s'", name);
 *
 * gives "client 'acme': cannot connect to …: connection refused".
 *
 * Every setter returns false, so that `return err_set(…)` is the failing end of a function that
 * returns bool.  Texts are lower case, without a full stop, and never contain a secret.
 * The text lives inside the struct: nothing to release, and out of memory can be reported too.
 * What does not fit into ERR_TEXT_MAX bytes is cut at the end (context stands in front).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/attr.h"

enum { ERR_TEXT_MAX = 2048 };

/* The kinds are what a caller may want to act on; each has an exit code (err_exit_code). */
enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,      /* the command line is wrong */
    ERR_INTERNAL,   /* a bug of ours, or out of memory */
    ERR_SYSTEM,     /* a system call failed */
    ERR_AWAY,       /* not now: cannot be reached, is claimed elsewhere, or there is no room */
    ERR_PERMISSION, /* we must not, or may not */
    ERR_CONFIG,     /* the configuration is wrong */
    ERR_JOB,        /* the job itself failed: recorded in its history, never an exit code */
};

struct err {
    enum err_kind kind;
    char sqlstate[6]; /* the code that a database gave; "": none did */
    char text[ERR_TEXT_MAX];
};

/* Sets kind and text, and empties sqlstate, as all setters do; returns false. */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same with kind ERR_SYSTEM and ": <words for errno>" behind the text; returns false. */
bool err_set_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same, but of kind ERR_PERMISSION where errno says that we may not (EACCES, EPERM), or that
 * nobody may (EROFS); returns false. */
bool err_set_access(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same, but of kind ERR_AWAY where errno says that the machine has none left of something: of
 * processes, descriptors, memory, room on a disk.  Nothing was begun, and later it may go. */
bool err_set_shortage(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Out of memory; returns false. */
bool err_set_nomem(struct err *err);

/* Puts "<context>: " in front of the text, leaves kind and sqlstate; returns false. */
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The exit code of design.md: 64, 70, 71, 75, 77 or 78; 0 for ERR_NONE and ERR_JOB. */
int err_exit_code(enum err_kind kind);

#endif
