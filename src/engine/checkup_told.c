#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "core/mime.h"
#include "core/option_mail.h"
#include "engine/checkup_parts.h"
#include "engine/courier.h"
#include "engine/news.h"
#include "io/curl.h"
#include "io/mail.h"
#include "io/program.h"
#include "store/users.h"

/* ---- mail ---- */

static void check_template(struct checkup *checkup, const struct site *site)
{
    struct buf templates = {0};
    struct err err = {0};
    buf_addf(&templates, "%s/../templates", site->perl_dir);
    struct news_writer writer = {.site = site, .template_dir = buf_text(&templates)};
    if (news_check_template(&writer, &err)) {
        checkup_add(checkup, "mail", CHECKUP_WELL, "the template can be used");
    } else {
        checkup_add(checkup, "mail", CHECKUP_WARNING, "the template cannot be used: %s", err.text);
        checkup_advise(checkup, _("until then a plain text is sent"));
    }
    buf_release(&templates);
}

/* A login's address is in the auth database. */
static bool find_recipient(const struct site *site, struct buf *to, struct err *err)
{
    struct db db = {0};
    struct db_target target = site_auth_target(site);
    struct db_options options = site_db_options(site, "task-server check");
    const char *wanted = site->options.notify.to;
    if (strchr(wanted, '@')) {
        buf_add_text(to, wanted);
        return !to->failed || err_set_nomem(err);
    }
    bool done = db_connect(&db, &target, &options, err) && users_find_email(&db, wanted, to, err);
    db_close(&db);
    return done;
}

/* Would a mail to them be taken for one? */
static bool check_addresses(const struct site *site, const char *to, struct err *err)
{
    struct buf message = {0};
    struct mime_mail mail = {.from = site->options.notify.from,
                             .to = to,
                             .subject = "",
                             .body = "",
                             .id = "",
                             .host = ""};
    bool done = mime_build(&mail, &message, err);
    buf_release(&message);
    return done;
}

static void tell_way(struct checkup *checkup, const struct mail_way *way, const char *to)
{
    if (way->method == MAIL_SMTP)
        checkup_add(checkup, "mail", CHECKUP_WELL, "failures are told to %s through %s:%d", to,
                    way->host, way->port);
    else
        checkup_add(checkup, "mail", CHECKUP_WELL, "failures are told to %s through %s", to,
                    way->sendmail);
}

/* For monitoring no database is asked for a login, and what is well is not worth a word. */
static void check_recipient(struct checkup *checkup, const struct checkup_wish *wish,
                            const struct site *site, const struct mail_way *way)
{
    struct buf to = {0};
    struct err err = {0};
    bool asks = !wish->quick || strchr(site->options.notify.to, '@');
    if (asks && (!find_recipient(site, &to, &err) || !check_addresses(site, buf_text(&to), &err))) {
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "send_email_to cannot be used: %s",
                    err.text);
        checkup_advise(checkup, _("a login of kivitendo with a mail address, or an address"));
    } else if (!wish->quick) {
        tell_way(checkup, way, buf_text(&to));
    }
    buf_release(&to);
}

/* sendmail's programs need what systemd's unit takes away; "task_server start" gives it back. */
static void check_unit(struct checkup *checkup, const struct site *site)
{
    glob_t found = {0};
    const struct situation *s = &checkup->overview.situation;
    if (strcmp(s->scheduler, "systemd") != 0 || !mail_uses_sendmail(&site->options.mail))
        return;
    if (glob("/etc/systemd/system/kivitendo-jobs*.service.d/60-sendmail.conf", 0, NULL, &found)) {
        checkup_add(checkup, "mail", CHECKUP_WARNING,
                    "mail goes through sendmail, and systemd's unit does not let it: "
                    "60-sendmail.conf is missing");
        checkup_advise(checkup, _("task_server restart puts it there"));
    }
    globfree(&found);
}

