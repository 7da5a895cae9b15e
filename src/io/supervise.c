#include "io/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "io/orphans.h"
#include "io/tail.h"

enum {
    UNKILLABLE_MS = 30000, /* a killed process can hang in the kernel, on a dead disk */
    SAID_BYTES = 500,      /* of what a failed program has said */
};

enum phase { RUNNING, ASKED, KILLED };

struct supervision {
    struct spawn *spawn;
    const struct spawn_watch *watch;
    struct spawn_end *end;
    struct tail output, errors;
    enum phase phase;
    int64_t phase_end_ms; /* when the next phase is due; while ASKED and KILLED */
    int64_t tick_ms;      /* when the next tick is due */
    bool unwanted;        /* tick has returned false */
    bool has_ended;
};

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the child must be asked to end because we stop; INT64_MAX: not at all. */
static int64_t stop_due_ms(const struct supervision *s)
{
    const struct spawn_watch *watch = s->watch;
    if (s->unwanted || (watch->signals && watch->signals->hurry))
        return 0;
    if (!watch->signals || !watch->signals->stop || watch->stop_grace_ms < 0)
        return INT64_MAX;
    return watch->signals->stopped_ms + watch->stop_grace_ms;
}

static int64_t timeout_due_ms(const struct supervision *s)
{
    return s->watch->timeout_ms ? s->spawn->go_ms + s->watch->timeout_ms : INT64_MAX;
}

/* When something is to be done even if nothing happens. */
static int64_t next_due_ms(const struct supervision *s)
{
    int64_t due_ms = s->watch->tick ? s->tick_ms : INT64_MAX;
    if (s->phase != RUNNING)
        return earlier(due_ms, s->phase_end_ms);
    return earlier(due_ms, earlier(stop_due_ms(s), timeout_due_ms(s)));
}

/* Asks the whole group to end.  A stopped process could not act on it. */
static void ask(struct supervision *s, enum spawn_how how)
{
    s->phase = ASKED;
    s->phase_end_ms = clock_mono_ms() + s->watch->kill_grace_ms;
    s->end->how = how;
    if (how == SPAWN_STOPPED) {
        s->end->by_tick = s->unwanted;
        s->end->by_death = !s->unwanted && s->watch->signals->hurry;
    }
    kill(-s->spawn->pid, SIGTERM);
    kill(-s->spawn->pid, SIGCONT);
}

static void kill_group(struct supervision *s)
{
    s->phase = KILLED;
    s->phase_end_ms = clock_mono_ms() + UNKILLABLE_MS;
    s->end->was_killed = true;
    kill(-s->spawn->pid, SIGKILL);
}

/* Does what the clock demands; false: the child cannot be ended. */
static bool act_on_time(struct supervision *s, struct err *err)
{
    int64_t now_ms = clock_mono_ms();
    if (s->watch->tick && now_ms >= s->tick_ms) {
        s->unwanted = !s->watch->tick(s->watch->arg) || s->unwanted;
        now_ms = clock_mono_ms();
        s->tick_ms = now_ms + s->watch->tick_ms;
    }
    if (s->phase == RUNNING && now_ms >= stop_due_ms(s))
        ask(s, SPAWN_STOPPED);
    else if (s->phase == RUNNING && now_ms >= timeout_due_ms(s))
        ask(s, SPAWN_TIMED_OUT);
    else if (s->phase == ASKED && now_ms >= s->phase_end_ms)
        kill_group(s);
    else if (s->phase == KILLED && now_ms >= s->phase_end_ms)
        return err_set(err, ERR_SYSTEM, "process %ld does not end although it was killed",
                       (long)s->spawn->pid);
    return true;
}

/* Takes the signals that wait; orphans that have ended are reaped, not to pile up. */
static void take_signals(struct supervision *s)
{
    struct signals *signals = s->watch->signals;
    signals_take(signals);
    orphans_reap_except(s->spawn->pid);
}

static void read_output(struct tail *tail, int *fd)
{
    if (tail_read(tail, *fd) != TAIL_END)
        return;
    close(*fd);
    *fd = -1;
}

/* Looks whether the program could be executed. */
static void read_report(struct supervision *s)
{
    if (!spawn_executed(s->spawn, &s->end->start))
        s->end->how = SPAWN_NEVER_STARTED;
}

/* Waits for the next thing to happen, and takes it in. */
static bool wait_once(struct supervision *s, struct err *err)
{
    enum { PROCESS, OUTPUT, ERRORS, REPORT, SIGNALS, N };
    struct spawn *spawn = s->spawn;
    int64_t due_ms = next_due_ms(s);
    struct pollfd fds[N] = {
        [PROCESS] = {.fd = spawn->pidfd, .events = POLLIN},
        [OUTPUT] = {.fd = spawn->out_fd, .events = POLLIN},
        [ERRORS] = {.fd = spawn->err_fd, .events = POLLIN},
        [REPORT] = {.fd = spawn->report_fd, .events = POLLIN},
        [SIGNALS] = {.fd = s->watch->signals ? s->watch->signals->fd : -1, .events = POLLIN},
    };
    int n = poll(fds, N, due_ms == INT64_MAX ? -1 : clock_left_ms(due_ms));
    if (n < 0 && errno != EINTR)
        return err_set_errno(err, "cannot wait for the process %ld", (long)spawn->pid);
    if (n <= 0)
        return true;
    if (fds[OUTPUT].revents)
        read_output(&s->output, &spawn->out_fd);
    if (fds[ERRORS].revents)
        read_output(&s->errors, &spawn->err_fd);
    if (fds[REPORT].revents)
        read_report(s);
    if (fds[SIGNALS].revents)
        take_signals(s);
    s->has_ended = fds[PROCESS].revents != 0;
    return true;
}

