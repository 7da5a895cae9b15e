#include "engine/round.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "engine/verdict.h"
#include "io/lockfile.h"
#include "io/nologin.h"

enum {
    MINUTE_US = 60 * 1000000,
    QUEUE_LOOK_MS = 250, /* how often a full house looks for long-runners */
    LOCKED_S = 900,      /* how long an installation may be locked before people are told */
    BURY_LANES = 3,      /* how many lanes may die of burying one job */
};

/* What a client's incidents begin with. */
static const char *const client_keys[] = {VERDICT_AWAY, VERDICT_REFUSED, VERDICT_HELD, CUSTODY_HOLD,
                                          CUSTODY_MOVED};

static int64_t this_minute(void)
{
    return clock_real_us() / MINUTE_US;
}

static bool is_stopping(const struct round *round)
{
    return round->site->signals->stop;
}

bool round_is_due(const struct round *round)
{
    return round->site->signals->wake || this_minute() != round->pass_minute;
}

/* ---- lasting conditions ---- */

/* The client's id in the key of an incident that concerns one, else 0. */
static int incident_client(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(client_keys); i++)
        if (strncmp(key, client_keys[i], strlen(client_keys[i])) == 0)
            return atoi(key + strlen(client_keys[i]));
    return 0;
}

/* Clients in trouble go to the end of the queue; those that are no longer enabled are forgotten. */
static void recall_clients(struct round *round)
{
    struct incidents *incidents = round->conditions->incidents;
    for (size_t i = incidents->count; i-- > 0;) {
        char key[INCIDENT_KEY_MAX];
        if (i >= incidents->count) /* a notice went with its condition */
            continue;
        memcpy(key, incidents->items[i].key, sizeof key);
        int id = incident_client(key);
        struct seat *seat = roster_find(&round->roster, id);
        if (seat && strncmp(key, VERDICT_AWAY, strlen(VERDICT_AWAY)) == 0)
            seat->troubled = true;
        else if (id && !seat)
            condition_forget(round->conditions, key);
    }
}

/* ---- a pass ---- */

static bool load_clients(struct round *round, struct err *err)
{
    struct clients clients = {0};
    bool done = site_load_clients(round->site, &clients, err) &&
                roster_update(&round->roster, &clients, err);
    clients_release(&clients);
    return done;
}

/* An upgrade locks an installation for minutes, and nobody wants a mail for that. */
static void raise_locked(const struct round *round, const char *why)
{
    const struct site *site = round->site;
    condition_raise(round->conditions,
                    &(struct condition){
                        .key = "nologin",
                        .text = why,
                        .since_s = nologin_since_s(site->installation, &site->options),
                        .patience_s = LOCKED_S,
                    });
}

static void begin_pass(struct round *round)
{
    struct err why = {0};
    lockfile_beat(round->lock_fd);
    round->pass_minute = this_minute();
    round->site->signals->wake = false;
    round->trouble = (struct err){0};
    if (!site_is_unlocked(round->site, &why)) {
        round->trouble.kind = why.kind == ERR_AWAY ? ERR_NONE : why.kind; /* locked is no error */
        raise_locked(round, why.text);
        return;
    }
    condition_end(
        round->conditions,
        &(struct condition){.key = "nologin", .text = _("the installation is unlocked: jobs run")});
    if (!custody_begin(&round->custody, &why)) {
        round->trouble.kind = why.kind == ERR_AWAY ? ERR_NONE : why.kind;
        return;
    }
    if (load_clients(round, &round->trouble)) {
        condition_end(round->conditions,
                      &(struct condition){.key = "auth", .text = _("the clients can be read")});
        recall_clients(round);
        for (size_t i = 0; i < round->roster.count; i++)
            custody_seat(&round->custody, &round->roster.seats[i]);
        roster_queue_idle(&round->roster);
        log_msg(LOG_LEVEL_DEBUG, "a pass begins; enabled clients: %zu", round->roster.count);
    } else if (!is_stopping(round)) {
        condition_raise(round->conditions,
                        &(struct condition){.key = "auth", .text = round->trouble.text});
    }
}

/* ---- visits ---- */

static void give_up_client(struct round *round, struct seat *seat, const struct err *err)
{
    seat->state = SEAT_IDLE;
    round->unreachable++;
    log_msg(LOG_LEVEL_ERROR, "client '%s' is not served: %s", seat->client.fields[CLIENT_NAME],
            err->text);
}

