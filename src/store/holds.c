#include "store/holds.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/walltime.h"
#include "io/wholefile.h"
#include "store/fields.h"

enum { FIELD_CLIENT, FIELD_SINCE, FIELD_UNTIL, FIELD_WHO, FIELD_WHY, FIELDS };

static bool is_over(const struct hold *hold, int64_t now_s)
{
    return hold->until_s != HOLDS_FOREVER && hold->until_s <= now_s;
}

static struct hold *own(const struct holds *holds, int client_id)
{
    for (size_t i = 0; i < holds->count; i++)
        if (holds->items[i].client_id == client_id)
            return &holds->items[i];
    return NULL;
}

static void hold_release(struct hold *hold)
{
    free(hold->who);
    free(hold->why);
}

static void drop(struct holds *holds, struct hold *hold)
{
    hold_release(hold);
    *hold = holds->items[--holds->count];
}

bool holds_put(struct holds *holds, const struct hold *hold, struct err *err)
{
    struct hold copy = *hold;
    copy.who = strdup(hold->who ? hold->who : "");
    copy.why = strdup(hold->why ? hold->why : "");
    struct hold *items = realloc(holds->items, (holds->count + 1) * sizeof *items);
    if (items)
        holds->items = items;
    if (!items || !copy.who || !copy.why) {
        hold_release(&copy);
        return err_set_nomem(err);
    }
    struct hold *before = own(holds, hold->client_id);
    if (before)
        drop(holds, before);
    holds->items[holds->count++] = copy;
    return true;
}

bool holds_remove(struct holds *holds, int client_id, int64_t now_s)
{
    struct hold *hold = own(holds, client_id);
    if (!hold)
        return false;
    bool lasted = !is_over(hold, now_s);
    drop(holds, hold);
    return lasted;
}

static bool parse_line(char *line, struct hold *hold)
{
    char *fields[FIELDS];
    int64_t id;
    if (fields_split(line, fields, FIELDS) != FIELDS ||
        !fields_number(fields[FIELD_CLIENT], INT_MAX, &id) ||
        !fields_number(fields[FIELD_SINCE], WALLTIME_LAST_S, &hold->since_s) ||
        !fields_number(fields[FIELD_UNTIL], WALLTIME_LAST_S, &hold->until_s))
        return false;
    hold->client_id = (int)id;
    hold->who = fields[FIELD_WHO];
    hold->why = fields[FIELD_WHY];
    return true;
}

static bool refuse(const struct holds *holds, struct err *err)
{
    return err_set(err, ERR_SYSTEM, "%s: a line that is not ours; remove the file", holds->path);
}

static bool read_line(struct holds *holds, char *line, struct err *err)
{
    struct hold hold;
    return parse_line(line, &hold) ? holds_put(holds, &hold, err) : refuse(holds, err);
}

static bool load(struct holds *holds, const char *path, struct err *err)
{
    struct buf text = {0};
    holds->path = strdup(path);
    bool done = holds->path ? wholefile_read_if_any(path, &text, err) : err_set_nomem(err);
    if (done && strlen(buf_text(&text)) != text.len)
        done = refuse(holds, err);
    char *rest = text.data;
    for (char *line; done && text.len && (line = strsep(&rest, "\n"));)
        done = !*line || read_line(holds, line, err);
    buf_release(&text);
    if (!done)
        holds_release(holds);
    return done;
}

bool holds_load(struct holds *holds, const char *path, struct err *err)
{
    *holds = (struct holds){0};
    return load(holds, path, err);
}

bool holds_open(struct holds *holds, const char *path, struct err *err)
{
    *holds = (struct holds){0};
    return filelock_take(&holds->lock, path, err) && load(holds, path, err);
}

static const struct hold *lasting(const struct holds *holds, int client_id, int64_t now_s)
{
    const struct hold *hold = own(holds, client_id);
    return hold && !is_over(hold, now_s) ? hold : NULL;
}

/* Lasts one longer than the other? */
static bool outlasts(const struct hold *one, const struct hold *other)
{
    return other->until_s != HOLDS_FOREVER &&
           (one->until_s == HOLDS_FOREVER || one->until_s > other->until_s);
}

const struct hold *holds_find(const struct holds *holds, int client_id, int64_t now_s)
{
    const struct hold *all = lasting(holds, HOLDS_ALL, now_s);
    const struct hold *one = lasting(holds, client_id, now_s);
    return one && (!all || outlasts(one, all)) ? one : all;
}

const struct hold *holds_find_other(const struct holds *holds, int client_id, int64_t now_s)
{
    const struct hold *all = lasting(holds, HOLDS_ALL, now_s);
    const struct hold *one = lasting(holds, client_id, now_s);
    if (!all || !one || all == one)
        return NULL;
    return outlasts(one, all) ? all : one;
}

static void write_line(const struct hold *hold, struct buf *text)
{
    buf_addf(text, "%d\t%" PRId64 "\t%" PRId64, hold->client_id, hold->since_s, hold->until_s);
    fields_add(text, hold->who);
    fields_add(text, hold->why);
    buf_add_text(text, "\n");
}

bool holds_save(const struct holds *holds, int64_t now_s, struct err *err)
{
    struct buf text = {0};
    for (size_t i = 0; i < holds->count; i++)
        if (!is_over(&holds->items[i], now_s))
            write_line(&holds->items[i], &text);
    bool saved = text.failed ? err_set_nomem(err) : true;
    if (saved && text.len)
        saved = wholefile_replace(holds->path, &text, err);
    else if (saved && unlink(holds->path) != 0 && errno != ENOENT)
        saved = err_set_errno(err, "cannot remove %s", holds->path);
    buf_release(&text);
    return saved;
}

void holds_release(struct holds *holds)
{
    if (!holds)
        return;
    for (size_t i = 0; i < holds->count; i++)
        hold_release(&holds->items[i]);
    free(holds->items);
    free(holds->path);
    filelock_release(&holds->lock);
    *holds = (struct holds){0};
}
