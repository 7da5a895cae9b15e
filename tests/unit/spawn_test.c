/* io/spawn, io/supervise, io/orphans: real children with every ending there is.
 *
 * The test program is its own helper: with arguments it does what one of helper_rows says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/orphans.h"
#include "io/spawn.h"
#include "io/supervise.h"
#include "scratch.h"

static char self[PATH_MAX]; /* path of this program */

/* The helper's side. */

static int help_list(void)
{
    DIR *stream = opendir("/proc/self/fd");
    struct dirent *entry;
    while ((entry = readdir(stream)))
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(stream))
            printf("%s ", entry->d_name);
    closedir(stream);
    return 0;
}

/* Prints what it finds around it. */
static int help_world(void)
{
    struct rlimit core;
    sigset_t mask;
    int odd_signals = 0;
    mode_t mode = umask(0);
    char cwd[PATH_MAX];
    getrlimit(RLIMIT_CORE, &core);
    sigprocmask(SIG_SETMASK, NULL, &mask);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            odd_signals++;
        odd_signals += sigismember(&mask, number) == 1;
    }
    printf("core=%d umask=%03o signals=%d leader=%d%d cwd=%s", (int)core.rlim_cur, mode,
           odd_signals, getsid(0) == getpid(), getpgrp() == getpid(), getcwd(cwd, sizeof cwd));
    return 0;
}

/* Double fork and setsid, as daemons do; the grandchild keeps standard output open. */
static int help_daemon(void)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            printf("daemon %ld\n", (long)getpid());
            fflush(stdout);
            for (;;)
                pause();
        }
        _exit(0);
    }
    wait(NULL);
    usleep(200000);
    return 0;
}

/* A daemon that does not listen to SIGTERM and has a child of its own like that. */
static int help_stubborn_daemon(void)
{
    signal(SIGTERM, SIG_IGN);
    if (fork() == 0) {
        setsid();
        if (fork() >= 0) /* both say who they are */
            printf("daemon %ld\n", (long)getpid());
        fflush(stdout);
        for (;;)
            pause();
    }
    usleep(200000);
    return 0;
}

static int help_closed(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    usleep(50000);
    return 4;
}

static int help_memory(void)
{
    void *memory = mmap(NULL, 256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
    return memory == MAP_FAILED ? 9 : 0;
}

/* Prints 100 MB: "begin", as many x, "end". */
static int help_flood(void)
{
    static char block[1000000];
    memset(block, 'x', sizeof block);
    memcpy(block, "begin", 5);
    for (int i = 0; i < 100; i++) {
        if (i == 99)
            memcpy(block + sizeof block - 3, "end", 3);
        fwrite(block, 1, sizeof block, stdout);
        memset(block, 'x', 5);
    }
    return 0;
}

/* Short-lived orphans, while it goes on. */
static int help_orphans(void)
{
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            if (fork() == 0)
                usleep(10000);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    usleep(300000);
    return 0;
}

/* SIGTERM is answered with a word and exit status 0. */
static void say_goodbye(int number)
{
    (void)number;
    _exit(write(1, "bye", 3) == 3 ? 0 : 1);
}

static int help_polite(void)
{
    signal(SIGTERM, say_goodbye);
    printf("ready ");
    fflush(stdout);
    while (pause() < 0)
        ;
    return 0;
}

static int help_segfault(void)
{
    raise(SIGSEGV);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} helper_rows[] = {
    {"list", help_list},     {"world", help_world},
    {"daemon", help_daemon}, {"closed", help_closed},
    {"memory", help_memory}, {"stubborn-daemon", help_stubborn_daemon},
    {"flood", help_flood},   {"orphans", help_orphans},
    {"polite", help_polite}, {"segfault", help_segfault},
};

static int help(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(helper_rows); i++)
        if (strcmp(helper_rows[i].name, name) == 0)
            return helper_rows[i].run();
    return 99;
}

/* The tests' side. */

