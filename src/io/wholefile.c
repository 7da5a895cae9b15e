#include "io/wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool wholefile_read_fd(int fd, size_t max_bytes, struct buf *text)
{
    char chunk[8192];
    ssize_t len;
    while ((len = read(fd, chunk, sizeof chunk)) > 0) {
        buf_add(text, chunk, (size_t)len);
        if (text->len > max_bytes) {
            errno = EFBIG;
            return false;
        }
    }
    return len == 0;
}

static bool read_path(const char *path, bool may_miss, struct buf *text, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && may_miss && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (fd < 0)
        return err_set_errno(err, "cannot open %s", path);
    bool done = wholefile_read_fd(fd, WHOLEFILE_MAX, text);
    if (!done)
        err_set_errno(err, "cannot read %s", path);
    close(fd);
    if (done && text->failed)
        return err_set_nomem(err);
    return done;
}

bool wholefile_read(const char *path, struct buf *text, struct err *err)
{
    return read_path(path, false, text, err);
}

bool wholefile_read_if_any(const char *path, struct buf *text, struct err *err)
{
    return read_path(path, true, text, err);
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static bool replace(const char *path, const struct buf *text, mode_t mode, struct err *err)
{
    char draft[4096];
    if (text->failed)
        return err_set_nomem(err);
    if (snprintf(draft, sizeof draft, "%s.new", path) >= (int)sizeof draft)
        return err_set(err, ERR_SYSTEM, "the path %.200s… is too long", path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, "cannot write %s", draft);
    bool done = write_all(fd, buf_text(text), text->len) && fchmod(fd, mode) == 0;
    done = close(fd) == 0 && done && rename(draft, path) == 0;
    if (!done) {
        err_set_errno(err, "cannot write %s", path);
        unlink(draft);
    }
    return done;
}

bool wholefile_replace(const char *path, const struct buf *text, struct err *err)
{
    return replace(path, text, 0600, err);
}

bool wholefile_publish(const char *path, const struct buf *text, struct err *err)
{
    return replace(path, text, 0644, err);
}
