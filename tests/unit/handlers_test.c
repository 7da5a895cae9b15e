/* engine/handlers: which way a job goes in made-up installations.
 *
 * The released texts are kivitendo's and not ours to keep here.  So where a class is to be one of
 * them, the test writes any file and makes the memory of sums say so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/released.h"
#include "engine/catalogue.h"
#include "engine/handlers.h"
#include "scratch.h"

#define CLASSES  "SL/BackgroundJob/"
#define OVERRIDE "modules/override/SL/BackgroundJob/"

/* What lies where the class of a job should be. */
enum class_file {
    ABSENT,
    RELEASED, /* the text of the newest release */
    OLDER,    /* a released text that does something else */
    PATCHED,
    UNREADABLE,
};

/* What a row has besides; everything else is there. */
enum {
    NO_PERL = 1,     /* no such program */
    PLAIN_PERL = 2,  /* a file that is not executable */
    NO_BRIDGE = 4,   /* our Perl half is not installed */
    NO_BASE = 8,     /* no SL/BackgroundJob/Base.pm */
    OVERRIDDEN = 16, /* modules/override has the class */
    IS_COMMAND = 32, /* [task_server/commands] has it */
    IS_IN_LIST = 64, /* native_jobs = … names it */
    OTHER_LISTED = 128,
};

