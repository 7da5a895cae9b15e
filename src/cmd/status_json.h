/* status_json.h: an overview as JSON, for cmd/status.c. */
#ifndef CMD_STATUS_JSON_H
#define CMD_STATUS_JSON_H

#include "base/buf.h"
#include "engine/overview.h"

void status_json(const struct overview *overview, const struct site *site, struct buf *out);

#endif
