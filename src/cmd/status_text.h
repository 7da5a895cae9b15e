/* status_text.h: an overview as text, for cmd/status.c. */
#ifndef CMD_STATUS_TEXT_H
#define CMD_STATUS_TEXT_H

#include "base/buf.h"
#include "core/table.h"
#include "engine/overview.h"

void status_text(const struct overview *overview, const struct site *site,
                 const struct table_style *style, struct buf *out);

#endif
