#include "io/filelock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

enum { RETRY_MS = 10 };

static bool cannot_be_locked(int error)
{
    return error == EBADF || error == ENOLCK || error == EOPNOTSUPP;
}

static bool wait_for(int fd, const char *path, struct err *err)
{
    int64_t deadline_ms = clock_mono_ms() + FILELOCK_PATIENCE_MS;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0 && !cannot_be_locked(errno)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_set_errno(err, "cannot lock %s", path);
        if (!clock_left_ms(deadline_ms))
            return err_set(err, ERR_AWAY, "cannot lock %s: another process keeps it; try again",
                           path);
        poll(NULL, 0, RETRY_MS);
    }
    return true;
}

bool filelock_take(struct filelock *lock, const char *path, struct err *err)
{
    const char *end = strrchr(path, '/');
    struct buf dir = {0};
    if (end && end != path)
        buf_add(&dir, path, (size_t)(end - path));
    else
        buf_add_text(&dir, end ? "/" : ".");
    *lock = (struct filelock){.fd = open(buf_text(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    lock->is_open = lock->fd >= 0;
    bool done = lock->is_open || err_set_access(err, "cannot open %s", buf_text(&dir));
    if (done && !wait_for(lock->fd, buf_text(&dir), err)) {
        filelock_release(lock);
        done = false;
    }
    buf_release(&dir);
    return done;
}

void filelock_release(struct filelock *lock)
{
    if (!lock || !lock->is_open)
        return;
    close(lock->fd);
    *lock = (struct filelock){0};
}
