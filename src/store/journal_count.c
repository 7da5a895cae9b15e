#include "store/journal_count.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/dirnames.h"
#include "io/process.h"

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

static bool add_item(struct journal_count *count, const struct journal_name *name, pid_t owner)
{
    struct journal_item *items = realloc(count->items, (count->item_count + 1) * sizeof *items);
    if (!items)
        return false;
    count->items = items;
    items[count->item_count++] = (struct journal_item){
        .client_id = name->client_id,
        .job_id = name->job_id,
        .run_at_us = name->run_at_us,
        .owner = owner,
    };
    return true;
}

static bool count_entry(const struct journal *journal, const char *file,
                        const struct journal_name *name, struct journal_count *count)
{
    struct stat st;
    if (fstatat(journal->fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return true; /* settled meanwhile */
    pid_t owner = process_holding_flock(&st);
    if (!add_item(count, name, owner))
        return false;
    if (owner) {
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
