/* pairs: two programs side by side, A B A B …, each started cold.
 *
 *     pairs [-p PREPARE] COUNT A… -- B…
 *
 * Runs both once to warm the caches, then COUNT pairs, and prints one line: the median wall time of
 * A and of B in milliseconds, then median, minimum and maximum of the ratio A/B within a pair.
 * Neighbours in time share what the machine is doing just then, so their ratio says more than the
 * ratio of two medians.  PREPARE is a program that runs before each A and each B, without counting.
 * Their standard output goes nowhere, their standard error to ours.  A program that fails ends all.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { PAIRS_MAX = 1000 };

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Wall time from before the start until it is collected. */
static double run_ms(char *const *argv)
{
    pid_t pid;
    int status = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    double start_ms = now_ms();
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    if (!failed)
        waitpid(pid, &status, 0);
    double took_ms = now_ms() - start_ms;
    posix_spawn_file_actions_destroy(&actions);
    if (failed || status != 0) {
        fprintf(stderr, "pairs: %s: %s\n", argv[0],
                failed ? strerror(failed) : "did not end with 0");
        exit(1);
    }
    return took_ms;
}

static double prepare_and_run_ms(char *prepare, char *const *argv)
{
    char *prepare_argv[] = {prepare, NULL};
    if (prepare)
        run_ms(prepare_argv);
    return run_ms(argv);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts. */
static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static char **split(char **argv)
{
    for (; *argv; argv++) {
        if (strcmp(*argv, "--") != 0)
            continue;
        *argv = NULL;
        return argv + 1;
    }
    return argv;
}

int main(int argc, char **argv)
{
    static double a_ms[PAIRS_MAX], b_ms[PAIRS_MAX], ratios[PAIRS_MAX];
    char *prepare = NULL;
    if (argc > 3 && strcmp(argv[1], "-p") == 0) {
        prepare = argv[2];
        argv += 2;
        argc -= 2;
    }
    int count = argc > 1 ? atoi(argv[1]) : 0;
    char **a = argv + (argc > 2 ? 2 : argc);
    char **b = split(a);
    if (count < 1 || count > PAIRS_MAX || !*a || !*b) {
        fputs("usage: pairs [-p PREPARE] COUNT A... -- B...\n", stderr);
        return 64;
    }
    prepare_and_run_ms(prepare, a);
    prepare_and_run_ms(prepare, b);
    for (int i = 0; i < count; i++) {
        a_ms[i] = prepare_and_run_ms(prepare, a);
        b_ms[i] = prepare_and_run_ms(prepare, b);
        ratios[i] = a_ms[i] / b_ms[i];
    }
    double ratio = median(ratios, count);
    printf("%.2f %.2f %.3f %.3f %.3f\n", median(a_ms, count), median(b_ms, count), ratio, ratios[0],
           ratios[count - 1]);
    return 0;
}
