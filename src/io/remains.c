#include "io/remains.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/process.h"

enum { LOOK_AGAIN_MS = 20 };

/* What tells whether a process belongs to a session, and lives. */
struct look {
    char state; /* 'Z' and 'X' are dead already */
    int session;
    int64_t start_ticks;
};

/* False: no such process. */
static bool look_at(pid_t pid, struct look *look)
{
    char path[64];
    char stat[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t len = fread(stat, 1, sizeof stat - 1, file);
    fclose(file);
    stat[len] = '\0';
    const char *at = strrchr(stat, ')'); /* the name before it may hold blanks and brackets */
    return at && sscanf(at,
                        ") %c %*d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d"
                        " %*d %" SCNd64,
                        &look->state, &look->session, &look->start_ticks) == 3;
}

static bool is_dead(const struct look *look)
{
    return look->state == 'Z' || look->state == 'X';
}

static bool belongs(const struct entry_child *child, pid_t pid, const struct look *look)
{
    if (pid == child->pid)
        return look->start_ticks == child->start_ticks;
    return child->session == child->pid && look->session == child->session &&
           look->start_ticks >= child->start_ticks;
}

/* False: this machine was started anew since, or the pid means somebody else now. */
static bool may_remain(const struct entry_child *child)
{
    char boot_id[PROCESS_BOOT_ID_MAX];
    struct look look;
    if (child->pid <= 1 || !process_boot_id(boot_id) || strcmp(boot_id, child->boot_id) != 0)
        return false;
    return !look_at(child->pid, &look) || belongs(child, child->pid, &look);
}

bool remains_leader_lives(const struct entry_child *child)
{
    struct look look;
    return may_remain(child) && look_at(child->pid, &look) && !is_dead(&look);
}

/* A pidfd, so that the process that was looked at is the one that gets the signal. */
static int signal_safely(const struct entry_child *child, pid_t pid, int number)
{
    struct look look;
    int result = -1;
#if defined SYS_pidfd_open && defined SYS_pidfd_send_signal
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd >= 0) {
        if (look_at(pid, &look) && belongs(child, pid, &look))
            result = (int)syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
        else
            errno = ESRCH;
        int kept = errno;
        close(fd);
        errno = kept;
        return result;
    }
    if (errno != ENOSYS)
        return result;
#endif
    return look_at(pid, &look) && belongs(child, pid, &look) ? kill(pid, number) : 0;
}

/* What was found in one pass over /proc. */
struct sweep {
    int count;
    pid_t stubborn; /* one that could not be sent the signal, 0: none */
    int why;        /* its errno */
};

static void visit(struct sweep *sweep, const struct entry_child *child, pid_t pid, int number)
{
    struct look look;
    if (pid == getpid() || !look_at(pid, &look) || is_dead(&look) || !belongs(child, pid, &look))
        return;
    sweep->count++;
    if (number && signal_safely(child, pid, number) < 0 && errno != ESRCH) {
        sweep->stubborn = pid;
        sweep->why = errno;
    }
}

/* Counts the processes of the session, and sends each a signal unless it is 0. */
static struct sweep sweep_session(const struct entry_child *child, int number)
{
    struct sweep sweep = {0};
    DIR *proc = may_remain(child) ? opendir("/proc") : NULL;
    struct dirent *item;
    while (proc && (item = readdir(proc))) {
        long pid = strtol(item->d_name, NULL, 10);
        if (pid > 1)
            visit(&sweep, child, (pid_t)pid, number);
    }
    if (proc)
        closedir(proc);
    return sweep;
}

int remains_count(const struct entry_child *child)
{
    return sweep_session(child, 0).count;
}

bool remains_end(const struct entry_child *child, int grace_ms, int *ended, struct err *err)
{
    struct sweep sweep = sweep_session(child, SIGTERM);
    *ended = sweep.count;
    int64_t deadline_ms = clock_mono_ms() + grace_ms;
    while (sweep.count && clock_left_ms(deadline_ms) > 0) {
        poll(NULL, 0, LOOK_AGAIN_MS);
        sweep = sweep_session(child, 0);
    }
    deadline_ms = clock_mono_ms() + REMAINS_KILL_MS;
    /* Again and again: a process may have made another one meanwhile. */
    while (sweep.count && clock_left_ms(deadline_ms) > 0) {
        sweep = sweep_session(child, SIGKILL);
        if (sweep.stubborn) {
            errno = sweep.why;
            return err_set_errno(err, "cannot end process %ld of session %d", (long)sweep.stubborn,
                                 child->session);
        }
        if (sweep.count)
            poll(NULL, 0, LOOK_AGAIN_MS);
    }
    return sweep.count == 0 ||
           err_set(err, ERR_SYSTEM, "%d processes of session %d outlive SIGKILL", sweep.count,
                   child->session);
}
