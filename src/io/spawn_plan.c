#include "io/spawn_plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef TASK_SERVER_COVERAGE
extern void __gcov_dump(void);
#endif

/* Where the descriptors are in the child: standard ones, and two more until it executes. */
enum { AT_IN, AT_OUT, AT_ERR, AT_GATE, AT_REPORT, AT_END };

enum { STATUS_NOT_STARTED = 127 };

/* Reports the step that failed with errno, and ends. */
static _Noreturn void give_up(int report_fd, enum spawn_step step)
{
    const struct spawn_report report = {.step = step, .error = errno};
    ssize_t written = write(report_fd, &report, sizeof report);
    _exit(written < 0 ? STATUS_NOT_STARTED - 1 : STATUS_NOT_STARTED);
}

void spawn_close_listed(int first)
{
    DIR *stream = opendir("/proc/self/fd");
    struct dirent *entry;
    while (stream && (entry = readdir(stream))) {
        int fd = atoi(entry->d_name);
        if (fd >= first && fd != dirfd(stream))
            close(fd);
    }
    if (stream)
        closedir(stream);
}

static void close_from(int first)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
        return;
#endif
    spawn_close_listed(first);
}

/* Puts the ends to their places.  First out of the way of each other: any of them may be the
 * number that another one is to have. */
static bool arrange(const struct spawn_ends *ends)
{
    int fds[AT_END] = {ends->in, ends->out, ends->err, ends->gate, ends->report};
    for (int i = 0; i < AT_END; i++)
        if ((fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, AT_END)) < 0)
            return false;
    for (int i = 0; i < AT_END; i++)
        if (dup2(fds[i], i) < 0)
            return false;
    close_from(AT_END);
    return fcntl(AT_GATE, F_SETFD, FD_CLOEXEC) == 0 && fcntl(AT_REPORT, F_SETFD, FD_CLOEXEC) == 0;
}

/* What is ignored or blocked would stay so in the program. */
static void restore_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Waits for the gate to open; end of file means that it never will. */
static void wait_at_gate(void)
{
    const struct spawn_report ready = {.step = SPAWN_STEP_READY};
    char byte;
#ifdef TASK_SERVER_COVERAGE
    __gcov_dump(); /* execve forgets what was counted */
#endif
    ssize_t len = write(AT_REPORT, &ready, sizeof ready);
    while (len > 0 && (len = read(AT_GATE, &byte, 1)) < 0 && errno == EINTR)
        len = 1;
    if (len != 1)
        _exit(STATUS_NOT_STARTED);
}

void spawn_child(const struct spawn_plan *plan, const struct spawn_ends *ends)
{
    if (setsid() < 0)
        give_up(ends->report, SPAWN_STEP_SESSION);
    if (!arrange(ends))
        give_up(ends->report, SPAWN_STEP_DESCRIPTORS);
    restore_signals();
    umask(plan->umask);
    if (plan->cwd && chdir(plan->cwd) < 0)
        give_up(AT_REPORT, SPAWN_STEP_CWD);
    wait_at_gate();
    execve(plan->argv[0], (char *const *)plan->argv, (char *const *)plan->envp);
    give_up(AT_REPORT, SPAWN_STEP_EXEC);
}
