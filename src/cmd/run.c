#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/pages.h"
#include "cmd/unit.h"
#include "core/fnv.h"
#include "core/walltime.h"
#include "engine/gauges.h"
#include "engine/host.h"
#include "engine/lasting.h"
#include "engine/memory.h"
#include "engine/round.h"
#include "io/lockfile.h"
#include "store/stamp.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] [-q|-v] run\n"
    "\n"
    "One run: works through the due jobs of all enabled clients, then ends.  This is\n"
    "what cron or a systemd timer starts every minute.  While another run is at work\n"
    "it ends at once, with 0.\n"
    "\n"
    "SIGTERM, SIGINT and SIGHUP stop it: nothing new is started, running jobs get\n"
    "stop_grace seconds.  SIGALRM makes it look for due jobs at once.\n"
    "\n"
    "Exit codes: 0 done (failed jobs are recorded in their history, not here),\n"
    "71 system error, 75 a database could not be reached, or refused to record a job,\n"
    "77 no permission, 78 wrong configuration.\n");

/* What a run holds, besides the site. */
struct run {
    struct site site;
    struct signals signals;
    struct lockfile lock;
    struct memory memory;
    struct journal journal;
    struct host host; /* closed where there can be no external jobs */
    struct round round;
    struct buf busy_path; /* lent to the round; empty where there is no state directory */
    int64_t started_us;
};

/* Without these the native jobs still run. */
static void open_outside(struct run *run)
{
    struct err err = {0};
    if (!run->memory.state.path)
        return;
    if (!site_open_outside(&run->site, &run->journal, &err) ||
        !host_open(&run->host, &run->site, &err))
        log_msg(LOG_LEVEL_ERROR, "commands and Perl jobs cannot run: %s", err.text);
    else
        run->round.host = &run->host;
}

/* Where passers-by can look what is at work. */
static const char *busy_path(struct run *run)
{
    struct err ignored = {0}; /* that there is no state directory has been said */
    bool done = site_state_path(&run->site, ".busy", &run->busy_path, &ignored);
    return done ? buf_text(&run->busy_path) : NULL;
}

static void save_stamp(struct run *run, int exit_code)
{
    const struct round *round = &run->round;
    struct stamp stamp = {
        .started_us = run->started_us,
        .ended_us = clock_real_us(),
        .succeeded = round->tally.succeeded,
        .failed = round->tally.failed,
        .lost = round->tally.lost,
        .unserved = round->tally.unserved,
        .unreachable = round->unreachable,
        .exit_code = exit_code,
    };
    struct err err = {0};
    struct buf path = {0};
    if (run->memory.state.path && (!site_state_path(&run->site, ".last-run", &path, &err) ||
                                   !stamp_save(&stamp, buf_text(&path), &err)))
        log_msg(LOG_LEVEL_WARNING, "%s", err.text);
    buf_release(&path);
}

static void write_metrics(struct run *run, int exit_code)
{
    static const char key[] = "metrics";
    struct err err = {0};
    struct incidents *incidents = &run->memory.incidents;
    struct metrics_run gauges = {
        .file = run->site.options.metrics_file,
        .started_us = run->started_us,
        .ended_us = clock_real_us(),
        .succeeded = exit_code == 0,
    };
    if (!run->memory.metrics.path) {
        incidents_end(incidents, key, &(int64_t){0});
        return;
    }
    gauges_take(&gauges, &run->memory, &run->round);
    if (metrics_write(&run->memory.metrics, &gauges, &err))
        lasting_over(incidents, key, _("metrics_file can be written"));
    else
        lasting_warn(incidents, key, err.text);
}

/* A warning that lasts is told like other lasting conditions: once, and then once a day. */
static void tell_warnings(struct run *run)
{
    static const char prefix[] = "warnings/";
    char key[INCIDENT_KEY_MAX];
    const char *text = buf_text(&run->site.warnings);
    snprintf(key, sizeof key, "%s%08x", prefix, fnv_text(text)); /* others are other news */
    incidents_forget_others(&run->memory.incidents, prefix, key);
    if (*text &&
        incidents_raise(&run->memory.incidents, key, clock_real_us() / 1000000) != INCIDENT_KNOWN)
        site_log_warnings(&run->site);
}

static void check_pages(struct run *run)
{
    struct err err = {0};
    struct buf path = {0};
    struct pages_watch watch = {
        .installation = run->site.installation,
        .incidents = &run->memory.incidents,
        .now_s = clock_real_us() / 1000000,
    };
    if (run->memory.state.path && site_state_path(&run->site, ".pages", &path, &err)) {
        watch.note = buf_text(&path);
        pages_check(&watch);
    }
    buf_release(&path);
}