static const struct {
    const char *name;
    const char *package;
    enum options_native native_jobs;
    enum class_file file;
    int has;
    int kind;
    const char *why; /* part of it */
} rows[] = {
    {"housekeeping", "Test", OPTIONS_NATIVE_AUTO, RELEASED, 0, BOARD_NATIVE,
     "natively: SL/BackgroundJob/Test.pm is that of releases 3.5.5 to 4.1.0"},
    {"housekeeping, no class", "Test", OPTIONS_NATIVE_AUTO, ABSENT, 0, BOARD_NATIVE,
     "natively: the installation has no SL/BackgroundJob/Test.pm"},
    {"housekeeping, no Perl", "Test", OPTIONS_NATIVE_AUTO, RELEASED, NO_PERL, BOARD_NATIVE,
     "is that of releases"},
    {"housekeeping, patched", "Test", OPTIONS_NATIVE_AUTO, PATCHED, 0, BOARD_PERL,
     "as Perl: SL/BackgroundJob/Test.pm is none of the released ones"},
    {"housekeeping, unreadable", "Test", OPTIONS_NATIVE_AUTO, UNREADABLE, 0, BOARD_PERL,
     "as Perl: it is not known whether somebody has changed it: cannot read /"},
    {"housekeeping, overridden", "Test", OPTIONS_NATIVE_AUTO, RELEASED, OVERRIDDEN, BOARD_PERL,
     "as Perl: modules/override/SL/BackgroundJob/Test.pm exists"},
    {"overridden, no class", "Test", OPTIONS_NATIVE_AUTO, ABSENT, OVERRIDDEN, BOARD_PERL,
     "as Perl: modules/override/SL/BackgroundJob/Test.pm exists"},
    {"housekeeping, patched, no Perl", "Test", OPTIONS_NATIVE_AUTO, PATCHED, NO_PERL, BOARD_PERL,
     "none of the released ones"},
    {"an old class", "CloseProjectsBelongingToClosedSalesOrders", OPTIONS_NATIVE_AUTO, OLDER, 0,
     BOARD_PERL, "is that of releases 3.5.0 to 3.8.0, which knows no record_type"},
    {"follower", "SetClosedTo", OPTIONS_NATIVE_AUTO, RELEASED, 0, BOARD_PERL,
     "as Perl: it changes with kivitendo's releases"},
    {"follower, no class", "SetNumberRange", OPTIONS_NATIVE_AUTO, ABSENT, 0, BOARD_NATIVE,
     "natively: the installation has no SL/BackgroundJob/SetNumberRange.pm"},
    {"follower, no Perl", "SetNumberRange", OPTIONS_NATIVE_AUTO, RELEASED, NO_PERL, BOARD_NATIVE,
     "/perl, which would run SL/BackgroundJob/SetNumberRange.pm, is not there"},
    {"follower, Perl not executable", "SetNumberRange", OPTIONS_NATIVE_AUTO, RELEASED, PLAIN_PERL,
     BOARD_NATIVE, "cannot be executed"},
    {"follower, no bridge", "CloseQuotations", OPTIONS_NATIVE_AUTO, RELEASED, NO_BRIDGE,
     BOARD_NATIVE, "/bridge, which would run"},
    {"follower, no Base.pm", "CloseQuotations", OPTIONS_NATIVE_AUTO, RELEASED, NO_BASE,
     BOARD_NATIVE, "natively: there is no SL/BackgroundJob/Base.pm"},
    {"follower, patched, no Perl", "SetClosedTo", OPTIONS_NATIVE_AUTO, PATCHED, NO_PERL, BOARD_PERL,
     "none of the released ones"},
    {"follower, old", "SetNumberRange", OPTIONS_NATIVE_AUTO, OLDER, NO_PERL, BOARD_PERL,
     "neither monthly nor current_year"},

    {"on", "SetClosedTo", OPTIONS_NATIVE_ON, PATCHED, OVERRIDDEN, BOARD_NATIVE,
     "natively: native_jobs = on"},
    {"on, not native", "SelfTest", OPTIONS_NATIVE_ON, PATCHED, 0, BOARD_PERL,
     "as Perl: no native job has that name"},
    {"off", "Test", OPTIONS_NATIVE_OFF, RELEASED, 0, BOARD_PERL, "as Perl: native_jobs = off"},
    {"off, overridden", "Test", OPTIONS_NATIVE_OFF, ABSENT, OVERRIDDEN, BOARD_PERL,
     "as Perl: modules/override/SL/BackgroundJob/Test.pm exists, and native_jobs = off"},
    {"off, no class", "Test", OPTIONS_NATIVE_OFF, ABSENT, 0, -1,
     "unknown package 'Test': it is no command in [task_server/commands]; native_jobs = off; and "
     "neither modules/override/SL/BackgroundJob/Test.pm nor SL/BackgroundJob/Test.pm is in /"},
    {"in the list", "SetClosedTo", OPTIONS_NATIVE_LIST, PATCHED, OVERRIDDEN | IS_IN_LIST,
     BOARD_NATIVE, "natively: native_jobs names it"},
    {"not in the list", "SetClosedTo", OPTIONS_NATIVE_LIST, RELEASED, OTHER_LISTED, BOARD_PERL,
     "as Perl: native_jobs does not name it"},
    {"not in the list, no class", "SetClosedTo", OPTIONS_NATIVE_LIST, ABSENT, OTHER_LISTED, -1,
     "native_jobs does not name it"},

    {"a command", "Backup", OPTIONS_NATIVE_AUTO, ABSENT, IS_COMMAND, BOARD_COMMAND,
     "as a command: [task_server/commands] lists it"},
    {"a command before native", "Test", OPTIONS_NATIVE_ON, PATCHED, IS_COMMAND, BOARD_COMMAND,
     "as a command"},
    {"a command before Perl", "SelfTest", OPTIONS_NATIVE_AUTO, PATCHED, IS_COMMAND | OVERRIDDEN,
     BOARD_COMMAND, "as a command"},

    {"kivitendo's own", "SelfTest", OPTIONS_NATIVE_AUTO, PATCHED, 0, BOARD_PERL,
     "as Perl: no native job has that name"},
    {"kivitendo's own, unreadable", "SelfTest", OPTIONS_NATIVE_AUTO, UNREADABLE, 0, BOARD_PERL,
     "as Perl"},
    {"only in modules/override", "Special", OPTIONS_NATIVE_AUTO, ABSENT, OVERRIDDEN, BOARD_PERL,
     "as Perl: modules/override/SL/BackgroundJob/Special.pm exists"},
    {"unknown", "NoSuchJob", OPTIONS_NATIVE_AUTO, ABSENT, 0, -1,
     "unknown package 'NoSuchJob': it is no command in [task_server/commands]; no native job has "
     "that name; and neither modules/override/SL/BackgroundJob/NoSuchJob.pm nor "
     "SL/BackgroundJob/NoSuchJob.pm is in /"},
    {"unknown: the native ones are listed", "NoSuchJob", OPTIONS_NATIVE_AUTO, ABSENT, 0, -1,
     " (native jobs: BackgroundJobCleanup, "},
    {"Base", "Base", OPTIONS_NATIVE_AUTO, ABSENT, 0, -1, "and no job"},
    {"no valid name", "../Test", OPTIONS_NATIVE_ON, ABSENT, 0, -1,
     "'../Test' is no valid package name"},
    {"an empty name", "", OPTIONS_NATIVE_ON, ABSENT, 0, -1, "'' is no valid package name"},
    {"no name", NULL, OPTIONS_NATIVE_ON, ABSENT, 0, -1, "'' is no valid package name"},
};

/* The sum that a class is to have. */
static const char *wanted_sum(const char *package, enum class_file file)
{
    const char *sum = NULL;
    for (size_t i = 0; i < released_count(); i++) {
        const struct released *text = released_at(i);
        if (strcmp(text->package, package) != 0)
            continue;
        if (file == OLDER ? text->differs != NULL : strcmp(text->last, "4.1.0") == 0)
            sum = text->sha256;
    }
    assert_non_null(sum);
    return sum;
}

