/* store/journal, journal_scan, journal_count: real files, real owners that are killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "io/process.h"
#include "scratch.h"
#include "store/journal.h"
#include "store/journal_count.h"
#include "store/journal_scan.h"

#define MACHINE "0123456789abcdef0123456789abcdef"
#define FOLDER  "state/journal/web1-" MACHINE

/* ---- stopping between any two steps ---- */

/* The journal's own system calls pass through here: before and behind each of them the process can
 * get a signal, as it could from anybody.  pwrite can be hit in the middle, too. */
static int steps_left; /* 0: no signal */
static int step_signal;

static void step(void)
{
    if (steps_left > 0 && --steps_left == 0)
        raise(step_signal);
}

int fsync(int fd)
{
    step();
    int result = (int)syscall(SYS_fsync, fd);
    step();
    return result;
}

int flock(int fd, int operation)
{
    step();
    int result = (int)syscall(SYS_flock, fd, operation);
    step();
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    step();
    if (steps_left == 1 && len > 1)
        len /= 2; /* what is cut short is continued, unless somebody dies first */
    ssize_t result = (ssize_t)syscall(SYS_pwrite64, fd, bytes, len, offset);
    step();
    return result;
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    step();
    int result = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
    step();
    return result;
}

int unlinkat(int dir, const char *name, int flags)
{
    step();
    int result = (int)syscall(SYS_unlinkat, dir, name, flags);
    step();
    return result;
}

/* ---- a journal, and entries for it ---- */

struct desk {
    struct scratch scratch;
    struct statedir state;
    struct journal journal;
};

static struct journal_place place_of(const struct desk *desk)
{
    return (struct journal_place){.state = &desk->state,
                                  .node = "web1",
                                  .installation = "/srv/kivitendo",
                                  .configuration = "config.kivitendo.conf.pid",
                                  .machine_id = MACHINE,
                                  .reserve_bytes = 65536};
}

static void open_state(struct desk *desk)
{
    struct err err = {0};
    struct statedir_wish wish = {.installation = desk->scratch.dir, .configured = "state"};
    if (!statedir_open(&desk->state, &wish, &err))
        fail_msg("%s", err.text);
}

static void open_journal(struct desk *desk)
{
    struct err err = {0};
    struct journal_place place = place_of(desk);
    if (!journal_open(&desk->journal, &place, &err))
        fail_msg("%s", err.text);
}

static void desk_make(struct desk *desk)
{
    *desk = (struct desk){0};
    scratch_make(&desk->scratch, "/tmp");
    open_state(desk);
    open_journal(desk);
}

static void desk_remove(struct desk *desk)
{
    journal_close(&desk->journal);
    journal_close(&desk->journal);
    statedir_close(&desk->state);
    scratch_remove(&desk->scratch);
}

static struct entry entry_of(int client_id, int job_id, int64_t run_at_us)
{
    return (struct entry){
        .client_id = client_id,
        .client = "acme",
        .db_host = "localhost",
        .db_port = "5432",
        .db_name = "kivi",
        .kind = ENTRY_KIND_COMMAND,
        .run_at_us = run_at_us,
        .slot_us = run_at_us,
        .job = {.id = job_id, .package = (char *)"Backup"},
        .child = {.pid = 999999, .session = 999999, .start_ticks = 1, .boot_id = "another boot"}};
}

static const struct journal_client client3 = {.id = 3, .db_name = "kivi"};

static void must(bool done, const struct err *err)
{
    if (!done)
        fail_msg("%s", err->text);
}

static void scan(struct desk *desk, struct journal_list *list)
{
    struct err err = {0};
    must(journal_scan(&desk->journal, &client3, list, &err), &err);
}

/* An entry that nobody owns any more, with its parts up to this class. */
static void leave(struct desk *desk, struct entry entry, enum journal_class class)
{
    struct err err = {0};
    struct journal_handle handle;
    must(journal_begin(&desk->journal, &entry, &handle, &err), &err);
    if (class != JOURNAL_UNSTARTED)
        must(journal_note_child(&handle, &entry, &err), &err);
    outcome_succeed(&entry.ending.outcome, "all well");
    if (class == JOURNAL_ENDED)
        must(journal_note_ending(&handle, &entry, &err), &err);
    outcome_release(&entry.ending.outcome);
    journal_release(&handle);
}

