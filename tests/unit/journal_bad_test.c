/* store/journal on hostile files and bad disks: reported, never lost in silence, never in the way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "journal_desk.h"

/* One hostile thing in the folder, and a good entry behind it. */
struct hostile {
    const char *what;
    const char *name;   /* SITE stands for the site's sum */
    const char *report; /* "": left alone in silence */
    int left;           /* of it in the folder */
    void (*make)(const char *path);
};

static void make_empty(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void make_rubbish(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 5000; i++)
        fputc(i * 37 & 255, file);
    fclose(file);
}

static void make_unreadable(const char *path)
{
    make_rubbish(path);
    assert_int_equal(chmod(path, 0), 0);
}

static void make_huge(const char *path)
{
    make_empty(path);
    assert_int_equal(truncate(path, JOURNAL_ENTRY_MAX_BYTES + 1), 0);
}

static void make_link(const char *path)
{
    assert_int_equal(symlink("/etc/passwd", path), 0);
}

static void make_loop(const char *path)
{
    assert_int_equal(symlink(path, path), 0);
}

static void make_fifo(const char *path)
{
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void make_directory(const char *path)
{
    char inner[PATH_MAX];
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(inner, sizeof inner, "%s/file", path);
    make_empty(inner);
}

static const struct hostile hostiles[] = {
    {"an empty entry", "SITE-3-9-1-1.entry", "does not begin with", 0, make_empty},
    {"rubbish", "SITE-3-9-1-1.entry", "does not begin with", 0, make_rubbish},
    {"rubbish of another client", "SITE-4-9-1-1.entry", "", 1, make_rubbish},
    {"rubbish of another site", "00000000-3-9-1-1.entry", "", 1, make_rubbish},
    {"more than an entry can be", "SITE-3-9-1-1.entry", "File too large", 0, make_huge},
    {"a link", "SITE-3-9-1-1.entry", "Too many levels of symbolic links", 0, make_link},
    {"a link to itself", "SITE-3-9-1-1.entry", "Too many levels of symbolic links", 0, make_loop},
    {"a FIFO", "SITE-3-9-1-1.entry", "is no file", 0, make_fifo},
    {"a directory", "SITE-3-9-1-1.entry", "Is a directory", 0, make_directory},
    {"a strange name", "notes.entry", "its name is none that we give", 0, make_rubbish},
    {"a name with a newline", "a\nERROR: forged\x1b[2J.entry", "a?ERROR: forged?[2J.entry", 0,
     make_rubbish},
    {"a number with a plus", "SITE-3-+9-1-1.entry", "none that we give", 0, make_rubbish},
    {"a number too large", "SITE-3-99999999999-1-1.entry", "none that we give", 0, make_rubbish},
    {"a short site", "abc-3-9-1-1.entry", "none that we give", 0, make_rubbish},
    {"a long name",
     "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
     "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
     "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.entry",
     "none that we give", 0, make_rubbish},
    {"a strange link", "x.entry", "Too many levels of symbolic links", 0, make_link},
    {"something else", "README", "", 1, make_rubbish},
    {"a draft of ours", "SITE-3-9-1-1.draft", "", 0, make_rubbish},
    {"an empty draft of ours", "SITE-3-9-1-1.draft", "", 0, make_empty},
    {"a draft of others", "00000000-3-9-1-1.draft", "", 1, make_rubbish},
    {"a draft that is a directory", "SITE-3-9-1-1.draft", "", 1, make_directory},
    {"no draft of anybody", "my.draft", "", 1, make_rubbish},
};

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostiles); i++) {
        const struct hostile *row = &hostiles[i];
        struct desk desk;
        char name[300], path[PATH_MAX];
        struct journal_list list;
        struct stat st;
        desk_make(&desk);
        leave(&desk, entry_of(3, 17, 1000001), JOURNAL_ENDED);
        bool site = strncmp(row->name, "SITE", 4) == 0;
        snprintf(name, sizeof name, "%s%s", site ? desk.journal.site : "",
                 row->name + (site ? 4 : 0));
        snprintf(path, sizeof path, "%s/%s", desk.journal.path, name);
        row->make(path);
        scan(&desk, &list);
        const char *reports = buf_text(&list.reports);
        if (list.count != 1 || !strstr(reports, row->report) || (!*row->report && *reports))
            fail_msg("%s: %zu found, reports: %s", row->what, list.count, reports);
        const char *newline = strchr(reports, '\n');
        if (newline && newline[1])
            fail_msg("%s: more than a line: %s", row->what, reports);
        assert_int_equal(lstat(path, &st) == 0, row->left);
        int bad = *row->report ? 1 : 0;
        if (bad) /* it, and why */
            assert_int_equal(count_names(&desk, FOLDER "/bad"), 2);
        journal_list_release(&list);
        desk_remove(&desk);
    }
}

