#include "io/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/json.h"
#include "io/bridge_process.h"
#include "io/process.h"

enum {
    LOAD_MS = 300000,     /* how long Perl may take to load kivitendo, on a busy machine */
    CLEAN_MS = 30000,     /* how long the keeper may take to end what the job left */
    LINE_MAX = 64 * 1024, /* of what the keeper says */
    ANSWER_MAX = 8 * 1024 * 1024,
};

/* ---- files ---- */

static bool make_files(struct bridge_call *call, const struct bridge_request *request,
                       struct err *err)
{
    call->dir_fd = request->dir_fd;
    snprintf(call->out_name, sizeof call->out_name, "%d.out", (int)getpid());
    snprintf(call->answer_name, sizeof call->answer_name, "%d.answer", (int)getpid());
    unlinkat(call->dir_fd, call->out_name, 0);
    unlinkat(call->dir_fd, call->answer_name, 0);
    if (mkfifoat(call->dir_fd, call->out_name, 0600) != 0)
        return err_set_shortage(err, "cannot make a fifo in %s", request->dir_path);
    /* For writing too: so it never ends while nobody else has it open. */
    call->out_fd = openat(call->dir_fd, call->out_name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int answer = openat(call->dir_fd, call->answer_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                        0600);
    if (answer >= 0)
        close(answer);
    if (call->out_fd < 0 || answer < 0)
        return err_set_shortage(err, "cannot make a file in %s", request->dir_path);
    return true;
}

static void add_request(struct buf *line, const struct bridge_call *call,
                        const struct bridge_request *request)
{
    struct buf path = {0};
    buf_add_text(line, "{");
    json_add_number(line, "client_id", request->client_id);
    json_add_number(line, "job_id", request->job_id);
    json_add_member(line, "package", request->package);
    buf_addf(&path, "%s/%s", request->dir_path, call->out_name);
    json_add_member(line, "output", buf_text(&path));
    buf_clear(&path);
    buf_addf(&path, "%s/%s", request->dir_path, call->answer_name);
    json_add_member(line, "result", buf_text(&path));
    buf_clear(&path);
    buf_addf(&path, "%03o", (unsigned)request->umask);
    json_add_member(line, "umask", buf_text(&path));
    buf_add_text(line, "}\n");
    line->failed = line->failed || path.failed;
    buf_release(&path);
}

/* ---- lines ---- */

static bool say(const struct bridge_call *call, const char *text)
{
    size_t len = strlen(text);
    while (len) {
        ssize_t sent = send(call->fd, text, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        text += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* Takes what has come.  False: there will be no more. */
static bool hear(struct bridge_call *call)
{
    char bytes[4096];
    ssize_t len = recv(call->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (len > 0 && call->unread.len < LINE_MAX)
        buf_add(&call->unread, bytes, (size_t)len);
    return len > 0 || (len < 0 && (errno == EAGAIN || errno == EINTR));
}

/* The next whole line goes into `line`. */
static bool next_line(struct bridge_call *call, struct buf *line)
{
    const char *text = buf_text(&call->unread);
    const char *end = memchr(text, '\n', call->unread.len);
    struct buf rest = {0};
    if (!end)
        return false;
    buf_clear(line);
    buf_add_utf8(line, text, (size_t)(end - text));
    buf_add(&rest, end + 1, call->unread.len - (size_t)(end - text) - 1);
    buf_release(&call->unread);
    call->unread = rest;
    return true;
}

/* ---- asking ---- */

/* False: nobody answered, or we were told to stop meanwhile. */
static bool wait_for_line(struct bridge_call *call, struct signals *signals, struct buf *line,
                          struct err *err)
{
    int64_t until_ms = clock_mono_ms() + LOAD_MS;
    while (!next_line(call, line)) {
        struct pollfd fds[] = {{.fd = call->fd, .events = POLLIN},
                               {.fd = signals->fd, .events = POLLIN}};
        poll(fds, ARRAY_LEN(fds), clock_left_ms(until_ms));
        signals_take(signals);
        if (signals->stop)
            return err_set(err, ERR_AWAY, "told to stop while Perl was being loaded");
        if (clock_mono_ms() >= until_ms)
            return err_set(err, ERR_JOB, "the Perl bridge did not answer within %d seconds",
                           LOAD_MS / 1000);
        if (fds[0].revents && !hear(call))
            return err_set(err, ERR_JOB, "the Perl bridge ended without an answer");
    }
    return true;
}

static bool take_child(struct bridge_call *call, const char *line, struct err *err)
{
    static const char refused[] = "refused ";
    static const char later[] = "later ";
    uint64_t ticks = 0;
    if (strncmp(line, refused, sizeof refused - 1) == 0)
        return err_set(err, ERR_JOB, "%s", line + sizeof refused - 1);
    if (strncmp(line, later, sizeof later - 1) == 0)
        return err_set(err, ERR_AWAY, "%s", line + sizeof later - 1);
    if (sscanf(line, "job %d", &call->child.pid) != 1 || call->child.pid <= 1)
        return err_set(err, ERR_JOB, "the Perl bridge answered '%.60s'", line);
    call->child.session = call->child.pid;
    call->pidfd = (int)syscall(SYS_pidfd_open, call->child.pid, 0);
    if (call->pidfd < 0 && errno != ESRCH)
        return err_set_shortage(err, "cannot watch the job's process");
    if (call->pidfd < 0 || !process_start_ticks(call->child.pid, &ticks) ||
        !process_boot_id(call->child.boot_id))
        return err_set(err, ERR_JOB, "the job's process ended before it was started");
    call->child.start_ticks = (int64_t)ticks;
    return true;
}

bool bridge_ask(struct bridge_call *call, const struct bridge_request *request,
                struct signals *signals, struct err *err)
{
    struct buf line = {0};
    bool asked = false;
    if (tail_init(&call->output, request->output_cap_bytes, err) &&
        make_files(call, request, err)) {
        add_request(&line, call, request);
        call->fd = bridge_dial(request->dir_fd, request->socket, err);
        if (call->fd >= 0 && !line.failed)
            /* One who refuses need not wait for the request: his answer lies there. */
            asked = say(call, buf_text(&line)) || errno == EPIPE || errno == ECONNRESET ||
                    err_set_errno(err, "cannot talk to the Perl bridge");
    }
    bool done = asked && wait_for_line(call, signals, &line, err) &&
                take_child(call, buf_text(&line), err);
    buf_release(&line);
    return done;
}

bool bridge_go(struct bridge_call *call, struct err *err)
{
    return say(call, "go\n") || err_set_errno(err, "cannot start the job");
}

/* ---- supervising ---- */

/* The state of one supervision. */
struct vigil {
    struct bridge_call *call;
    const struct spawn_watch *watch;
    struct spawn_end *end;
    int64_t began_ms;
    int64_t tick_ms; /* when the next one is due */
    int64_t term_ms; /* when "term" was said; 0: not yet */
    bool kill_said;
    bool ended; /* the job has */
    bool clean; /* so has what it left */
};

/* When something must be done, unless something comes before. */
static int64_t next_deadline_ms(const struct vigil *v)
{
    const struct spawn_watch *watch = v->watch;
    int64_t next_ms = v->watch->tick ? v->tick_ms : INT64_MAX;
    int64_t limit_ms = INT64_MAX;
    if (v->term_ms)
        limit_ms = v->kill_said ? v->term_ms + watch->kill_grace_ms + CLEAN_MS
                                : v->term_ms + watch->kill_grace_ms;
    else if (watch->timeout_ms)
        limit_ms = v->began_ms + watch->timeout_ms;
    if (!v->term_ms && watch->signals->stop && watch->stop_grace_ms >= 0 &&
        watch->signals->stopped_ms + watch->stop_grace_ms < limit_ms)
        limit_ms = watch->signals->stopped_ms + watch->stop_grace_ms;
    return limit_ms < next_ms ? limit_ms : next_ms;
}

static void say_term(struct vigil *v, enum spawn_how how)
{
    v->term_ms = clock_mono_ms();
    v->end->how = how;
    say(v->call, "term\n");
}

/* Timeout, stop, tick, and the kill after the grace. */
static void look_at_clock(struct vigil *v)
{
    const struct spawn_watch *watch = v->watch;
    int64_t now_ms = clock_mono_ms();
    bool stop = watch->signals->stop && watch->stop_grace_ms >= 0 &&
                now_ms >= watch->signals->stopped_ms + watch->stop_grace_ms;
    if (v->ended)
        return;
    if (v->term_ms) {
        if (!v->kill_said && now_ms >= v->term_ms + watch->kill_grace_ms) {
            v->kill_said = v->end->was_killed = true;
            say(v->call, "kill\n");
        }
    } else if (watch->timeout_ms && now_ms >= v->began_ms + watch->timeout_ms) {
        say_term(v, SPAWN_TIMED_OUT);
    } else if (stop) {
        v->end->by_death = watch->signals->hurry;
        say_term(v, SPAWN_STOPPED);
    }
    if (watch->tick && now_ms >= v->tick_ms) {
        v->tick_ms = now_ms + watch->tick_ms;
        if (!watch->tick(watch->arg) && !v->term_ms) {
            v->end->by_tick = true;
            say_term(v, SPAWN_STOPPED);
        }
    }
}

static void take_word(struct vigil *v, const char *line)
{
    int number = 0;
    bool ours = v->term_ms != 0; /* how it ended was decided by us */
    if (sscanf(line, "exited %d", &number) == 1 || sscanf(line, "killed %d", &number) == 1) {
        v->ended = true;
        v->end->elapsed_ms = clock_mono_ms() - v->began_ms;
        if (ours && line[0] == 'k')
            return;
        v->end->how = line[0] == 'k' ? SPAWN_KILLED : SPAWN_EXITED;
        v->end->code_or_signal = number;
    } else if (sscanf(line, "clean %d", &number) == 1) {
        v->clean = true;
        v->end->n_escaped = (size_t)(number > 0 ? number : 0);
    }
}

/* False: the keeper is gone. */
static bool listen_once(struct vigil *v)
{
    struct bridge_call *call = v->call;
    struct buf line = {0};
    struct pollfd fds[] = {
        {.fd = call->fd, .events = POLLIN},
        {.fd = call->out_fd, .events = POLLIN},
        {.fd = v->watch->signals->fd, .events = POLLIN},
    };
    poll(fds, ARRAY_LEN(fds), clock_left_ms(next_deadline_ms(v)));
    signals_take(v->watch->signals);
    bool more = fds[1].revents && tail_read(&call->output, call->out_fd) == TAIL_MORE;
    (void)more; /* poll will say */
    bool open = !fds[0].revents || hear(call);
    while (next_line(call, &line))
        take_word(v, buf_text(&line));
    buf_release(&line);
    look_at_clock(v);
    return open;
}

bool bridge_supervise(struct bridge_call *call, const struct spawn_watch *watch,
                      struct spawn_end *end, struct err *err)
{
    int64_t now_ms = clock_mono_ms();
    struct vigil v = {
        .call = call,
        .watch = watch,
        .end = end,
        .began_ms = now_ms,
        .tick_ms = now_ms + watch->tick_ms,
    };
    *end = (struct spawn_end){.how = SPAWN_NEVER_STARTED, .timeout_ms = watch->timeout_ms};
    bool open = true;
    while (open && !v.clean)
        open = listen_once(&v);
    tail_drain(&call->output, call->out_fd);
    tail_text(&call->output, &end->output);
    end->output_bytes = call->output.total_bytes;
    end->escaped_left = !v.clean;
    if (v.ended)
        return true;
    return err_set(err, ERR_SYSTEM, "the Perl bridge died while the job ran, and took it along");
}

/* ---- the answer ---- */

/* Whoever wrote it: what is no UTF-8 in it harms only itself. */
static bool read_answer(const struct bridge_call *call, struct buf *text)
{
    char bytes[16384];
    ssize_t len = 0;
    struct buf raw = {0};
    int fd = openat(call->dir_fd, call->answer_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    while (fd >= 0 && raw.len <= ANSWER_MAX && (len = read(fd, bytes, sizeof bytes)) > 0)
        buf_add(&raw, bytes, (size_t)len);
    if (fd >= 0)
        close(fd);
    buf_add_utf8(text, buf_text(&raw), raw.len);
    bool whole = fd >= 0 && len == 0 && !raw.failed && !text->failed;
    buf_release(&raw);
    return whole;
}

bool bridge_answer(struct bridge_call *call, struct bridge_answer *answer, struct err *err)
{
    struct buf text = {0};
    *answer = (struct bridge_answer){0};
    bool read = read_answer(call, &text) && text.len;
    bool done = read && data_parse_capped(&answer->fields, buf_text(&text), ANSWER_MAX, err);
    buf_release(&text);
    if (!read)
        return err_set(err, ERR_JOB, "without a result");
    if (!done)
        return err_wrap(err, "its answer cannot be understood");
    answer->failed = !data_truth(&answer->fields, "ok");
    answer->text = data_text(&answer->fields, answer->failed ? "error" : "result");
    answer->data_changed = data_truth(&answer->fields, "data_changed");
    answer->data = data_text(&answer->fields, "data");
    return true;
}

void bridge_answer_release(struct bridge_answer *answer)
{
    if (answer)
        data_release(&answer->fields);
}

void bridge_call_release(struct bridge_call *call)
{
    if (!call || call->dir_fd < 0)
        return;
    int fds[] = {call->fd, call->out_fd, call->pidfd};
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    unlinkat(call->dir_fd, call->out_name, 0);
    unlinkat(call->dir_fd, call->answer_name, 0);
    buf_release(&call->unread);
    tail_release(&call->output);
    *call = (struct bridge_call)BRIDGE_CALL_NONE;
}
