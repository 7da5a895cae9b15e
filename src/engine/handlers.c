#include "engine/handlers.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "core/job.h"
#include "core/option_map.h"
#include "core/released.h"
#include "engine/catalogue.h"
#include "io/program.h"
#include "io/sha256.h"

#define CLASSES  "SL/BackgroundJob"
#define OVERRIDE "modules/override/" CLASSES

static const char base_class[] = "Base"; /* what every class is built on, and no job itself */

/* ---- what is there ---- */

/* The caller releases the path. */
static const char *class_path(struct buf *path, const struct site *site, const char *folder,
                              const char *package)
{
    buf_clear(path);
    buf_addf(path, "%s/%s/%s.pm", site->installation, folder, package);
    return buf_text(path);
}

/* A file that cannot be looked at counts as there: it must not be passed over in silence. */
static bool has_class(const struct site *site, const char *folder, const char *package)
{
    struct buf path = {0};
    struct stat st;
    bool there = stat(class_path(&path, site, folder, package), &st) == 0 ||
                 (errno != ENOENT && errno != ENOTDIR);
    buf_release(&path);
    return there;
}

static bool has_bridge(const struct site *site)
{
    struct buf path = {0};
    buf_addf(&path, "%s/bridge", site->perl_dir);
    bool there = !path.failed && access(buf_text(&path), R_OK) == 0;
    buf_release(&path);
    return there;
}

/* ---- the ways ---- */

static PRINTF_LIKE(3, 4) void explain(struct handler_choice *choice, int kind, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    choice->kind = kind;
    vsnprintf(choice->why, sizeof choice->why, i18n(fmt), args);
    va_end(args);
}

static void refuse_name(struct handler_choice *choice, const char *package)
{
    explain(choice, BOARD_NATIVE,
            "'%.300s' is no valid package name: a capital letter, then letters and digits",
            package ? package : "");
}

static void refuse_unknown(struct handler_choice *choice, const struct site *site,
                           const char *package, const char *because)
{
    bool native = catalogue_find(package) != NULL;
    explain(choice, BOARD_NATIVE,
            "unknown package '%s': it is no command in [task_server/commands]; %s; and "
            "neither %s/%s.pm nor %s/%s.pm is in %.200s%s%s%s",
            package, because, OVERRIDE, package, CLASSES, package, site->installation,
            native ? "" : _(" (native jobs: "), native ? "" : catalogue_names(), native ? "" : ")");
}

/* because: why it does not run natively. */
static void choose_perl(struct handler_choice *choice, const struct site *site, const char *package,
                        const char *because)
{
    choice->native = NULL;
    if (strcmp(package, base_class) == 0)
        explain(choice, BOARD_NATIVE, "'%s' is what kivitendo's jobs are built on, and no job",
                package);
    else if (has_class(site, OVERRIDE, package))
        explain(choice, BOARD_PERL, "as Perl: %s/%s.pm exists, and %s", OVERRIDE, package, because);
    else if (has_class(site, CLASSES, package))
        explain(choice, BOARD_PERL, "as Perl: %s", because);
    else
        refuse_unknown(choice, site, package, because);
}

/* ---- native_jobs = auto ---- */

/* True: the installation's class does what ours does, as far as can be known. */
static bool judge_sum(struct handler_choice *choice, const char *package, const char *sum)
{
    const struct released *text = released_find(package, sum);
    if (!text)
        explain(choice, BOARD_PERL,
                "as Perl: %s/%s.pm is none of the released ones that this version knows: "
                "somebody has changed it, or it is newer",
                CLASSES, package);
    else if (text->differs)
        explain(choice, BOARD_PERL, "as Perl: %s/%s.pm is that of releases %s to %s, which %s",
                CLASSES, package, text->first, text->last, _(text->differs));
    else
        explain(choice, BOARD_NATIVE, "natively: %s/%s.pm is that of releases %s to %s", CLASSES,
                package, text->first, text->last);
    return text && !text->differs;
}

static bool judge_class(struct handler_choice *choice, const struct site *site, const char *package)
{
    struct buf path = {0};
    struct err err = {0};
    char sum[SHA256_TEXT];
    class_path(&path, site, CLASSES, package);
    bool read = sha256_of_file(site->sums, buf_text(&path), sum, &err);
    if (!read)
        explain(choice, BOARD_PERL, "as Perl: it is not known whether somebody has changed it: %s",
                err.text);
    buf_release(&path);
    return read && judge_sum(choice, package, sum);
}

