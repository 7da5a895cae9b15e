/* journal_desk.h: a journal in a throw-away directory, and entries for it.
 *
 *     struct desk desk;
 *     desk_make(&desk);
 *     leave(&desk, entry_of(3, 17, 1000001), JOURNAL_ENDED);
 *     expect_scan(&desk, 1, 0, "");
 *     desk_remove(&desk);
 *
 * Every failure ends the test.
 */
#ifndef TESTS_JOURNAL_DESK_H
#define TESTS_JOURNAL_DESK_H

#include <fcntl.h>

#include "scratch.h"
#include "store/journal.h"
#include "store/journal_count.h"
#include "store/journal_scan.h"

#define MACHINE "0123456789abcdef0123456789abcdef"
#define FOLDER  "state/journal/web1-" MACHINE

struct desk {
    struct scratch scratch;
    struct statedir state;
    struct journal journal;
};

static inline struct journal_place place_of(const struct desk *desk)
{
    return (struct journal_place){.state = &desk->state,
                                  .node = "web1",
                                  .installation = "/srv/kivitendo",
                                  .configuration = "config.kivitendo.conf.pid",
                                  .machine_id = MACHINE,
                                  .reserve_bytes = 65536};
}

static inline void open_state(struct desk *desk)
{
    struct err err = {0};
    struct statedir_wish wish = {.installation = desk->scratch.dir, .configured = "state"};
    if (!statedir_open(&desk->state, &wish, &err))
        fail_msg("%s", err.text);
}

static inline void open_journal(struct desk *desk)
{
    struct err err = {0};
    struct journal_place place = place_of(desk);
    if (!journal_open(&desk->journal, &place, &err))
        fail_msg("%s", err.text);
}

static inline void desk_make(struct desk *desk)
{
    *desk = (struct desk){0};
    scratch_make(&desk->scratch, "/tmp");
    open_state(desk);
    open_journal(desk);
}

static inline void desk_remove(struct desk *desk)
{
    journal_close(&desk->journal);
    journal_close(&desk->journal);
    statedir_close(&desk->state);
    scratch_remove(&desk->scratch);
}

static inline struct entry entry_of(int client_id, int job_id, int64_t run_at_us)
{
    return (struct entry){
        .client_id = client_id,
        .client = "acme",
        .db_host = "localhost",
        .db_port = "5432",
        .db_name = "kivi",
        .kind = ENTRY_KIND_COMMAND,
        .run_at_us = run_at_us,
        .slot_us = run_at_us,
        .job = {.id = job_id, .package = (char *)"Backup"},
        .child = {.pid = 999999, .session = 999999, .start_ticks = 1, .boot_id = "another boot"}};
}

static const struct journal_client client3 = {.id = 3, .db_name = "kivi"};

static inline void must(bool done, const struct err *err)
{
    if (!done)
        fail_msg("%s", err->text);
}

static inline void scan(struct desk *desk, struct journal_list *list)
{
    struct err err = {0};
    must(journal_scan(&desk->journal, &client3, list, &err), &err);
}

/* An entry that nobody owns any more, with its parts up to this class. */
static inline void leave(struct desk *desk, struct entry entry, enum journal_class class)
{
    struct err err = {0};
    struct journal_handle handle;
    must(journal_begin(&desk->journal, &entry, &handle, &err), &err);
    if (class != JOURNAL_UNSTARTED)
        must(journal_note_child(&handle, &entry, &err), &err);
    outcome_succeed(&entry.ending.outcome, "all well");
    if (class == JOURNAL_ENDED)
        must(journal_note_ending(&handle, &entry, &err), &err);
    outcome_release(&entry.ending.outcome);
    journal_release(&handle);
}

static inline int count_names(const struct desk *desk, const char *folder)
{
    struct dirnames names;
    struct err err = {0};
    must(dirnames_read(&names, AT_FDCWD, scratch_path(&desk->scratch, folder), &err), &err);
    int count = (int)names.count;
    dirnames_release(&names);
    return count;
}

static inline void expect_scan(struct desk *desk, int items, int busy, const char *reports)
{
    struct journal_list list;
    scan(desk, &list);
    assert_int_equal(list.count, items);
    assert_int_equal(list.busy_count, busy);
    if (!strstr(buf_text(&list.reports), reports) || (!*reports && list.reports.len))
        fail_msg("reports: %s", buf_text(&list.reports));
    journal_list_release(&list);
    journal_list_release(NULL);
}

#endif