static void check_curl(struct checkup *checkup)
{
    struct err err = {0};
    if (curl_load(&err))
        return;
    checkup_add(checkup, "mail", CHECKUP_CRITICAL, "nothing can be sent: %s", err.text);
    checkup_advise(checkup, _("install libcurl (Debian: libcurl4)"));
}

static void check_way(struct checkup *checkup, const struct checkup_wish *wish,
                      const struct site *site, const char *from)
{
    struct mail_way way;
    struct err err = {0};
    mail_way_find(&site->options.mail, from, &way);
    if (way.method == MAIL_OFF) {
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "[mail_delivery] method is empty");
        checkup_advise(checkup, _("smtp or sendmail"));
    } else if (!mail_check(&way, from, &err)) {
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "no mail can be sent: %s", err.text);
        checkup_advise(checkup, _("[mail_delivery] sendmail says what is run"));
    } else {
        check_recipient(checkup, wish, site, &way);
    }
    /* With heartbeat_url that has asked for it. */
    if (way.method == MAIL_SMTP && !site->options.heartbeat_url && !wish->quick)
        check_curl(checkup);
}

/* Without our catalogue, mails and what is recorded of jobs would be English in silence. */
static void check_language(struct checkup *checkup, const struct site *site)
{
    const char *language = site->options.language;
    if (strncmp(language, "de", 2) != 0)
        return;
    const char *before = i18n_speak(language);
    bool german = i18n_is_german();
    i18n_speak(before);
    if (german)
        return;
    checkup_add(checkup, "mail", CHECKUP_WARNING,
                "[system] language is '%s', but the German texts are not found: mails and recorded "
                "errors are English",
                language);
    checkup_advise(checkup, _("make install puts them in place, or TASK_SERVER_LOCALE names them"));
}

/* Who has set some of them wants mails. */
static void tell_unset(struct checkup *checkup, const struct site *site)
{
    const struct options_notify *wish = &site->options.notify;
    const struct {
        const char *key, *value;
    } keys[] = {
        {"send_email_to", wish->to}, {"email_from", wish->from}, {"email_subject", wish->subject}};
    struct buf unset = {0};
    if (!wish->to && site->options.notify_command) {
        checkup_add(checkup, "mail", CHECKUP_WELL,
                    "failed jobs are told to notify_command, and to nobody by mail");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (!keys[i].value)
            buf_addf(&unset, "%s%s", unset.len ? ", " : "", keys[i].key);
    checkup_add(checkup, "mail", CHECKUP_WARNING,
                "nobody is told of failed jobs by mail: [task_server/notify_on_failure] lacks %s",
                buf_text(&unset));
    checkup_advise(checkup, _("set what is missing, or notify_command in [task_server]"));
    buf_release(&unset);
}

static void check_sender(struct checkup *checkup, const struct checkup_wish *wish,
                         const struct site *site)
{
    char from[MIME_ADDRESS_MAX + 1];
    if (mime_address(site->options.notify.from, from))
        check_way(checkup, wish, site, from);
    else
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "email_from is no mail address: %s",
                    site->options.notify.from);
}

void checkup_mail(struct checkup *checkup, const struct checkup_wish *wish, const struct site *site)
{
    const struct options_notify *notify = &site->options.notify;
    bool is_set = notify->to && notify->from && notify->subject;
    if (!wish->quick) {
        check_unit(checkup, site);
        check_language(checkup, site);
    }
    if (is_set)
        check_sender(checkup, wish, site);
    if (wish->quick)
        return;
    if (is_set)
        check_template(checkup, site);
    else
        tell_unset(checkup, site);
}

/* ---- programs and monitors ---- */

static void check_program(struct checkup *checkup, const struct checkup_wish *wish,
                          const struct site *site)
{
    struct words words = {0};
    struct err err = {0};
    struct ownership_rule rule = {.uid = site->identity.uid, .name = site->identity.name};
    bool done = words_split(&words, site->options.notify_command, &err) &&
                program_check(words.items[0], &rule, &err);
    if (done && !wish->quick)
        checkup_add(checkup, "mail", CHECKUP_WELL,
                    "notify_command is there and can be executed; it is not tried");
    else if (!done)
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "notify_command cannot be run: %s",
                    err.text);
    words_release(&words);
}

