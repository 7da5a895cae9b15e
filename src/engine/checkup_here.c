#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/checkup_parts.h"
#include "engine/handlers.h"
#include "engine/page_module.h"
#include "io/wholefile.h"

enum {
    FREE_MIN_MB = 100,
    WAITING_S = 3600, /* how long an outcome may wait to be recorded */
};

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

static void check_commands(struct checkup *checkup, const struct site *site)
{
    const struct option_map *commands = &site->options.commands;
    for (size_t i = 0; i < commands->count; i++) {
        struct err err = {0};
        const char *package = commands->items[i].key;
        if (handlers_can_start(site, BOARD_COMMAND, package, &err)) {
            checkup_add(checkup, "configuration", CHECKUP_WELL, "the command for %s can be run",
                        package);
        } else {
            checkup_add(checkup, "configuration", CHECKUP_WARNING,
                        "the command for %s cannot be run: %s", package, err.text);
            checkup_advise(checkup, _("its jobs fail until that is mended"));
        }
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

/* "www-data", or the number of a user without a name. */
static void add_user(uid_t uid, struct buf *out)
{
    const struct passwd *entry = getpwuid(uid);
    if (entry)
        buf_add_text(out, entry->pw_name);
    else
        buf_addf(out, "%u", (unsigned)uid);
}

static void tell_unwritable(struct checkup *checkup, const char *path)
{
    struct stat st;
    struct buf owner = {0};
    struct buf us = {0};
    if (stat(path, &st) != 0) {
        checkup_add(checkup, "directories", CHECKUP_CRITICAL, "%s cannot be looked at: %s", path,
                    strerror(errno));
    } else {
        add_user(st.st_uid, &owner);
        add_user(geteuid(), &us);
        checkup_add(checkup, "directories", CHECKUP_CRITICAL,
                    "%s belongs to %s, and cannot be written by %s, who asks", path,
                    buf_text(&owner), buf_text(&us));
    }
    checkup_advise(checkup, _("ask as the user that jobs run as; it must be able to write there"));
    buf_release(&owner);
    buf_release(&us);
}

static bool check_writable(struct checkup *checkup, const char *path)
{
    bool is_writable = access(path, W_OK | X_OK) == 0;
    if (is_writable)
        checkup_add(checkup, "directories", CHECKUP_WELL, "%s can be written", path);
    else
        tell_unwritable(checkup, path);
    return is_writable;
}

/* Whoever ran it once as root has left a file that we can never lock. */
static void check_pid_file(struct checkup *checkup, const struct site *site)
{
    struct buf path = {0};
    struct err ignored = {0};
    buf_addf(&path, "%s/users/pid/", site->installation);
    if (check_writable(checkup, buf_text(&path)) && config_pidname(&site->files, &path, &ignored) &&
        access(buf_text(&path), F_OK) == 0 && access(buf_text(&path), R_OK | W_OK) != 0) {
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

/* Mostly the next run records what waits; where none comes, that is told. */
static void check_waiting(struct checkup *checkup)
{
    const struct situation *s = &checkup->overview.situation;
    int64_t long_ago_s = s->now_us / 1000000 - WAITING_S;
    int count = 0;
    for (size_t i = 0; i < s->journal.item_count; i++)
        count += !s->journal.items[i].owner && s->journal.items[i].changed_s < long_ago_s;
    if (!count)
        return;
    checkup_add(checkup, "directories", CHECKUP_WARNING,
                "runs whose outcome has waited in the journal for more than an hour: %d", count);
    checkup_advise(checkup, _("the messages of runs say what is wrong"));
}

void checkup_journal(struct checkup *checkup)
{
    const struct situation *s = &checkup->overview.situation;
    if (!s->journal_trouble) {
        check_waiting(checkup);
        return;
    }
    checkup_add(checkup, "directories", CHECKUP_CRITICAL,
                "the journal cannot be read, so no command and no Perl job starts: %s",
                s->journal_trouble);
    checkup_advise(checkup, _("it must belong to the user that jobs run as"));
}

void checkup_directories(struct checkup *checkup, const struct checkup_wish *wish,
                         const struct site *site)
{
    const struct situation *s = &checkup->overview.situation;
    check_pid_file(checkup, site);
    if (s->state) {
        check_writable(checkup, s->state);
        check_room(checkup, s->state);
    } else {
        checkup_add(checkup, "directories", CHECKUP_CRITICAL,
                    "the state directory cannot be used: %s", wish->no_state);
    }
    checkup_journal(checkup);
    if (s->journal.bad) {
        checkup_add(checkup, "directories", CHECKUP_WARNING,
                    "runs that could not be recorded and lie in the journal's bad/: %d",
                    s->journal.bad);
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
