/* settings: what scripts/task_server wants to know, so that only one program reads configurations.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "core/option_mail.h"
#include "io/statedir.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] settings\n"
    "\n"
    "Prints what scripts want to know of an installation, as lines of a key and a\n"
    "value: installation, configuration, pid_file, scheduler, run_as, stop_grace,\n"
    "kill_grace, mail_method; writes, once for each place where jobs write; and,\n"
    "unless root asks, state_dir and last_run.  Paths are absolute.  Asks no\n"
    "database.  Root is refused what a run by root would be: a run_as that\n"
    "others could have written.\n"
    "\n"
    "Exit codes: 0 done, 77 no permission, 78 wrong configuration.\n");

static void print_text(const char *key, const char *value)
{
    printf("%s %s\n", key, value ? value : "");
}

/* A path of kivitendo's configuration is relative to its directory. */
static void print_path(const char *key, const char *installation, const char *path)
{
    if (!path)
        return;
    if (*path == '/')
        printf("%s %s\n", key, path);
    else
        printf("%s %s/%s\n", key, installation, path);
}

static void print_writes(const struct site *site)
{
    const struct options *options = &site->options;
    const char *places[] = {"users",
                            "webdav",
                            options->userspath,
                            options->spool,
                            options->document_path,
                            options->debug_file,
                            options->state_dir};
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        print_path("writes", site->installation, places[i]);
}

static bool print_files(const struct site *site, struct err *err)
{
    struct buf name = {0};
    bool done = config_pidname(&site->files, &name, err);
    if (done) {
        print_text("installation", site->installation);
        print_text("configuration", site->files.local ? site->files.local : site->files.defaults);
        printf("pid_file %s/users/pid/%s\n", site->installation, buf_text(&name));
    }
    buf_release(&name);
    return done;
}

/* Root's state directory would be another one than that of the user who runs jobs. */
static bool print_state(struct site *site, struct err *err)
{
    struct statedir state = {0};
    struct buf path = {0};
    if (geteuid() == 0)
        return true;
    bool done = site_open_state(site, &state, err) &&
                site_state_path(site, ".last-run", &path, err);
    if (done) {
        print_text("state_dir", state.path);
        print_text("last_run", buf_text(&path));
    }
    buf_release(&path);
    statedir_close(&state);
    site->state = NULL;
    return done;
}

/* "sendmail" if any sender's mail goes that way, for then the unit must let it. */
static void print_mail(const struct options *options)
{
    static const char *const words[] = {"", "smtp", "sendmail"};
    struct mail_way way;
    mail_way_find(&options->mail, "", &way);
    print_text("mail_method",
               words[mail_uses_sendmail(&options->mail) ? MAIL_SENDMAIL : way.method]);
}

static bool print_all(struct site *site, struct err *err)
{
    const struct options *options = &site->options;
    if (!site_check_run_as(site, err) || !print_files(site, err))
        return false;
    print_text("scheduler", options->scheduler);
    print_text("run_as", options->run_as);
    printf("stop_grace %d\nkill_grace %d\n", options->stop_grace_s, options->kill_grace_s);
    print_mail(options);
    print_writes(site);
    return print_state(site, err);
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct site site = {0};
    struct site_request request = cli_site_request(args->cli);
    bool done = args->argc == 1 ? site_read(&site, &request, &err) && print_all(&site, &err)
                                : err_set(&err, ERR_USAGE, "settings: it takes no arguments");
    site_log_warnings(&site);
    int exit_code = done ? 0 : cli_fail(&err);
    site_release(&site);
    return exit_code;
}

const struct cmd cmd_settings = {.name = "settings", .usage = usage, .run = run};
