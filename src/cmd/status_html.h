/* status_html.h: an overview as one page that needs nothing else, for a web server or a mail.
 *
 *     struct buf page = {0};
 *     status_html(&overview, &desk, &page, err)         overview with traces of TIMELINE_WEEK_S
 *     wholefile_publish(path, &page, err)
 *
 * No script, no picture, nothing from the network: style and drawings stand in the page, and its
 * Content-Security-Policy lets a browser take nothing else.  Every text from a database or a file
 * goes through core/html.h.
 *
 * Clients where all is well are folded; of very many the timelines job by job are left out, which
 * the page says (STATUS_HTML_ROWS_MAX).
 *
 * Errors: out of memory, also as out->failed.
 * Source: W3C Content Security Policy Level 3; HTML Living Standard.
 */
#ifndef CMD_STATUS_HTML_H
#define CMD_STATUS_HTML_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/desk.h"
#include "engine/overview.h"

enum {
    STATUS_HTML_ROWS_MAX = 500,       /* timelines of jobs on a page, where all is well */
    STATUS_HTML_CLIENT_ROWS_MAX = 60, /* of one client */
    STATUS_HTML_LISTED_MAX = 50,      /* overdue jobs, and failures */
};

bool status_html(const struct overview *overview, const struct desk *desk, struct buf *out,
                 struct err *err) MUST_USE;

#endif
