/* option_map.h: settings that hold more than one thing: sections with keys of their own, and lists.
 *
 *     option_map_put(&options->environment, "path", "/opt/bin", err)
 *     const char *value = option_map_find(&options->environment, "path");
 *     for (size_t i = 0; i < map->count; i++) use(map->items[i].key, map->items[i].value);
 *
 * A list is a map whose values mean nothing.  Maps are short and are searched one by one.
 *
 * Ownership: the map owns and wipes its texts.  {0} is an empty map and may be released.
 * Errors: ERR_CONFIG naming file, line, section and key; ERR_INTERNAL out of memory.
 * Not here: which setting goes into which map (core/options).
 */
#ifndef CORE_OPTION_MAP_H
#define CORE_OPTION_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/setting.h"

struct option_item {
    char *key;
    char *value;
};

struct option_map {
    struct option_item *items; /* in the order in which the keys came first */
    size_t count;
};

/* Sets or replaces; an empty value takes the key away. */
bool option_map_put(struct option_map *map, const char *key, const char *value,
                    struct err *err) MUST_USE;

/* The value, or NULL where the key is missing. */
const char *option_map_find(const struct option_map *map, const char *key) MUST_USE;

/* Replaces the list by the packages in the value, parted by blanks and commas, each once. */
bool option_map_list(struct option_map *list, const struct setting *setting,
                     struct err *err) MUST_USE;

void option_map_release(struct option_map *map);

#endif
