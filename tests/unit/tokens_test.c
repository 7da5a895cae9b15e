/* io/tokens: limits between real processes, and what a death gives back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/tokens.h"
#include "scratch.h"

struct place {
    struct scratch scratch;
    int dir_fd;
};

static int set_up(void **state)
{
    static struct place place;
    scratch_make(&place.scratch, "/tmp");
    place.dir_fd = open(place.scratch.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = &place;
    return place.dir_fd < 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    close(place->dir_fd);
    scratch_remove(&place->scratch);
    return 0;
}

static struct token_kind kind_of(const struct place *place, const char *name, int max)
{
    return (struct token_kind){.dir_fd = place->dir_fd, .name = name, .max = max};
}

static void test_as_many_as_there_are(void **state)
{
    struct err err = {0};
    struct token_kind kind = kind_of(*state, "external", 3);
    struct token_kind other = kind_of(*state, "perl", 1);
    struct token a = {0}, b = {0}, c = {0}, d = {0};
    assert_int_equal(token_take(&a, &kind, &err), TOKEN_HELD);
    assert_int_equal(token_take(&b, &kind, &err), TOKEN_HELD);
    assert_int_equal(token_take(&c, &kind, &err), TOKEN_HELD);
    assert_int_equal(token_take(&d, &kind, &err), TOKEN_BUSY);
    assert_false(d.is_held);
    assert_int_equal(token_take(&d, &other, &err), TOKEN_HELD);
    token_release(&d);
    token_release(&b);
    assert_int_equal(token_take(&d, &kind, &err), TOKEN_HELD);
    assert_int_equal(token_take(&b, &kind, &err), TOKEN_BUSY);

    /* with a smaller maximum than others had, the higher ones do not count */
    kind.max = 1;
    token_release(&a);
    assert_int_equal(token_take(&a, &kind, &err), TOKEN_HELD);
    token_release(&a);
    token_release(&a);
    token_release(&c);
    token_release(&d);
    token_release(NULL);
}

/* Another process takes one and says so; returns its pid. */
static pid_t start_taker(const struct token_kind *kind)
{
    int ends[2];
    char answer = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct token token = {0};
        struct err err = {0};
        answer = token_take(&token, kind, &err) == TOKEN_HELD ? 'y' : 'n';
        if (write(ends[1], &answer, 1) == 1)
            pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void test_death_gives_it_back(void **state)
{
    struct err err = {0};
    struct token_kind kind = kind_of(*state, "external", 2);
    struct token ours = {0}, more = {0};
    assert_int_equal(token_take(&ours, &kind, &err), TOKEN_HELD);
    pid_t taker = start_taker(&kind);
    assert_int_equal(token_take(&more, &kind, &err), TOKEN_BUSY);
    kill(taker, SIGKILL);
    assert_int_equal(waitpid(taker, NULL, 0), taker);
    assert_int_equal(token_take(&more, &kind, &err), TOKEN_HELD);
    token_release(&more);
    token_release(&ours);
}

static void test_what_fails(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    struct token token = {0};
    struct token_kind kind = kind_of(place, "linked", 1);
    assert_int_equal(symlinkat("/etc/passwd", place->dir_fd, "linked.0"), 0);
    assert_int_equal(token_take(&token, &kind, &err), TOKEN_FAILED);
    assert_int_equal(err.kind, ERR_PERMISSION);
    assert_non_null(strstr(err.text, "cannot open linked.0: "));

    kind.name = "missing/x";
    assert_int_equal(token_take(&token, &kind, &err), TOKEN_FAILED);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_false(token.is_held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_as_many_as_there_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_death_gives_it_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tokens", tests, NULL, NULL);
}
