#include "engine/gauges.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "engine/custody.h"
#include "store/journal_count.h"

static const char *const unreachable[] = {"client/", NULL};
static const char *const held[] = {"held/", CUSTODY_HOLD, CUSTODY_MOVED, NULL};

/* The client's id in a key with one of these prefixes, else 0. */
static int client_of(const char *key, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(key, *prefixes, strlen(*prefixes)) == 0)
            return atoi(key + strlen(*prefixes));
    return 0;
}

static bool is_counted(const struct incidents *incidents, size_t count, const char *const *prefixes,
                       int id)
{
    for (size_t i = 0; i < count; i++)
        if (client_of(incidents->items[i].key, prefixes) == id)
            return true;
    return false;
}

/* A client that is held for two reasons is one client. */
static int count_clients(const struct incidents *incidents, const char *const *prefixes)
{
    int count = 0;
    for (size_t i = 0; i < incidents->count; i++) {
        int id = client_of(incidents->items[i].key, prefixes);
        count += id && !is_counted(incidents, i, prefixes, id);
    }
    return count;
}

static int count_waiting(const struct site *site)
{
    struct journal_count count = {0};
    struct err ignored = {0};
    int waiting = 0;
    if (site->journal && journal_count(site->journal, &count, &ignored))
        waiting = count.waiting;
    journal_count_release(&count);
    return waiting;
}

void gauges_take(struct metrics_run *run, const struct memory *memory, const struct round *round)
{
    const struct incidents *incidents = &memory->incidents;
    run->locked = incidents_find(incidents, "nologin") != NULL;
    run->all_held = incidents_find(incidents, CUSTODY_ALL) != NULL;
    bool are_known = !run->locked && !run->all_held && !round->trouble.kind;
    run->clients = are_known ? (int)round->roster.count : -1;
    run->unreachable = count_clients(incidents, unreachable);
    run->held = count_clients(incidents, held);
    run->journal = count_waiting(memory->site);
}