/* As an ordinary user: a file that somebody else made, and may be at. */
static void test_unreadable(void **state)
{
    (void)state;
    struct desk desk;
    char path[PATH_MAX];
    if (geteuid() != 0) {
        print_message("needs root\n");
        skip();
    }
    desk_make(&desk);
    assert_int_equal(chown(scratch_path(&desk.scratch, "state"), 65534, 65534), 0);
    assert_int_equal(setegid(65534), 0);
    assert_int_equal(seteuid(65534), 0);
    leave(&desk, entry_of(3, 17, 1000001), JOURNAL_ENDED);
    assert_int_equal(seteuid(0), 0);
    snprintf(path, sizeof path, "%s/%s-3-9-1-1.entry", desk.journal.path, desk.journal.site);
    make_unreadable(path);
    int fd = open(path, O_RDONLY);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(seteuid(65534), 0);
    expect_scan(&desk, 1, 1, "");
    close(fd);
    expect_scan(&desk, 1, 0, "Permission denied");
    expect_scan(&desk, 1, 0, "");
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(setegid(0), 0);
    desk_remove(&desk);
}

/* Named after another run than its text tells of. */
static void test_false_name(void **state)
{
    (void)state;
    struct desk desk;
    char from[64], to[64];
    desk_make(&desk);
    leave(&desk, entry_of(3, 17, 1000001), JOURNAL_ENDED);
    snprintf(from, sizeof from, "%s-3-17-1000001-%d.entry", desk.journal.site, (int)getpid());
    snprintf(to, sizeof to, "%s-3-18-1000001-%d.entry", desk.journal.site, (int)getpid());
    assert_int_equal(renameat(desk.journal.fd, from, desk.journal.fd, to), 0);
    expect_scan(&desk, 0, 0, "its name belongs to another run");
    expect_scan(&desk, 0, 0, "");
    desk_remove(&desk);
}

/* A last part that was cut off is as if never written, and goes with the next one. */
static void test_torn_part(void **state)
{
    (void)state;
    struct desk desk;
    struct journal_list list;
    struct err err = {0};
    char path[PATH_MAX];
    desk_make(&desk);
    leave(&desk, entry_of(3, 17, 1000001), JOURNAL_INTERRUPTED);
    snprintf(path, sizeof path, "%s/%s-3-17-1000001-%d.entry", desk.journal.path, desk.journal.site,
             (int)getpid());
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("outcome success\nended_us 5\nhistory_on", file);
    fclose(file);

    scan(&desk, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].class, JOURNAL_INTERRUPTED);
    assert_false(list.items[0].entry.has_ending);
    struct entry *entry = &list.items[0].entry;
    must(journal_note_refused(&list.items[0].handle, entry, &err), &err);
    assert_int_equal(entry->refused, 1);
    journal_list_release(&list);

    scan(&desk, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].class, JOURNAL_INTERRUPTED);
    assert_int_equal(list.items[0].entry.refused, 1);
    assert_int_equal(list.items[0].handle.mark.len, lseek(list.items[0].handle.fd, 0, SEEK_END));
    must(journal_note_refused(&list.items[0].handle, &list.items[0].entry, &err), &err);
    must(journal_move_to_bad(&list.items[0].handle, "refused twice", &err), &err);
    journal_list_release(&list);
    expect_scan(&desk, 0, 0, "");
    assert_int_equal(count_names(&desk, FOLDER "/bad"), 2);
    desk_remove(&desk);
}