static void give_order(struct round *round, struct worker *worker, struct seat *seat,
                       const struct lane_order *order)
{
    struct err err = {0};
    struct lane_order whole = *order;
    custody_home(&round->custody, &seat->client, &whole);
    if (crew_order(&round->crew, worker, &seat->client, &whole, &err))
        seat->state = SEAT_BUSY;
    else
        give_up_client(round, seat, &err);
}

static struct openings look_for_openings(const struct round *round)
{
    const struct options *options = &round->site->options;
    bool any = crew_external(&round->crew, false) < options->max_external;
    return (struct openings){
        .command = any,
        .perl = any && crew_external(&round->crew, true) < options->max_perl_jobs,
        .now_ms = clock_mono_ms(),
    };
}

static void set_own_fds(struct round *round)
{
    struct crew *crew = &round->crew;
    crew->own_fds[0] = round->lock_fd;
    crew->own_count = 1 + (round->host ? host_fds(round->host, crew->own_fds + 1) : 0);
}

static void dispatch(struct round *round)
{
    const struct lane_order visit = {0};
    int max = round->site->options.max_parallel;
    set_own_fds(round);
    while (crew_busy(&round->crew, false) < max) {
        struct openings openings = look_for_openings(round);
        struct seat *seat = roster_next(&round->roster, &openings);
        struct worker *worker = seat ? crew_find(&round->crew) : NULL;
        if (!worker)
            return;
        give_order(round, worker, seat, &visit);
    }
}

static void judge(struct round *round, struct seat *seat, const struct lane_report *report)
{
    bool stopping = is_stopping(round);
    seat->troubled = !report->served;
    round->unreachable += !report->served && !stopping;
    round->refused += report->refused.kind != ERR_NONE && !stopping;
    verdict_tell(round->conditions, seat, report, stopping);
}

/* Where the jobs could not be read nobody knows how late they are. */
static void note_lateness(struct round *round, const struct seat *seat,
                          const struct lane_report *report)
{
    if (round->notify && round->notify->metrics && (report->served || report->overdue_s))
        metrics_overdue(round->notify->metrics, seat->client.fields[CLIENT_NAME],
                        report->overdue_s);
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
    if (round->notify)
        notify_collect(round->notify);
    if (!seat)
        return;
    note_lateness(round, seat, report);
    seat->state = SEAT_IDLE;
    seat->waits_for = 0;
    seat->until_ms = 0;
    if (report->waits_for) {
        const struct openings openings = look_for_openings(round);
        roster_wait(seat, report->waits_for, &openings);
    }
    custody_report(&round->custody, seat, report);
    if (report->moved)
        return;
    judge(round, seat, report);
}

/* ---- dead lanes ---- */

