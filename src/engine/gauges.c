#include "engine/gauges.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "engine/custody.h"
#include "engine/verdict.h"
#include "store/holds.h"
#include "store/journal_count.h"

static const char *const unreachable[] = {VERDICT_AWAY, NULL};
static const char *const held[] = {VERDICT_HELD, CUSTODY_HOLD, CUSTODY_MOVED, NULL};

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

/* In a locked installation no run looks, so what has been told may be over. */
static bool are_all_held(const struct site *site, int64_t now_s)
{
    struct holds holds = {0};
    struct err ignored = {0};
    bool all = site->holds_path && (!holds_load(&holds, site->holds_path, &ignored) ||
                                    holds_find(&holds, HOLDS_ALL, now_s));
    holds_release(&holds);
    return all;
}

void gauges_take(struct metrics_run *run, const struct memory *memory, const struct round *round)
{
    const struct incidents *incidents = &memory->incidents;
    run->locked = incidents_find(incidents, "nologin") != NULL;
    run->all_held = are_all_held(memory->site, run->ended_us / 1000000);
    bool are_known = !run->locked && !run->all_held && !round->trouble.kind;
    run->clients = are_known ? (int)round->roster.count : -1;
    run->unreachable = are_known ? count_clients(incidents, unreachable) : -1;
    run->held = are_known ? count_clients(incidents, held) : -1;
    run->journal = count_waiting(memory->site);
}
