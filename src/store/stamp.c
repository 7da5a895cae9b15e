#include "store/stamp.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/wholefile.h"

bool stamp_save(const struct stamp *stamp, const char *path, struct err *err)
{
    struct buf text = {0};
    buf_addf(&text, "started_us %" PRId64 "\n", stamp->started_us);
    buf_addf(&text, "ended_us %" PRId64 "\n", stamp->ended_us);
    buf_addf(&text, "succeeded %d\nfailed %d\nlost %d\nunserved %d\n", stamp->succeeded,
             stamp->failed, stamp->lost, stamp->unserved);
    buf_addf(&text, "unreachable %d\nexit_code %d\n", stamp->unreachable, stamp->exit_code);
    bool saved = wholefile_replace(path, &text, err);
    buf_release(&text);
    return saved;
}

/* The number behind a key at the beginning of a line. */
static bool find(const char *text, const char *key, int64_t *number)
{
    size_t len = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, key, len) == 0 && line[len] == ' ') {
            *number = strtoll(line + len, NULL, 10);
            return true;
        }
    return false;
}

static bool find_small(const char *text, const char *key, int *number)
{
    int64_t value = 0;
    bool found = find(text, key, &value);
    *number = (int)value;
    return found;
}

bool stamp_load(struct stamp *stamp, const char *path)
{
    struct buf file = {0};
    struct err ignored = {0};
    *stamp = (struct stamp){0};
    bool done = wholefile_read(path, &file, &ignored);
    const char *text = buf_text(&file);
    done = done && find(text, "started_us", &stamp->started_us) &&
           find(text, "ended_us", &stamp->ended_us) &&
           find_small(text, "succeeded", &stamp->succeeded) &&
           find_small(text, "failed", &stamp->failed) && find_small(text, "lost", &stamp->lost) &&
           find_small(text, "unserved", &stamp->unserved) &&
           find_small(text, "unreachable", &stamp->unreachable) &&
           find_small(text, "exit_code", &stamp->exit_code);
    buf_release(&file);
    return done;
}
