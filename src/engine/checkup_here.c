#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/i18n.h"
#include "core/agewords.h"
#include "core/mime.h"
#include "core/option_mail.h"
#include "core/walltime.h"
#include "engine/catalogue.h"
#include "engine/checkup_parts.h"
#include "engine/handlers.h"
#include "engine/host.h"
#include "engine/news.h"
#include "io/wholefile.h"

enum { FREE_MIN_MB = 100, LOCKED_MAX_S = 900 };

/* ---- files ---- */

static void check_rights(struct checkup *checkup, const char *file)
{
    struct stat st;
    if (!file || stat(file, &st) != 0)
        return;
    if (st.st_mode & S_IROTH) {
        checkup_add(checkup, "configuration", CHECKUP_WARNING,
                    "%s holds passwords and can be read by everybody", file);
        checkup_advise(checkup, _("chmod o-r, and let it belong to the web server's group"));
    } else {
        checkup_add(checkup, "configuration", CHECKUP_WELL, "%s is read", file);
    }
}

void checkup_configuration(struct checkup *checkup, const struct site *site)
{
    const char *line = buf_text(&site->warnings);
    check_rights(checkup, site->files.local ? site->files.local : site->files.defaults);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
        checkup_add(checkup, "configuration", CHECKUP_WARNING, "%.*s", (int)(end - line), line);
    checkup_add(checkup, "configuration", CHECKUP_WELL, "node '%s', installation %s", site->node_id,
                site->installation);
}

static void check_writable(struct checkup *checkup, const char *path)
{
    if (access(path, W_OK | X_OK) == 0) {
        checkup_add(checkup, "directories", CHECKUP_WELL, "%s can be written", path);
    } else {
        checkup_add(checkup, "directories", CHECKUP_CRITICAL, "%s cannot be written by us", path);
        checkup_advise(checkup, _("it must belong to the user that jobs run as"));
    }
}

static void check_room(struct checkup *checkup, const char *path)
{
    struct statvfs fs;
    if (statvfs(path, &fs) != 0)
        return;
    unsigned long long mb = (unsigned long long)fs.f_bavail * fs.f_frsize / (1024 * 1024);
    checkup_add(checkup, "directories", mb < FREE_MIN_MB ? CHECKUP_WARNING : CHECKUP_WELL,
                "%llu MB are free below %s", mb, path);
}

void checkup_directories(struct checkup *checkup, const struct site *site)
{
    struct buf path = {0};
    const struct situation *s = &checkup->overview.situation;
    buf_addf(&path, "%s/users/pid", site->installation);
    check_writable(checkup, buf_text(&path));
    buf_release(&path);
    if (s->state) {
        check_writable(checkup, s->state);
        check_room(checkup, s->state);
    } else {
        checkup_add(checkup, "directories", CHECKUP_CRITICAL, "the state directory cannot be used");
    }
    if (s->journal.bad) {
        checkup_add(checkup, "directories", CHECKUP_WARNING,
                    "%d runs could not be recorded and lie in the journal's bad/", s->journal.bad);
        checkup_advise(checkup, _("look at them, and remove them"));
    }
}

/* ---- what starts runs ---- */

/* What would start it at boot: the same places as scripts/arm/old.sh knows. */
void checkup_old_server(struct checkup *checkup)
{
    static const char *const places[] = {
        "/etc/systemd/system/multi-user.target.wants/kivitendo-task-server.service",
        "/etc/rc2.d/S01kivitendo-task-server", "/etc/rc3.d/S01kivitendo-task-server",
        "/etc/init/kivitendo-task-server.conf"};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        struct stat st;
        if (lstat(places[i], &st) != 0)
            continue;
        checkup_add(checkup, "old-server", CHECKUP_WARNING,
                    "kivitendo's old server is started at boot: %s", places[i]);
        checkup_advise(checkup, _("systemctl disable kivitendo-task-server, or update-rc.d"));
        return;
    }
    checkup_add(checkup, "old-server", CHECKUP_WELL, "it is not started at boot");
}

static void check_age(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    struct buf ago = {0};
    int64_t age_s = (s->now_us - s->stamp.ended_us) / 1000000;
    agewords_span(age_s, &ago);
    if (s->busy_now)
        checkup_add(checkup, "schedule", CHECKUP_WELL, "a run is at work, pid %d",
                    (int)s->holder.pid);
    else if (!s->has_stamp)
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL, "no run has ended yet");
    else
        checkup_add(checkup, "schedule", age_s > wish->max_age_s ? CHECKUP_CRITICAL : CHECKUP_WELL,
                    "the last run ended %s ago, with exit code %d", buf_text(&ago),
                    s->stamp.exit_code);
    if (checkup->items[checkup->count - 1].verdict != CHECKUP_WELL)
        checkup_advise(checkup,
                       _("task_server start arms the schedule, task_server check looks at it"));
    buf_release(&ago);
}

