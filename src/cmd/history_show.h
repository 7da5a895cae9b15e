/* history_show.h: rows of histories as people and scripts want them; for cmd/history.c.
 *
 *     history_show_add(&show, client, &reply, err)     each client's rows, one more than the limit
 *     history_show_table(&show, &style, &out)          or history_show_json(&show, &out)
 *     history_show_release(&show)
 *
 * Ownership: copies what it shows; borrows site, query and durations.
 */
#ifndef CMD_HISTORY_SHOW_H
#define CMD_HISTORY_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/table.h"
#include "engine/site.h"
#include "store/durations.h"
#include "store/history_read.h"

enum { HISTORY_SHOW_FIELDS = 8 };

struct history_line {
    int client_id;
    char *client;                      /* owned */
    char *fields[HISTORY_SHOW_FIELDS]; /* owned; as enum history_column or enum history_stat */
    int64_t run_at_us;
    int64_t duration_ms; /* -1: not known */
    int64_t longest_ms;  /* of statistics, whose duration_ms is the median */
};

struct history_show {
    const struct site *site;
    const struct history_query *query;
    const struct durations *durations;
    size_t limit; /* of lines that are shown; 0: all */
    bool stats;
    bool incomplete; /* some client could not be asked */
    bool cut;        /* there are more lines than the limit; found when they are shown */
    struct history_line *lines;
    size_t count;
};

bool history_show_add(struct history_show *show, const struct client *client,
                      const struct db_reply *reply, struct err *err) MUST_USE;

void history_show_table(struct history_show *show, const struct table_style *style,
                        struct buf *out);

void history_show_json(struct history_show *show, struct buf *out);

void history_show_release(struct history_show *show);

#endif
