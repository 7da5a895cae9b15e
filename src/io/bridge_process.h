/* bridge_process.h: the Perl process that runs kivitendo's job classes, as its starter sees it.
 *
 *     bridge_listen(&socket, dir_fd, "bridge", err)      before lanes are forked
 *     bridge_start(&process, &plan, err)                 when somebody waits on the socket
 *     poll process.status_fd and process.words_fd
 *     bridge_end(&process)                               asks it to end, and reaps it
 *     bridge_unlisten(&socket)
 *
 * The process inherits the listening socket as descriptor 3 and the write end of a status pipe as 4
 * (as inetd and systemd's socket activation hand sockets over); what it prints comes through
 * words_fd.  It is a child subreaper and is sent SIGTERM when its starter dies: both survive exec.
 *
 * The socket's path goes through /proc/self/fd, so that the directory may be as deep as it likes:
 * the address of a Unix socket has room for 107 bytes only.
 *
 * Ownership: both structs own their descriptors; {.…_fd = -1} is empty.
 * Errors: ERR_SYSTEM.  Source: unix(7), prctl(2), sd_listen_fds(3); design.md "perl".
 * Not here: when to start it (engine/host.h), what is said over the socket (io/bridge.h).
 */
#ifndef IO_BRIDGE_PROCESS_H
#define IO_BRIDGE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

enum { BRIDGE_BACKLOG = 128 };

struct bridge_socket {
    int fd;     /* listening; -1: closed */
    int dir_fd; /* borrowed */
    char name[32];
};

#define BRIDGE_SOCKET_CLOSED                                                                       \
    {                                                                                              \
        .fd = -1, .dir_fd = -1                                                                     \
    }

/* What is executed; all borrowed. */
struct bridge_plan {
    const char *const *argv;
    const char *const *envp;
    const char *cwd;
    mode_t umask;
    int listen_fd;
};

struct bridge_process {
    pid_t pid; /* 0: not running */
    int status_fd;
    int words_fd;
};

#define BRIDGE_PROCESS_NONE                                                                        \
    {                                                                                              \
        .status_fd = -1, .words_fd = -1                                                            \
    }

/* Replaces a socket that a dead run left there. */
bool bridge_listen(struct bridge_socket *socket, int dir_fd, const char *name,
                   struct err *err) MUST_USE;

/* Connects to such a socket; the caller closes the descriptor.  -1: err says why. */
int bridge_dial(int dir_fd, const char *name, struct err *err) MUST_USE;

void bridge_unlisten(struct bridge_socket *socket);

bool bridge_start(struct bridge_process *process, const struct bridge_plan *plan,
                  struct err *err) MUST_USE;

/* Closes the descriptors and forgets the process, which goes on; returns its pid. */
pid_t bridge_let_go(struct bridge_process *process);

/* Closes the descriptors, sends SIGTERM, waits up to wait_ms, then SIGKILL; reaps. */
void bridge_end(struct bridge_process *process, int wait_ms);

#endif
