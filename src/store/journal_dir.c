#include "store/journal_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/entry.h"
#include "io/process.h"

enum { NODE_MAX = 64, BAD_NAME_MAX = 200, BAD_TRIES = 1000 };

/* ---- folders ---- */

static bool check_ours(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_set_access(err, "cannot look at the journal's directory %s", path);
    if (st.st_uid != geteuid())
        return err_set(err, ERR_PERMISSION,
                       "the journal's directory %s belongs to another user (id %ld)", path,
                       (long)st.st_uid);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, ERR_PERMISSION,
                       "the journal's directory %s can be written by others (chmod go-w)", path);
    return true;
}

/* Opens <state>/journal or the folder in it.  *fd is -1 where it does not exist. */
static bool open_folder(int parent, const char *name, const char *path, int *fd, struct err *err)
{
    *fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0)
        return errno == ENOENT ||
               err_set_access(err, "cannot open the journal's directory %s", path);
    if (check_ours(*fd, path, err))
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

/* The same, made if missing; its name is on the disk when this returns. */
static bool make_folder(int parent, const char *name, const char *path, int *fd, struct err *err)
{
    *fd = -1;
    if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
        return err_set_access(err, "cannot create the journal's directory %s", path);
    if (fsync(parent) < 0)
        return err_set_access(err, "cannot create the journal's directory %s", path);
    if (!open_folder(parent, name, path, fd, err))
        return false;
    errno = ENOENT;
    return *fd >= 0 || err_set_access(err, "cannot open the journal's directory %s", path);
}

static bool open_both(struct journal *journal, bool make, struct err *err)
{
    bool (*step)(int parent, const char *name, const char *path, int *fd,
                 struct err *err) = make ? make_folder : open_folder;
    char path[PATH_MAX];
    int above;
    snprintf(path, sizeof path, "%s/journal", journal->state->path);
    if (!step(journal->state->fd, "journal", path, &above, err))
        return false;
    if (above < 0)
        return true;
    bool opened = step(above, journal->folder, journal->path, &journal->fd, err);
    close(above);
    journal->is_there = opened && journal->fd >= 0;
    return opened;
}

/* Somebody may have removed the folder, or made it, since it was looked for. */
static bool look_again(struct journal *journal, bool make, struct err *err)
{
    struct stat st;
    if (journal->is_there && fstat(journal->fd, &st) == 0 && st.st_nlink > 0)
        return true;
    if (journal->is_there)
        close(journal->fd);
    journal->is_there = false;
    return open_both(journal, make, err);
}

bool journal_exists(struct journal *journal)
{
    struct err ignored = {0};
    return !look_again(journal, false, &ignored) || journal->is_there;
}

bool journal_make(struct journal *journal, struct err *err)
{
    return look_again(journal, true, err);
}

bool journal_names(struct journal *journal, const char *folder, struct dirnames *names,
                   struct err *err)
{
    *names = (struct dirnames){0};
    if (!look_again(journal, false, err))
        return false;
    return !journal->is_there || dirnames_read(names, journal->fd, folder, err) ||
           err_wrap(err, "the journal %s", journal->path);
}

/* ---- opening ---- */

/* 32 hexadecimal digits, or a word where the machine has none. */
static void read_machine_id(char id[33])
{
    FILE *file = fopen("/etc/machine-id", "re");
    size_t len = file ? fread(id, 1, 32, file) : 0;
    if (file)
        fclose(file);
    id[len] = '\0';
    if (len != 32 || strspn(id, "0123456789abcdef") != 32)
        strcpy(id, "no-machine-id");
}

/* "<node>-<machine id>", from a node that may be any text. */
static void add_folder(struct buf *folder, const char *node, const char *machine_id)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = strlen(node);
    size_t kept = len < NODE_MAX ? len : NODE_MAX;
    bool changed = kept < len || len == 0;
    for (size_t i = 0; i < kept; i++) {
        bool fine = strchr(safe, node[i]) && (i > 0 || node[i] != '.');
        buf_add(folder, fine ? &node[i] : "_", 1);
        changed = changed || !fine;
    }
    if (changed) /* two nodes must not become one */
        buf_addf(folder, "~%08" PRIx32, (uint32_t)entry_sum(0, node, len));
    buf_addf(folder, "-%s", machine_id);
}

static void name_site(struct journal *journal)
{
    uint64_t sum = entry_sum(0, journal->installation, strlen(journal->installation) + 1);
    sum = entry_sum(sum, journal->configuration, strlen(journal->configuration));
    snprintf(journal->site, sizeof journal->site, "%08" PRIx32, (uint32_t)(sum ^ (sum >> 32)));
}

