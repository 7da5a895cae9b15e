#include "io/pgpass.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static const char *or_else(const char *text, const char *fallback)
{
    return text && *text ? text : fallback;
}

/* Appends a field with what would end it, or be a comment or a wildcard, escaped. */
static void add_bytes(struct buf *text, const char *field, size_t len)
{
    for (const char *end = field + len; field < end; field++) {
        if (strchr(":\\#*", *field))
            buf_add_text(text, "\\");
        buf_add(text, field, 1);
    }
}

static void add_field(struct buf *text, const char *field, const char *separator)
{
    const char *value = or_else(field, "");
    add_bytes(text, value, strlen(value));
    buf_add_text(text, separator);
}

/* ---- lists ---- */

/* The first element of a list with commas. */
static void add_element(struct buf *text, const char *list, const char *fallback)
{
    size_t len = strcspn(list, ",");
    add_bytes(text, len ? list : fallback, len ? len : strlen(fallback));
    buf_add_text(text, ":");
}

/* NULL: there is none. */
static const char *next_element(const char *list)
{
    const char *comma = strchr(list, ',');
    return comma ? comma + 1 : NULL;
}

/* host, port: the first elements count. */
static void add_line(struct buf *text, const char *host, const char *port,
                     const struct pgpass_login *login)
{
    add_element(text, host, "localhost");
    add_element(text, port, "5432");
    add_field(text, login->dbname, ":");
    add_field(text, login->user, ":");
    add_field(text, login->password, "\n");
}

/* One port goes for every host; of several each has its own. */
static void add_lines(struct buf *text, const struct pgpass_login *login)
{
    const char *port = or_else(login->port, "");
    for (const char *host = or_else(login->host, ""); host; host = next_element(host)) {
        add_line(text, host, port, login);
        if (*host == '/')
            add_line(text, "", port, login);
        port = next_element(port) ? next_element(port) : port;
    }
}

/* ---- the file ---- */

static bool can_be_held(const struct pgpass_login *login)
{
    const char *fields[] = {login->host, login->port, login->dbname, login->user, login->password};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (fields[i] && strpbrk(fields[i], "\n\r"))
            return false;
    return true;
}

/* Opens <dir>/pgpass, created if missing, and locks it: between making a file and locking it
 * nobody may sweep. */
static int open_directory(const char *dir)
{
    struct buf path = {0};
    int fd = -1;
    buf_addf(&path, "%s/pgpass", dir);
    if (path.failed)
        errno = ENOMEM;
    else if (mkdir(path.data, 0700) == 0 || errno == EEXIST)
        fd = open(path.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    buf_release(&path);
    if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Is the directory ours alone? */
static bool is_private(int dir_fd)
{
    struct stat st;
    return fstat(dir_fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & 077);
}

static bool write_text(int fd, const struct buf *text)
{
    for (size_t done = 0; done < text->len;) {
        ssize_t len = write(fd, text->data + done, text->len - done);
        if (len < 0 && errno != EINTR)
            return false;
        done += len > 0 ? (size_t)len : 0;
    }
    return true;
}

/* Makes a file of a new name and locks it. */
static bool create(struct pgpass *pass, const char *dir, struct err *err)
{
    struct buf path = {0};
    buf_addf(&path, "%s/pgpass/XXXXXX", dir);
    if (path.failed)
        return err_set_nomem(err);
    int fd = mkostemp(path.data, O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
        err_set_shortage(err, "cannot create a password file in %s/pgpass", dir);
        if (fd >= 0) {
            unlink(path.data);
            close(fd);
        }
        buf_release(&path);
        return false;
    }
    *pass = (struct pgpass){.path = path.data, .fd = fd, .owner = getpid()};
    return true;
}

static bool create_in(struct pgpass *pass, const char *dir, struct err *err)
{
    int dir_fd = open_directory(dir);
    if (dir_fd < 0)
        return err_set_shortage(err, "cannot open the directory %s/pgpass", dir);
    bool ok = is_private(dir_fd) ||
              err_set(err, ERR_PERMISSION, "%s/pgpass is open to others: make it ours, mode 700",
                      dir);
    ok = ok && create(pass, dir, err);
    close(dir_fd);
    return ok;
}

bool pgpass_write(struct pgpass *pass, const char *dir, const struct pgpass_login *login,
                  struct err *err)
{
    *pass = (struct pgpass){0};
    if (!can_be_held(login))
        return err_set(err, ERR_JOB,
                       "the database settings contain a newline, which no password file can hold");
    struct buf text = {0};
    add_lines(&text, login);
    bool ok = text.failed ? err_set_nomem(err) : create_in(pass, dir, err);
    if (ok && !write_text(pass->fd, &text)) {
        ok = err_set_shortage(err, "cannot write the password file %s", pass->path);
        pgpass_release(pass);
    }
    if (text.data)
        explicit_bzero(text.data, text.len);
    buf_release(&text);
    return ok;
}

/* Removes the file if nobody has locked it. */
static bool sweep_file(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT;
    bool in_use = flock(fd, LOCK_EX | LOCK_NB) < 0;
    bool ok = in_use || unlinkat(dir_fd, name, 0) == 0;
    close(fd);
    return ok;
}

bool pgpass_sweep(const char *dir)
{
    int dir_fd = open_directory(dir);
    DIR *stream = dir_fd >= 0 ? fdopendir(dir_fd) : NULL;
    if (!stream) {
        if (dir_fd >= 0)
            close(dir_fd);
        return false;
    }
    bool ok = true;
    struct dirent *entry;
    while ((entry = readdir(stream)))
        if (entry->d_name[0] != '.')
            ok = sweep_file(dir_fd, entry->d_name) && ok;
    closedir(stream);
    return ok;
}

void pgpass_release(struct pgpass *pass)
{
    if (!pass || !pass->path)
        return;
    if (pass->owner == getpid())
        unlink(pass->path);
    close(pass->fd);
    free(pass->path);
    *pass = (struct pgpass){0};
}