static void read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* bad/ loses nothing to a second file of the same name. */
static void test_bad_names(void **state)
{
    (void)state;
    struct desk desk;
    struct err err = {0};
    char text[64];
    desk_make(&desk);
    must(journal_make(&desk.journal, &err), &err);
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "number %d", i);
        scratch_file(&desk.scratch, FOLDER "/x.entry", text, -1);
        must(journal_set_aside(&desk.journal, "x.entry", text, &err), &err);
    }
    static const char *const names[] = {"x.entry", "x.entry.1", "x.entry.2"};
    for (int i = 0; i < 3; i++) {
        char path[256], wanted[64];
        snprintf(path, sizeof path, FOLDER "/bad/%s", names[i]);
        snprintf(wanted, sizeof wanted, "number %d", i);
        read_text(scratch_path(&desk.scratch, path), text, sizeof text);
        assert_string_equal(text, wanted);
        strcat(path, ".why");
        strcat(wanted, "\n");
        read_text(scratch_path(&desk.scratch, path), text, sizeof text);
        assert_string_equal(text, wanted);
    }
    assert_false(journal_set_aside(&desk.journal, "nothing.entry", "why", &err));
    assert_non_null(strstr(err.text, "to bad/: No such file or directory"));
    desk_remove(&desk);
}

/* bad/ that cannot be: said, and no hindrance. */
static void test_no_bad(void **state)
{
    (void)state;
    struct desk desk;
    desk_make(&desk);
    leave(&desk, entry_of(3, 17, 1000001), JOURNAL_ENDED);
    scratch_file(&desk.scratch, FOLDER "/bad", "no directory", -1);
    scratch_file(&desk.scratch, FOLDER "/x.entry", "", -1);
    expect_scan(&desk, 1, 0, "but cannot move");
    struct journal_count count;
    struct err err = {0};
    assert_false(journal_count(&desk.journal, &count, &err));
    assert_non_null(strstr(err.text, "bad: Not a directory"));
    desk_remove(&desk);
}

/* ---- what the disk refuses ---- */