static int count_names(const struct desk *desk, const char *folder)
{
    struct dirnames names;
    struct err err = {0};
    must(dirnames_read(&names, AT_FDCWD, scratch_path(&desk->scratch, folder), &err), &err);
    int count = (int)names.count;
    dirnames_release(&names);
    return count;
}

static void expect_scan(struct desk *desk, int items, int busy, const char *reports)
{
    struct journal_list list;
    scan(desk, &list);
    assert_int_equal(list.count, items);
    assert_int_equal(list.busy_count, busy);
    if (!strstr(buf_text(&list.reports), reports) || (!*reports && list.reports.len))
        fail_msg("reports: %s", buf_text(&list.reports));
    journal_list_release(&list);
    journal_list_release(NULL);
}

/* ---- tests ---- */

static void test_life(void **state)
{
    (void)state;
    struct desk desk;
    struct stat st;
    struct err err = {0};
    struct journal_handle handle = {0};
    desk_make(&desk);
    expect_scan(&desk, 0, 0, "");
    assert_int_not_equal(stat(scratch_path(&desk.scratch, "state/journal"), &st), 0);

    struct entry entry = entry_of(3, 17, 1000001);
    must(journal_begin(&desk.journal, &entry, &handle, &err), &err);
    assert_true(fcntl(handle.fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(fstat(handle.fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(st.st_blocks * 512 > 65536);
    assert_int_equal(stat(scratch_path(&desk.scratch, FOLDER), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(count_names(&desk, FOLDER), 1);
    expect_scan(&desk, 0, 1, "");

    must(journal_note_child(&handle, &entry, &err), &err);
    outcome_fail(&entry.ending.outcome, "exit status 3");
    must(journal_note_ending(&handle, &entry, &err), &err);
    expect_scan(&desk, 0, 1, "");
    assert_int_equal(fstat(handle.fd, &st), 0);
    assert_true(st.st_blocks * 512 > 65536); /* the reserve is still there */

    journal_release(&handle);
    journal_release(&handle);
    journal_release(NULL);
    struct journal_list list;
    scan(&desk, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].class, JOURNAL_ENDED);
    assert_string_equal(list.items[0].entry.installation, "/srv/kivitendo");
    assert_string_equal(list.items[0].entry.node, "web1");
    assert_string_equal(outcome_text(&list.items[0].entry.ending.outcome), "exit status 3");
    must(journal_settle(&list.items[0].handle, &err), &err);
    journal_list_release(&list);
    assert_int_equal(count_names(&desk, FOLDER), 0);
    expect_scan(&desk, 0, 0, "");
    outcome_release(&entry.ending.outcome);
    desk_remove(&desk);
}

/* Runs through a whole life and says with a letter what it was promised. */
static void live(struct desk *desk, int promises)
{
    struct err err = {0};
    struct journal_handle handle;
    struct entry entry = entry_of(3, 17, 1000001);
    outcome_succeed(&entry.ending.outcome, "a text that is long enough to be torn");
    bool fine = journal_begin(&desk->journal, &entry, &handle, &err) &&
                write(promises, "b", 1) == 1 && journal_note_child(&handle, &entry, &err) &&
                write(promises, "c", 1) == 1 && journal_note_ending(&handle, &entry, &err) &&
                write(promises, "e", 1) == 1 && journal_settle(&handle, &err) &&
                write(promises, "s", 1) == 1;
    outcome_release(&entry.ending.outcome);
    scratch_exit(fine ? 0 : 1);
}

static pid_t start_life(struct desk *desk, int number, int steps, int *promises)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(60);
        step_signal = number;
        steps_left = steps;
        live(desk, ends[1]);
    }
    close(ends[1]);
    *promises = ends[0];
    return pid;
}

/* What may be found once so much was promised and no more. */
static void expect_promises(struct desk *desk, int steps, const char *promises)
{
    struct journal_list list;
    scan(desk, &list);
    size_t n = strlen(promises);
    bool fine = list.busy_count == 0 && list.reports.len == 0 && list.count <= 1;
    if (list.count == 0)
        fine = fine && (n == 0 || n >= 3);
    else if (list.items[0].class == JOURNAL_UNSTARTED)
        fine = fine && n <= 1;
    else if (list.items[0].class == JOURNAL_INTERRUPTED)
        fine = fine && (n == 1 || n == 2);
    else
        fine = fine && (n == 2 || n == 3) &&
               strcmp(outcome_text(&list.items[0].entry.ending.outcome),
                      "a text that is long enough to be torn") == 0;
    if (!fine)
        fail_msg("step %d: promised '%s', found %zu of class %d %s", steps, promises, list.count,
                 list.count ? (int)list.items[0].class : -1, buf_text(&list.reports));
    struct err err = {0};
    if (list.count)
        must(journal_settle(&list.items[0].handle, &err), &err);
    journal_list_release(&list);
    assert_int_equal(count_names(desk, FOLDER), 0); /* no drafts either */
}

static void test_killed_at_each_step(void **state)
{
    (void)state;
    struct desk desk;
    int status = -1;
    int steps = 0;
    desk_make(&desk);
    for (; status != 0; steps++) {
        char promises[8] = "";
        int pipe_end;
        pid_t pid = start_life(&desk, SIGKILL, steps + 1, &pipe_end);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
        assert_true(read(pipe_end, promises, sizeof promises - 1) >= 0);
        close(pipe_end);
        if (access(scratch_path(&desk.scratch, FOLDER), F_OK) == 0)
            expect_promises(&desk, steps, promises);
        else
            assert_string_equal(promises, "");
    }
    assert_true(steps > 20); /* it was killed at all */
    desk_remove(&desk);
}

/* The owner lives, and only halts: nothing may look ownerless. */
static void test_halted_at_each_step(void **state)
{
    (void)state;
    struct desk desk;
    int status = -1;
    int steps = 0;
    int busy = 0;
    desk_make(&desk);
    for (; status != 0; steps++) {
        char promises[8] = "";
        int pipe_end;
        struct journal_list list;
        pid_t pid = start_life(&desk, SIGSTOP, steps + 1, &pipe_end);
        assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
        scan(&desk, &list);
        if (list.count || list.reports.len)
            fail_msg("step %d: found one of class %d %s", steps,
                     list.count ? (int)list.items[0].class : -1, buf_text(&list.reports));
        assert_true(list.busy_count == 0 || journal_list_is_busy(&list, 17));
        busy += (int)list.busy_count;
        journal_list_release(&list);
        if (status != 0) {
            int end = -1;
            kill(pid, SIGCONT);
            assert_int_equal(waitpid(pid, &end, 0), pid);
            if (end != 0)
                fail_msg("step %d: it failed after it had been halted", steps);
        }
        assert_int_equal(read(pipe_end, promises, sizeof promises - 1), 4);
        close(pipe_end);
        assert_int_equal(count_names(&desk, FOLDER), 0);
    }
    assert_true(busy > 10);
    desk_remove(&desk);
}

static void test_classes_and_order(void **state)
{
    (void)state;
    struct desk desk;
    struct journal_list list;
    desk_make(&desk);
    leave(&desk, entry_of(3, 19, 3000001), JOURNAL_ENDED);
    leave(&desk, entry_of(3, 17, 1000001), JOURNAL_UNSTARTED);
    leave(&desk, entry_of(3, 18, 2000001), JOURNAL_INTERRUPTED);
    struct entry moved = entry_of(3, 20, 4000001);
    moved.db_name = "kivi_before";
    leave(&desk, moved, JOURNAL_ENDED);

    scan(&desk, &list);
    static const enum journal_class classes[] = {JOURNAL_UNSTARTED, JOURNAL_INTERRUPTED,
                                                 JOURNAL_ENDED, JOURNAL_ELSEWHERE};
    assert_int_equal(list.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(list.items[i].class, classes[i]);
        assert_int_equal(list.items[i].entry.job.id, 17 + i);
    }
    /* they are ours now, for another scan, and not any more when the list goes */
    expect_scan(&desk, 0, 4, "");
    assert_false(journal_list_is_busy(&list, 17));
    journal_list_release(&list);
    expect_scan(&desk, 4, 0, "");
    desk_remove(&desk);
}

/* Whose entries are whose. */
static void test_others(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct journal_place place; /* what differs */
        int client_id;
        bool in_folder; /* of web1 on MACHINE */
    } rows[] = {
        {"another installation", {.installation = "/srv/kivitendo2"}, 3, true},
        {"another configuration", {.configuration = "config.lx_office.conf.pid"}, 3, true},
        {"another client", {0}, 4, true},
        {"another node", {.node = "web2"}, 3, false},
        {"another machine", {.machine_id = "fedcba9876543210fedcba9876543210"}, 3, false},
    };
    struct desk desk;
    desk_make(&desk);
    leave(&desk, entry_of(3, 1, 1), JOURNAL_ENDED);
    int expected = 1;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct desk other = desk;
        struct err err = {0};
        struct journal_place place = place_of(&desk);
        if (rows[i].place.installation)
            place.installation = rows[i].place.installation;
        if (rows[i].place.configuration)
            place.configuration = rows[i].place.configuration;
        if (rows[i].place.node)
            place.node = rows[i].place.node;
        if (rows[i].place.machine_id)
            place.machine_id = rows[i].place.machine_id;
        must(journal_open(&other.journal, &place, &err), &err);
        leave(&other, entry_of(rows[i].client_id, 100 + (int)i, 1), JOURNAL_ENDED);
        expected += rows[i].in_folder;
        if (count_names(&desk, FOLDER) != expected)
            fail_msg("%s: it is in the wrong folder", rows[i].name);
        journal_close(&other.journal);
        expect_scan(&desk, 1, 0, "");
    }
    struct journal_count count;
    struct err err = {0};
    must(journal_count(&desk.journal, &count, &err), &err);
    assert_int_equal(count.waiting, 2);
    assert_int_equal(count.foreign, 2);
    journal_count_release(&count);
    desk_remove(&desk);
}

/* The text of an entry under the name of one of ours: only the text decides. */
static void test_forged_site(void **state)
{
    (void)state;
    struct desk desk, other;
    struct err err = {0};
    desk_make(&desk);
    other = desk;
    struct journal_place place = place_of(&desk);
    place.installation = "/srv/other";
    must(journal_open(&other.journal, &place, &err), &err);
    leave(&other, entry_of(3, 1, 1), JOURNAL_ENDED);
    char from[64], to[64];
    snprintf(from, sizeof from, "%s-3-1-1-%d.entry", other.journal.site, (int)getpid());
    snprintf(to, sizeof to, "%s-3-1-1-%d.entry", desk.journal.site, (int)getpid());
    must(journal_make(&desk.journal, &err), &err);
    assert_int_equal(renameat(desk.journal.fd, from, desk.journal.fd, to), 0);
    expect_scan(&desk, 0, 0, "");
    assert_int_equal(count_names(&desk, FOLDER), 1);
    journal_close(&other.journal);
    desk_remove(&desk);
}

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

/* ---- owners and children ---- */

/* The folder is made, or goes and is made anew, behind our back. */
static void test_folder_comes_and_goes(void **state)
{
    (void)state;
    struct desk desk, other;
    desk_make(&desk);
    other = desk;
    open_journal(&other);
    expect_scan(&desk, 0, 0, "");
    assert_false(journal_exists(&desk.journal));
    leave(&other, entry_of(3, 17, 1000001), JOURNAL_ENDED);
    assert_true(journal_exists(&desk.journal));
    expect_scan(&desk, 1, 0, "");
    const char *folder = scratch_path(&desk.scratch, FOLDER);
    const char *aside = scratch_path(&desk.scratch, "aside");
    assert_int_equal(rename(folder, aside), 0);
    expect_scan(&desk, 1, 0, ""); /* it is still the same directory */
    nftw(aside, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    expect_scan(&desk, 0, 0, "");
    leave(&desk, entry_of(3, 18, 1000001), JOURNAL_ENDED);
    expect_scan(&other, 1, 0, "");
    journal_close(&other.journal);
    desk_remove(&desk);
}

/* A forked child that keeps the descriptor keeps the entry; one that execs does not. */
static void test_inherited_lock(void **state)
{
    (void)state;
    struct desk desk;
    struct err err = {0};
    struct journal_handle handle;
    desk_make(&desk);
    struct entry entry = entry_of(3, 17, 1000001);
    must(journal_begin(&desk.journal, &entry, &handle, &err), &err);
    pid_t keeper = fork();
    if (keeper == 0) {
        alarm(60);
        for (;;)
            pause();
    }
    int ready[2];
    char byte;
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    pid_t program = fork();
    if (program == 0) {
        execl("/bin/sleep", "sleep", "60", (char *)NULL);
        scratch_exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 0); /* it has exec'd */
    close(ready[0]);
    journal_release(&handle);
    expect_scan(&desk, 0, 1, "");
    kill(keeper, SIGKILL);
    assert_int_equal(waitpid(keeper, NULL, 0), keeper);
    expect_scan(&desk, 1, 0, "");
    kill(program, SIGKILL);
    assert_int_equal(waitpid(program, NULL, 0), program);
    desk_remove(&desk);
}

/* An interrupted job whose processes are still at work: they end before it is recorded. */
static void test_child_at_work(void **state)
{
    (void)state;
    struct desk desk;
    struct err err = {0};
    struct journal_list list;
    uint64_t ticks = 0;
    int ready[2];
    int ended = 0;
    char byte;
    desk_make(&desk);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        setsid();
        fork();
        if (write(ready[1], "x", 1) == 1)
            for (;;)
                pause();
        scratch_exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    struct entry entry = entry_of(3, 17, 1000001);
    assert_true(process_start_ticks(child, &ticks));
    entry.child = (struct entry_child){
        .pid = child, .session = child, .start_ticks = (int64_t)ticks};
    assert_true(process_boot_id(entry.child.boot_id));
    leave(&desk, entry, JOURNAL_INTERRUPTED);
    leave(&desk, entry_of(3, 18, 1000002), JOURNAL_UNSTARTED);
    leave(&desk, entry_of(3, 19, 1000003), JOURNAL_INTERRUPTED); /* of another boot */

    scan(&desk, &list);
    assert_int_equal(list.count, 3);
    assert_true(journal_child_alive(&list.items[0].entry));
    must(journal_end_child(&list.items[0].entry, 5000, &ended, &err), &err);
    assert_int_equal(ended, 2);
    assert_false(journal_child_alive(&list.items[0].entry));
    for (size_t i = 1; i < 3; i++) {
        assert_false(journal_child_alive(&list.items[i].entry));
        must(journal_end_child(&list.items[i].entry, 5000, &ended, &err), &err);
        assert_int_equal(ended, 0);
    }
    journal_list_release(&list);
    assert_int_equal(waitpid(child, NULL, 0), child);
    desk_remove(&desk);
}

/* Several take over at once: each entry has one taker, and none is left. */
static void test_takers_at_once(void **state)
{
    (void)state;
    enum { ENTRIES = 40, TAKERS = 4 };
    struct desk desk;
    pid_t takers[TAKERS];
    int taken = 0;
    desk_make(&desk);
    for (int i = 0; i < ENTRIES; i++)
        leave(&desk, entry_of(3, 1 + i, 1000001 + i), JOURNAL_ENDED);
    for (int t = 0; t < TAKERS; t++) {
        takers[t] = fork();
        if (takers[t] != 0)
            continue;
        struct err err = {0};
        int mine = 0;
        struct journal_list list;
        do {
            if (!journal_scan(&desk.journal, &client3, &list, &err))
                scratch_exit(255);
            for (size_t i = 0; i < list.count; i++, mine++)
                if (list.items[i].class != JOURNAL_ENDED ||
                    !journal_settle(&list.items[i].handle, &err))
                    scratch_exit(255);
            taken = (int)(list.count + list.busy_count);
            journal_list_release(&list);
        } while (taken);
        scratch_exit(mine);
    }
    taken = 0;
    for (int t = 0; t < TAKERS; t++) {
        int status = -1;
        assert_int_equal(waitpid(takers[t], &status, 0), takers[t]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 255);
        taken += WEXITSTATUS(status);
    }
    assert_int_equal(taken, ENTRIES);
    assert_int_equal(count_names(&desk, FOLDER), 0);
    desk_remove(&desk);
}

static void test_count(void **state)
{
    (void)state;
    struct desk desk;
    struct err err = {0};
    struct journal_handle handle;
    struct journal_count count;
    desk_make(&desk);
    must(journal_count(&desk.journal, &count, &err), &err);
    assert_int_equal(count.running + count.waiting + count.foreign + count.bad, 0);
    journal_count_release(&count);

    static const int clients[] = {7, 3, 5, 3, 7};
    for (int i = 0; i < 5; i++)
        leave(&desk, entry_of(clients[i], 17 + i, 1000001), JOURNAL_ENDED);
    struct entry entry = entry_of(9, 17, 1000001);
    must(journal_begin(&desk.journal, &entry, &handle, &err), &err);
    scratch_file(&desk.scratch, FOLDER "/x.entry", "", -1);
    expect_scan(&desk, 2, 0, "none that we give");
    must(journal_count(&desk.journal, &count, &err), &err);
    assert_int_equal(count.waiting, 5);
    assert_int_equal(count.running, 1);
    assert_int_equal(count.bad, 1);
    assert_int_equal(count.client_count, 3);
    assert_int_equal(count.clients[0], 3);
    assert_int_equal(count.clients[1], 5);
    assert_int_equal(count.clients[2], 7);
    journal_count_release(&count);
    journal_count_release(NULL);
    journal_release(&handle);
    desk_remove(&desk);
}

/* A job with an entry of any kind is not settled yet. */
static void test_has_job(void **state)
{
    (void)state;
    static const struct {
        int client_id, job_id;
        bool has;
    } rows[] = {{3, 17, true}, {3, 18, true}, {3, 1, false}, {4, 17, false}, {1, 3, false}};
    struct desk desk;
    struct err err = {0};
    struct journal_handle handle;
    bool has = true;
    desk_make(&desk);
    must(journal_has_job(&desk.journal, 3, 17, &has, &err), &err);
    assert_false(has);
    struct entry entry = entry_of(3, 17, 1000001);
    must(journal_begin(&desk.journal, &entry, &handle, &err), &err);
    leave(&desk, entry_of(3, 18, 1000002), JOURNAL_UNSTARTED);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        must(journal_has_job(&desk.journal, rows[i].client_id, rows[i].job_id, &has, &err), &err);
        assert_int_equal(has, rows[i].has);
    }
    must(journal_settle(&handle, &err), &err);
    must(journal_has_job(&desk.journal, 3, 17, &has, &err), &err);
    assert_false(has);
    desk_remove(&desk);
}

/* Nodes that cannot be file names stay apart all the same. */
static void test_node_names(void **state)
{
    (void)state;
    static const struct {
        const char *node;
        const char *folder; /* as far as it is known */
    } rows[] = {
        {"web1.example.org", "web1.example.org-" MACHINE},
        {"web_1", "web_1-" MACHINE},
        {"web/1", "web_1~"},
        {"web\n1", "web_1~"},
        {"..", "_.~"},
        {"", "~"},
        {"bü", "b__~"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "0123456789012345678901234567890123456789012345678901234567890123~"},
    };
    struct desk desk;
    char seen[ARRAY_LEN(rows)][256];
    desk_make(&desk);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct journal journal;
        struct err err = {0};
        struct journal_place place = place_of(&desk);
        place.node = rows[i].node;
        must(journal_open(&journal, &place, &err), &err);
        if (strncmp(journal.folder, rows[i].folder, strlen(rows[i].folder)) != 0)
            fail_msg("'%s' became %s", rows[i].node, journal.folder);
        snprintf(seen[i], sizeof seen[i], "%s", journal.folder);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[k], seen[i]);
        must(journal_make(&journal, &err), &err);
        journal_close(&journal);
    }
    struct journal journal;
    struct err err = {0};
    struct journal_place place = place_of(&desk);
    place.machine_id = NULL; /* the real one, if there is one */
    must(journal_open(&journal, &place, &err), &err);
    assert_true(strlen(journal.folder) == 5 + 32 ||
                strcmp(journal.folder, "web1-no-machine-id") == 0);
    journal_close(&journal);
    desk_remove(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_killed_at_each_step),
        cmocka_unit_test(test_halted_at_each_step),
        cmocka_unit_test(test_classes_and_order),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_forged_site),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_false_name),
        cmocka_unit_test(test_torn_part),
        cmocka_unit_test(test_bad_names),
        cmocka_unit_test(test_no_bad),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_folder_comes_and_goes),
        cmocka_unit_test(test_inherited_lock),
        cmocka_unit_test(test_child_at_work),
        cmocka_unit_test(test_takers_at_once),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_has_job),
        cmocka_unit_test(test_node_names),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
