/* mail.h: gives a finished mail to a mail server, or to sendmail.
 *
 *     struct mail_envelope envelope = {.from = "root@localhost", .to = "a@b.example"};
 *     struct mail_limits limits = {.timeout_ms = 30000, .environment = block};
 *     mail_deliver(&way, &envelope, &message, &limits, err)
 *
 * The addresses go into the envelope only; sendmail reads the recipients in the message.  That
 * comes from core/mime, with LF line ends.
 *
 * SMTP goes through libcurl: STARTTLS is insisted on where it is asked for, certificates are
 * verified unless the way says otherwise.  sendmail's command line is split into words after its
 * <%…%> parts have been replaced, and no shell sees it; a name without a slash is looked for where
 * Debian keeps such programs, one with a slash must be an absolute path.  What it leaves running (a
 * delivery) is left alone.
 *
 * Errors: ERR_AWAY whenever it may work later: no connection, refused, time over.  ERR_CONFIG where
 * the way is switched off, or its command line is none or names no program.  Never a password.
 * Source: RFC 5321, 3207, 4954; sendmail's -t; kivitendo's SL/Mailer.
 */
#ifndef IO_MAIL_H
#define IO_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/option_mail.h"
#include "io/signals.h"

struct mail_envelope {
    const char *from; /* bare (mime_address) */
    const char *to;   /* one or several, as in the header */
};

struct mail_limits {
    int64_t timeout_ms;             /* for all of it */
    const char *const *environment; /* of sendmail; NULL: none */
    struct signals *signals;        /* a stop signal ends sendmail; NULL: none does */
};

bool mail_deliver(const struct mail_way *way, const struct mail_envelope *envelope,
                  const struct buf *message, const struct mail_limits *limits,
                  struct err *err) MUST_USE;

/* What can be known of the way without sending anything: that sendmail's program is there, and that
 * its command line is not meant for a shell.  sender: a bare address. */
bool mail_check(const struct mail_way *way, const char *sender, struct err *err) MUST_USE;

/* sendmail's command line with its parts replaced: kivitendo's <%myconfig_email%>, and
 * <%if myconfig_email%>…<%end%>.  Anything else between <% and %> is an error. */
bool mail_command_line(const char *template, const char *email, struct buf *line,
                       struct err *err) MUST_USE;

#endif
