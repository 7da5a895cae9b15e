#include "io/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char cancel = '\030';

int lines_open(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        err_set_errno(err, "cannot write to %s", path);
    return fd;
}

static bool is_torn(int fd)
{
    struct stat st;
    char last;
    return fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == 1 &&
           last != '\n';
}

bool lines_append(int fd, const char *path, const struct buf *line, struct err *err)
{
    char end[] = {cancel, '\n'};
    struct iovec parts[] = {{end, is_torn(fd) ? sizeof end : 0}, {line->data, line->len}};
    if (line->failed)
        return err_set_nomem(err);
    ssize_t written = writev(fd, parts, ARRAY_LEN(parts));
    if (written >= 0 && written != (ssize_t)(parts[0].iov_len + line->len))
        errno = ENOSPC;
    else if (written >= 0)
        return true;
    return err_set_errno(err, "cannot write to %s", path);
}

bool lines_is_cut(const char *line, size_t len)
{
    return memchr(line, cancel, len) || memchr(line, '\0', len);
}
