#include "engine/round.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    MINUTE_US = 60 * 1000000,
    QUEUE_LOOK_MS = 250, /* how often a full house looks for long-runners */
    BURY_LANES = 3,      /* how many lanes may die of burying one job */
    EXIT_MS = 5000,      /* how long a lane may take to end after its last order */
};

static int64_t this_minute(void)
{
    return clock_real_us() / MINUTE_US;
}

static bool is_stopping(const struct round *round)
{
    return round->site->signals->stop;
}

/* ---- incidents ---- */

static void raise_incident(struct round *round, const char *key, const char *what)
{
    enum incident_news news = incidents_raise(round->incidents, key, clock_real_us() / 1000000);
    if (news == INCIDENT_KNOWN)
        log_msg(LOG_LEVEL_DEBUG, "%s (told already)", what);
    else
        log_msg(LOG_LEVEL_ERROR, "%s%s", what,
                news == INCIDENT_REMIND ? " (still; a reminder comes once a day)"
                                        : " (told again once a day while it lasts)");
}

static void end_incident(struct round *round, const char *key, const char *what)
{
    int64_t since_s = 0;
    if (incidents_end(round->incidents, key, &since_s))
        log_msg(LOG_LEVEL_NOTICE, "%s again, after %lld minutes", what,
                (long long)(clock_real_us() / 1000000 - since_s) / 60);
}

/* ---- a pass ---- */

static bool load_clients(struct round *round, struct err *err)
{
    struct db db = {0};
    struct clients clients = {0};
    struct db_target target = site_auth_target(round->site);
    struct db_options options = site_db_options(round->site, "task-server");
    bool done = db_connect(&db, &target, &options, err) && clients_load(&db, &clients, err);
    db_close(&db);
    if (!done)
        return err_wrap(err, "authentication database '%s'", target.name);
    done = roster_update(&round->roster, &clients, err);
    clients_release(&clients);
    return done;
}

static void begin_pass(struct round *round)
{
    round->pass_minute = this_minute();
    round->site->signals->wake = false;
    round->trouble = (struct err){0};
    struct err why;
    round->locked = !site_is_unlocked(round->site, &why);
    if (round->locked) {
        raise_incident(round, "nologin", why.text);
        return;
    }
    end_incident(round, "nologin", "the installation is unlocked: jobs run");
    if (load_clients(round, &round->trouble)) {
        end_incident(round, "auth", "the clients can be read");
        roster_queue_idle(&round->roster);
        log_msg(LOG_LEVEL_DEBUG, "a pass begins: %zu enabled clients", round->roster.count);
    } else if (!is_stopping(round)) {
        raise_incident(round, "auth", round->trouble.text);
    }
}

/* ---- lanes ---- */

static bool is_running(const struct worker *worker)
{
    return worker->lane.pid != 0;
}

static bool is_long_runner(const struct worker *worker)
{
    int64_t since_ms = atomic_load(&worker->lane.slot->since_ms);
    return since_ms != 0 && clock_mono_ms() - since_ms > LONG_RUNNER_MS;
}

static int count_busy(const struct round *round, bool with_long_runners)
{
    int count = 0;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        const struct worker *worker = &round->workers[i];
        if (worker->client_id && (with_long_runners || !is_long_runner(worker)))
            count++;
    }
    return count;
}

/* An idle lane if there is one, else room for a new one; NULL: neither. */
static struct worker *find_worker(struct round *round)
{
    struct worker *room = NULL;
    for (int i = 0; i < BOARD_SLOTS; i++) {
        struct worker *worker = &round->workers[i];
        if (is_running(worker) && !worker->client_id)
            return worker;
        if (!is_running(worker) && !room)
            room = worker;
    }
    return room;
}

static bool start_worker(struct round *round, struct worker *worker, struct err *err)
{
    int fds[BOARD_SLOTS + 1];
    int count = 0;
    fds[count++] = round->lock_fd;
    for (int i = 0; i < BOARD_SLOTS; i++)
        if (is_running(&round->workers[i]))
            fds[count++] = round->workers[i].lane.fd;
    struct lane_start start = {.site = round->site, .close_fds = fds, .close_count = count};
    worker->lane.slot = &round->site->board->slots[worker - round->workers];
    board_clear(worker->lane.slot);
    return lane_start(&worker->lane, &start, err);
}

static void give_up_client(struct round *round, struct seat *seat, const struct err *err)
{
    seat->state = SEAT_IDLE;
    round->unreachable++;
    log_msg(LOG_LEVEL_ERROR, "client '%s' is not served: %s", seat->client.fields[CLIENT_NAME],
            err->text);
}