/* For a job whose class is in the installation. */
static void prefer_perl(struct handler_choice *choice, const struct site *site)
{
    const char *package = choice->native->package;
    if (access(site->options.perl, X_OK) != 0)
        explain(choice, BOARD_NATIVE,
                errno == ENOENT
                    ? N_("natively: %.200s, which would run %s/%s.pm, is not there")
                    : N_("natively: %.200s, which would run %s/%s.pm, cannot be executed"),
                site->options.perl, CLASSES, package);
    else if (!has_bridge(site))
        explain(choice, BOARD_NATIVE,
                "natively: there is no %.200s/bridge, which would run %s/%s.pm", site->perl_dir,
                CLASSES, package);
    else if (!has_class(site, CLASSES, base_class))
        explain(choice, BOARD_NATIVE, "natively: there is no %s/%s.pm, which %s/%s.pm needs",
                CLASSES, base_class, CLASSES, package);
    else
        explain(choice, BOARD_PERL,
                "as Perl: it changes with kivitendo's releases, and Perl is there to run it");
}

static void choose_auto(struct handler_choice *choice, const struct site *site)
{
    const char *package = choice->native->package;
    if (has_class(site, OVERRIDE, package))
        explain(choice, BOARD_PERL, "as Perl: %s/%s.pm exists", OVERRIDE, package);
    else if (!has_class(site, CLASSES, package))
        explain(choice, BOARD_NATIVE, "natively: the installation has no %s/%s.pm", CLASSES,
                package);
    else if (judge_class(choice, site, package) && choice->native->follows_releases)
        prefer_perl(choice, site);
}

/* ---- which it is ---- */

static void choose_native(struct handler_choice *choice, const struct site *site)
{
    const char *package = choice->native->package;
    switch (site->options.native_jobs) {
    case OPTIONS_NATIVE_ON: explain(choice, BOARD_NATIVE, "natively: native_jobs = on"); break;
    case OPTIONS_NATIVE_OFF: choose_perl(choice, site, package, _("native_jobs = off")); break;
    case OPTIONS_NATIVE_LIST:
        if (option_map_find(&site->options.native_list, package))
            explain(choice, BOARD_NATIVE, "natively: native_jobs names it");
        else
            choose_perl(choice, site, package, _("native_jobs does not name it"));
        break;
    case OPTIONS_NATIVE_AUTO:
    default: choose_auto(choice, site);
    }
}

struct handler_choice handlers_choose(const struct site *site, const char *package)
{
    struct handler_choice choice = {.kind = BOARD_NATIVE};
    if (package && option_map_find(&site->options.commands, package))
        explain(&choice, BOARD_COMMAND, "as a command: [task_server/commands] lists it");
    else if (!job_package_is_valid(package))
        refuse_name(&choice, package);
    else if ((choice.native = catalogue_find(package)))
        choose_native(&choice, site);
    else
        choose_perl(&choice, site, package, _("no native job has that name"));
    if (choice.kind != BOARD_NATIVE)
        choice.native = NULL;
    return choice;
}

static bool can_start_command(const struct site *site, const char *package, struct err *err)
{
    struct words words = {0};
    struct ownership_rule rule = {.uid = site->identity.uid, .name = site->identity.name};
    bool can = options_command(&site->options, package, &words, err) &&
               program_check(words.items[0], &rule, err);
    words_release(&words);
    return can;
}

static bool can_start_bridge(const struct site *site, struct err *err)
{
    struct buf path = {0};
    buf_addf(&path, "%s/bridge", site->perl_dir);
    bool can = access(buf_text(&path), R_OK) == 0 ||
               err_set(err, ERR_SYSTEM, "a file of our own cannot be read: %s", buf_text(&path));
    buf_release(&path);
    return can;
}

bool handlers_can_start(const struct site *site, int kind, const char *package, struct err *err)
{
    switch (kind) {
    case BOARD_COMMAND: return can_start_command(site, package, err);
    case BOARD_PERL: return can_start_bridge(site, err);
    default: return true;
    }
}