static void tell_metrics(struct checkup *checkup, const char *folder, int reason)
{
    if (reason == 0) {
        checkup_add(checkup, "mail", CHECKUP_WELL, "metrics_file can be written");
    } else if (reason == EACCES) {
        checkup_add(checkup, "mail", CHECKUP_WARNING,
                    "metrics_file cannot be written: not by us in %s", folder);
        checkup_advise(checkup, _("it must belong to the user that jobs run as"));
    } else {
        checkup_add(checkup, "mail", CHECKUP_WARNING, "metrics_file cannot be written: %s: %s",
                    folder, strerror(reason));
        checkup_advise(checkup, _("make that directory, for the user that jobs run as, or name "
                                  "another one"));
    }
}

/* The file is replaced, so its directory is what must be writable. */
static void check_metrics(struct checkup *checkup, const char *file)
{
    struct buf folder = {0};
    const char *slash = strrchr(file, '/');
    buf_add(&folder, file, slash && slash > file ? (size_t)(slash - file) : 1);
    bool is_writable = access(buf_text(&folder), W_OK | X_OK) == 0;
    tell_metrics(checkup, buf_text(&folder), is_writable ? 0 : errno);
    buf_release(&folder);
}

static void check_heartbeat(struct checkup *checkup)
{
    const struct situation *s = &checkup->overview.situation;
    check_curl(checkup);
    if (courier_trouble(&s->incidents, COURIER_HEARTBEAT)) /* checkup_courier tells it */
        return;
    checkup_add(checkup, "mail", CHECKUP_WELL,
                s->has_stamp ? N_("heartbeat_url is fetched after each run, which is not known to "
                                  "have failed")
                             : N_("heartbeat_url is set; no run has fetched it yet"));
}

void checkup_told(struct checkup *checkup, const struct checkup_wish *wish, const struct site *site)
{
    if (site->options.notify_command)
        check_program(checkup, wish, site);
    if (wish->quick)
        return;
    if (site->options.heartbeat_url)
        check_heartbeat(checkup);
    if (site->options.metrics_file)
        check_metrics(checkup, site->options.metrics_file);
}

/* ---- how it went ---- */

static void check_courier_way(struct checkup *checkup, enum courier_way way, const char *advice)
{
    const struct situation *s = &checkup->overview.situation;
    const struct incident *trouble = courier_trouble(&s->incidents, way);
    struct buf since = {0};
    if (!trouble)
        return;
    agewords_span(s->now_us / 1000000 - trouble->since_s, &since);
    checkup_add(checkup, "mail", CHECKUP_WARNING, "%s (for %s)", courier_fault(way),
                buf_text(&since));
    checkup_advise(checkup, "%s", advice);
    buf_release(&since);
}

/* While a run is at work they may be on their way. */
static void check_notices(struct checkup *checkup)
{
    const struct situation *s = &checkup->overview.situation;
    if (!s->notices)
        return;
    checkup_add(checkup, "mail", s->busy_now ? CHECKUP_WELL : CHECKUP_WARNING,
                "notices that wait to be sent: %zu", s->notices);
    checkup_advise(checkup, _("runs try again for a day, and say what is wrong"));
}

void checkup_courier(struct checkup *checkup, const struct site *site)
{
    const struct options *options = &site->options;
    if (options->notify.to)
        check_courier_way(checkup, COURIER_MAIL,
                          _("task-server check --send-test-mail tells what is wrong"));
    if (options->notify_command)
        check_courier_way(checkup, COURIER_PROGRAM, _("the messages of runs say what is wrong"));
    if (options->heartbeat_url)
        check_courier_way(checkup, COURIER_HEARTBEAT, _("the messages of runs say what is wrong"));
    check_notices(checkup);
}