/* Reaps it.  What we did to it, or why it did not start, counts more than its status. */
static bool reap(struct supervision *s, struct err *err)
{
    siginfo_t info = {0};
    struct spawn_end *end = s->end;
    int done;
    while ((done = waitid(P_PID, (id_t)s->spawn->pid, &info, WEXITED)) < 0 && errno == EINTR)
        ;
    if (done < 0)
        return err_set_errno(err, "cannot reap the process %ld", (long)s->spawn->pid);
    s->spawn->pid = 0;
    end->elapsed_ms = clock_mono_ms() - s->spawn->go_ms;
    read_report(s);
    if (s->phase != RUNNING || end->how == SPAWN_NEVER_STARTED)
        return true;
    end->how = info.si_code == CLD_EXITED ? SPAWN_EXITED : SPAWN_KILLED;
    end->code_or_signal = info.si_status;
    return true;
}

/* Turns what was collected into the result. */
static bool keep_outputs(struct supervision *s, struct err *err)
{
    struct spawn_end *end = s->end;
    tail_drain(&s->output, s->spawn->out_fd);
    tail_drain(&s->errors, s->spawn->err_fd);
    end->output_bytes = s->output.total_bytes;
    end->errors_bytes = s->errors.total_bytes;
    tail_text(&s->output, &end->output);
    tail_text(&s->errors, &end->errors);
    return !(end->output.failed || end->errors.failed) || err_set_nomem(err);
}

static bool watch_to_the_end(struct supervision *s, struct err *err)
{
    while (!s->has_ended)
        if (!wait_once(s, err) || (!s->has_ended && !act_on_time(s, err)))
            return false;
    if (!reap(s, err) || !keep_outputs(s, err))
        return false;
    struct err left;
    s->end->escaped_left = !orphans_end(s->watch->kill_grace_ms, &s->end->n_escaped, &left);
    return true;
}

bool spawn_supervise(struct spawn *spawn, const struct spawn_watch *watch, struct spawn_end *end,
                     struct err *err)
{
    struct supervision s = {.spawn = spawn, .watch = watch, .end = end};
    *end = (struct spawn_end){.timeout_ms = watch->timeout_ms};
    s.tick_ms = spawn->go_ms + watch->tick_ms;
    bool ok = tail_init(&s.output, spawn->output_cap_bytes, err) &&
              tail_init(&s.errors, spawn->err_fd < 0 ? 0 : spawn->output_cap_bytes, err) &&
              watch_to_the_end(&s, err);
    tail_release(&s.output);
    tail_release(&s.errors);
    return ok;
}

static void describe_signal(int number, struct buf *text)
{
    const char *name = sigabbrev_np(number);
    if (name)
        buf_addf(text, _("killed by SIG%s"), name);
    else
        buf_addf(text, _("killed by signal %d"), number);
}

void spawn_describe(const struct spawn_end *end, struct buf *text)
{
    long long timeout_s = (long long)(end->timeout_ms + 999) / 1000;
    switch (end->how) {
    case SPAWN_EXITED: buf_addf(text, _("exit status %d"), end->code_or_signal); break;
    case SPAWN_KILLED: describe_signal(end->code_or_signal, text); break;
    case SPAWN_TIMED_OUT:
        buf_addf(text,
                 timeout_s == 1 ? _("ended after %lld second (timeout)")
                                : _("ended after %lld seconds (timeout)"),
                 timeout_s);
        break;
    case SPAWN_STOPPED:
        buf_add_text(text, end->by_tick ? _("ended because it was no longer ours to run")
                           : end->by_death
                               ? _("ended because the task-server run it belonged to died")
                               : _("ended because task-server was told to stop"));
        break;
    case SPAWN_NEVER_STARTED: buf_addf(text, _("never started: %s"), end->start.text); break;
    }
    if (end->was_killed)
        buf_add_text(text, _("; SIGTERM was not enough"));
}

bool spawn_succeeded(const struct spawn_end *end)
{
    return end->how == SPAWN_EXITED && end->code_or_signal == 0;
}

bool spawn_judge(const struct spawn_end *end, struct err *err)
{
    struct buf how = {0};
    const char *output = buf_text(&end->output);
    size_t len = end->output.len;
    if (spawn_succeeded(end))
        return true;
    while (len && (unsigned char)output[len - 1] <= ' ')
        len--;
    spawn_describe(end, &how);
    err_set(err, ERR_AWAY, "%s%s%.*s", buf_text(&how), len ? ": " : "",
            len < SAID_BYTES ? (int)len : SAID_BYTES, output);
    buf_release(&how);
    return false;
}

void spawn_end_release(struct spawn_end *end)
{
    if (!end)
        return;
    buf_release(&end->output);
    buf_release(&end->errors);
    *end = (struct spawn_end){0};
}
