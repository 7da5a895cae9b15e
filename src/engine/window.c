#include "engine/window.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/busy.h"

_Static_assert((int)BUSY_MAX == (int)BOARD_SLOTS, "a line for each lane");
_Static_assert((int)BUSY_COMMAND == (int)BOARD_COMMAND && (int)BUSY_PERL == (int)BOARD_PERL,
               "kinds are the same");

/* Since when this lane is at what it is at; 0: at nothing. */
static int64_t since_ms(const struct worker *worker)
{
    return worker->client_id ? atomic_load(&worker->lane.slot->since_ms) : 0;
}

/* How long it takes until that is worth to be shown; 0: it is. */
static int left_ms(int64_t since)
{
    return clock_left_ms(since + LONG_RUNNER_MS);
}

int window_wait_ms(const struct window *window, const struct crew *crew)
{
    int wait_ms = window->shows ? LONG_RUNNER_MS : -1;
    if (!window->path)
        return -1;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        int64_t since = since_ms(&crew->workers[i]);
        int left = since ? left_ms(since) + 1 : -1;
        if (since && since != window->shown_ms[i] && (wait_ms < 0 || left < wait_ms))
            wait_ms = left;
    }
    return wait_ms;
}

/* `notices` keeps the package the job's line refers to. */
static void add_job(struct busy *busy, const struct worker *worker, struct roster *roster,
                    struct notice *notice)
{
    struct seat *seat = roster_find(roster, worker->client_id);
    int64_t age_ms = clock_mono_ms() - since_ms(worker);
    if (!board_read(worker->lane.slot, notice))
        *notice = (struct notice){0};
    busy->jobs[busy->count++] = (struct busy_job){
        .since_us = busy->written_us - age_ms * 1000,
        .kind = (enum busy_kind)atomic_load(&worker->lane.slot->kind),
        .job_id = notice->job_id,
        .client_id = worker->client_id,
        .lane_pid = (int)worker->lane.pid,
        .package = notice->job_id ? notice->package : "",
        .client = seat ? seat->client.fields[CLIENT_NAME] : "",
    };
}

static void show(struct window *window, const struct crew *crew, struct roster *roster)
{
    struct err err = {0};
    struct notice notices[BOARD_SLOTS];
    struct busy busy = {.run_pid = (int)getpid(), .written_us = clock_real_us()};
    for (int i = 0; i < BOARD_SLOTS; i++)
        if (window->shown_ms[i])
            add_job(&busy, &crew->workers[i], roster, &notices[i]);
    window->shows = true;
    if (busy_save(&busy, window->path, &err))
        return;
    if (!window->troubled)
        log_msg(LOG_LEVEL_WARNING, "what is at work cannot be shown: %s", err.text);
    window->troubled = true;
}

void window_look(struct window *window, const struct crew *crew, struct roster *roster)
{
    int64_t now_ms[BOARD_SLOTS] = {0};
    bool any = false;
    if (!window->path)
        return;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        int64_t since = since_ms(&crew->workers[i]);
        if (since && !left_ms(since))
            now_ms[i] = since;
        any = any || now_ms[i];
    }
    if (memcmp(now_ms, window->shown_ms, sizeof now_ms) == 0)
        return;
    memcpy(window->shown_ms, now_ms, sizeof now_ms);
    if (any)
        show(window, crew, roster);
    else
        window_close(window);
}

void window_close(struct window *window)
{
    if (window->shows)
        busy_remove(window->path);
    window->shows = false;
    memset(window->shown_ms, 0, sizeof window->shown_ms);
}
