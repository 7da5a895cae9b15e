/* lines.h: files that grow by a line at a time, from several processes.
 *
 *     int fd = lines_open(path, err)                     -1: err is set
 *     lines_append(fd, path, &text, err)                 text ends with a newline
 *     if (lines_is_cut(line, len)) …                     for who reads: to be skipped
 *
 * A line is written at once, and has no control characters but tabs.  One that a full disk or a
 * crash cut short is crossed out before the next one is written: it ends with ASCII's CAN, so it is
 * taken neither for a whole one nor for the beginning of the next.  A crash may also leave zeros
 * where bytes should be.  Links are not followed.
 *
 * Errors: ERR_SYSTEM.  Source: write(2), O_APPEND in open(2).
 */
#ifndef IO_LINES_H
#define IO_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* Created with mode 0600 where it is not there. */
int lines_open(const char *path, struct err *err) MUST_USE;

bool lines_append(int fd, const char *path, const struct buf *line, struct err *err) MUST_USE;

/* The line without its newline; all of it, for a string would end at the first zero. */
bool lines_is_cut(const char *line, size_t len) MUST_USE;

#endif
