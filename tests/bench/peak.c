/* peak: how much memory a program and its descendants take together, at most.
 *
 *     peak COMMAND…
 *
 * Runs it and sums the proportional set sizes (PSS: a page that n processes share counts a nth for
 * each) of all its processes again and again until it ends.  Prints one line: the highest sum in
 * kB, how many processes there were at that moment, and how many sums were taken. What lies between
 * two sums is not seen; the reading itself slows the program down.
 *
 * Source: proc(5), /proc/PID/smaps_rollup and /proc/PID/task/TID/children.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

struct sum {
    long pss_kb;
    int processes;
};

/* 0 for a process that is gone, or a zombie. */
static long pss_kb(long pid)
{
    char path[64];
    char line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Pss: %ld", &kb) == 1)
            break;
    if (file)
        fclose(file);
    return kb;
}

static void add_tree(struct sum *sum, long pid)
{
    char path[64];
    long child;
    long kb = pss_kb(pid);
    sum->pss_kb += kb;
    sum->processes += kb > 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
    FILE *file = fopen(path, "re");
    while (file && fscanf(file, "%ld", &child) == 1)
        add_tree(sum, child);
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    pid_t pid;
    int status = 0;
    int sums = 0;
    struct sum peak = {0};
    if (argc < 2 || posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ) != 0) {
        fputs("peak: cannot start the command\n", stderr);
        return 64;
    }
    while (waitpid(pid, &status, WNOHANG) == 0) {
        struct sum sum = {0};
        add_tree(&sum, pid);
        sums++;
        if (sum.pss_kb > peak.pss_kb)
            peak = sum;
    }
    printf("%ld %d %d\n", peak.pss_kb, peak.processes, sums);
    return status == 0 ? 0 : 1;
}
