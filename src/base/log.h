/* log.h: messages, one line each, written whole: to standard error, to syslog, or into a file.
 *
 *     log_init(LOG_LEVEL_INFO, log_goes_to_journal(getenv("JOURNAL_STREAM")));
 *     log_msg(LOG_LEVEL_ERROR, "client '%s': %s", name, err.text);
 *
 * With systemd's journal at the other end each line begins with its priority, "<3>" and so on.
 * Control characters and bytes that are no UTF-8 are made harmless: a newline becomes "\n" in
 * letters, others "\xNN", so that a text from a database can neither forge a line nor drive a
 * terminal.  Lines longer than LOG_LINE_MAX bytes are cut and say so.
 *
 * The format is translated for the reader, whatever is spoken just now (base/i18n.h).
 * Only main.c, cmd/ and engine/ call this; lower floors return errors.
 * Source: sd-daemon(3) for the priorities, systemd.exec(5) for JOURNAL_STREAM.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/attr.h"

enum { LOG_LINE_MAX = 4096 };

/* The numbers are syslog's priorities. */
enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5, /* something lasting has changed, for the better */
    LOG_LEVEL_INFO = 6,   /* what was done */
    LOG_LEVEL_DEBUG = 7,  /* every decision with its reason */
};

/* Messages above `level` are dropped.  with_priority: begin lines with "<N>". */
void log_init(enum log_level level, bool with_priority);

enum log_target {
    LOG_TO_STDERR,
    LOG_TO_SYSLOG, /* openlog(3) is the caller's */
    LOG_TO_FILE,   /* in the form of kivitendo's log: date, time, pid, [pid], level, text */
};

/* Where messages go from now on.  A file takes the place of standard error (dup2(2)), so that every
 * child has it too; that is the caller's to do. */
void log_to(enum log_target where);

/* Raises the level, if it is not that high yet. */
void log_raise(enum log_level level);

/* Would a message of this level be written?  For callers that must work to make one. */
bool log_wants(enum log_level level);

void log_msg(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Is standard error the stream that JOURNAL_STREAM ("device:inode", or NULL) names? */
bool log_goes_to_journal(const char *journal_stream) MUST_USE;

#endif
