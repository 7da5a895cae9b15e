#include "store/journal_scan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "io/dirnames.h"
#include "io/remains.h"
#include "io/wholefile.h"

/* One scan on its way. */
struct scan {
    const struct journal *journal;
    const struct journal_client *client;
    struct journal_list *list;
};

/* ---- growing lists ---- */

/* Room for one more element of this size. */
static bool grow(void **items, size_t count, size_t size, struct err *err)
{
    void *more = realloc(*items, (count + 1) * size);
    if (!more)
        return err_set_nomem(err);
    *items = more;
    return true;
}

static bool add_busy(struct journal_list *list, int job_id, struct err *err)
{
    void *items = list->busy;
    if (!grow(&items, list->busy_count, sizeof *list->busy, err))
        return false;
    list->busy = items;
    list->busy[list->busy_count++] = job_id;
    return true;
}

/* Takes the handle and the entry, also on failure. */
static bool add_found(struct journal_list *list, struct journal_found *found, struct err *err)
{
    void *items = list->items;
    if (!grow(&items, list->count, sizeof *list->items, err)) {
        journal_release(&found->handle);
        entry_release(&found->entry);
        return false;
    }
    list->items = items;
    list->items[list->count++] = *found;
    return true;
}

/* ---- one file ---- */

/* One line, whatever stands in a file's name. */
static bool add_report(struct buf *reports, const char *line, struct err *err)
{
    for (const char *c = line; *c; c++)
        buf_add(reports, (unsigned char)*c < 0x20 || *c == 0x7f ? "?" : c, 1);
    buf_add_text(reports, "\n");
    return !reports->failed || err_set_nomem(err);
}

static bool set_aside(const struct scan *scan, const char *name, const char *why, struct err *err)
{
    struct err unmoved = {0};
    struct err line = {0};
    if (journal_set_aside(scan->journal, name, why, &unmoved))
        err_set(&line, ERR_JOB, "the journal's entry %s was moved to %s/bad: %s", name,
                scan->journal->path, why);
    else
        err_set(&line, ERR_JOB, "the journal's entry %s is no good (%s), but %s", name, why,
                unmoved.text);
    return add_report(&scan->list->reports, line.text, err);
}