static int report_busy(struct run *run, const struct lockfile_holder *holder)
{
    char since[WALLTIME_MAX];
    snprintf(since, sizeof since, "%s", _("an unknown time"));
    if (holder->since_s)
        walltime_show(&run->site.zone, holder->since_s * 1000000, since);
    if (!holder->is_perl_server) {
        log_msg(LOG_LEVEL_INFO, "another run is at work: pid %d, since %s", (int)holder->pid,
                since);
        return 0;
    }
    char text[300];
    snprintf(text, sizeof text,
             _("nothing is run: kivitendo's old task_server.pl is running (pid %d, since %s); stop "
               "it, and keep it from being started at boot"),
             (int)holder->pid, since);
    memory_open(&run->memory, &run->site);
    condition_raise(&run->memory.conditions,
                    &(struct condition){.key = "old-server", .text = text});
    if (memory_notify(&run->memory))
        notify_finish(&run->memory.notify, false);
    memory_save(&run->memory);
    return err_exit_code(ERR_AWAY);
}

static void log_summary(const struct round *round)
{
    const struct tally *t = &round->tally;
    bool ran = t->succeeded || t->failed || t->unserved;
    log_msg(
        ran ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
        "run ended; jobs: %d succeeded, %d failed, %d left due, %d claimed elsewhere; visits: %d, "
        "clients: %zu, %d of them unreachable",
        t->succeeded, t->failed, t->unserved, t->lost, round->visits, round->roster.count,
        round->unreachable);
}

/* A forgotten users/nologin is no good run either, once it is time to tell people, and all the more
 * where that fails: nothing else would make a monitor that waits for heartbeats look. */
static bool went_well(const struct run *run, int exit_code)
{
    return !exit_code && !run->round.tally.failed &&
           !incidents_find(&run->memory.incidents, CONDITION_NOTICE "nologin");
}

/* One round, and what is remembered and told of it. */
static int serve_round(struct run *run)
{
    struct round *round = &run->round;
    round_run(round);
    int exit_code = err_exit_code(round->trouble.kind);
    if (!exit_code && (round->unreachable || round->refused))
        exit_code = err_exit_code(ERR_AWAY);
    save_stamp(run, exit_code);
    if (memory_notify(&run->memory)) {
        notify_collect(&run->memory.notify);
        memory_save(&run->memory); /* whoever dies in telling must not tell it again */
        notify_finish(&run->memory.notify, went_well(run, exit_code));
    }
    write_metrics(run, exit_code);
    memory_save(&run->memory);
    signals_take(&run->signals);
    return exit_code;
}

static int serve_clients(struct run *run, struct err *err)
{
    run->site.board = board_new(err);
    if (!run->site.board || !lockfile_publish(&run->lock, err))
        return cli_fail(err);
    memory_open(&run->memory, &run->site);
    if (memory_notify(&run->memory))
        notify_retry(memory_notify(&run->memory));
    tell_warnings(run);
    check_pages(run);
    condition_end(&run->memory.conditions,
                  &(struct condition){.key = "old-server",
                                      .text = _("the old task_server.pl is gone: jobs run")});
    run->round = (struct round){
        .site = &run->site,
        .conditions = &run->memory.conditions,
        .notify = memory_notify(&run->memory),
        .lock_fd = run->lock.fd,
        .window = {.path = busy_path(run)},
    };
    open_outside(run);
    int exit_code = serve_round(run);
    /* A minute, or a signal, may have come while we were telling. */
    while (round_is_due(&run->round) && !run->signals.stop)
        exit_code = serve_round(run);
    log_summary(&run->round);
    return exit_code;
}

static int run_locked(struct run *run, struct err *err)
{
    struct buf name = {0};
    struct lockfile_holder holder = {0};
    enum lockfile_result got = LOCKFILE_FAILED;
    if (config_pidname(&run->site.files, &name, err)) {
        struct lockfile_where where = {
            .installation = run->site.installation,
            .name = buf_text(&name),
            .patience_ms = LOCKFILE_PATIENCE_MS,
        };
        got = lockfile_acquire(&run->lock, &where, &holder, err);
    }
    buf_release(&name);
    if (got == LOCKFILE_FAILED) {
        int exit_code = cli_fail(err);
        unit_explain(&run->site);
        return exit_code;
    }
    return got == LOCKFILE_BUSY ? report_busy(run, &holder) : serve_clients(run, err);
}

static void run_release(struct run *run)
{
    lockfile_release(&run->lock);
    round_release(&run->round);
    buf_release(&run->busy_path);
    host_close(&run->host);
    journal_close(&run->journal);
    memory_close(&run->memory);
    board_free(run->site.board);
    signals_release(&run->signals);
    site_release(&run->site);
}

static int run_command(const struct cmd_args *args)
{
    struct err err = {0};
    struct run run = {.signals = SIGNALS_CLOSED, .started_us = clock_real_us()};
    struct site_request request = cli_site_request(args->cli);
    int exit_code;
    if (args->argc > 1) {
        err_set(&err, ERR_USAGE, "run: it takes no arguments; options such as -v stand before it");
        return cli_fail(&err);
    }
    if (!site_open(&run.site, &request, &err) || !signals_open(&run.signals, &err)) {
        site_log_warnings(&run.site);
        exit_code = cli_fail(&err);
    } else {
        run.site.signals = &run.signals;
        cli_choose_log(args->cli, &run.site);
        cli_obey_debug(args->cli, &run.site);
        exit_code = run_locked(&run, &err);
    }
    run_release(&run);
    return exit_code;
}

const struct cmd cmd_run = {.name = "run", .usage = usage, .run = run_command};
