/* board.h: a page of memory that the parent and its lanes share: who is doing what.
 *
 *     struct board *board = board_new(err);           before the first fork
 *     board_begin(&board->slots[i]);                  the parent, when it gives a lane an order
 *     board_post(&board->slots[i], &notice);          the lane, when it starts a job
 *     board_clear(&board->slots[i]);                  … and when the job is settled
 *     board->slots[i].notice                          the parent, once that lane is dead
 *     board_read(&board->slots[i], &notice)           the parent, while it lives
 *     board_free(board)
 *
 * A slot belongs to one lane.  While the lane lives the parent reads `since_ms` and `kind`, and a
 * copy of the notice; when it is dead, the notice itself says which job went down with it.
 *
 * Source: design.md "One run".
 */
#ifndef ENGINE_BOARD_H
#define ENGINE_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum {
    BOARD_SLOTS = 32,
    BOARD_PACKAGE_MAX = 1024, /* 255 characters, what the column holds, of four bytes each */
};

enum { BOARD_NATIVE, BOARD_COMMAND, BOARD_PERL };

/* A job under way. */
struct notice {
    int job_id; /* 0: none */
    int64_t run_at_us;
    int backend_pid; /* of the server process that holds the claim */
    bool external;   /* a command or Perl: what it leaves is in the journal */
    bool describes;  /* histories have a description column */
    bool on_demand;  /* somebody asked for it: it need not be due */
    char package[BOARD_PACKAGE_MAX];
};

struct slot {
    _Atomic int64_t since_ms; /* monotonic time at which it began what it is doing now */
    /* What it is on, for counting: BOARD_NATIVE and between jobs 0, BOARD_COMMAND, BOARD_PERL. */
    _Atomic int kind;
    _Atomic unsigned version; /* of the notice; odd while it is being written */
    struct notice notice;
};

struct board {
    _Atomic int64_t last_run_at_us;
    struct slot slots[BOARD_SLOTS];
};

struct board *board_new(struct err *err) MUST_USE;
void board_free(struct board *board);

void board_begin(struct slot *slot);
void board_post(struct slot *slot, const struct notice *notice);
void board_clear(struct slot *slot);

/* False: the notice is being written just now. */
bool board_read(struct slot *slot, struct notice *copy) MUST_USE;

/* A run_at for now_us that no other job of this run has, and whose fraction is never .000001, which
 * marks the second of two equal local times (schedule.md). */
int64_t board_run_at_us(struct board *board, int64_t now_us);

#endif