void checkup_schedule(struct checkup *checkup, const struct checkup_wish *wish)
{
    const struct situation *s = &checkup->overview.situation;
    if (s->busy_now && s->holder.is_perl_server) {
        checkup_add(checkup, "schedule", CHECKUP_CRITICAL,
                    "kivitendo's old task_server.pl is running, pid %d", (int)s->holder.pid);
        checkup_advise(checkup, _("stop it: while it runs nothing of ours does"));
        return;
    }
    if (!wish->quick && s->state)
        checkup_add(checkup, "schedule", *s->scheduler ? CHECKUP_WELL : CHECKUP_WARNING,
                    *s->scheduler ? N_("armed by %s") : N_("not armed by task_server%s"),
                    s->scheduler);
    check_age(checkup, wish);
    if (!s->locked)
        return;
    bool lasts = s->now_us / 1000000 - s->locked_since_s > LOCKED_MAX_S;
    checkup_add(checkup, "schedule", lasts ? CHECKUP_CRITICAL : CHECKUP_WARNING,
                "the installation is locked (users/nologin)");
    checkup_advise(checkup, _("kivitendo's administration interface unlocks it"));
}

/* ---- kivitendo ---- */

void checkup_pages(struct checkup *checkup, const struct site *site)
{
    struct buf path = {0};
    struct buf text = {0};
    struct err err = {0};
    buf_addf(&path, "%s/modules/override/SL/System/TaskServer.pm", site->installation);
    bool there = wholefile_read(buf_text(&path), &text, &err);
    if (there && strstr(buf_text(&text), "Belongs to task-server")) {
        checkup_add(checkup, "pages", CHECKUP_WELL, "our module for them is in place");
    } else {
        checkup_add(checkup, "pages", CHECKUP_WARNING, "%s",
                    there ? _("modules/override has another module than ours")
                          : _("our module for them is not installed: their buttons start the old "
                              "server"));
        checkup_advise(checkup, _("page-module, or task_server install, puts it there"));
    }
    buf_release(&path);
    buf_release(&text);
}

static void check_classes(struct checkup *checkup, const struct site *site)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *package = catalogue_at(i)->package;
        struct handler_choice choice = handlers_choose(site, package);
        if (choice.kind != BOARD_NATIVE)
            checkup_add(checkup, "perl", CHECKUP_WELL, "%s runs %.1000s", package, choice.why);
    }
}

static bool needs_perl(const struct overview *o)
{
    for (size_t c = 0; c < o->survey.count; c++)
        for (size_t i = 0; i < o->survey.clients[c].count; i++) {
            const struct survey_job *job = &o->survey.clients[c].jobs[i];
            if (job->kind == BOARD_PERL && job->row->job.active)
                return true;
        }
    return false;
}

void checkup_perl(struct checkup *checkup, struct site *site)
{
    struct journal journal = {0};
    struct host host = {0};
    struct err err = {0};
    check_classes(checkup, site);
    if (!site->state) /* has been told */
        return;
    bool done = site_open_outside(site, site->state, &journal, &err) &&
                host_open(&host, site, &err) && host_load(&host, &err);
    if (done) {
        checkup_add(checkup, "perl", CHECKUP_WELL, "kivitendo and its Perl modules can be loaded");
    } else {
        checkup_add(checkup, "perl",
                    needs_perl(&checkup->overview) ? CHECKUP_CRITICAL : CHECKUP_WARNING,
                    "Perl jobs cannot run: %.1500s", err.text);
        checkup_advise(checkup,
                       _("scripts/installation_check.pl of kivitendo names what is missing"));
    }
    host_close(&host);
    journal_close(&journal);
    site->journal = NULL;
}

/* ---- who is told ---- */

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

void checkup_mail(struct checkup *checkup, const struct site *site)
{
    const struct options_notify *wish = &site->options.notify;
    const struct situation *s = &checkup->overview.situation;
    char from[MIME_ADDRESS_MAX + 1];
    struct mail_way way;
    if (!wish->to || !wish->from || !wish->subject) {
        checkup_add(checkup, "mail", CHECKUP_WARNING, "nobody is told of failed jobs");
        checkup_advise(checkup, _("set send_email_to in [task_server/notify_on_failure]"));
        return;
    }
    if (!mime_address(wish->from, from)) {
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "email_from is no mail address: %s",
                    wish->from);
        return;
    }
    mail_way_find(&site->options.mail, from, &way);
    if (way.method == MAIL_OFF)
        checkup_add(checkup, "mail", CHECKUP_CRITICAL, "[mail_delivery] method is empty");
    else if (way.method == MAIL_SMTP)
        checkup_add(checkup, "mail", CHECKUP_WELL, "failures are told to %s through %s:%d",
                    wish->to, way.host, way.port);
    else
        checkup_add(checkup, "mail", CHECKUP_WELL, "failures are told to %s through %s", wish->to,
                    way.sendmail);
    check_template(checkup, site);
    if (s->notices)
        checkup_add(checkup, "mail", CHECKUP_WARNING, "%zu notices wait to be sent", s->notices);
}
