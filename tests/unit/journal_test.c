/* store/journal, journal_scan, journal_count: real files, real owners that are killed.  Bad files
 * and bad disks: journal_bad_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "io/process.h"
#include "journal_desk.h"

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
    assert_int_equal(count.item_count, 6);
    assert_null(journal_count_find(&count, 9, 18));
    assert_null(journal_count_find(&count, 8, 17));
    const struct journal_item *item = journal_count_find(&count, 9, 17);
    assert_non_null(item);
    assert_int_equal(item->owner, getpid());
    assert_int_equal(item->run_at_us, entry.run_at_us);
    item = journal_count_find(&count, 3, 18);
    assert_non_null(item);
    assert_int_equal(item->owner, 0);
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
