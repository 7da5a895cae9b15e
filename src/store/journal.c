#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { DRAFT_TRIES = 10, DRAFT_PAUSE_MS = 10 };

static bool fail_to_write(const struct journal *journal, struct err *err)
{
    return err_set_access(err, "cannot write an entry in the journal %s", journal->path);
}

static bool write_at(int fd, const struct buf *text, size_t offset)
{
    const char *bytes = text->data;
    size_t left = text->len;
    while (left) {
        ssize_t n = pwrite(fd, bytes, left, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        offset += (size_t)n;
        left -= (size_t)n;
    }
    return true;
}

/* ---- beginning ---- */

/* A sweeper of old drafts may lock, or even remove, ours before we have locked it: then again. */
static bool open_draft(const struct journal *journal, const char *draft, int *fd, struct err *err)
{
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    for (int i = 0; i < DRAFT_TRIES; i++) {
        *fd = openat(journal->fd, draft, flags, 0600);
        if (*fd < 0)
            return fail_to_write(journal, err);
        if (flock(*fd, LOCK_EX | LOCK_NB) == 0 && journal_name_is(journal, draft, *fd))
            return true;
        close(*fd);
        poll(NULL, 0, DRAFT_PAUSE_MS);
    }
    return err_set(err, ERR_SYSTEM, "cannot lock a new entry in the journal %s", journal->path);
}

/* Room for what will be noted later.  Not every file system can promise that. */
static bool reserve(int fd, size_t bytes)
{
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes) == 0)
        return true;
    return errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL;
}

static bool write_draft(const struct journal_handle *handle, const struct buf *text,
                        const char *draft)
{
    const struct journal *journal = handle->journal;
    if (!write_at(handle->fd, text, 0) ||
        !reserve(handle->fd, text->len + journal->reserve_bytes) || fsync(handle->fd) < 0 ||
        renameat(journal->fd, draft, journal->fd, handle->name) < 0)
        return false;
    if (fsync(journal->fd) == 0)
        return true;
    int why = errno;
    unlinkat(journal->fd, handle->name, 0);
    errno = why;
    return false;
}

static bool begin(struct journal_handle *handle, const struct buf *text, const char *draft,
                  struct err *err)
{
    const struct journal *journal = handle->journal;
    if (!open_draft(journal, draft, &handle->fd, err)) {
        handle->journal = NULL;
        return false;
    }
    if (write_draft(handle, text, draft))
        return true;
    fail_to_write(journal, err);
    unlinkat(journal->fd, draft, 0);
    journal_release(handle);
    return false;
}

/* The texts of the site are the journal's. */
static bool format_start(const struct journal *journal, const struct entry *entry, struct buf *text,
                         struct entry_mark *mark, struct err *err)
{
    struct entry whole = *entry;
    whole.installation = journal->installation;
    whole.configuration = journal->configuration;
    whole.node = journal->node;
    entry_format(text, &whole, ENTRY_START, mark);
    if (text->failed || text->len > JOURNAL_ENTRY_MAX_BYTES)
        return err_set(err, ERR_JOB, "its row is too large for the journal");
    return true;
}

bool journal_begin(struct journal *journal, const struct entry *entry,
                   struct journal_handle *handle, struct err *err)
{
    char base[JOURNAL_NAME_MAX];
    char draft[JOURNAL_NAME_MAX + 8];
    struct buf text = {0};
    const struct journal_name name = {.client_id = entry->client_id,
                                      .job_id = entry->job.id,
                                      .run_at_us = entry->run_at_us,
                                      .pid = (int)getpid()};
    *handle = (struct journal_handle){.journal = journal, .fd = -1};
    journal_name_format(journal->site, &name, base);
    snprintf(handle->name, sizeof handle->name, "%s.entry", base);
    snprintf(draft, sizeof draft, "%s.draft", base);
    bool begun = format_start(journal, entry, &text, &handle->mark, err) &&
                 journal_make(journal, err) && begin(handle, &text, draft, err);
    if (!begun)
        *handle = (struct journal_handle){0};
    buf_release(&text);
    return begun;
}

/* ---- noting ---- */

/* What a crash left behind the last whole part goes first; where nothing did, the file is not
 * truncated, since that would give its reserve back. */
static bool cut_torn_part(const struct journal_handle *handle)
{
    off_t whole = (off_t)handle->mark.len;
    return lseek(handle->fd, 0, SEEK_END) == whole || ftruncate(handle->fd, whole) == 0;
}

static bool note(struct journal_handle *handle, const struct entry *entry, enum entry_part part,
                 struct err *err)
{
    struct buf text = {0};
    struct entry_mark mark = handle->mark;
    entry_format(&text, entry, part, &mark);
    if (text.failed || mark.len > JOURNAL_ENTRY_MAX_BYTES) {
        buf_release(&text);
        return err_set(err, ERR_JOB, "its outcome is too large for the journal");
    }
    bool noted = cut_torn_part(handle) && write_at(handle->fd, &text, handle->mark.len) &&
                 fsync(handle->fd) == 0;
    if (noted) {
        handle->mark = mark;
    } else {
        err_set_access(err, "cannot write in an entry of the journal %s", handle->journal->path);
        if (!cut_torn_part(handle))
            err_wrap(err, "an entry may be torn now"); /* which its reader notices */
    }
    buf_release(&text);
    return noted;
}

bool journal_note_child(struct journal_handle *handle, const struct entry *entry, struct err *err)
{
    return note(handle, entry, ENTRY_CHILD, err);
}

bool journal_note_ending(struct journal_handle *handle, const struct entry *entry, struct err *err)
{
    return note(handle, entry, ENTRY_ENDING, err);
}

bool journal_note_refused(struct journal_handle *handle, struct entry *entry, struct err *err)
{
    entry->refused++;
    if (note(handle, entry, ENTRY_REFUSED, err))
        return true;
    entry->refused--;
    return false;
}

/* ---- ending ---- */

bool journal_settle(struct journal_handle *handle, struct err *err)
{
    const struct journal *journal = handle->journal;
    bool gone = unlinkat(journal->fd, handle->name, 0) == 0 || errno == ENOENT;
    if (!gone || fsync(journal->fd) < 0)
        gone = err_set_access(err, "cannot remove a settled entry from the journal %s",
                              journal->path);
    journal_release(handle);
    return gone;
}

bool journal_move_to_bad(struct journal_handle *handle, const char *why, struct err *err)
{
    bool moved = journal_set_aside(handle->journal, handle->name, why, err);
    journal_release(handle);
    return moved;
}

void journal_release(struct journal_handle *handle)
{
    if (!handle)
        return;
    if (handle->journal)
        close(handle->fd); /* not LOCK_UN: that would unlock it for a forked copy's parent, too */
    *handle = (struct journal_handle){0};
}
