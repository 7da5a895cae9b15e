#include "core/option_map.h"

#include <stdlib.h>
#include <string.h>

#include "core/job.h"

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

static size_t find_index(const struct option_map *map, const char *key)
{
    size_t i = 0;
    while (i < map->count && strcmp(map->items[i].key, key) != 0)
        i++;
    return i;
}

const char *option_map_find(const struct option_map *map, const char *key)
{
    size_t index = find_index(map, key);
    return index < map->count ? map->items[index].value : NULL;
}

static void remove_key(struct option_map *map, const char *key)
{
    size_t index = find_index(map, key);
    if (index == map->count)
        return;
    free(map->items[index].key);
    wipe(map->items[index].value);
    map->count--;
    memmove(map->items + index, map->items + index + 1,
            (map->count - index) * sizeof map->items[0]);
}

static bool add_key(struct option_map *map, const char *key, char *value, struct err *err)
{
    struct option_item *items = realloc(map->items, (map->count + 1) * sizeof items[0]);
    if (items)
        map->items = items;
    char *copy = items ? strdup(key) : NULL;
    if (!copy)
        return err_set_nomem(err);
    map->items[map->count++] = (struct option_item){.key = copy, .value = value};
    return true;
}

bool option_map_put(struct option_map *map, const char *key, const char *value, struct err *err)
{
    if (!*value) {
        remove_key(map, key);
        return true;
    }
    char *copy = strdup(value);
    size_t index = find_index(map, key);
    if (!copy)
        return err_set_nomem(err);
    if (index < map->count) {
        wipe(map->items[index].value);
        map->items[index].value = copy;
        return true;
    }
    if (add_key(map, key, copy, err))
        return true;
    wipe(copy);
    return false;
}

static bool add_package(struct option_map *list, const char *name, const struct setting *setting,
                        struct err *err)
{
    if (!job_package_is_valid(name))
        return setting_refuse(setting, err,
                              "is not a list of packages, each a capital letter, then letters and "
                              "digits only");
    return option_map_put(list, name, "1", err);
}

bool option_map_list(struct option_map *list, const struct setting *setting, struct err *err)
{
    static const char parting[] = " \t\n,";
    char *text = strdup(setting->value);
    char *rest = NULL;
    if (!text)
        return err_set_nomem(err);
    option_map_release(list);
    bool ok = true;
    for (char *name = strtok_r(text, parting, &rest); ok && name;
         name = strtok_r(NULL, parting, &rest))
        ok = add_package(list, name, setting, err);
    free(text);
    return ok;
}

void option_map_release(struct option_map *map)
{
    if (!map)
        return;
    for (size_t i = 0; i < map->count; i++) {
        free(map->items[i].key);
        wipe(map->items[i].value);
    }
    free(map->items);
    *map = (struct option_map){0};
}
