#include "io/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "io/process.h"

enum {
    RETRY_MS = 50,
    REPLACED_MAX = 100, /* how often the old server may unlink the file under our hands */
};

static char *file_path(const struct lockfile_where *where)
{
    struct buf path = {0};
    buf_addf(&path, "%s/users/pid/%s", where->installation, where->name);
    if (path.failed)
        buf_release(&path);
    return path.data;
}

static bool make_directory(const struct lockfile_where *where, struct err *err)
{
    struct buf path = {0};
    bool ok = true;
    buf_addf(&path, "%s/users/pid", where->installation);
    if (path.failed)
        ok = err_set_nomem(err);
    else if (mkdir(path.data, 0700) < 0 && errno != EEXIST)
        ok = err_set_access(err, "cannot create the directory %s", path.data);
    buf_release(&path);
    return ok;
}

/* Is it a file that may be written without harm to another one? */
static bool check_file(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_set_access(err, "cannot look at the pid file %s", path);
    if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
        return err_set(err, ERR_PERMISSION,
                       "the pid file %s is no regular file with a single name: remove it", path);
    return true;
}

static int open_file(const char *path, struct err *err)
{
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags, 0600);
    if (fd < 0 && errno == ELOOP)
        err_set(err, ERR_PERMISSION, "the pid file %s is a link: remove it", path);
    else if (fd < 0)
        err_set_access(err, "cannot open the pid file %s", path);
    else if (check_file(fd, path, err))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Has the path been given to another file since fd was opened? */
static bool is_replaced(int fd, const char *path)
{
    struct stat opened;
    struct stat named;
    return fstat(fd, &opened) < 0 || lstat(path, &named) < 0 || opened.st_dev != named.st_dev ||
           opened.st_ino != named.st_ino;
}

/* Locks the file that is open as fd; a file that is no longer the path's is BUSY with
 * *again set. */
static enum lockfile_result lock_opened(int fd, const char *path, bool *again, struct err *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *again = is_replaced(fd, path);
        return *again ? LOCKFILE_BUSY : LOCKFILE_HELD;
    }
    if (errno == EWOULDBLOCK)
        return LOCKFILE_BUSY;
    err_set_access(err, "cannot lock the pid file %s", path);
    return LOCKFILE_FAILED;
}

/* One attempt, on whatever file has the path by now.  HELD: *held is the locked descriptor. */
static enum lockfile_result try_once(const char *path, int *held, struct err *err)
{
    for (int turn = 0; turn < REPLACED_MAX; turn++) {
        bool again = false;
        *held = open_file(path, err);
        if (*held < 0)
            return LOCKFILE_FAILED;
        enum lockfile_result result = lock_opened(*held, path, &again, err);
        if (result == LOCKFILE_HELD)
            return result;
        close(*held);
        if (!again)
            return result;
    }
    err_set(err, ERR_SYSTEM, "the pid file %s is replaced again and again", path);
    return LOCKFILE_FAILED;
}

/* The pid that stands in the file, or 0. */
static pid_t read_pid(int fd)
{
    char text[32] = "";
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    char *end = text;
    long pid = len > 0 ? strtol(text, &end, 10) : 0;
    return end != text && pid > 0 && pid < INT32_MAX ? (pid_t)pid : 0;
}

/* The process in the lock table knows best; but the Perl server locks first and forks then, and
 * for its kind only the file's text is left. */
static void find_holder(const char *path, struct lockfile_holder *holder)
{
    struct stat st;
    *holder = (struct lockfile_holder){0};
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0) {
        holder->pid = process_holding_flock(&st);
        holder->beat_s = holder->pid ? st.st_mtime : 0; /* a pid in the text may be another's now */
    }
    int64_t start_s = 0;
    if (!holder->pid)
        holder->pid = read_pid(fd);
    if (holder->pid && process_start_s(holder->pid, &start_s)) {
        holder->since_s = start_s;
        holder->is_perl_server = process_runs_perl(holder->pid, "task_server.pl");
    } else {
        holder->pid = 0;
    }
    close(fd);
}

enum lockfile_result lockfile_acquire(struct lockfile *lock, const struct lockfile_where *where,
                                      struct lockfile_holder *holder, struct err *err)
{
    *lock = (struct lockfile){0};
    *holder = (struct lockfile_holder){0};
    int64_t deadline_ms = clock_mono_ms() + where->patience_ms;
    if (!make_directory(where, err))
        return LOCKFILE_FAILED;
    char *path = file_path(where);
    if (!path) {
        err_set_nomem(err);
        return LOCKFILE_FAILED;
    }
    enum lockfile_result result;
    while ((result = try_once(path, &lock->fd, err)) == LOCKFILE_BUSY) {
        int left_ms = clock_left_ms(deadline_ms);
        if (!left_ms)
            break;
        poll(NULL, 0, left_ms < RETRY_MS ? left_ms : RETRY_MS);
    }
    if (result == LOCKFILE_BUSY)
        find_holder(path, holder);
    if (result == LOCKFILE_HELD) {
        lock->path = path;
        lock->owner = getpid();
    } else {
        free(path);
    }
    return result;
}

bool lockfile_publish(struct lockfile *lock, struct err *err)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", (long)lock->owner);
    errno = ENOSPC; /* what a short write means */
    if (ftruncate(lock->fd, 0) == 0 && pwrite(lock->fd, text, (size_t)len, 0) == len)
        return true;
    err_set_access(err, "cannot write the pid to %s", lock->path);
    lockfile_release(lock);
    return false;
}

void lockfile_beat(int fd)
{
    (void)!futimens(fd, NULL); /* a pulse that is not felt makes somebody look: no harm */
}

void lockfile_release(struct lockfile *lock)
{
    if (!lock)
        return;
    bool emptied = !lock->path || lock->owner != getpid() || ftruncate(lock->fd, 0) == 0;
    (void)emptied; /* the lock is given up all the same, and the lock is what counts */
    lockfile_forget(lock);
}

void lockfile_forget(struct lockfile *lock)
{
    if (!lock)
        return;
    if (lock->path)
        close(lock->fd);
    free(lock->path);
    *lock = (struct lockfile){0};
}

bool lockfile_look(const struct lockfile_where *where, struct lockfile_holder *holder)
{
    struct buf path = {0};
    *holder = (struct lockfile_holder){0};
    buf_addf(&path, "%s/users/pid/%s", where->installation, where->name);
    if (!path.failed)
        find_holder(buf_text(&path), holder);
    buf_release(&path);
    return holder->pid != 0;
}