/* Runs fn in a child with a file system of its own on state/; 77: there is none to be had. */
static void with_file_system(int (*fn)(struct desk *desk), const char *options)
{
    struct desk desk = {0};
    int status = -1;
    scratch_make(&desk.scratch, "/tmp");
    scratch_dir(&desk.scratch, "state", 0700);
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", scratch_path(&desk.scratch, "state"), "tmpfs", 0, options) < 0)
            scratch_exit(77);
        struct err err = {0};
        struct statedir_wish wish = {.installation = desk.scratch.dir, .configured = "state"};
        struct journal_place place = place_of(&desk);
        if (!statedir_open(&desk.state, &wish, &err) || !journal_open(&desk.journal, &place, &err))
            scratch_exit(99);
        scratch_exit(fn(&desk));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    scratch_remove(&desk.scratch);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("no mount namespace here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static int fill_up(const struct desk *desk)
{
    static const char zeros[4096];
    int fd = open(scratch_path(&desk->scratch, "state/fill"), O_WRONLY | O_CREAT, 0600);
    while (write(fd, zeros, sizeof zeros) > 0)
        continue;
    return errno == ENOSPC ? fd : -1;
}

/* Returns 0, or the number of the step that went wrong. */
static int full_disk(struct desk *desk)
{
    struct err err = {0};
    struct journal_handle handle, second;
    struct journal_list list;
    struct entry entry = entry_of(3, 17, 1000001);
    char *text = calloc(1, 300 * 1024);
    if (!text || !journal_begin(&desk->journal, &entry, &handle, &err))
        return 1;
    int fd = fill_up(desk);
    if (fd < 0)
        return 2;
    /* no room for another entry: no start, and nothing of it stays */
    struct entry other = entry_of(3, 18, 1000002);
    if (journal_begin(&desk->journal, &other, &second, &err) || second.journal ||
        err.kind != ERR_SYSTEM || !strstr(err.text, "No space left on device"))
        return 3;
    if (count_names(desk, FOLDER) != 1)
        return 4;
    /* but for what belongs to the first one there is */
    memset(text, 'x', 60000);
    outcome_succeed(&entry.ending.outcome, text);
    if (!journal_note_child(&handle, &entry, &err) || !journal_note_ending(&handle, &entry, &err))
        return 5;
    /* and what does not fit leaves the rest as it was */
    memset(text, 'y', 300 * 1024 - 1);
    outcome_succeed(&entry.ending.outcome, text);
    if (journal_note_ending(&handle, &entry, &err) || !strstr(err.text, "No space left on device"))
        return 6;
    journal_release(&handle);
    if (!journal_scan(&desk->journal, &client3, &list, &err) || list.count != 1 ||
        list.items[0].class != JOURNAL_ENDED ||
        list.items[0].entry.ending.outcome.text.len != 60000)
        return 7;
    if (!journal_settle(&list.items[0].handle, &err))
        return 8;
    journal_list_release(&list);
    outcome_release(&entry.ending.outcome);
    free(text);
    close(fd);
    return 0;
}

static void test_full_disk(void **state)
{
    (void)state;
    with_file_system(full_disk, "size=256k,mode=0700");
}

static int read_only(struct desk *desk)
{
    struct err err = {0};
    struct journal_handle handle;
    struct journal_list list;
    struct entry entry = entry_of(3, 17, 1000001);
    const char *path = scratch_path(&desk->scratch, "state");
    if (mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
        return 77;
    /* no folder yet, and none to be made */
    if (!journal_scan(&desk->journal, &client3, &list, &err) || list.count)
        return 1;
    if (journal_begin(&desk->journal, &entry, &handle, &err) || handle.journal ||
        err.kind != ERR_PERMISSION || !strstr(err.text, "Read-only file system"))
        return 2;
    if (mount(NULL, path, NULL, MS_REMOUNT, NULL) < 0)
        return 77;
    leave(desk, entry, JOURNAL_ENDED);
    if (mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
        return 77;
    struct entry other = entry_of(3, 18, 1000002);
    if (journal_begin(&desk->journal, &other, &handle, &err) || err.kind != ERR_PERMISSION ||
        !strstr(err.text, "cannot write an entry in the journal"))
        return 3;
    /* an entry that cannot be taken over must not be overlooked */
    if (journal_scan(&desk->journal, &client3, &list, &err) ||
        !strstr(err.text, "Read-only file system"))
        return 4;
    journal_list_release(&list);
    return 0;
}

static void test_read_only(void **state)
{
    (void)state;
    with_file_system(read_only, "size=256k,mode=0700");
}

static void expect_refusal(struct desk *desk, bool at_open, enum err_kind kind, const char *text)
{
    struct err err = {0};
    struct journal_handle handle = {0};
    struct journal_place place = place_of(desk);
    struct entry entry = entry_of(3, 17, 1000001);
    bool opened = journal_open(&desk->journal, &place, &err);
    if (opened == at_open)
        fail_msg("%s", opened ? "opened" : err.text);
    if (opened)
        assert_false(journal_begin(&desk->journal, &entry, &handle, &err));
    if (!strstr(err.text, text) || err.kind != kind)
        fail_msg("expected \"%s\", got \"%s\" (kind %d)", text, err.text, (int)err.kind);
    assert_null(handle.journal);
    journal_close(&desk->journal);
}

static void test_not_ours(void **state)
{
    (void)state;
    struct desk desk = {0};
    scratch_make(&desk.scratch, "/tmp");
    scratch_dir(&desk.scratch, "elsewhere", 0700);
    open_state(&desk);
    const char *journal = scratch_path(&desk.scratch, "state/journal");

    assert_int_equal(symlink("../elsewhere", journal), 0);
    expect_refusal(&desk, true, ERR_SYSTEM, "/state/journal: Not a directory");
    assert_int_equal(unlink(journal), 0);
    scratch_file(&desk.scratch, "state/journal", "", -1);
    expect_refusal(&desk, true, ERR_SYSTEM, "/state/journal: Not a directory");
    assert_int_equal(unlink(journal), 0);
    scratch_dir(&desk.scratch, "state/journal", 0770);
    expect_refusal(&desk, true, ERR_PERMISSION, "/state/journal can be written by others");
    assert_int_equal(chmod(scratch_path(&desk.scratch, "state/journal"), 0700), 0);
    scratch_dir(&desk.scratch, FOLDER, 0707);
    expect_refusal(&desk, true, ERR_PERMISSION, MACHINE " can be written by others (chmod go-w)");
    if (geteuid() == 0) {
        assert_int_equal(chmod(scratch_path(&desk.scratch, FOLDER), 0700), 0);
        assert_int_equal(chown(scratch_path(&desk.scratch, FOLDER), 1234, 1234), 0);
        expect_refusal(&desk, true, ERR_PERMISSION, MACHINE " belongs to another user (id 1234)");
        assert_int_equal(rmdir(scratch_path(&desk.scratch, FOLDER)), 0);
        assert_int_equal(chmod(scratch_path(&desk.scratch, "state"), 0755), 0);
        assert_int_equal(setegid(65534), 0);
        assert_int_equal(seteuid(65534), 0);
        expect_refusal(&desk, true, ERR_PERMISSION, "Permission denied");
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(rmdir(scratch_path(&desk.scratch, "state/journal")), 0);
        assert_int_equal(seteuid(65534), 0);
        expect_refusal(&desk, false, ERR_PERMISSION, "cannot create the journal's directory");
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(setegid(0), 0);
    }
    statedir_close(&desk.state);
    scratch_remove(&desk.scratch);
}

static void test_too_large(void **state)
{
    (void)state;
    struct desk desk;
    struct err err = {0};
    struct journal_handle handle;
    desk_make(&desk);
    struct entry entry = entry_of(3, 17, 1000001);
    char *data = malloc(JOURNAL_ENTRY_MAX_BYTES + 1);
    assert_non_null(data);
    memset(data, 'x', JOURNAL_ENTRY_MAX_BYTES);
    data[JOURNAL_ENTRY_MAX_BYTES] = '\0';
    entry.job.data = data;
    assert_false(journal_begin(&desk.journal, &entry, &handle, &err));
    assert_int_equal(err.kind, ERR_JOB);
    entry.job.data = NULL;
    must(journal_begin(&desk.journal, &entry, &handle, &err), &err);
    must(journal_note_child(&handle, &entry, &err), &err);
    entry.ending.data = data;
    assert_false(journal_note_ending(&handle, &entry, &err));
    assert_int_equal(err.kind, ERR_JOB);
    journal_release(&handle);
    expect_scan(&desk, 1, 0, "");
    free(data);
    desk_remove(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile),    cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_false_name), cmocka_unit_test(test_torn_part),
        cmocka_unit_test(test_bad_names),  cmocka_unit_test(test_no_bad),
        cmocka_unit_test(test_full_disk),  cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_not_ours),   cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests_name("journal_bad", tests, NULL, NULL);
}
