#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/catalogue.h"
#include "engine/checkup_parts.h"
#include "engine/handlers.h"
#include "engine/host.h"
#include "engine/page_module.h"
#include "io/program.h"
#include "io/wholefile.h"

enum { FREE_MIN_MB = 100 };

/* ---- files ---- */

static void check_rights(struct checkup *checkup, const char *file)
{
    struct stat st;
    if (!file || stat(file, &st) != 0)
        return;
    if (st.st_mode & S_IWOTH) {
        checkup_add(checkup, "configuration", CHECKUP_CRITICAL, "%s can be changed by everybody",
                    file);
        checkup_advise(checkup, _("chmod o-w: who changes it says what programs run"));
    } else if (st.st_mode & S_IROTH) {
        checkup_add(checkup, "configuration", CHECKUP_WARNING,
                    "%s holds passwords and can be read by everybody", file);
        checkup_advise(checkup, _("chmod o-r, and let it belong to the web server's group"));
    } else {
        checkup_add(checkup, "configuration", CHECKUP_WELL, "%s is read", file);
    }
}

/* As a run would ask before it starts one. */
static void check_commands(struct checkup *checkup, const struct site *site)
{
    const struct option_map *commands = &site->options.commands;
    struct ownership_rule rule = {.uid = site->identity.uid, .name = site->identity.name};
    for (size_t i = 0; i < commands->count; i++) {
        struct err err = {0};
        struct words words = {0};
        const char *package = commands->items[i].key;
        if (options_command(&site->options, package, &words, &err) &&
            program_check(words.items[0], &rule, &err)) {
            checkup_add(checkup, "configuration", CHECKUP_WELL, "the command for %s can be run",
                        package);
        } else {
            checkup_add(checkup, "configuration", CHECKUP_WARNING,
                        "the command for %s cannot be run: %s", package, err.text);
            checkup_advise(checkup, _("its jobs fail until that is mended"));
        }
        words_release(&words);
    }
}

void checkup_configuration(struct checkup *checkup, const struct site *site)
{
    const char *line = buf_text(&site->warnings);
    check_rights(checkup, site->files.local ? site->files.local : site->files.defaults);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
        checkup_add(checkup, "configuration", CHECKUP_WARNING, "%.*s", (int)(end - line), line);
    check_commands(checkup, site);
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

/* Whoever ran it once as root has left a file that we can never lock. */
static void check_pid_file(struct checkup *checkup, const struct site *site)
{
    struct buf path = {0};
    struct err ignored = {0};
    buf_addf(&path, "%s/users/pid/", site->installation);
    check_writable(checkup, buf_text(&path));
    if (config_pidname(&site->files, &path, &ignored) && access(buf_text(&path), F_OK) == 0 &&
        access(buf_text(&path), R_OK | W_OK) != 0) {
        checkup_add(checkup, "directories", CHECKUP_CRITICAL,
                    "the pid file %s belongs to somebody else", buf_text(&path));
        checkup_advise(checkup, _("stop the server that wrote it, and remove the file"));
    }
    buf_release(&path);
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
    const struct situation *s = &checkup->overview.situation;
    check_pid_file(checkup, site);
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

/* ---- kivitendo ---- */

void checkup_pages(struct checkup *checkup, const struct site *site)
{
    struct buf path = {0};
    enum page_module found = page_module_look(site->installation, &path);
    if (found == PAGE_MODULE_OURS) {
        checkup_add(checkup, "pages", CHECKUP_WELL, "our module for them is in place");
    } else if (found == PAGE_MODULE_UNREADABLE) {
        checkup_add(checkup, "pages", CHECKUP_WARNING, "%s cannot be read", buf_text(&path));
    } else {
        checkup_add(checkup, "pages", CHECKUP_WARNING, "%s",
                    found == PAGE_MODULE_OTHER
                        ? _("modules/override has another module than ours")
                        : _("our module for them is not installed: their buttons start the old "
                            "server"));
        checkup_advise(checkup, _("page-module, or task_server install, puts it there"));
    }
    buf_release(&path);
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
    bool done = site_open_outside(site, &journal, &err) && host_open(&host, site, &err) &&
                host_load(&host, &err);
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