/* A job went down with its lane: another lane asks whether its commit arrived. */
static void bury(struct round *round, struct seat *seat, const struct lane_order *order)
{
    struct worker *worker = crew_find(&round->crew);
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

static long long ran_ms(const struct notice *notice)
{
    int64_t ran_ms = (clock_real_us() - notice->run_at_us) / 1000;
    return ran_ms > 0 ? ran_ms : 0;
}

/* Nothing new is started now; what the lane was doing is undone by the server. */
static void mourn_stopped(struct round *round, const char *name, const char *how,
                          const struct notice *notice)
{
    if (!notice->job_id)
        return;
    round->tally.unserved++;
    log_msg(LOG_LEVEL_NOTICE,
            "client '%s': job %d (%s) after %lld ms: stopped (%s); undone, and left due", name,
            notice->job_id, notice->package, ran_ms(notice), how);
}

static void mourn(struct round *round, struct worker *worker)
{
    char how[100];
    struct seat *seat = roster_find(&round->roster, worker->client_id);
    struct lane_order order = worker->order;
    struct notice notice = worker->lane.slot->notice;
    crew_reap(worker, how, sizeof how);
    if (!seat)
        return;
    seat->state = SEAT_IDLE;
    const char *name = seat->client.fields[CLIENT_NAME];
    if (is_stopping(round)) {
        mourn_stopped(round, name, how, &notice);
    } else if (order.buries) {
        log_msg(LOG_LEVEL_ERROR, "client '%s': %s while it recorded the death of another", name,
                how);
        bury_again(round, seat, &order);
    } else if (notice.external) { /* the next visit finds it in the journal */
        log_msg(LOG_LEVEL_ERROR,
                "client '%s': job %d (%s) after %lld ms: %s while it was watching it", name,
                notice.job_id, notice.package, ran_ms(&notice), how);
        seat->state = SEAT_QUEUED;
    } else if (notice.job_id) {
        log_msg(LOG_LEVEL_ERROR, "client '%s': job %d (%s) after %lld ms: %s while it ran", name,
                notice.job_id, notice.package, ran_ms(&notice), how);
        order = (struct lane_order){.buries = true, .notice = notice};
        bury(round, seat, &order);
    } else {
        log_msg(LOG_LEVEL_ERROR, "client '%s': %s between two jobs", name, how);
        round->unreachable++;
    }
}

/* ---- the loop ---- */

/* Until when the lanes may use their grace period, and the killing of what they started. */
static int64_t kill_time_ms(const struct round *round)
{
    const struct options *options = &round->site->options;
    return round->told_ms + (options->stop_grace_s + options->kill_grace_s) * 1000;
}

/* How long nothing needs to be done, unless something comes. */
static int quiet_ms(struct round *round)
{
    int64_t to_minute_ms = (MINUTE_US - clock_real_us() % MINUTE_US) / 1000 + 1;
    bool queued = !roster_is_empty(&round->roster);
    if (round->told_ms) {
        int left_ms = clock_left_ms(kill_time_ms(round));
        return left_ms ? left_ms : QUEUE_LOOK_MS;
    }
    if (is_stopping(round) || round_is_due(round))
        return 0; /* it came while something else was waited for */
    return (int)(queued && to_minute_ms > QUEUE_LOOK_MS ? QUEUE_LOOK_MS : to_minute_ms);
}

static int idle_ms(struct round *round)
{
    int idle = quiet_ms(round);
    int look = window_wait_ms(&round->window, &round->crew);
    return look >= 0 && look < idle ? look : idle;
}

static void wait_for_events(struct round *round)
{
    struct pollfd fds[BOARD_SLOTS + 1 + HOST_FDS];
    struct worker *owners[BOARD_SLOTS + 1];
    nfds_t count = 0;
    fds[count++] = (struct pollfd){.fd = round->site->signals->fd, .events = POLLIN};
    for (int i = 0; i < BOARD_SLOTS; i++) {
        struct worker *worker = &round->crew.workers[i];
        if (!worker_is_running(worker))
            continue;
        owners[count] = worker;
        fds[count++] = (struct pollfd){.fd = worker->lane.fd, .events = POLLIN};
    }
    nfds_t all = count + (nfds_t)(round->host ? host_poll(round->host, fds + count) : 0);
    if (poll(fds, all, idle_ms(round)) <= 0)
        return;
    signals_take(round->site->signals);
    if (round->host)
        host_handle(round->host);
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

/* Stop: nothing new starts; whoever does not end within both graces is killed.  Lanes at external
 * jobs keep to the graces by themselves: some of those jobs may take as long as they need. */
static void stop_lanes(struct round *round)
{
    roster_clear_queue(&round->roster);
    if (!round->told_ms) {
        round->told_ms = clock_mono_ms();
        log_msg(LOG_LEVEL_NOTICE, "told to stop; clients still being served: %d",
                crew_busy(&round->crew, true));
        crew_signal(&round->crew, SIGTERM);
    } else if (clock_mono_ms() >= kill_time_ms(round)) {
        crew_kill_native(&round->crew);
    }
}

/* Serves the queue until it is empty and nobody is busy. */
static void serve(struct round *round)
{
    for (;;) {
        if (!is_stopping(round) && round_is_due(round))
            begin_pass(round);
        if (round->notify)
            notify_deliver(round->notify);
        if (is_stopping(round))
            stop_lanes(round);
        else
            dispatch(round);
        if (crew_busy(&round->crew, true) == 0 && roster_is_empty(&round->roster))
            return;
        window_look(&round->window, &round->crew, &round->roster);
        wait_for_events(round);
    }
}

void round_run(struct round *round)
{
    round->crew.site = round->site;
    round->custody.site = round->site;
    round->custody.conditions = round->conditions;
    do {
        begin_pass(round);
        serve(round);
        window_close(&round->window);
        crew_dismiss(&round->crew);
    } while (!is_stopping(round) && round_is_due(round));
}

void round_release(struct round *round)
{
    if (!round)
        return;
    roster_release(&round->roster);
    custody_release(&round->custody);
}
