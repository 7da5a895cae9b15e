#include "engine/roster.h"

#include <stdlib.h>

#include "engine/board.h"

enum { PAUSE_MS = 1000 };

/* Where a new list stands beside the old one, what is busy or queued stays so. */
static void take_over_state(struct seat *seat, const struct roster *old)
{
    for (size_t i = 0; i < old->count; i++) {
        if (old->seats[i].client.id != seat->client.id)
            continue;
        seat->state = old->seats[i].state;
        seat->turn = old->seats[i].turn;
        seat->troubled = old->seats[i].troubled;
        seat->waits_for = old->seats[i].waits_for;
        seat->until_ms = old->seats[i].until_ms;
    }
}

static bool is_listed(const struct clients *clients, int id)
{
    for (size_t i = 0; i < clients->count; i++)
        if (clients->items[i].id == id)
            return true;
    return false;
}

bool roster_update(struct roster *roster, struct clients *clients, struct err *err)
{
    struct roster new = {.last_turn = roster->last_turn};
    new.seats = calloc(roster->count + clients->count + 1, sizeof *new.seats);
    if (!new.seats)
        return err_set_nomem(err);
    for (size_t i = 0; i < roster->count; i++) {
        struct seat *seat = &roster->seats[i];
        if (seat->state != SEAT_BUSY || is_listed(clients, seat->client.id))
            continue;
        new.seats[new.count++] = *seat; /* gone from the list, but its lane is still at it */
        seat->client = (struct client){0};
    }
    for (size_t i = 0; i < clients->count; i++) {
        struct seat *seat = &new.seats[new.count++];
        seat->client = clients->items[i];
        clients->items[i] = (struct client){0};
        take_over_state(seat, roster);
    }
    roster_release(roster);
    *roster = new;
    return true;
}

static void queue_idle(struct roster *roster, bool troubled)
{
    for (size_t i = 0; i < roster->count; i++) {
        struct seat *seat = &roster->seats[i];
        if (seat->state != SEAT_IDLE || seat->held || seat->troubled != troubled)
            continue;
        seat->state = SEAT_QUEUED;
        seat->turn = ++roster->last_turn;
    }
}

void roster_queue_idle(struct roster *roster)
{
    queue_idle(roster, false);
    queue_idle(roster, true);
}

void roster_clear_queue(struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        if (roster->seats[i].state == SEAT_QUEUED)
            roster->seats[i].state = SEAT_IDLE;
}

static bool has_room(int kind, const struct openings *openings)
{
    return kind == BOARD_PERL ? openings->perl : kind != BOARD_COMMAND || openings->command;
}

static bool may_go(const struct seat *seat, const struct openings *openings)
{
    return has_room(seat->waits_for, openings) && seat->until_ms <= openings->now_ms;
}

void roster_wait(struct seat *seat, int kind, const struct openings *openings)
{
    seat->state = SEAT_QUEUED;
    seat->waits_for = kind;
    seat->until_ms = has_room(kind, openings) ? openings->now_ms + PAUSE_MS : 0;
}

struct seat *roster_next(struct roster *roster, const struct openings *openings)
{
    struct seat *first = NULL;
    for (size_t i = 0; i < roster->count; i++) {
        struct seat *seat = &roster->seats[i];
        if (seat->state == SEAT_QUEUED && may_go(seat, openings) &&
            (!first || seat->turn < first->turn))
            first = seat;
    }
    return first;
}

bool roster_is_empty(const struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        if (roster->seats[i].state == SEAT_QUEUED)
            return false;
    return true;
}

struct seat *roster_find(struct roster *roster, int client_id)
{
    for (size_t i = 0; i < roster->count; i++)
        if (roster->seats[i].client.id == client_id)
            return &roster->seats[i];
    return NULL;
}

void roster_release(struct roster *roster)
{
    if (!roster)
        return;
    for (size_t i = 0; i < roster->count; i++)
        client_release(&roster->seats[i].client);
    free(roster->seats);
    *roster = (struct roster){0};
}
