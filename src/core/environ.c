#include "core/environ.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Where "NAME=…" stands in the list; `count` where it is missing. */
static size_t find_index(const struct environ *env, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < env->count; i++)
        if (strncmp(env->items[i], name, len) == 0 && env->items[i][len] == '=')
            return i;
    return env->count;
}

static void wipe(char *item)
{
    if (item)
        explicit_bzero(item, strlen(item));
    free(item);
}

/* Takes `item` over, at this place of the list. */
static bool put_item(struct environ *env, size_t index, char *item, struct err *err)
{
    if (index < env->count) {
        wipe(env->items[index]);
        env->items[index] = item;
        return true;
    }
    char **items = realloc(env->items, (env->count + 2) * sizeof items[0]);
    if (!items) {
        wipe(item);
        return err_set_nomem(err);
    }
    env->items = items;
    items[env->count++] = item;
    items[env->count] = NULL;
    return true;
}

bool environ_set(struct environ *env, const char *name, const char *value, struct err *err)
{
    struct buf item = {0};
    if (!*name || strchr(name, '='))
        return err_set(err, ERR_CONFIG, "'%s' cannot be the name of a variable", name);
    buf_addf(&item, "%s=%s", name, value);
    if (item.failed)
        return err_set_nomem(err);
    return put_item(env, find_index(env, name), item.data, err);
}

const char *environ_find(const struct environ *env, const char *name)
{
    size_t index = find_index(env, name);
    return index < env->count ? env->items[index] + strlen(name) + 1 : NULL;
}

static bool may_pass(const char *name)
{
    static const char *const names[] = {"HOME", "LANG", "LOGNAME", "TZ", "USER"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strncmp(name, "LC_", 3) == 0;
}

/* Takes one "NAME=value" of our own over, if it may pass. */
static bool pass(struct environ *env, const char *item, struct err *err)
{
    const char *value = strchr(item, '=');
    if (!value)
        return true;
    char *name = strndup(item, (size_t)(value - item));
    if (!name)
        return err_set_nomem(err);
    bool ok = !may_pass(name) || environ_set(env, name, value + 1, err);
    free(name);
    return ok;
}

bool environ_start(struct environ *env, const char *const *ours, struct err *err)
{
    bool ok = environ_set(env, "PATH", ENVIRON_PATH, err);
    for (; ok && ours && *ours; ours++)
        ok = pass(env, *ours, err);
    return ok;
}

/* "old:more"; a colon that is there already is not doubled. */
static bool append(struct environ *env, const char *name, const char *more, struct err *err)
{
    const char *old = environ_find(env, name);
    struct buf value = {0};
    if (old && *old)
        buf_addf(&value, "%s%s", old, *more == ':' ? "" : ":");
    buf_add_text(&value, more);
    bool ok = value.failed ? err_set_nomem(err) : environ_set(env, name, buf_text(&value), err);
    buf_release(&value);
    return ok;
}

bool environ_configure(struct environ *env, const char *key, const char *value, struct err *err)
{
    if (!*value || strcmp(value, "0") == 0)
        return true;
    if (strcmp(key, "path") == 0)
        return append(env, "PATH", value, err);
    if (strcmp(key, "lib") == 0)
        return append(env, "PERL5LIB", value, err);
    return environ_set(env, key, value, err);
}

const char *const *environ_block(const struct environ *env)
{
    static const char *const nothing[] = {NULL};
    return env->items ? (const char *const *)env->items : nothing;
}

void environ_release(struct environ *env)
{
    if (!env)
        return;
    for (size_t i = 0; i < env->count; i++)
        wipe(env->items[i]);
    free(env->items);
    *env = (struct environ){0};
}