static void make_class(const struct scratch *s, struct site *site, const char *package,
                       enum class_file file)
{
    char name[128];
    char sum[SHA256_TEXT];
    struct err err;
    snprintf(name, sizeof name, CLASSES "%s.pm", package ? package : "none");
    if (file == UNREADABLE)
        scratch_dir(s, name, 0755); /* root, too, cannot read that */
    else if (file != ABSENT)
        scratch_file(s, name, "1;\n", -1);
    if (file != RELEASED && file != OLDER)
        return;
    assert_true(sha256_of_file(site->sums, scratch_path(s, name), sum, &err));
    strcpy(site->sums->known[0].sum, wanted_sum(package, file));
}

static void make_site(const struct scratch *s, struct site *site, size_t row)
{
    static char perl[PATH_MAX], perl_dir[PATH_MAX], installation[PATH_MAX];
    char name[128];
    int has = rows[row].has;
    struct err err;
    snprintf(perl, sizeof perl, "%s", scratch_path(s, "perl"));
    snprintf(perl_dir, sizeof perl_dir, "%s", scratch_path(s, "half"));
    snprintf(installation, sizeof installation, "%s", s->dir);
    *site = (struct site){.installation = installation, .perl_dir = perl_dir};
    site->options.perl = perl;
    site->options.native_jobs = rows[row].native_jobs;
    site->sums = calloc(1, sizeof *site->sums);
    assert_non_null(site->sums);
    if (!(has & NO_PERL))
        assert_int_equal(chmod(scratch_file(s, "perl", "", -1), has & PLAIN_PERL ? 0644 : 0755), 0);
    if (!(has & NO_BRIDGE))
        scratch_file(s, "half/bridge", "", -1);
    if (!(has & NO_BASE))
        scratch_file(s, CLASSES "Base.pm", "", -1);
    snprintf(name, sizeof name, OVERRIDE "%s.pm", rows[row].package ? rows[row].package : "none");
    if (has & OVERRIDDEN)
        scratch_file(s, name, "", -1);
    if (has & IS_COMMAND)
        assert_true(option_map_put(&site->options.commands, rows[row].package, "/bin/x", &err));
    if (has & (IS_IN_LIST | OTHER_LISTED))
        assert_true(option_map_put(&site->options.native_list,
                                   has & IS_IN_LIST ? rows[row].package : "Test", "1", &err));
}

static void release_site(struct site *site)
{
    option_map_release(&site->options.commands);
    option_map_release(&site->options.native_list);
    sha256_memory_release(site->sums);
    free(site->sums);
}

static void judge(size_t row, const struct handler_choice *choice)
{
    int kind = rows[row].kind < 0 ? BOARD_NATIVE : rows[row].kind;
    if (choice->kind != kind)
        fail_msg("%s: kind %d, %s", rows[row].name, choice->kind, choice->why);
    if (!strstr(choice->why, rows[row].why))
        fail_msg("%s: %s", rows[row].name, choice->why);
    const struct handler *native = NULL;
    if (rows[row].kind == BOARD_NATIVE)
        native = catalogue_find(rows[row].package);
    if (choice->native != native)
        fail_msg("%s: another handler", rows[row].name);
}

static void test_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scratch s;
        struct site site;
        scratch_make(&s, "/tmp");
        make_site(&s, &site, i);
        make_class(&s, &site, rows[i].package, rows[i].file);
        struct handler_choice choice = handlers_choose(&site, rows[i].package);
        judge(i, &choice);
        release_site(&site);
        scratch_remove(&s);
    }
}

/* A class is read when the answer depends on it, and else not. */
static void test_sums_are_made_when_needed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum options_native native_jobs;
        const char *package;
        bool reads;
    } needs[] = {
        {"auto", OPTIONS_NATIVE_AUTO, "Test", true},
        {"on", OPTIONS_NATIVE_ON, "Test", false},
        {"off", OPTIONS_NATIVE_OFF, "Test", false},
        {"no native job", OPTIONS_NATIVE_AUTO, "SelfTest", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
        struct scratch s;
        struct site site;
        scratch_make(&s, "/tmp");
        make_site(&s, &site, 0);
        site.options.native_jobs = needs[i].native_jobs;
        make_class(&s, &site, needs[i].package, PATCHED);
        struct handler_choice choice = handlers_choose(&site, needs[i].package);
        if ((site.sums->known[0].path != NULL) != needs[i].reads)
            fail_msg("%s: %s", needs[i].name, choice.why);
        release_site(&site);
        scratch_remove(&s);
    }
}

static void test_which_follow_releases(void **state)
{
    (void)state;
    static const char followers[] = " CloseQuotations SetClosedTo SetNumberRange";
    struct buf found = {0};
    for (size_t i = 0; i < catalogue_count(); i++)
        if (catalogue_at(i)->follows_releases)
            buf_addf(&found, " %s", catalogue_at(i)->package);
    assert_string_equal(buf_text(&found), followers);
    buf_release(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways),
        cmocka_unit_test(test_sums_are_made_when_needed),
        cmocka_unit_test(test_which_follow_releases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
