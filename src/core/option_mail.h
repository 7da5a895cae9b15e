/* option_mail.h: how mail leaves: [mail_delivery] and what overrules it.
 *
 *     struct mail_way way;
 *     mail_way_find(&options->mail, "root@localhost", &way)
 *
 * The settings are kept as texts in one map, whose keys are "<address>/<key>", the address being
 * empty for [mail_delivery] and "*" for [applications]; option_mail checks each and puts it there.
 * For a sender that has a section [mail_delivery/email/ADDRESS], that section replaces host, port,
 * security, login, password, ehlo, verify and ca_file; method and sendmail only where it has them,
 * for kivitendo looks for those in [mail_delivery].
 *
 * Defaults are kivitendo's: host and ehlo "localhost", port 25, or 465 with `ssl`, and sendmail
 * "sendmail -t".  One thing is ours: certificates are verified, unless `verify = 0`,
 * against the system's list or that in `ca_file`.
 *
 * Ownership: everything in a way is borrowed from the map.
 * Errors: ERR_CONFIG naming file, line, section and key.
 * Source: kivitendo.md, the row [mail_delivery]; kivitendo's SL/Mailer.
 */
#ifndef CORE_OPTION_MAIL_H
#define CORE_OPTION_MAIL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/option_map.h"
#include "core/setting.h"

#define OPTION_MAIL_PREFIX "mail_delivery/email/"

enum mail_method { MAIL_OFF, MAIL_SMTP, MAIL_SENDMAIL };

enum mail_security {
    MAIL_PLAIN,
    MAIL_STARTTLS, /* `tls` */
    MAIL_TLS,      /* `ssl` */
};

struct mail_way {
    enum mail_method method;
    enum mail_security security;
    const char *host;
    int port;
    const char *login;    /* NULL: nobody logs in */
    const char *password; /* NULL: none */
    const char *ehlo;
    const char *sendmail; /* a command line, with <%myconfig_email%> in it perhaps */
    bool verifies;        /* certificates */
    const char *ca_file;  /* who signs them; NULL: the system's list */
};

/* The address in the name of a section "mail_delivery/email/ADDRESS"; NULL: it is none such. */
const char *option_mail_section(const char *section) MUST_USE;

/* Checks one setting of a section for mail and puts it into the map. */
bool option_mail(const struct setting *setting, struct option_map *mail, struct buf *warnings,
                 struct err *err) MUST_USE;

/* How mail of this sender (a bare address) leaves. */
void mail_way_find(const struct option_map *mail, const char *sender, struct mail_way *way);

/* Does any sender's mail leave through sendmail? */
bool mail_uses_sendmail(const struct option_map *mail) MUST_USE;

#endif
