/* io/lockfile and io/process: real files, real locks, other processes. */
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
#include <sys/wait.h>

#include "base/clock.h"
#include "io/lockfile.h"
#include "io/process.h"
#include "scratch.h"

#define NAME "config.kivitendo.conf.pid"

static struct lockfile_where where_in(const struct scratch *s, int patience_ms)
{
    return (struct lockfile_where){
        .installation = s->dir, .name = NAME, .patience_ms = patience_ms};
}

static enum lockfile_result acquire(struct lockfile *lock, const struct scratch *s, int patience_ms,
                                    struct lockfile_holder *holder, struct err *err)
{
    const struct lockfile_where where = where_in(s, patience_ms);
    return lockfile_acquire(lock, &where, holder, err);
}

/* What stands in the pid file. */
static const char *content(const struct scratch *s)
{
    static char text[64];
    FILE *file = fopen(scratch_path(s, "users/pid/" NAME), "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    fclose(file);
    return text;
}

static void make_users(struct scratch *s)
{
    scratch_make(s, "/tmp");
    scratch_dir(s, "users", 0755);
}

/* Waits until the child has written one byte, which it does when it is ready. */
static void await(int fd)
{
    char byte;
    assert_int_equal(read(fd, &byte, 1), 1);
}

static void end_child(pid_t pid, int signal)
{
    int status;
    kill(pid, signal);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

/* A child that locks the file as the old server does, writes `text` into it and stays. */
static pid_t start_locker(const char *path, const char *text)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(path, O_RDWR | O_CREAT, 0644);
        bool ok = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
                  write(fd, text, strlen(text)) >= 0 && write(ready[1], "x", 1) == 1;
        while (ok)
            pause();
        scratch_exit(1);
    }
    await(ready[0]);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void test_life(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    struct stat st;
    char pid[32];
    make_users(&s);
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());

    for (int round = 0; round < 2; round++) { /* users/pid missing, then there */
        if (acquire(&lock, &s, 0, &holder, &err) != LOCKFILE_HELD)
            fail_msg("%s", err.text);
        assert_string_equal(content(&s), "");
        assert_int_equal(stat(lock.path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_true(fcntl(lock.fd, F_GETFD) & FD_CLOEXEC);
        assert_true(lockfile_publish(&lock, &err));
        assert_string_equal(content(&s), pid);
        lockfile_release(&lock);
        assert_string_equal(content(&s), "");
    }
    lockfile_release(&lock);
    lockfile_release(NULL);
    lockfile_forget(NULL);
    scratch_remove(&s);
}

static void test_longer_text_is_replaced(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    char pid[32];
    make_users(&s);
    scratch_file(&s, "users/pid/" NAME, "123456789012\nrubbish\n", -1);
    assert_int_equal(acquire(&lock, &s, 0, &holder, &err), LOCKFILE_HELD);
    assert_true(lockfile_publish(&lock, &err));
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    assert_string_equal(content(&s), pid);
    lockfile_release(&lock);
    scratch_remove(&s);
}

static void test_busy(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    make_users(&s);
    scratch_dir(&s, "users/pid", 0755);
    pid_t child = start_locker(scratch_path(&s, "users/pid/" NAME), "");
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(acquire(&lock, &s, 200, &holder, &err), LOCKFILE_BUSY);
    int64_t took_ms = clock_mono_ms() - began_ms;
    assert_true(took_ms >= 200 && took_ms < 2000);
    assert_null(lock.path);
    assert_int_equal(holder.pid, child);
    assert_false(holder.is_perl_server);
    int64_t age_s = clock_real_us() / 1000000 - holder.since_s;
    assert_true(age_s >= -2 && age_s < 60);
    end_child(child, SIGKILL);

    /* the kernel has given it back */
    assert_int_equal(acquire(&lock, &s, 0, &holder, &err), LOCKFILE_HELD);
    lockfile_release(&lock);
    scratch_remove(&s);
}

/* The file changes hands while somebody waits for it. */
static void test_waiting_is_rewarded(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    make_users(&s);
    scratch_dir(&s, "users/pid", 0755);
    pid_t child = start_locker(scratch_path(&s, "users/pid/" NAME), "");
    pid_t killer = fork();
    if (killer == 0) {
        usleep(300 * 1000);
        kill(child, SIGKILL);
        scratch_exit(0);
    }
    assert_int_equal(acquire(&lock, &s, LOCKFILE_PATIENCE_MS, &holder, &err), LOCKFILE_HELD);
    lockfile_release(&lock);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(waitpid(killer, NULL, 0), killer);
    scratch_remove(&s);
}

/* The old server unlinks the file while we wait, and a new one is made. */
static void test_unlinked_while_waiting(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    struct stat named, held;
    make_users(&s);
    scratch_dir(&s, "users/pid", 0755);
    pid_t child = start_locker(scratch_path(&s, "users/pid/" NAME), "");
    pid_t unlinker = fork();
    if (unlinker == 0) {
        usleep(200 * 1000);
        unlink(scratch_path(&s, "users/pid/" NAME));
        kill(child, SIGKILL);
        scratch_exit(0);
    }
    assert_int_equal(acquire(&lock, &s, LOCKFILE_PATIENCE_MS, &holder, &err), LOCKFILE_HELD);
    assert_int_equal(stat(scratch_path(&s, "users/pid/" NAME), &named), 0);
    assert_int_equal(fstat(lock.fd, &held), 0);
    assert_int_equal(named.st_ino, held.st_ino);
    lockfile_release(&lock);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(waitpid(unlinker, NULL, 0), unlinker);
    scratch_remove(&s);
}

/* Four processes lock, and unlink what they locked, as fast as they can: no two may hold the file
 * of the name at the same time. */
static void test_race_with_unlinking(void **state)
{
    (void)state;
    struct scratch s;
    pid_t children[4];
    make_users(&s);
    for (size_t i = 0; i < ARRAY_LEN(children); i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        int failures = 0;
        for (int turn = 0; turn < 100; turn++) {
            struct lockfile lock;
            struct lockfile_holder holder;
            struct err err = {0};
            if (acquire(&lock, &s, 5000, &holder, &err) != LOCKFILE_HELD) {
                failures++;
                continue;
            }
            int fd = open(scratch_path(&s, "inside"), O_CREAT | O_EXCL, 0600);
            failures += fd < 0;
            close(fd);
            unlink(scratch_path(&s, "inside"));
            if (turn % 3 == 0)
                unlink(lock.path);
            lockfile_release(&lock);
        }
        scratch_exit(failures != 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(children); i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    scratch_remove(&s);
}

static void test_forked_child(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock, second;
    struct lockfile_holder holder;
    struct err err = {0};
    char pid[32];
    make_users(&s);
    assert_int_equal(acquire(&lock, &s, 0, &holder, &err), LOCKFILE_HELD);
    assert_true(lockfile_publish(&lock, &err));
    for (int way = 0; way < 2; way++) {
        pid_t child = fork();
        if (child == 0) {
            if (way == 0)
                lockfile_forget(&lock);
            else
                lockfile_release(&lock); /* not the owner: must not empty it */
            scratch_exit(lock.path != NULL);
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
        assert_string_equal(content(&s), pid);
        assert_int_equal(acquire(&second, &s, 0, &holder, &err), LOCKFILE_BUSY);
        assert_int_equal(holder.pid, getpid());
    }
    lockfile_release(&lock);
    scratch_remove(&s);
}

/* A stand-in for kivitendo's server, which locks first and becomes a daemon then, so that the lock
 * table names a process that is gone. */
static const char perl_server[] = "#!/usr/bin/perl\n"
                                  "use Fcntl ':flock';\n"
                                  "open(my $file, '+>>', $ARGV[0]) or die;\n"
                                  "flock($file, LOCK_EX | LOCK_NB) or die;\n"
                                  "exit 0 if fork;\n"
                                  "$| = 1;\n"
                                  "truncate($file, 0); syswrite($file, \"$$\\n\");\n"
                                  "print \"$$\\n\";\n"
                                  "close(STDOUT);\n"
                                  "sleep 60;\n";

static pid_t start_perl_server(const struct scratch *s, const char *script)
{
    int out[2];
    assert_int_equal(pipe(out), 0);
    scratch_file(s, script, perl_server, -1);
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execl("/usr/bin/perl", "perl", "-w", scratch_path(s, script),
              scratch_path(s, "users/pid/" NAME), "start", (char *)NULL);
        scratch_exit(1);
    }
    close(out[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    FILE *stream = fdopen(out[0], "r");
    long pid = 0;
    assert_int_equal(fscanf(stream, "%ld", &pid), 1);
    fclose(stream);
    return (pid_t)pid;
}

static void test_perl_server(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        bool is_server;
    } rows[] = {{"scripts/task_server.pl", true}, {"scripts/other.pl", false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scratch s;
        struct lockfile lock;
        struct lockfile_holder holder;
        struct err err = {0};
        make_users(&s);
        scratch_dir(&s, "users/pid", 0755);
        pid_t server = start_perl_server(&s, rows[i].script);
        enum lockfile_result result = acquire(&lock, &s, 100, &holder, &err);
        kill(server, SIGKILL);
        assert_int_equal(result, LOCKFILE_BUSY);
        assert_int_equal(holder.pid, server);
        assert_int_equal(holder.is_perl_server, rows[i].is_server);
        assert_true(holder.since_s > 0);
        scratch_remove(&s);
    }
}

/* A pulse of long ago, and a new one. */
static void test_beat(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    make_users(&s);
    assert_int_equal(acquire(&lock, &s, 0, &holder, &err), LOCKFILE_HELD);
    assert_true(lockfile_publish(&lock, &err));
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(futimens(lock.fd, old), 0);
    struct lockfile_where where = {.installation = s.dir, .name = NAME};
    assert_true(lockfile_look(&where, &holder));
    assert_int_equal(holder.beat_s, 1000);
    assert_true(holder.since_s > 1000);
    lockfile_beat(lock.fd);
    assert_true(lockfile_look(&where, &holder));
    assert_true(holder.beat_s > 1000);
    lockfile_release(&lock);
    scratch_remove(&s);
}

/* A lock nobody can be named for: taken by a process that has ended, held by its child. */
static void test_unknown_holder(void **state)
{
    (void)state;
    struct scratch s;
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    make_users(&s);
    const char *path = scratch_file(&s, "users/pid/" NAME, "999999999\n", -1);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t first = fork();
    if (first == 0) {
        int fd = open(path, O_RDWR);
        if (fd < 0 || flock(fd, LOCK_EX) < 0)
            scratch_exit(1);
        pid_t second = fork();
        if (second == 0) {
            pid_t self = getpid();
            if (write(ready[1], &self, sizeof self) == sizeof self)
                sleep(60);
        }
        scratch_exit(0);
    }
    pid_t second = 0;
    assert_int_equal(waitpid(first, NULL, 0), first);
    assert_int_equal(read(ready[0], &second, sizeof second), sizeof second);
    enum lockfile_result result = acquire(&lock, &s, 0, &holder, &err);
    kill(second, SIGKILL);
    assert_int_equal(result, LOCKFILE_BUSY);
    assert_int_equal(holder.pid, 0);
    assert_int_equal(holder.since_s, 0);
    assert_int_equal(holder.beat_s, 0); /* whose it would be is not known */
    close(ready[0]);
    close(ready[1]);
    scratch_remove(&s);
}

static void expect_failure(const struct scratch *s, enum err_kind kind, const char *text)
{
    struct lockfile lock;
    struct lockfile_holder holder;
    struct err err = {0};
    assert_int_equal(acquire(&lock, s, 0, &holder, &err), LOCKFILE_FAILED);
    if (!strstr(err.text, text) || err.kind != kind)
        fail_msg("expected \"%s\", got \"%s\" (kind %d)", text, err.text, (int)err.kind);
    assert_null(lock.path);
}

static void test_failures(void **state)
{
    (void)state;
    struct scratch s;
    struct stat st;
    scratch_make(&s, "/tmp");
    expect_failure(&s, ERR_SYSTEM, "/users/pid: No such file or directory");

    scratch_file(&s, "precious", "text", -1);
    scratch_dir(&s, "users/pid", 0755);
    assert_int_equal(symlink("../../precious", scratch_path(&s, "users/pid/" NAME)), 0);
    expect_failure(&s, ERR_PERMISSION, "is a link: remove it");
    assert_int_equal(unlink(scratch_path(&s, "users/pid/" NAME)), 0);

    assert_int_equal(link(scratch_path(&s, "precious"), scratch_path(&s, "users/pid/" NAME)), 0);
    expect_failure(&s, ERR_PERMISSION, "is no regular file with a single name: remove it");
    assert_int_equal(unlink(scratch_path(&s, "users/pid/" NAME)), 0);
    assert_int_equal(stat(scratch_path(&s, "precious"), &st), 0);
    assert_int_equal(st.st_size, 4);

    assert_int_equal(mkfifo(scratch_path(&s, "users/pid/" NAME), 0600), 0);
    expect_failure(&s, ERR_PERMISSION, "is no regular file with a single name: remove it");
    assert_int_equal(unlink(scratch_path(&s, "users/pid/" NAME)), 0);

    scratch_dir(&s, "users/pid/" NAME, 0755);
    expect_failure(&s, ERR_SYSTEM, "Is a directory");
    scratch_remove(&s);
}

static void test_not_ours(void **state)
{
    (void)state;
    struct scratch s;
    make_users(&s);
    uid_t before = geteuid();
    assert_int_equal(chmod(scratch_path(&s, "users"), 0555), 0);
    if (before == 0)
        assert_int_equal(seteuid(65534), 0);
    expect_failure(&s, ERR_PERMISSION, "cannot create the directory");
    if (before == 0) {
        assert_int_equal(seteuid(before), 0);
        scratch_file(&s, "users/pid/" NAME, "", -1);
        assert_int_equal(seteuid(65534), 0);
        expect_failure(&s, ERR_PERMISSION, "cannot open the pid file");
        assert_int_equal(seteuid(before), 0);
    }
    assert_int_equal(chmod(scratch_path(&s, "users"), 0755), 0);
    scratch_remove(&s);
}

/* In a mount namespace of its own: a file system of 16 KiB, filled to the brim.  Exit codes: 0 as
 * it should be, 77 no such namespace to be had, else the step that went wrong. */
static int full_disk(const struct scratch *s)
{
    static const char zeros[4096];
    struct lockfile lock, again;
    struct lockfile_holder holder;
    struct err err = {0};
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", scratch_path(s, "users"), "tmpfs", 0, "size=16k") < 0)
        return 77;
    if (acquire(&lock, s, 0, &holder, &err) != LOCKFILE_HELD)
        return 1;
    int fd = open(scratch_path(s, "users/fill"), O_WRONLY | O_CREAT, 0600);
    while (write(fd, zeros, sizeof zeros) > 0)
        continue;
    if (errno != ENOSPC)
        return 2;
    if (lockfile_publish(&lock, &err) || lock.path)
        return 3;
    if (err.kind != ERR_SYSTEM || !strstr(err.text, "No space left on device"))
        return 4;
    if (acquire(&again, s, 0, &holder, &err) != LOCKFILE_HELD)
        return 5; /* the lock was not given back */
    if (ftruncate(fd, 0) < 0 || !lockfile_publish(&again, &err))
        return 6;
    lockfile_release(&again);
    return 0;
}

static void test_full_disk(void **state)
{
    (void)state;
    struct scratch s;
    make_users(&s);
    pid_t child = fork();
    if (child == 0)
        scratch_exit(full_disk(&s));
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    scratch_remove(&s);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("no mount namespace for a full disk here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static void test_processes(void **state)
{
    (void)state;
    int64_t start_s = 0;
    assert_true(process_start_s(getpid(), &start_s));
    int64_t age_s = clock_real_us() / 1000000 - start_s;
    assert_true(age_s >= -2 && age_s < 600);
    assert_false(process_start_s(999999999, &start_s));
    assert_false(process_runs_perl(999999999, "task_server.pl"));
    assert_false(process_runs_perl(getpid(), "lockfile_test"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_longer_text_is_replaced),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_waiting_is_rewarded),
        cmocka_unit_test(test_unlinked_while_waiting),
        cmocka_unit_test(test_race_with_unlinking),
        cmocka_unit_test(test_forked_child),
        cmocka_unit_test(test_perl_server),
        cmocka_unit_test(test_beat),
        cmocka_unit_test(test_unknown_holder),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_not_ours),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_processes),
    };
    return cmocka_run_group_tests_name("lockfile", tests, NULL, NULL);
}