/* The sanitizers of a helper keep their hands off signals. */
static const char *const environment[] = {
    "ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:detect_leaks=0", NULL};

static struct spawn_plan plan_of(const char *const *argv)
{
    return (struct spawn_plan){
        .argv = argv, .envp = environment, .output_cap_bytes = 1000, .umask = 022};
}

/* The helper of this name. */
static struct spawn_plan helper(const char *name)
{
    static const char *argv[3];
    argv[0] = self;
    argv[1] = name;
    argv[2] = NULL;
    return plan_of(argv);
}

static struct spawn_plan shell(const char *script)
{
    static const char *argv[4] = {"/bin/sh", "-c"};
    argv[2] = script;
    argv[3] = NULL;
    return plan_of(argv);
}

static const struct spawn_watch patient = {
    .timeout_ms = 60000, .kill_grace_ms = 5000, .stop_grace_ms = 5000};

/* Starts, watches, and checks that nothing stays: no child, no descriptor. */
static void run(const struct spawn_plan *plan, const struct spawn_watch *watch,
                struct spawn_end *end)
{
    struct err err = {0};
    struct spawn spawn;
    if (!spawn_start(&spawn, plan, &err) || !spawn_go(&spawn, &err) ||
        !spawn_supervise(&spawn, watch, end, &err))
        fail_msg("%s: %s", plan->argv[0], err.text);
    assert_int_equal(spawn.pid, 0);
    spawn_release(&spawn);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static size_t count_fds(void)
{
    struct dirent **names = NULL;
    int n = scandir("/proc/self/fd", &names, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return (size_t)n;
}

static void assert_described(const struct spawn_end *end, const char *words)
{
    struct buf text = {0};
    spawn_describe(end, &text);
    assert_string_equal(buf_text(&text), words);
    buf_release(&text);
}

/* A script, and how it ends. */
static const struct {
    const char *script;
    const char *words;
    const char *output;
    enum spawn_how how;
} ending_rows[] = {
    {"exit 0", "exit status 0", "", SPAWN_EXITED},
    {"echo hello; exit 3", "exit status 3", "hello\n", SPAWN_EXITED},
    {"exit 127", "exit status 127", "", SPAWN_EXITED},
    {"exit 255", "exit status 255", "", SPAWN_EXITED},
    {"echo out; echo err >&2", "exit status 0", "out\nerr\n", SPAWN_EXITED},
    {"kill -KILL $$", "killed by SIGKILL", "", SPAWN_KILLED},
    {"kill -TERM $$", "killed by SIGTERM", "", SPAWN_KILLED},
    {"kill -HUP $$", "killed by SIGHUP", "", SPAWN_KILLED},
    {"kill -40 $$", "killed by signal 40", "", SPAWN_KILLED},
    {"exit 143", "exit status 143", "", SPAWN_EXITED},           /* what a shell makes of SIGTERM */
    {"cat; echo done", "exit status 0", "done\n", SPAWN_EXITED}, /* /dev/null */
    {"printf '\\344\\000x'", "exit status 0", "\xEF\xBF\xBD\xEF\xBF\xBDx", SPAWN_EXITED},
};

static void test_endings(void **state)
{
    (void)state;
    size_t before = count_fds();
    for (size_t i = 0; i < ARRAY_LEN(ending_rows); i++) {
        struct spawn_end end;
        struct spawn_plan plan = shell(ending_rows[i].script);
        run(&plan, &patient, &end);
        assert_described(&end, ending_rows[i].words);
        assert_int_equal(end.how, ending_rows[i].how);
        assert_string_equal(buf_text(&end.output), ending_rows[i].output);
        assert_int_equal(end.n_escaped, 0);
        assert_int_equal(spawn_succeeded(&end), strcmp(ending_rows[i].words, "exit status 0") == 0);
        spawn_end_release(&end);
    }
    assert_int_equal(count_fds(), before);
    spawn_end_release(NULL);
}

/* What cannot be executed, and what is said about it. */
static const struct {
    const char *file; /* in the scratch directory; "": the directory; NULL text: not made */
    const char *text;
    mode_t mode;
    const char *words; /* behind "never started: cannot execute <path>" */
} start_rows[] = {
    {"missing", NULL, 0, ": No such file or directory"},
    {"plain", "#!/bin/sh\n", 0644, ": Permission denied"},
    {"", NULL, 0, ": Permission denied"},
    {"noise", "no program at all\n", 0755,
     ": it is neither a program nor a script with #! in its first line"},
    {"lost", "#!/no/such/interpreter\n", 0755,
     ": the interpreter in its first line does not exist"},
    {"plain/below", NULL, 0, ": Not a directory"},
};

static void test_what_never_starts(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    for (size_t i = 0; i < ARRAY_LEN(start_rows); i++) {
        const char *path = scratch_path(&s, start_rows[i].file);
        if (start_rows[i].text) {
            path = scratch_file(&s, start_rows[i].file, start_rows[i].text, -1);
            assert_int_equal(chmod(path, start_rows[i].mode), 0);
        }
        const char *argv[] = {path, NULL};
        struct spawn_plan plan = plan_of(argv);
        struct spawn_end end;
        char words[PATH_MAX + 200];
        snprintf(words, sizeof words, "never started: cannot execute %s%s", path,
                 start_rows[i].words);
        run(&plan, &patient, &end);
        assert_described(&end, words);
        assert_int_equal(end.how, SPAWN_NEVER_STARTED);
        assert_int_equal(end.code_or_signal, 0);
        assert_false(spawn_succeeded(&end));
        spawn_end_release(&end);
    }
    scratch_remove(&s);
}

static void test_no_directory(void **state)
{
    (void)state;
    struct err err = {0};
    struct spawn spawn;
    struct spawn_plan plan = shell("exit 0");
    plan.cwd = "/no/such/directory";
    size_t before = count_fds();
    assert_false(spawn_start(&spawn, &plan, &err));
    assert_string_equal(err.text,
                        "cannot change to the directory for /bin/sh: No such file or directory");
    assert_int_equal(spawn.pid, 0);
    spawn_release(&spawn);
    assert_int_equal(count_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_the_world(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("world");
    plan.cwd = "/usr";
    plan.umask = 027;
    sigset_t some, before;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigaddset(&some, SIGTERM);
    sigprocmask(SIG_BLOCK, &some, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    run(&plan, &patient, &end);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    assert_string_equal(buf_text(&end.output), "core=0 umask=027 signals=0 leader=11 cwd=/usr");
    spawn_end_release(&end);
}

static void test_environment_and_arguments(void **state)
{
    (void)state;
    struct spawn_end end;
    const char *const env[] = {"TASK_JOB_ID=17", "TASK_PACKAGE=A b", NULL};
    const char *const argv[] = {"/usr/bin/env", NULL};
    struct spawn_plan plan = plan_of(argv);
    plan.envp = env;
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "TASK_JOB_ID=17\nTASK_PACKAGE=A b\n");
    spawn_end_release(&end);

    const char *const odd[] = {"/usr/bin/printf", "<%s>", "a b", "", "$HOME", "*", NULL};
    plan = plan_of(odd);
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "<a b><><$HOME><*>");
    spawn_end_release(&end);
}

/* Even if ours are open without close-on-exec, at high numbers, or if the standard ones are not. */
static void test_descriptors(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("list");
    int leaks[] = {open("/dev/null", O_RDONLY), fcntl(0, F_DUPFD, 500)};
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "0 1 2 ");
    spawn_end_release(&end);
    for (size_t i = 0; i < ARRAY_LEN(leaks); i++)
        close(leaks[i]);
}

static void test_without_standard_descriptors(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err err;
        struct spawn spawn;
        struct spawn_end end = {0};
        struct spawn_plan plan = helper("list");
        for (int fd = 0; fd < 3; fd++)
            close(fd);
        bool ok = spawn_start(&spawn, &plan, &err) && spawn_go(&spawn, &err) &&
                  spawn_supervise(&spawn, &patient, &end, &err) &&
                  strcmp(buf_text(&end.output), "0 1 2 ") == 0;
        spawn_release(&spawn);
        spawn_end_release(&end);
        scratch_exit(ok ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void test_closing_by_list(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        fcntl(0, F_DUPFD, 300);
        fcntl(0, F_DUPFD, 10);
        spawn_close_listed(3);
        scratch_exit(count_fds() == 3 + 3 ? 0 : 1); /* and . and .. and the stream's own */
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void test_input(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("cat");
    plan.input = "a: 1\nb: 2\n";
    plan.input_len = 10;
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "a: 1\nb: 2\n");
    spawn_end_release(&end);

    /* nothing at all, which is not the same as no input */
    plan.input_len = 0;
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "");
    spawn_end_release(&end);

    /* more than a pipe holds, and nobody reads it; then somebody counts it */
    static char large[5000000];
    plan = shell("exec <&-; exit 5");
    plan.input = large;
    plan.input_len = sizeof large;
    run(&plan, &patient, &end);
    assert_described(&end, "exit status 5");
    spawn_end_release(&end);
    plan.argv = (const char *const[]){"/usr/bin/wc", "-c", NULL};
    run(&plan, &patient, &end);
    assert_int_equal(atoi(buf_text(&end.output)), sizeof large);
    spawn_end_release(&end);
}

static void test_split_output(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("echo out; echo err >&2; exit 2");
    plan.split_output = true;
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "out\n");
    assert_string_equal(buf_text(&end.errors), "err\n");
    assert_int_equal(end.output_bytes, 4);
    assert_int_equal(end.errors_bytes, 4);
    spawn_end_release(&end);
}

static void test_flood(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("flood");
    plan.output_cap_bytes = 20;
    run(&plan, &patient, &end);
    assert_int_equal(end.output_bytes, 100000000);
    assert_string_equal(buf_text(&end.output),
                        "beginxxxxx\n… 99999980 bytes left out …\nxxxxxxxend");
    spawn_end_release(&end);
}

static void test_last_words_are_not_lost(void **state)
{
    (void)state;
    struct spawn_plan plan = shell("head -c 60000 /dev/zero | tr '\\0' x; printf end");
    plan.output_cap_bytes = 100000;
    for (int i = 0; i < 20; i++) {
        struct spawn_end end;
        run(&plan, &patient, &end);
        assert_int_equal(end.output_bytes, 60003);
        assert_string_equal(buf_text(&end.output) + 60000, "end");
        spawn_end_release(&end);
    }
}

static void test_closed_outputs(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("closed");
    plan.split_output = true;
    run(&plan, &patient, &end);
    assert_described(&end, "exit status 4");
    spawn_end_release(&end);
}

static void test_memory_limit(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("memory");
    struct rlimit had;
#ifdef TASK_SERVER_ASAN
    /* shadow memory needs terabytes of address space: only look at the limit itself */
    plan = shell("ulimit -v");
    plan.memory_limit_bytes = 128 << 20;
    run(&plan, &patient, &end);
    assert_string_equal(buf_text(&end.output), "131072\n");
#else
    plan.memory_limit_bytes = 128 << 20;
    run(&plan, &patient, &end);
    assert_described(&end, "exit status 9");
    spawn_end_release(&end);
    plan.memory_limit_bytes = 0;
    run(&plan, &patient, &end);
    assert_described(&end, "exit status 0");
#endif
    spawn_end_release(&end);

    /* a size that no program fits in: it must not look like an exit status */
    plan.memory_limit_bytes = 4096;
    run(&plan, &patient, &end);
    assert_true(end.how == SPAWN_NEVER_STARTED || end.how == SPAWN_KILLED);
    spawn_end_release(&end);
    assert_int_equal(getrlimit(RLIMIT_AS, &had), 0);
    assert_true(had.rlim_cur > 128 << 20);
}

static void test_segfault_without_core(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("segfault");
    run(&plan, &patient, &end);
    assert_described(&end, "killed by SIGSEGV");
    spawn_end_release(&end);
}

static void test_timeout(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("echo begun; sleep 100");
    struct spawn_watch watch = {.timeout_ms = 300, .kill_grace_ms = 5000};
    run(&plan, &watch, &end);
    assert_described(&end, "ended after 1 second (timeout)");
    assert_string_equal(buf_text(&end.output), "begun\n");
    assert_int_equal(end.how, SPAWN_TIMED_OUT);
    assert_true(end.elapsed_ms >= 300 && end.elapsed_ms < 3000);
    assert_false(end.was_killed || spawn_succeeded(&end));
    spawn_end_release(&end);

    /* an exit status of 0 upon SIGTERM is no success */
    plan = helper("polite");
    watch.timeout_ms = 1000;
    run(&plan, &watch, &end);
    assert_described(&end, "ended after 1 second (timeout)");
    assert_string_equal(buf_text(&end.output), "ready bye");
    assert_false(spawn_succeeded(&end));
    spawn_end_release(&end);
}

static void test_sigterm_ignored(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("trap '' TERM; sleep 100 & sleep 100; sleep 100");
    const struct spawn_watch watch = {.timeout_ms = 300, .kill_grace_ms = 300};
    run(&plan, &watch, &end);
    assert_described(&end, "ended after 1 second (timeout); SIGTERM was not enough");
    assert_int_equal(end.how, SPAWN_TIMED_OUT);
    assert_true(end.was_killed);
    assert_true(end.elapsed_ms >= 600 && end.elapsed_ms < 5000);
    spawn_end_release(&end);
}

static void test_stopped_process_times_out(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("kill -STOP $$; exit 0");
    const struct spawn_watch watch = {.timeout_ms = 300, .kill_grace_ms = 20000};
    run(&plan, &watch, &end);
    assert_described(&end, "ended after 1 second (timeout)");
    assert_true(end.elapsed_ms < 5000);
    spawn_end_release(&end);
}

/* Says when the signals' owner is told to stop, and how much grace it has. */
static void stop_row(const char *script, int64_t stop_grace_ms, const char *words)
{
    struct spawn_end end;
    struct spawn_plan plan = shell(script);
    struct signals signals = SIGNALS_CLOSED;
    struct err err;
    assert_true(signals_open(&signals, &err));
    const struct spawn_watch watch = {.timeout_ms = 1500,
                                      .kill_grace_ms = 1000,
                                      .stop_grace_ms = stop_grace_ms,
                                      .signals = &signals};
    raise(SIGTERM);
    run(&plan, &watch, &end);
    assert_described(&end, words);
    assert_true(signals.stop);
    signals_release(&signals);
    spawn_end_release(&end);
}

static void test_stop_signals(void **state)
{
    (void)state;
    stop_row("sleep 100", 0, "ended because task-server was told to stop");
    stop_row("sleep 100", 300, "ended because task-server was told to stop");
    stop_row("trap '' TERM; sleep 100; sleep 100", 100,
             "ended because task-server was told to stop; SIGTERM was not enough");
    stop_row("sleep 0.5; exit 6", 3000, "exit status 6");
    stop_row("sleep 1; exit 6", -1, "exit status 6");
    stop_row("sleep 100", -1, "ended after 2 seconds (timeout)");
}

static void test_hurry(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("sleep 100");
    struct signals signals = SIGNALS_CLOSED;
    struct err err;
    assert_true(signals_open(&signals, &err));
    const struct spawn_watch watch = {
        .kill_grace_ms = 1000, .stop_grace_ms = -1, .signals = &signals};
    raise(SIGUSR1);
    run(&plan, &watch, &end);
    assert_described(&end, "ended because the task-server run it belonged to died");
    signals_release(&signals);
    spawn_end_release(&end);
}

static bool count_down(void *arg)
{
    int *ticks = arg;
    return --*ticks != 0;
}

static void test_ticks(void **state)
{
    (void)state;
    struct spawn_end end;
    int ticks = 3;
    struct spawn_plan plan = shell("sleep 100");
    struct spawn_watch watch = {
        .kill_grace_ms = 1000, .tick = count_down, .arg = &ticks, .tick_ms = 100};
    run(&plan, &watch, &end);
    assert_described(&end, "ended because it was no longer ours to run");
    assert_true(end.by_tick && end.how == SPAWN_STOPPED);
    assert_true(end.elapsed_ms >= 300);
    assert_true(ticks <= 0);
    spawn_end_release(&end);

    ticks = 1000;
    plan = shell("sleep 0.5");
    run(&plan, &watch, &end);
    assert_described(&end, "exit status 0");
    assert_true(ticks < 1000 && ticks > 990);
    spawn_end_release(&end);
}

/* The pids behind "daemon " in a helper's output must be gone. */
static size_t count_daemons(const char *output)
{
    size_t n = 0;
    while ((output = strstr(output, "daemon "))) {
        output += strlen("daemon ");
        assert_int_equal(kill((pid_t)atoi(output), 0), -1);
        assert_int_equal(errno, ESRCH);
        n++;
    }
    return n;
}

static void test_daemon_is_ended(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("daemon");
    run(&plan, &patient, &end);
    assert_described(&end, "exit status 0");
    assert_int_equal(count_daemons(buf_text(&end.output)), 1);
    assert_int_equal(end.n_escaped, 1);
    assert_false(end.escaped_left);
    assert_true(end.elapsed_ms < 3000);
    spawn_end_release(&end);
}

static void test_stubborn_daemons_are_killed(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("stubborn-daemon");
    const struct spawn_watch watch = {.kill_grace_ms = 200};
    run(&plan, &watch, &end);
    assert_int_equal(count_daemons(buf_text(&end.output)), 2);
    assert_int_equal(end.n_escaped, 2);
    spawn_end_release(&end);
}

static void test_background_child_holds_output(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = shell("sleep 100 & echo begun");
    run(&plan, &patient, &end);
    assert_described(&end, "exit status 0");
    assert_string_equal(buf_text(&end.output), "begun\n");
    assert_int_equal(end.n_escaped, 1);
    assert_true(end.elapsed_ms < 3000);
    spawn_end_release(&end);
}

static void test_finished_orphans_do_not_count(void **state)
{
    (void)state;
    struct spawn_end end;
    struct spawn_plan plan = helper("orphans");
    struct signals signals = SIGNALS_CLOSED;
    struct err err;
    assert_true(signals_open(&signals, &err));
    struct spawn_watch watch = patient;
    watch.signals = &signals;
    run(&plan, &watch, &end);
    assert_described(&end, "exit status 0");
    assert_int_equal(end.n_escaped, 0);
    signals_release(&signals);
    spawn_end_release(&end);
}

static void test_the_gate(void **state)
{
    (void)state;
    struct err err = {0};
    struct spawn spawn;
    struct scratch s;
    uint64_t ticks = 0;
    scratch_make(&s, "/tmp");
    char script[200];
    snprintf(script, sizeof script, "echo x > %s", scratch_path(&s, "trace"));
    struct spawn_plan plan = shell(script);
    size_t before = count_fds();

    assert_true(spawn_start(&spawn, &plan, &err));
    assert_true(process_start_ticks(spawn.pid, &ticks));
    assert_int_equal(ticks, spawn.start_ticks);
    assert_int_equal(strlen(spawn.boot_id), 36);
    assert_int_equal(getsid(spawn.pid), spawn.pid);
    usleep(100000);
    assert_int_equal(access(scratch_path(&s, "trace"), F_OK), -1);
    spawn_abort(&spawn);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(access(scratch_path(&s, "trace"), F_OK), -1);

    /* killed while it waits: it has never started */
    assert_true(spawn_start(&spawn, &plan, &err));
    kill(spawn.pid, SIGKILL);
    struct pollfd gone = {.fd = spawn.pidfd, .events = POLLIN};
    assert_int_equal(poll(&gone, 1, 10000), 1);
    assert_false(spawn_go(&spawn, &err));
    assert_non_null(strstr(err.text, "cannot start /bin/sh, whose process is gone"));
    spawn_release(&spawn);
    assert_int_equal(count_fds(), before);
    scratch_remove(&s);
}

/* Our death before the gate is open: the child ends unstarted. */
static void test_death_before_the_gate(void **state)
{
    (void)state;
    struct scratch s;
    char script[200];
    int ends[2];
    pid_t child = 0;
    scratch_make(&s, "/tmp");
    snprintf(script, sizeof script, "echo x > %s", scratch_path(&s, "trace"));
    assert_int_equal(pipe(ends), 0);
    pid_t owner = fork();
    assert_true(owner >= 0);
    if (owner == 0) {
        struct err err;
        struct spawn spawn;
        struct spawn_plan plan = shell(script);
        if (spawn_start(&spawn, &plan, &err) &&
            write(ends[1], &spawn.pid, sizeof spawn.pid) == sizeof spawn.pid)
            raise(SIGKILL);
        _exit(1);
    }
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    assert_int_equal(waitpid(owner, NULL, 0), owner);
    assert_int_equal(waitpid(child, NULL, 0), child); /* we are its subreaper */
    assert_int_equal(access(scratch_path(&s, "trace"), F_OK), -1);
    close(ends[0]);
    close(ends[1]);
    scratch_remove(&s);
}

/* A child that is given up in mid-run goes with its group. */
static void test_release_in_mid_run(void **state)
{
    (void)state;
    struct err err = {0};
    struct spawn spawn;
    struct spawn_plan plan = shell("sleep 100");
    assert_true(spawn_start(&spawn, &plan, &err));
    pid_t pid = spawn.pid;
    assert_true(spawn_go(&spawn, &err));
    spawn_release(&spawn);
    spawn_release(&spawn);
    spawn_release(NULL);
    assert_int_equal(kill(pid, 0), -1);
}

static void test_descriptions(void **state)
{
    (void)state;
    struct spawn_end end = {.how = SPAWN_TIMED_OUT, .timeout_ms = 14400000};
    assert_described(&end, "ended after 14400 seconds (timeout)");
    end = (struct spawn_end){.how = SPAWN_KILLED, .code_or_signal = SIGABRT};
    assert_described(&end, "killed by SIGABRT");
}

static int set_up(void **state)
{
    (void)state;
    struct err err;
    return !orphans_adopt(&err);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return help(argv[1]);
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_what_never_starts),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test(test_the_world),
        cmocka_unit_test(test_environment_and_arguments),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_without_standard_descriptors),
        cmocka_unit_test(test_closing_by_list),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_split_output),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_last_words_are_not_lost),
        cmocka_unit_test(test_closed_outputs),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_segfault_without_core),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_sigterm_ignored),
        cmocka_unit_test(test_stopped_process_times_out),
        cmocka_unit_test(test_stop_signals),
        cmocka_unit_test(test_hurry),
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_daemon_is_ended),
        cmocka_unit_test(test_stubborn_daemons_are_killed),
        cmocka_unit_test(test_background_child_holds_output),
        cmocka_unit_test(test_finished_orphans_do_not_count),
        cmocka_unit_test(test_the_gate),
        cmocka_unit_test(test_death_before_the_gate),
        cmocka_unit_test(test_release_in_mid_run),
        cmocka_unit_test(test_descriptions),
    };
    return cmocka_run_group_tests_name("spawn", tests, set_up, NULL);
}
