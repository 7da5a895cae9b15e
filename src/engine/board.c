#include "engine/board.h"

#include <stddef.h>
#include <sys/mman.h>

#include "base/clock.h"

struct board *board_new(struct err *err)
{
    void *page = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        err_set_errno(err, "cannot share memory with the lanes");
        return NULL;
    }
    return page;
}

void board_free(struct board *board)
{
    if (board)
        munmap(board, sizeof *board);
}

/* Whoever died in writing has left an odd version. */
static void begin_writing(struct slot *slot)
{
    atomic_store(&slot->version, atomic_load(&slot->version) | 1);
}

static void end_writing(struct slot *slot)
{
    atomic_fetch_add(&slot->version, 1);
}

bool board_read(struct slot *slot, struct notice *copy)
{
    unsigned version = atomic_load(&slot->version);
    *copy = slot->notice;
    atomic_thread_fence(memory_order_acquire);
    return version % 2 == 0 && atomic_load(&slot->version) == version;
}

void board_begin(struct slot *slot)
{
    begin_writing(slot);
    slot->notice.job_id = 0;
    end_writing(slot);
    atomic_store(&slot->kind, BOARD_NATIVE);
    atomic_store(&slot->since_ms, clock_mono_ms());
}

void board_post(struct slot *slot, const struct notice *notice)
{
    begin_writing(slot);
    slot->notice = *notice;
    end_writing(slot);
    atomic_store(&slot->since_ms, clock_mono_ms());
}

void board_clear(struct slot *slot)
{
    board_begin(slot); /* it looks for its next job now */
}

int64_t board_run_at_us(struct board *board, int64_t now_us)
{
    int64_t last_us = atomic_load(&board->last_run_at_us);
    int64_t run_at_us;
    do {
        /* After a step back of the clock, time itself is more truthful than order. */
        int64_t second_us = 1000000;
        run_at_us = now_us > last_us || last_us - now_us > second_us ? now_us : last_us + 1;
        if (run_at_us % second_us == 1)
            run_at_us++;
    } while (!atomic_compare_exchange_weak(&board->last_run_at_us, &last_us, run_at_us));
    return run_at_us;
}
