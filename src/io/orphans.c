#include "io/orphans.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/process.h"

enum {
    ROUND_MS = 20,
    KILLED_MS = 10000, /* how long a killed process may take to be gone */
    TOLD_MAX = 128,
};

/* Whom we have asked to end already; those beyond are asked again. */
struct told {
    pid_t pids[TOLD_MAX];
    size_t count;
};

bool orphans_adopt(struct err *err)
{
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return err_set_errno(err, "cannot become the reaper of orphaned processes");
    return true;
}

void orphans_reap_except(pid_t pid)
{
    siginfo_t info = {0};
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid &&
           info.si_pid != pid) {
        waitpid(info.si_pid, NULL, WNOHANG);
        info.si_pid = 0;
    }
}

/* Reaps who has ended and adds their number; false: there are no children left. */
static bool reap(size_t *n_reaped)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        ++*n_reaped;
    return pid == 0 || errno == EINTR;
}

/* True the first time. */
static bool note(struct told *told, pid_t pid)
{
    for (size_t i = 0; i < told->count; i++)
        if (told->pids[i] == pid)
            return false;
    if (told->count < TOLD_MAX)
        told->pids[told->count++] = pid;
    return true;
}

/* Sends every child the signal; SIGTERM only once. */
static bool signal_children(int number, struct told *told, struct err *err)
{
    DIR *stream = opendir("/proc");
    if (!stream)
        return err_set_errno(err, "cannot look for left processes in /proc");
    struct dirent *entry;
    while ((entry = readdir(stream))) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        if (pid <= 0 || process_parent(pid) != getpid())
            continue;
        if (number != SIGTERM || note(told, pid))
            kill(pid, number);
        if (number == SIGTERM)
            kill(pid, SIGCONT); /* a stopped one could not act on it */
    }
    closedir(stream);
    return true;
}

bool orphans_end(int64_t grace_ms, size_t *n_ended, struct err *err)
{
    struct told told = {.count = 0};
    size_t before = 0;
    int64_t kill_ms = clock_mono_ms() + grace_ms;
    bool left = reap(&before);
    while (left) {
        int64_t now_ms = clock_mono_ms();
        if (now_ms > kill_ms + KILLED_MS)
            return err_set(err, ERR_SYSTEM, "processes left by the job do not end");
        if (!signal_children(now_ms < kill_ms ? SIGTERM : SIGKILL, &told, err))
            return false;
        poll(NULL, 0, ROUND_MS);
        left = reap(n_ended);
    }
    return true;
}
