/* io/remains: real sessions, real processes, and others that must be left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "io/process.h"
#include "io/remains.h"
#include "scratch.h"

/* What a job does once it leads a session. */
struct scene {
    const char *name;
    bool ignores_term;
    int companions;    /* further processes of its session */
    bool leader_dies;  /* its companions stay behind */
    int count;         /* how many must be found */
    bool leader_lives; /* and is the leader among them? */
};

static void sleep_for_ever(bool ignores_term)
{
    if (ignores_term)
        signal(SIGTERM, SIG_IGN);
    alarm(120); /* should the test die */
    for (;;)
        pause();
}

static void play(const struct scene *scene, int ready)
{
    setsid();
    if (scene->ignores_term)
        signal(SIGTERM, SIG_IGN);
    for (int i = 0; i < scene->companions; i++)
        if (fork() == 0)
            sleep_for_ever(scene->ignores_term);
    if (write(ready, "x", 1) != 1)
        scratch_exit(1);
    sleep_for_ever(scene->ignores_term);
}

static struct entry_child start(const struct scene *scene)
{
    int ends[2];
    char byte;
    uint64_t ticks = 0;
    struct entry_child child = {0};
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0)
        play(scene, ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_true(process_start_ticks(pid, &ticks));
    child = (struct entry_child){.pid = pid, .session = pid, .start_ticks = (int64_t)ticks};
    assert_true(process_boot_id(child.boot_id));
    if (scene->leader_dies) {
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
    close(ends[0]);
    close(ends[1]);
    return child;
}

static void reap_all(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
}

static const struct scene scenes[] = {
    {"a leader alone", .count = 1, .leader_lives = true},
    {"a leader that ignores TERM", .ignores_term = true, .count = 1, .leader_lives = true},
    {"a leader with two others", .companions = 2, .count = 3, .leader_lives = true},
    {"others whose leader is gone", .companions = 2, .leader_dies = true, .count = 2},
    {"stubborn others whose leader is gone", .ignores_term = true, .companions = 1,
     .leader_dies = true, .count = 1},
    {"nobody any more", .leader_dies = true, .count = 0},
};

static void test_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(scenes); i++) {
        const struct scene *scene = &scenes[i];
        struct err err = {0};
        int ended = -1;
        struct entry_child child = start(scene);
        if (remains_count(&child) != scene->count)
            fail_msg("%s: %d are left", scene->name, remains_count(&child));
        assert_int_equal(remains_leader_lives(&child), scene->leader_lives);
        int64_t began_ms = clock_mono_ms();
        if (!remains_end(&child, scene->ignores_term ? 150 : 20000, &ended, &err))
            fail_msg("%s: %s", scene->name, err.text);
        int64_t took_ms = clock_mono_ms() - began_ms;
        assert_true(took_ms < 5000);
        assert_true(took_ms >= 150 || !scene->ignores_term);
        assert_int_equal(ended, scene->count);
        assert_int_equal(remains_count(&child), 0);
        assert_false(remains_leader_lives(&child));
        reap_all();
    }
}

/* The same pid, but not the same process, or not the same session. */
static void test_others_are_left_alone(void **state)
{
    (void)state;
    static const struct scene scene = {"a session of two", .companions = 1};
    struct err err = {0};
    struct entry_child child = start(&scene);
    struct entry_child other[5];
    for (size_t i = 0; i < ARRAY_LEN(other); i++)
        other[i] = child;
    other[0].start_ticks--;
    other[1].start_ticks++;
    other[2].boot_id[0] = 'x';
    other[3].boot_id[0] = '\0';
    other[4] = (struct entry_child){0};
    for (size_t i = 0; i < ARRAY_LEN(other); i++) {
        int ended = -1;
        assert_int_equal(remains_count(&other[i]), 0);
        assert_false(remains_leader_lives(&other[i]));
        assert_true(remains_end(&other[i], 0, &ended, &err));
        assert_int_equal(ended, 0);
    }
    struct entry_child alone = child;
    alone.session = 1; /* not the leader of its session: then only itself */
    assert_int_equal(remains_count(&alone), 1);
    assert_int_equal(remains_count(&child), 2);
    int ended = 0;
    assert_true(remains_end(&child, 1000, &ended, &err));
    reap_all();
}

/* The session of a leader that is gone, but nobody in it as young as the leader was. */
static void test_older_than_the_leader(void **state)
{
    (void)state;
    static const struct scene scene = {"an orphan", .companions = 1, .leader_dies = true};
    struct err err = {0};
    int ended;
    struct entry_child child = start(&scene);
    struct entry_child later = child;
    later.start_ticks += 1000;
    assert_int_equal(remains_count(&later), 0);
    assert_int_equal(remains_count(&child), 1);
    assert_true(remains_end(&child, 1000, &ended, &err));
    reap_all();
}

/* A dead leader that nobody waited for still says whose session it is. */
static void test_zombie(void **state)
{
    (void)state;
    static const struct scene scene = {"a session of two", .companions = 1};
    struct err err = {0};
    int ended;
    struct entry_child child = start(&scene);
    siginfo_t info;
    kill(child.pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
    assert_false(remains_leader_lives(&child));
    assert_int_equal(remains_count(&child), 1);
    assert_true(remains_end(&child, 1000, &ended, &err));
    assert_int_equal(ended, 1);
    reap_all();
}

/* A process that we may not signal is named. */
static void test_not_ours(void **state)
{
    (void)state;
    static const struct scene scene = {"root's", .count = 1};
    struct err err = {0};
    int ended;
    if (geteuid() != 0) {
        print_message("needs root\n");
        skip();
    }
    struct entry_child child = start(&scene);
    int status = -1;
    pid_t asker = fork();
    if (asker == 0) {
        bool refused = setresuid(65534, 65534, 65534) == 0 &&
                       !remains_end(&child, 0, &ended, &err) && err.kind == ERR_SYSTEM &&
                       strstr(err.text, "cannot end process") &&
                       strstr(err.text, "Operation not permitted");
        scratch_exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(asker, &status, 0), asker);
    assert_int_equal(status, 0);
    assert_int_equal(remains_count(&child), 1);
    assert_true(remains_end(&child, 1000, &ended, &err));
    reap_all();
}

int main(void)
{
    /* what loses its parent becomes ours, so that it can be waited for */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_others_are_left_alone),
        cmocka_unit_test(test_older_than_the_leader),
        cmocka_unit_test(test_zombie),
        cmocka_unit_test(test_not_ours),
    };
    return cmocka_run_group_tests_name("remains", tests, NULL, NULL);
}
