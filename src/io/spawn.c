#include "io/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"

enum {
    READY_MS = 30000, /* a directory on a network may take its time */
    KILLED_MS = 10000,
};

/* Both ends of everything; -1 is closed.  Even indices are ours, odd ones the child's. */
enum { OUT, OUT_CHILD, ERR, ERR_CHILD, GATE, GATE_CHILD, REPORT, REPORT_CHILD, IN_CHILD, N_FDS };

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        len -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* The plan's input as a file that nobody can change, or /dev/null; -1 with errno. */
static int open_input(const struct spawn_plan *plan)
{
    if (!plan->input)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (fd >= 0 && write_all(fd, plan->input, plan->input_len) && lseek(fd, 0, SEEK_SET) == 0 &&
        fcntl(fd, F_ADD_SEALS, seals) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* A pipe from the child to us, of which only our end does not block. */
static bool open_output(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool open_all(int fds[N_FDS], const struct spawn_plan *plan, struct err *err)
{
    for (int i = 0; i < N_FDS; i++)
        fds[i] = -1;
    fds[IN_CHILD] = open_input(plan);
    if (fds[IN_CHILD] < 0)
        return err_set_shortage(err, "cannot prepare the input of %s", plan->argv[0]);
    /* A socket for the gate: writing to one whose reader is dead is an error, never a signal. */
    if (!open_output(fds + OUT) || (plan->split_output && !open_output(fds + ERR)) ||
        !open_output(fds + REPORT) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds + GATE) < 0)
        return err_set_shortage(err, "cannot open pipes for %s", plan->argv[0]);
    return true;
}

static void close_all(int fds[N_FDS])
{
    for (int i = 0; i < N_FDS; i++)
        close_fd(&fds[i]);
}

bool spawn_limit(pid_t pid, uint64_t memory_limit_bytes, struct err *err)
{
    const struct rlimit no_core = {0, 0};
    const struct rlimit memory = {memory_limit_bytes, memory_limit_bytes};
    if (prlimit(pid, RLIMIT_CORE, &no_core, NULL) < 0 ||
        (memory_limit_bytes && prlimit(pid, RLIMIT_AS, &memory, NULL) < 0))
        return err_set_errno(err, "cannot limit the process %ld", (long)pid);
    return true;
}

/* Why the program was not executed, in words. */
static bool fail_step(struct err *err, const struct spawn_report *report, const char *program)
{
    errno = report->error;
    if (report->step == SPAWN_STEP_EXEC && errno == ENOENT && access(program, F_OK) == 0)
        return err_set(err, ERR_SYSTEM,
                       "cannot execute %s: the interpreter in its first line does not exist",
                       program);
    errno = report->error;
    if (report->step == SPAWN_STEP_EXEC && errno == ENOEXEC)
        return err_set(err, ERR_SYSTEM,
                       "cannot execute %s: it is neither a program nor a script with #! in its "
                       "first line",
                       program);
    switch ((enum spawn_step)report->step) {
    case SPAWN_STEP_READY: return err_set_shortage(err, "cannot wait for the start of %s", program);
    case SPAWN_STEP_SESSION: return err_set_shortage(err, "cannot start a session for %s", program);
    case SPAWN_STEP_DESCRIPTORS:
        return err_set_shortage(err, "cannot arrange the descriptors of %s", program);
    case SPAWN_STEP_CWD:
        return err_set_shortage(err, "cannot change to the directory for %s", program);
    case SPAWN_STEP_EXEC: break;
    }
    return err_set_errno(err, "cannot execute %s", program);
}

/* Waits until the child stands at the gate. */
static bool await_ready(int report_fd, const char *program, struct err *err)
{
    int64_t deadline_ms = clock_mono_ms() + READY_MS;
    struct pollfd poll_fd = {.fd = report_fd, .events = POLLIN};
    struct spawn_report report;
    while (poll(&poll_fd, 1, clock_left_ms(deadline_ms)) < 0 && errno == EINTR)
        ;
    ssize_t len = read(report_fd, &report, sizeof report);
    if (len != (ssize_t)sizeof report)
        return err_set(err, ERR_SYSTEM,
                       len < 0 ? N_("cannot start %s: the new process does not get ready")
                               : N_("cannot start %s: the new process was ended at once"),
                       program);
    return report.step == SPAWN_STEP_READY || fail_step(err, &report, program);
}

/* Learns about the child what the journal needs, and sets its limits. */
static bool know_child(struct spawn *spawn, const struct spawn_plan *plan, struct err *err)
{
    spawn->pidfd = (int)syscall(SYS_pidfd_open, spawn->pid, 0U);
    if (spawn->pidfd < 0 || fcntl(spawn->pidfd, F_SETFD, FD_CLOEXEC) < 0)
        return err_set_shortage(err, "cannot watch the process of %s", plan->argv[0]);
    if (!process_start_ticks(spawn->pid, &spawn->start_ticks) || !process_boot_id(spawn->boot_id))
        return err_set(err, ERR_SYSTEM, "cannot read about the process of %s in /proc",
                       plan->argv[0]);
    return spawn_limit(spawn->pid, plan->memory_limit_bytes, err);
}

static bool fork_child(struct spawn *spawn, const struct spawn_plan *plan, int fds[N_FDS],
                       struct err *err)
{
    const struct spawn_ends ends = {.in = fds[IN_CHILD],
                                    .out = fds[OUT_CHILD],
                                    .err = fds[plan->split_output ? ERR_CHILD : OUT_CHILD],
                                    .gate = fds[GATE_CHILD],
                                    .report = fds[REPORT_CHILD]};
    spawn->program = strdup(plan->argv[0]);
    if (!spawn->program)
        return err_set_nomem(err);
    spawn->pid = fork();
    if (spawn->pid == 0)
        spawn_child(plan, &ends);
    if (spawn->pid > 0)
        return true;
    spawn->pid = 0;
    return err_set_shortage(err, "cannot fork for %s", plan->argv[0]);
}

bool spawn_start(struct spawn *spawn, const struct spawn_plan *plan, struct err *err)
{
    int fds[N_FDS];
    *spawn = (struct spawn){.output_cap_bytes = plan->output_cap_bytes};
    if (!open_all(fds, plan, err) || !fork_child(spawn, plan, fds, err)) {
        close_all(fds);
        spawn_release(spawn);
        return false;
    }
    spawn->is_open = true;
    spawn->pidfd = -1;
    spawn->out_fd = fds[OUT];
    spawn->err_fd = fds[ERR];
    spawn->gate_fd = fds[GATE];
    spawn->report_fd = fds[REPORT];
    fds[OUT] = fds[ERR] = fds[GATE] = fds[REPORT] = -1;
    close_all(fds);
    if (await_ready(spawn->report_fd, spawn->program, err) && know_child(spawn, plan, err))
        return true;
    spawn_release(spawn);
    return false;
}

bool spawn_go(struct spawn *spawn, struct err *err)
{
    if (send(spawn->gate_fd, "g", 1, MSG_NOSIGNAL) != 1)
        return err_set_errno(err, "cannot start %s, whose process is gone", spawn->program);
    close_fd(&spawn->gate_fd);
    spawn->go_ms = clock_mono_ms();
    return true;
}

bool spawn_executed(struct spawn *spawn, struct err *err)
{
    struct spawn_report report;
    if (spawn->report_fd < 0)
        return true;
    ssize_t len = read(spawn->report_fd, &report, sizeof report);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    close_fd(&spawn->report_fd);
    return len != (ssize_t)sizeof report || fail_step(err, &report, spawn->program);
}

void spawn_abort(struct spawn *spawn)
{
    spawn_release(spawn);
}

/* Kills and reaps.  One that hangs in the kernel is left to whoever reaps it after us. */
static void end_child(pid_t pid)
{
    int64_t deadline_ms = clock_mono_ms() + KILLED_MS;
    kill(-pid, SIGKILL); /* there is no such group if it did not get so far */
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, WNOHANG) == 0 && clock_left_ms(deadline_ms) > 0)
        poll(NULL, 0, 1);
}

void spawn_release(struct spawn *spawn)
{
    if (!spawn)
        return;
    if (spawn->pid > 0)
        end_child(spawn->pid);
    if (spawn->is_open) {
        int *fds[] = {&spawn->pidfd, &spawn->gate_fd, &spawn->report_fd, &spawn->out_fd,
                      &spawn->err_fd};
        for (size_t i = 0; i < ARRAY_LEN(fds); i++)
            close_fd(fds[i]);
    }
    free(spawn->program);
    *spawn = (struct spawn){0};
}
