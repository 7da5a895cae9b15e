#include "store/journal_count.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/dirnames.h"
#include "io/process.h"
#include "io/wholefile.h"
#include "store/journal.h"
#include "store/journal_scan.h"

/* Keeps the list sorted. */
static bool add_client(struct journal_count *count, int id)
{
    size_t at = count->client_count;
    while (at > 0 && count->clients[at - 1] > id)
        at--;
    if (at > 0 && count->clients[at - 1] == id)
        return true;
    int *clients = realloc(count->clients, (count->client_count + 1) * sizeof *clients);
    if (!clients)
        return false;
    count->clients = clients;
    memmove(clients + at + 1, clients + at, (count->client_count - at) * sizeof *clients);
    clients[at] = id;
    count->client_count++;
    return true;
}

static enum journal_fate fate_of(const struct entry *entry)
{
    if (entry->has_ending)
        return entry->ending.outcome.failed ? JOURNAL_FATE_FAILED : JOURNAL_FATE_SUCCEEDED;
    if (!entry->has_child)
        return JOURNAL_FATE_UNSTARTED;
    return journal_child_alive(entry) ? JOURNAL_FATE_RUNNING : JOURNAL_FATE_INTERRUPTED;
}

enum journal_fate journal_fate(const struct journal *journal, const struct journal_item *item)
{
    enum journal_fate fate = JOURNAL_FATE_UNKNOWN;
    struct buf text = {0};
    struct entry entry;
    struct err ignored;
    int fd = openat(journal->fd, item->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? JOURNAL_FATE_GONE : fate;
    if (wholefile_read_fd(fd, JOURNAL_ENTRY_MAX_BYTES, &text) && !text.failed &&
        entry_parse(&entry, buf_text(&text), text.len, &(struct entry_mark){0}, &ignored)) {
        fate = fate_of(&entry);
        entry_release(&entry);
    }
    buf_release(&text);
    close(fd);
    return fate;
}

static bool add_item(struct journal_count *count, const struct journal_item *item)
{
    struct journal_item *items = realloc(count->items, (count->item_count + 1) * sizeof *items);
    if (!items)
        return false;
    count->items = items;
    items[count->item_count++] = *item;
    return true;
}

static bool count_entry(const struct journal *journal, const char *file,
                        const struct journal_name *name, struct journal_count *count)
{
    struct stat st;
    if (fstatat(journal->fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return true; /* settled meanwhile */
    struct journal_item item = {
        .client_id = name->client_id,
        .job_id = name->job_id,
        .run_at_us = name->run_at_us,
        .changed_s = st.st_mtime,
        .owner = process_holding_flock(&st),
    };
    snprintf(item.file, sizeof item.file, "%s", file);
    if (!add_item(count, &item))
        return false;
    if (item.owner) {
        count->running++;
        return true;
    }
    count->waiting++;
    return add_client(count, name->client_id);
}

static bool count_file(const struct journal *journal, const char *file, struct journal_count *count)
{
    struct journal_name name;
    switch (journal_name_parse(journal->site, file, &name)) {
    case JOURNAL_NAME_OURS: return count_entry(journal, file, &name, count);
    case JOURNAL_NAME_FOREIGN: count->foreign++; break;
    case JOURNAL_NAME_NONE:
    case JOURNAL_NAME_DRAFT:
    case JOURNAL_NAME_STRANGE: break;
    }
    return true;
}

/* The texts beside them are not counted. */
static void count_bad(const struct dirnames *names, struct journal_count *count)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t len = strlen(names->items[i]);
        if (len < 4 || strcmp(names->items[i] + len - 4, ".why") != 0)
            count->bad++;
    }
}

bool journal_count(struct journal *journal, struct journal_count *count, struct err *err)
{
    struct dirnames names;
    *count = (struct journal_count){0};
    if (!journal_names(journal, ".", &names, err))
        return false;
    bool done = true;
    for (size_t i = 0; done && i < names.count; i++)
        done = count_file(journal, names.items[i], count) || err_set_nomem(err);
    dirnames_release(&names);
    if (done && journal_names(journal, "bad", &names, err)) {
        count_bad(&names, count);
        dirnames_release(&names);
        return true;
    }
    journal_count_release(count);
    return false;
}

const struct journal_item *journal_count_find(const struct journal_count *count, int client_id,
                                              int job_id)
{
    const struct journal_item *found = NULL;
    for (size_t i = 0; i < count->item_count; i++) {
        const struct journal_item *item = &count->items[i];
        if (item->client_id == client_id && item->job_id == job_id &&
            (!found || item->run_at_us > found->run_at_us))
            found = item;
    }
    return found;
}

void journal_count_release(struct journal_count *count)
{
    if (!count)
        return;
    free(count->clients);
    free(count->items);
    *count = (struct journal_count){0};
}