static bool text_is(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

static bool is_of_this_site(const struct journal *journal, const struct entry *entry)
{
    return text_is(entry->installation, journal->installation) &&
           text_is(entry->configuration, journal->configuration) &&
           text_is(entry->node, journal->node);
}

static enum journal_class classify(const struct entry *entry, const struct journal_client *client)
{
    if (!text_is(entry->db_name, client->db_name))
        return JOURNAL_ELSEWHERE;
    if (entry->has_ending)
        return JOURNAL_ENDED;
    return entry->has_child ? JOURNAL_INTERRUPTED : JOURNAL_UNSTARTED;
}

/* Reads a locked entry.  False: it is no good, err says why. */
static bool read_entry(struct journal_found *found, const struct journal_name *name,
                       struct err *err)
{
    struct buf text = {0};
    bool good = wholefile_read_fd(found->handle.fd, JOURNAL_ENTRY_MAX_BYTES, &text) ||
                err_set_errno(err, "it cannot be read");
    if (good && text.failed)
        good = err_set_nomem(err);
    good = good && entry_parse(&found->entry, buf_text(&text), text.len, &found->handle.mark, err);
    if (good && (found->entry.client_id != name->client_id || found->entry.job.id != name->job_id ||
                 found->entry.run_at_us != name->run_at_us)) {
        entry_release(&found->entry);
        good = err_set(err, ERR_JOB, "its name belongs to another run");
    }
    buf_release(&text);
    return good;
}

/* A locked entry of this client by its name. */
static bool judge(const struct scan *scan, struct journal_found *found,
                  const struct journal_name *name, struct err *err)
{
    struct err why = {0};
    if (!read_entry(found, name, &why)) {
        bool passed = why.kind == ERR_INTERNAL ? err_set(err, why.kind, "%s", why.text)
                                               : set_aside(scan, found->handle.name, why.text, err);
        journal_release(&found->handle);
        return passed;
    }
    if (!is_of_this_site(scan->journal, &found->entry)) {
        entry_release(&found->entry);
        journal_release(&found->handle);
        return true;
    }
    found->class = classify(&found->entry, scan->client);
    return add_found(scan->list, found, err);
}

static bool look_at_entry(const struct scan *scan, const char *file,
                          const struct journal_name *name, struct err *err)
{
    struct journal_found found = {.handle = {.journal = scan->journal}};
    struct err why = {0};
    switch (journal_take(scan->journal, file, &found.handle.fd, &why)) {
    case JOURNAL_TAKEN_GONE: return true;
    case JOURNAL_TAKEN_BUSY: return add_busy(scan->list, name->job_id, err);
    case JOURNAL_TAKEN_UNFIT: return set_aside(scan, file, why.text, err);
    case JOURNAL_TAKEN_FAILED: return err_set(err, why.kind, "%s", why.text);
    case JOURNAL_TAKEN: break;
    }
    memcpy(found.handle.name, file, strlen(file) + 1); /* it is one of ours, and fits */
    return judge(scan, &found, name, err);
}

/* A file that only claims to be an entry. */
static bool look_at_strange(const struct scan *scan, const char *file, struct err *err)
{
    struct err why = {0};
    int fd;
    enum journal_taken taken = journal_take(scan->journal, file, &fd, &why);
    if (taken != JOURNAL_TAKEN && taken != JOURNAL_TAKEN_UNFIT)
        return true;
    bool passed = set_aside(
        scan, file, taken == JOURNAL_TAKEN ? _("its name is none that we give") : why.text, err);
    if (taken == JOURNAL_TAKEN)
        close(fd);
    return passed;
}

static void sweep_draft(const struct scan *scan, const char *file)
{
    struct err ignored = {0};
    int fd;
    if (journal_take(scan->journal, file, &fd, &ignored) != JOURNAL_TAKEN)
        return;
    unlinkat(scan->journal->fd, file, 0);
    close(fd);
}

static bool look_at(const struct scan *scan, const char *file, struct err *err)
{
    struct journal_name name;
    switch (journal_name_parse(scan->journal->site, file, &name)) {
    case JOURNAL_NAME_NONE:
    case JOURNAL_NAME_FOREIGN: return true;
    case JOURNAL_NAME_STRANGE: return look_at_strange(scan, file, err);
    case JOURNAL_NAME_DRAFT: sweep_draft(scan, file); return true;
    case JOURNAL_NAME_OURS: break;
    }
    return name.client_id != scan->client->id || look_at_entry(scan, file, &name, err);
}

/* ---- all of them ---- */

static int compare_found(const void *left, const void *right)
{
    const struct journal_found *a = left;
    const struct journal_found *b = right;
    return a->entry.run_at_us < b->entry.run_at_us   ? -1
           : a->entry.run_at_us > b->entry.run_at_us ? 1
                                                     : a->entry.job.id - b->entry.job.id;
}

/* What was moved to bad/ before a failure must still be told. */
static void keep_reports_only(struct journal_list *list)
{
    struct buf reports = list->reports;
    list->reports = (struct buf){0};
    journal_list_release(list);
    list->reports = reports;
}

bool journal_scan(struct journal *journal, const struct journal_client *client,
                  struct journal_list *list, struct err *err)
{
    const struct scan scan = {.journal = journal, .client = client, .list = list};
    struct dirnames names;
    *list = (struct journal_list){0};
    if (!journal_names(journal, ".", &names, err))
        return false;
    bool done = true;
    for (size_t i = 0; done && i < names.count; i++)
        done = look_at(&scan, names.items[i], err);
    dirnames_release(&names);
    if (!done)
        keep_reports_only(list);
    else if (list->count)
        qsort(list->items, list->count, sizeof *list->items, compare_found);
    return done;
}

bool journal_list_is_busy(const struct journal_list *list, int job_id)
{
    for (size_t i = 0; i < list->busy_count; i++)
        if (list->busy[i] == job_id)
            return true;
    return false;
}

bool journal_has_job(struct journal *journal, int client_id, int job_id, bool *has, struct err *err)
{
    struct dirnames names;
    struct journal_name name;
    *has = false;
    if (!journal_names(journal, ".", &names, err))
        return false;
    for (size_t i = 0; i < names.count && !*has; i++)
        *has = journal_name_parse(journal->site, names.items[i], &name) == JOURNAL_NAME_OURS &&
               name.client_id == client_id && name.job_id == job_id;
    dirnames_release(&names);
    return true;
}

void journal_list_release(struct journal_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++) {
        journal_release(&list->items[i].handle);
        entry_release(&list->items[i].entry);
    }
    free(list->items);
    free(list->busy);
    buf_release(&list->reports);
    *list = (struct journal_list){0};
}

bool journal_child_alive(const struct entry *entry)
{
    return entry->has_child && remains_leader_lives(&entry->child);
}

bool journal_end_child(const struct entry *entry, int grace_ms, int *ended, struct err *err)
{
    *ended = 0;
    return !entry->has_child || remains_end(&entry->child, grace_ms, ended, err);
}
