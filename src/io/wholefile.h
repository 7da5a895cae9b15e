/* wholefile.h: small files read and replaced as a whole.
 *
 * A replacement is written beside the file and renamed over it: a reader sees the old text or the
 * new one, and a full disk leaves the old one.  Not synced to disk: these files may be lost with
 * the machine.  Links are not followed.
 *
 * Errors: ERR_SYSTEM, ERR_INTERNAL.  Source: rename(2).
 */
#ifndef IO_WHOLEFILE_H
#define IO_WHOLEFILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

enum { WHOLEFILE_MAX = 1024 * 1024 };

/* Appends what can be read from there; false: errno says why, EFBIG where it is more than
 * max_bytes. Out of memory shows in `text`. */
bool wholefile_read_fd(int fd, size_t max_bytes, struct buf *text) MUST_USE;

/* Appends the file's bytes; more than WHOLEFILE_MAX of them is an error. */
bool wholefile_read(const char *path, struct buf *text, struct err *err) MUST_USE;

/* The same, but a file that is not there is an empty one. */
bool wholefile_read_if_any(const char *path, struct buf *text, struct err *err) MUST_USE;

/* Mode 0644: for others to read. */
bool wholefile_publish(const char *path, const struct buf *text, struct err *err) MUST_USE;

/* Mode 0600. */
bool wholefile_replace(const char *path, const struct buf *text, struct err *err) MUST_USE;

#endif