static bool fill(struct journal *journal, const struct journal_place *place)
{
    char machine_id[33];
    struct buf folder = {0};
    struct buf path = {0};
    read_machine_id(machine_id);
    add_folder(&folder, place->node, place->machine_id ? place->machine_id : machine_id);
    buf_addf(&path, "%s/journal/%s", place->state->path, buf_text(&folder));
    bool failed = folder.failed || path.failed;
    *journal = (struct journal){
        .state = place->state,
        .path = path.data,
        .folder = folder.data,
        .node = strdup(place->node),
        .installation = strdup(place->installation),
        .configuration = strdup(place->configuration),
        .reserve_bytes = place->reserve_bytes,
        .fd = -1,
    };
    if (failed || !journal->node || !journal->installation || !journal->configuration)
        return false;
    name_site(journal);
    return true;
}

bool journal_open(struct journal *journal, const struct journal_place *place, struct err *err)
{
    bool opened = fill(journal, place) ? open_both(journal, false, err) : err_set_nomem(err);
    if (!opened)
        journal_close(journal);
    return opened;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->is_there)
        close(journal->fd);
    free(journal->path);
    free(journal->folder);
    free(journal->node);
    free(journal->installation);
    free(journal->configuration);
    *journal = (struct journal){0};
}

/* ---- taking, setting aside ---- */

bool journal_name_is(const struct journal *journal, const char *name, int fd)
{
    struct stat named;
    struct stat open;
    return fstatat(journal->fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &open) == 0 &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

/* An entry that cannot be opened: may it be judged, and is nobody at it? */
static enum journal_taken judge_unopened(const struct journal *journal, const char *name,
                                         struct err *err)
{
    struct stat st;
    int why = errno;
    if (why == ENOENT)
        return JOURNAL_TAKEN_GONE;
    err_set_errno(err, "cannot open %s/%s", journal->path, name);
    if (why != EACCES && why != EPERM && why != ELOOP && why != EISDIR && why != ENXIO)
        return JOURNAL_TAKEN_FAILED;
    if (fstatat(journal->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return JOURNAL_TAKEN_GONE;
    return process_holding_flock(&st) ? JOURNAL_TAKEN_BUSY : JOURNAL_TAKEN_UNFIT;
}

static enum journal_taken judge_opened(const struct journal *journal, const char *name, int fd,
                                       struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
        err_set(err, ERR_SYSTEM, "%s/%s is no file", journal->path, name);
        return JOURNAL_TAKEN_UNFIT;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return journal_name_is(journal, name, fd) ? JOURNAL_TAKEN : JOURNAL_TAKEN_GONE;
    if (errno == EWOULDBLOCK)
        return JOURNAL_TAKEN_BUSY;
    err_set_errno(err, "cannot lock %s/%s", journal->path, name);
    return JOURNAL_TAKEN_FAILED;
}

enum journal_taken journal_take(const struct journal *journal, const char *name, int *fd,
                                struct err *err)
{
    /* O_NONBLOCK: a FIFO of that name must not hold us up. */
    *fd = openat(journal->fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*fd < 0)
        return judge_unopened(journal, name, err);
    enum journal_taken taken = judge_opened(journal, name, *fd, err);
    if (taken != JOURNAL_TAKEN)
        close(*fd);
    return taken;
}

/* A name in bad/ that nothing has yet. */
static bool find_bad_name(const struct journal *journal, const char *name, char *path, size_t size)
{
    struct stat st;
    for (int i = 0; i < BAD_TRIES; i++) {
        int len = snprintf(path, size, "bad/%.*s", BAD_NAME_MAX, name);
        if (i > 0)
            snprintf(path + len, size - (size_t)len, ".%d", i);
        if (fstatat(journal->fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
            return true;
    }
    errno = EEXIST;
    return false;
}

static void write_why(const struct journal *journal, const char *path, const char *why)
{
    char name[BAD_NAME_MAX + 32];
    snprintf(name, sizeof name, "%s.why", path);
    int fd = openat(journal->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool written = dprintf(fd, "%s\n", why) > 0;
    close(fd);
    if (!written)
        unlinkat(journal->fd, name, 0);
}

bool journal_set_aside(const struct journal *journal, const char *name, const char *why,
                       struct err *err)
{
    char path[BAD_NAME_MAX + 16];
    if ((mkdirat(journal->fd, "bad", 0700) < 0 && errno != EEXIST) ||
        !find_bad_name(journal, name, path, sizeof path) ||
        renameat(journal->fd, name, journal->fd, path) < 0 || fsync(journal->fd) < 0)
        return err_set_errno(err, "cannot move %s/%s to bad/", journal->path, name);
    write_why(journal, path, why);
    return true;
}
