#include "engine/crew.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/i18n.h"

enum { EXIT_MS = 5000 }; /* how long a lane may take to end after its last order */

bool worker_is_running(const struct worker *worker)
{
    return worker->lane.pid != 0;
}

/* External jobs are limited on their own. */
static bool is_long_runner(const struct worker *worker)
{
    if (atomic_load(&worker->lane.slot->kind) != BOARD_NATIVE)
        return true;
    int64_t since_ms = atomic_load(&worker->lane.slot->since_ms);
    return clock_mono_ms() - since_ms > LONG_RUNNER_MS;
}

int crew_busy(const struct crew *crew, bool with_long_runners)
{
    int count = 0;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        const struct worker *worker = &crew->workers[i];
        if (worker->client_id && (with_long_runners || !is_long_runner(worker)))
            count++;
    }
    return count;
}

int crew_external(const struct crew *crew, bool only_perl)
{
    int count = 0;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        const struct worker *worker = &crew->workers[i];
        int kind = worker->client_id ? atomic_load(&worker->lane.slot->kind) : BOARD_NATIVE;
        if (kind == BOARD_PERL || (kind == BOARD_COMMAND && !only_perl))
            count++;
    }
    return count;
}

struct worker *crew_find(struct crew *crew)
{
    struct worker *room = NULL;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        struct worker *worker = &crew->workers[i];
        if (worker_is_running(worker) && !worker->client_id)
            return worker;
        if (!worker_is_running(worker) && !room)
            room = worker;
    }
    return room;
}

static bool start(struct crew *crew, struct worker *worker, struct err *err)
{
    int fds[BOARD_SLOTS + CREW_OWN_FDS];
    int count = 0;
    for (int i = 0; i < crew->own_count; i++)
        fds[count++] = crew->own_fds[i];
    for (int i = 0; i < BOARD_SLOTS; i++)
        if (worker_is_running(&crew->workers[i]))
            fds[count++] = crew->workers[i].lane.fd;
    struct lane_start start = {.site = crew->site, .close_fds = fds, .close_count = count};
    worker->lane.slot = &crew->site->board->slots[worker - crew->workers];
    return lane_start(&worker->lane, &start, err);
}

/* An idle lane may have died unseen: then another takes its place. */
static bool send_order(struct crew *crew, struct worker *worker, const struct client *client,
                       const struct lane_order *order, struct err *err)
{
    if (worker_is_running(worker)) {
        board_begin(worker->lane.slot);
        if (lane_send(&worker->lane, order, client, err))
            return true;
        crew_reap(worker, (char[1]){0}, 1);
    }
    if (!start(crew, worker, err))
        return false;
    board_begin(worker->lane.slot);
    return lane_send(&worker->lane, order, client, err);
}

bool crew_order(struct crew *crew, struct worker *worker, const struct client *client,
                const struct lane_order *order, struct err *err)
{
    if (!send_order(crew, worker, client, order, err))
        return false;
    worker->client_id = client->id;
    worker->order = *order;
    return true;
}

/* Whatever it does, nobody listens any more. */
void crew_reap(struct worker *worker, char *text, size_t size)
{
    int status = 0;
    kill(worker->lane.pid, SIGKILL);
    waitpid(worker->lane.pid, &status, 0);
    lane_close(&worker->lane);
    worker->client_id = 0;
    if (WIFSIGNALED(status))
        snprintf(text, size, _("its process was ended by signal %d"), WTERMSIG(status));
    else
        snprintf(text, size, _("its process ended with status %d"), WEXITSTATUS(status));
}

void crew_signal(const struct crew *crew, int number)
{
    for (int i = 0; i < BOARD_SLOTS; i++)
        if (worker_is_running(&crew->workers[i]))
            kill(crew->workers[i].lane.pid, number);
}

void crew_kill_native(const struct crew *crew)
{
    for (int i = 0; i < BOARD_SLOTS; i++) {
        const struct worker *worker = &crew->workers[i];
        if (worker_is_running(worker) && atomic_load(&worker->lane.slot->kind) == BOARD_NATIVE)
            kill(worker->lane.pid, SIGKILL);
    }
}

static void wait_for_end(const struct crew *crew, const struct worker *worker, int64_t until_ms)
{
    while (waitpid(worker->lane.pid, NULL, WNOHANG) == 0) {
        struct pollfd fd = {.fd = crew->site->signals->fd, .events = POLLIN};
        int left_ms = clock_left_ms(until_ms);
        if (left_ms == 0)
            kill(worker->lane.pid, SIGKILL);
        poll(&fd, 1, left_ms ? left_ms : 10);
        signals_take(crew->site->signals);
    }
}

void crew_dismiss(struct crew *crew)
{
    int64_t until_ms = clock_mono_ms() + EXIT_MS;
    for (int i = 0; i < BOARD_SLOTS; i++)
        if (worker_is_running(&crew->workers[i]))
            shutdown(crew->workers[i].lane.fd, SHUT_RDWR);
    for (int i = 0; i < BOARD_SLOTS; i++) {
        struct worker *worker = &crew->workers[i];
        if (!worker_is_running(worker))
            continue;
        wait_for_end(crew, worker, until_ms);
        lane_close(&worker->lane);
    }
    signals_take(crew->site->signals);
}
