#include "cmd/took.h"

#include "base/log.h"

void took_load(const struct desk *desk, struct durations *durations)
{
    struct buf path = {0};
    struct err err = {0};
    if (!site_state_path(&desk->site, ".runs", &path, &err) ||
        !durations_load(durations, buf_text(&path), &desk->site.zone, &err))
        log_msg(LOG_LEVEL_DEBUG, "how long runs took is not known: %s", err.text);
    buf_release(&path);
}
