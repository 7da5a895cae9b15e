#include "io/bridge_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { LISTEN_FD = 3, STATUS_FD = 4, REAP_PAUSE_MS = 5 };

/* ---- the socket ---- */

static struct sockaddr_un address_of(int dir_fd, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir_fd, name);
    return address;
}

bool bridge_listen(struct bridge_socket *listener, int dir_fd, const char *name, struct err *err)
{
    struct sockaddr_un address = address_of(dir_fd, name);
    *listener = (struct bridge_socket){.fd = -1, .dir_fd = dir_fd};
    snprintf(listener->name, sizeof listener->name, "%s", name);
    unlinkat(dir_fd, name, 0);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set_shortage(err, "cannot make a socket");
    listener->fd = fd;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(fd, BRIDGE_BACKLOG) == 0)
        return true;
    err_set_errno(err, "cannot listen on the socket '%s' in the state directory", name);
    bridge_unlisten(listener);
    return false;
}

int bridge_dial(int dir_fd, const char *name, struct err *err)
{
    struct sockaddr_un address = address_of(dir_fd, name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        err_set_shortage(err, "cannot make a socket");
        return -1;
    }
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    err_set_shortage(err, "cannot reach the Perl bridge");
    close(fd);
    return -1;
}

void bridge_unlisten(struct bridge_socket *listener)
{
    if (!listener || listener->fd < 0)
        return;
    close(listener->fd);
    unlinkat(listener->dir_fd, listener->name, 0);
    *listener = (struct bridge_socket)BRIDGE_SOCKET_CLOSED;
}

/* ---- the process ---- */

static void close_from(int first)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0)
        return;
#endif
    for (int fd = first; fd < 65536; fd++)
        close(fd);
}

static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: descriptors 0 to 4, and nothing else. */
static bool arrange_descriptors(int listen_fd, int status_fd, int words_fd)
{
    /* Copies above the targets first, so that none of them is overwritten. */
    int high[] = {fcntl(listen_fd, F_DUPFD, 10), fcntl(status_fd, F_DUPFD, 10),
                  fcntl(words_fd, F_DUPFD, 10)};
    int null = open("/dev/null", O_RDONLY);
    if (high[0] < 0 || high[1] < 0 || high[2] < 0 || null < 0)
        return false;
    bool done = dup2(null, STDIN_FILENO) >= 0 && dup2(high[2], STDOUT_FILENO) >= 0 &&
                dup2(high[2], STDERR_FILENO) >= 0 && dup2(high[0], LISTEN_FD) >= 0 &&
                dup2(high[1], STATUS_FD) >= 0;
    close_from(STATUS_FD + 1);
    return done;
}

_Noreturn static void become_bridge(const struct bridge_plan *plan, int status_fd, int words_fd)
{
    reset_signals();
    umask(plan->umask);
    struct rlimit no_core = {0};
    setrlimit(RLIMIT_CORE, &no_core);
    /* An accept must wait: the socket's flag is shared with the starter, which only polls. */
    fcntl(plan->listen_fd, F_SETFL, 0);
    if (arrange_descriptors(plan->listen_fd, status_fd, words_fd) && chdir(plan->cwd) == 0 &&
        prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0)
        execve(plan->argv[0], (char *const *)plan->argv, (char *const *)plan->envp);
    dprintf(STDERR_FILENO, "cannot start the Perl bridge with %s: %s\n", plan->argv[0],
            strerrordesc_np(errno));
    _exit(127);
}

static bool make_pipe(int pipe_fds[2], struct err *err)
{
    if (pipe2(pipe_fds, O_CLOEXEC) == 0)
        return true;
    pipe_fds[0] = pipe_fds[1] = -1;
    return err_set_shortage(err, "cannot make a pipe to the Perl bridge");
}

static void close_pair(const int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
}

bool bridge_start(struct bridge_process *process, const struct bridge_plan *plan, struct err *err)
{
    int status[2] = {-1, -1};
    int words[2] = {-1, -1};
    bool made = make_pipe(status, err) && make_pipe(words, err);
    pid_t pid = made ? fork() : -1;
    if (pid == 0)
        become_bridge(plan, status[1], words[1]);
    if (pid < 0) {
        if (made)
            err_set_shortage(err, "cannot fork the Perl bridge");
        close_pair(status);
        close_pair(words);
        return false;
    }
    close(status[1]);
    close(words[1]);
    fcntl(status[0], F_SETFL, O_NONBLOCK);
    fcntl(words[0], F_SETFL, O_NONBLOCK);
    *process = (struct bridge_process){.pid = pid, .status_fd = status[0], .words_fd = words[0]};
    return true;
}

static void close_pipes(const struct bridge_process *process)
{
    if (process->status_fd >= 0)
        close(process->status_fd);
    if (process->words_fd >= 0)
        close(process->words_fd);
}

pid_t bridge_let_go(struct bridge_process *process)
{
    pid_t pid = process->pid;
    close_pipes(process);
    *process = (struct bridge_process)BRIDGE_PROCESS_NONE;
    return pid;
}

void bridge_end(struct bridge_process *process, int wait_ms)
{
    int64_t until_ms = clock_mono_ms() + wait_ms;
    if (!process->pid)
        return;
    kill(process->pid, SIGTERM);
    while (waitpid(process->pid, NULL, WNOHANG) == 0) {
        if (clock_mono_ms() >= until_ms)
            kill(process->pid, SIGKILL);
        poll(NULL, 0, REAP_PAUSE_MS);
    }
    close_pipes(process);
    *process = (struct bridge_process)BRIDGE_PROCESS_NONE;
}