/* Its socket is closed or broken: whatever it does, nobody listens any more. */
static int reap(struct worker *worker)
{
    int status = 0;
    kill(worker->lane.pid, SIGKILL);
    waitpid(worker->lane.pid, &status, 0);
    lane_close(&worker->lane);
    worker->client_id = 0;
    return status;
}

/* An idle lane may have died unseen: then another takes its place. */
static bool send_order(struct round *round, struct worker *worker, const struct client *client,
                       const struct lane_order *order, struct err *err)
{
    if (is_running(worker) && lane_send(&worker->lane, order, client, err))
        return true;
    if (is_running(worker))
        reap(worker);
    return start_worker(round, worker, err) && lane_send(&worker->lane, order, client, err);
}

static void give_order(struct round *round, struct worker *worker, struct seat *seat,
                       const struct lane_order *order)
{
    struct err err = {0};
    if (send_order(round, worker, &seat->client, order, &err)) {
        seat->state = SEAT_BUSY;
        worker->client_id = seat->client.id;
        worker->order = *order;
    } else {
        give_up_client(round, seat, &err);
    }
}

static void dispatch(struct round *round)
{
    const struct lane_order visit = {0};
    int max = round->site->options.max_parallel;
    while (count_busy(round, false) < max) {
        struct seat *seat = roster_next(&round->roster);
        struct worker *worker = seat ? find_worker(round) : NULL;
        if (!worker)
            return;
        give_order(round, worker, seat, &visit);
    }
}

static void judge_visit(struct round *round, const struct seat *seat,
                        const struct lane_report *report)
{
    const char *name = seat->client.fields[CLIENT_NAME];
    char key[INCIDENT_KEY_MAX];
    char text[ERR_TEXT_MAX];
    snprintf(key, sizeof key, "client/%d", seat->client.id);
    if (report->served) {
        snprintf(text, sizeof text, "client '%.200s' is served", name);
        end_incident(round, key, text);
    } else if (!is_stopping(round)) {
        round->unreachable++;
        snprintf(text, sizeof text, "client '%.200s' is not served: %.1500s", name,
                 report->err.text);
        raise_incident(round, key, text);
    }
}

static void take_report(struct round *round, struct worker *worker,
                        const struct lane_report *report)
{
    struct seat *seat = roster_find(&round->roster, worker->client_id);
    round->visits++;
    round->tally.succeeded += report->tally.succeeded;
    round->tally.failed += report->tally.failed;
    round->tally.lost += report->tally.lost;
    round->tally.unserved += report->tally.unserved;
    worker->client_id = 0;
    if (!seat)
        return;
    seat->state = SEAT_IDLE;
    judge_visit(round, seat, report);
}

/* ---- dead lanes ---- */

static void describe_end(int status, char *text, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(text, size, "its process was ended by signal %d", WTERMSIG(status));
    else
        snprintf(text, size, "its process ended with status %d", WEXITSTATUS(status));
}

/* A job went down with its lane: another lane asks whether its commit arrived. */
static void bury(struct round *round, struct seat *seat, const struct lane_order *order)
{
    struct worker *worker = find_worker(round);
    struct err err = {0};
    if (worker) {
        give_order(round, worker, seat, order);
        return;
    }
    err_set(&err, ERR_INTERNAL, "no room for another lane");
    give_up_client(round, seat, &err);
}

/* Whoever killed a lane may be killing others too; but not for ever. */
static void bury_again(struct round *round, struct seat *seat, const struct lane_order *died)
{
    struct lane_order order = *died;
    if (++order.deaths < BURY_LANES)
        bury(round, seat, &order);
    else
        round->unreachable++;
}

static void mourn(struct round *round, struct worker *worker)
{
    char how[100];
    struct seat *seat = roster_find(&round->roster, worker->client_id);
    struct lane_order order = worker->order;
    bool had_job = atomic_load(&worker->lane.slot->since_ms) != 0;
    struct notice notice = worker->lane.slot->notice;
    int status = reap(worker);
    describe_end(status, how, sizeof how);
    if (!seat)
        return;
    seat->state = SEAT_IDLE;
    const char *name = seat->client.fields[CLIENT_NAME];
    if (order.buries) {
        log_msg(LOG_LEVEL_ERROR, "client '%s': %s while it recorded the death of another", name,
                how);
        bury_again(round, seat, &order);
    } else if (had_job) {
        log_msg(LOG_LEVEL_ERROR, "client '%s': job %d (%s): %s while it ran", name, notice.job_id,
                notice.package, how);
        order = (struct lane_order){.buries = true, .notice = notice};
        bury(round, seat, &order);
    } else {
        log_msg(LOG_LEVEL_ERROR, "client '%s': %s between two jobs", name, how);
        round->unreachable++;
    }
}

