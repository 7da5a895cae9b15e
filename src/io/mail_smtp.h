/* mail_smtp.h: a mail by SMTP, for io/mail.c. */
#ifndef IO_MAIL_SMTP_H
#define IO_MAIL_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/option_mail.h"

/* One mail; `to` may be several. */
struct mail_smtp {
    const struct mail_way *way;
    const char *from;
    const char *to;
    const struct buf *message;
    int64_t timeout_ms;
};

bool mail_smtp_send(const struct mail_smtp *mail, struct err *err) MUST_USE;

#endif
