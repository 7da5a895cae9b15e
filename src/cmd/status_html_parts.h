/* status_html_parts.h: pieces of the page of `status --html` among its own files.
 *
 * status_html.c puts the page together, status_html_facts.c writes how things stand and the tables
 * of what somebody should look at, status_html_clients.c the clients with their timelines. Errors:
 * page->out->failed.
 */
#ifndef CMD_STATUS_HTML_PARTS_H
#define CMD_STATUS_HTML_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "cmd/status_facts.h"
#include "cmd/status_rows.h"
#include "core/agewords.h"
#include "core/walltime.h"
#include "engine/overview.h"
#include "engine/site.h"

/* What is being written; borrowed. */
struct status_page {
    const struct overview *o;
    const struct site *site;
    const struct status_rows *rows;
    struct buf *out;
};

/* "2026-11-24 03:00:00 +0100 (5 min ago)" */
void status_page_time(const struct status_page *page, int64_t at_us, char out[AGEWORDS_STAMP_MAX]);

/* A heading of the second level. */
void status_page_heading(const struct status_page *page, const char *title);

/* Schedule, last run, who is at work, and what keeps jobs from running. */
void status_page_facts(const struct status_page *page);

/* "bad", "warn", "good" or "". */
const char *status_page_class(enum status_look look);

/* Each a table, or nothing where there is nothing to show. */
void status_page_overdue(const struct status_page *page);
void status_page_resting(const struct status_page *page);
void status_page_failures(const struct status_page *page);
void status_page_lasting(const struct status_page *page);

void status_page_clients(const struct status_page *page);

/* Nobody needs to look at this client. */
bool status_page_is_well(const struct status_page *page, size_t client);

#endif