/* ---- the loop ---- */

/* How long nothing needs to be looked at, unless something comes. */
static int idle_ms(const struct round *round, bool queued)
{
    int64_t now_us = clock_real_us();
    int64_t to_minute_ms = (MINUTE_US - now_us % MINUTE_US) / 1000 + 1;
    int64_t wait_ms = queued && to_minute_ms > QUEUE_LOOK_MS ? QUEUE_LOOK_MS : to_minute_ms;
    const struct options *options = &round->site->options;
    if (round->told_to_stop) {
        int64_t limit_ms = round->site->signals->stopped_ms +
                           (options->stop_grace_s + options->kill_grace_s) * 1000;
        wait_ms = clock_left_ms(limit_ms);
    }
    return (int)wait_ms;
}

static void wait_for_events(struct round *round)
{
    struct pollfd fds[BOARD_SLOTS + 1];
    struct worker *owners[BOARD_SLOTS + 1];
    nfds_t count = 0;
    fds[count++] = (struct pollfd){.fd = round->site->signals->fd, .events = POLLIN};
    for (int i = 0; i < BOARD_SLOTS; i++) {
        if (!is_running(&round->workers[i]))
            continue;
        owners[count] = &round->workers[i];
        fds[count++] = (struct pollfd){.fd = round->workers[i].lane.fd, .events = POLLIN};
    }
    if (poll(fds, count, idle_ms(round, roster_next(&round->roster) != NULL)) <= 0)
        return;
    signals_take(round->site->signals);
    for (nfds_t i = 1; i < count; i++) {
        struct lane_report report;
        if (!fds[i].revents)
            continue;
        if (lane_receive(&owners[i]->lane, &report)) {
            take_report(round, owners[i], &report);
            continue;
        }
        mourn(round, owners[i]);
        return; /* lanes may have been replaced: ask again which of them have something to say */
    }
}

/* Stop: nothing new starts; whoever does not end within both graces is killed. */
static void stop_lanes(struct round *round)
{
    const struct options *options = &round->site->options;
    int64_t limit_ms = round->site->signals->stopped_ms +
                       (options->stop_grace_s + options->kill_grace_s) * 1000;
    int signal = clock_mono_ms() >= limit_ms ? SIGKILL : round->told_to_stop ? 0 : SIGTERM;
    roster_clear_queue(&round->roster);
    if (signal == SIGTERM)
        log_msg(LOG_LEVEL_NOTICE, "told to stop; %d clients are still being served",
                count_busy(round, true));
    for (int i = 0; i < BOARD_SLOTS && signal; i++)
        if (is_running(&round->workers[i]))
            kill(round->workers[i].lane.pid, signal);
    round->told_to_stop = true;
}

/* Serves the queue until it is empty and nobody is busy. */
static void serve(struct round *round)
{
    for (;;) {
        if (is_stopping(round))
            stop_lanes(round);
        else if (round->site->signals->wake || this_minute() != round->pass_minute)
            begin_pass(round);
        if (!is_stopping(round))
            dispatch(round);
        if (count_busy(round, true) == 0 && !roster_next(&round->roster))
            return;
        wait_for_events(round);
    }
}

static void end_workers(struct round *round)
{
    int64_t until_ms = clock_mono_ms() + EXIT_MS;
    for (int i = 0; i < BOARD_SLOTS; i++)
        if (is_running(&round->workers[i]))
            shutdown(round->workers[i].lane.fd, SHUT_RDWR);
    for (int i = 0; i < BOARD_SLOTS; i++) {
        struct worker *worker = &round->workers[i];
        int status = 0;
        if (!is_running(worker))
            continue;
        while (waitpid(worker->lane.pid, &status, WNOHANG) == 0) {
            struct pollfd fd = {.fd = round->site->signals->fd, .events = POLLIN};
            if (clock_mono_ms() >= until_ms)
                kill(worker->lane.pid, SIGKILL);
            poll(&fd, 1, clock_left_ms(until_ms) ? clock_left_ms(until_ms) : 10);
            signals_take(round->site->signals);
        }
        lane_close(&worker->lane);
    }
}

void round_run(struct round *round)
{
    begin_pass(round);
    do {
        serve(round);
    } while (!is_stopping(round) &&
             (round->site->signals->wake || this_minute() != round->pass_minute));
    end_workers(round);
}

void round_release(struct round *round)
{
    if (!round)
        return;
    roster_release(&round->roster);
}
