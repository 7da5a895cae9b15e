#include "engine/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"

enum {
    LAST_WORDS_MAX = 4096, /* of a bridge that dies while it loads */
    ALL_WORDS_MAX = 65536, /* for whoever wants to see them all */
    END_WAIT_MS = 5000     /* for its last jobs, which nobody waits for any more */
};

static const char no_words[] = N_("the Perl bridge died without a word");

bool host_open(struct host *host, const struct site *site, struct err *err)
{
    *host = (struct host){
        .site = site,
        .socket = BRIDGE_SOCKET_CLOSED,
        .process = BRIDGE_PROCESS_NONE,
    };
    return bridge_listen(&host->socket, site->bridge.fd, site->bridge.socket, err);
}

/* ---- what it says ---- */

static void keep_words(struct host *host, const char *bytes, size_t len)
{
    size_t max = host->is_quiet ? ALL_WORDS_MAX : LAST_WORDS_MAX;
    if (host->ready && !host->is_quiet)
        return;
    if (host->words.len + len > max)
        buf_clear(&host->words);
    buf_add_utf8(&host->words, bytes, len < max ? len : max);
}

static void log_line(struct host *host)
{
    /* A class that does not compile is the failure of its jobs, not news for every run. */
    log_msg(LOG_LEVEL_INFO, "Perl bridge: %s", buf_text(&host->line));
    buf_clear(&host->line);
}

/* Whole lines go to the log; a very long one goes in pieces. */
static void log_words(struct host *host, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && !host->is_quiet; i++) {
        if (bytes[i] != '\n')
            buf_add(&host->line, &bytes[i], 1);
        if (bytes[i] == '\n' ? host->line.len > 0 : host->line.len >= LOG_LINE_MAX / 2)
            log_line(host);
    }
}

static void read_words(struct host *host)
{
    char bytes[4096];
    ssize_t len;
    while ((len = read(host->process.words_fd, bytes, sizeof bytes)) > 0) {
        keep_words(host, bytes, (size_t)len);
        log_words(host, bytes, (size_t)len);
    }
}

static void obey_status(struct host *host, const char *line)
{
    if (strcmp(line, "ready") == 0) {
        host->ready = true;
        host->starts = 0;
        if (!host->is_quiet)
            buf_clear(&host->words);
    } else if (strncmp(line, "retire ", 7) == 0) {
        host->retires = true;
        log_msg(LOG_LEVEL_DEBUG, "the Perl bridge is replaced: %s", line + 7);
    }
}

/* False: it has closed the pipe, by ending. */
static bool read_status(struct host *host)
{
    char bytes[512];
    ssize_t len;
    while ((len = read(host->process.status_fd, bytes, sizeof bytes)) > 0)
        buf_add(&host->status, bytes, (size_t)len);
    bool open = len < 0 && (errno == EAGAIN || errno == EINTR);
    char *line = host->status.data;
    for (char *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        obey_status(host, line);
    }
    if (line) { /* what is not complete stays */
        struct buf rest = {0};
        buf_add_text(&rest, line);
        buf_release(&host->status);
        host->status = rest;
    }
    return open;
}

/* ---- starting and ending ---- */

bool host_start(struct host *host, struct err *err)
{
    struct site_perl perl;
    if (!site_perl_fill(&perl, host->site, err))
        return false;
    struct bridge_plan plan = {
        .argv = perl.argv,
        .envp = environ_block(&perl.environment),
        .cwd = host->site->installation,
        .umask = host->site->identity.inherited_umask,
        .listen_fd = host->socket.fd,
    };
    host->ready = host->retires = false;
    buf_clear(&host->words);
    buf_clear(&host->status);
    bool started = bridge_start(&host->process, &plan, err);
    host->starts += started; /* without a process nothing is wrong with Perl */
    site_perl_release(&perl);
    return started;
}

/* It takes no more connections; another may start while its last jobs run. */
static void retire(struct host *host)
{
    if (host->retired_count == HOST_RETIRED_MAX)
        return; /* then the next one starts when this one has ended */
    host->retired[host->retired_count++] = bridge_let_go(&host->process);
    host->retires = false;
}

static void reap_retired(struct host *host)
{
    for (int i = host->retired_count; i-- > 0;)
        if (waitpid(host->retired[i], NULL, WNOHANG) != 0)
            host->retired[i] = host->retired[--host->retired_count];
}

static void judge_end(struct host *host)
{
    if (host->is_quiet)
        return;
    if (host->line.len)
        log_line(host);
    if (host->ready && !host->retires)
        log_msg(LOG_LEVEL_ERROR, "the Perl bridge has died; it is started again when it is needed");
    else if (!host->ready)
        log_msg(LOG_LEVEL_ERROR, "the Perl bridge has died while it loaded kivitendo: %.1500s",
                buf_text(&host->words));
}

/* One who waits is told why there is no Perl; see io/bridge.h for the word. */
static void answer_failed(struct host *host, const char *word, const char *why)
{
    struct buf line = {0};
    buf_addf(&line, "%s %s", word, why);
    for (char *p = line.data; p && *p; p++)
        *p = *p == '\n' ? ' ' : *p;
    buf_add_text(&line, "\n");
    int fd = accept4(host->socket.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0 && !line.failed)
        send(fd, line.data, line.len, MSG_NOSIGNAL);
    if (fd >= 0)
        close(fd);
    buf_release(&line);
}

static void handle_waiting(struct host *host)
{
    struct err err = {0};
    if (host->starts >= HOST_STARTS_MAX)
        answer_failed(host, "refused", host->words.len ? buf_text(&host->words) : _(no_words));
    else if (!host_start(host, &err))
        answer_failed(host, err.kind == ERR_AWAY ? "later" : "refused", err.text);
}

int host_poll(const struct host *host, struct pollfd fds[HOST_FDS])
{
    if (host->socket.fd < 0)
        return 0;
    if (!host->process.pid) {
        fds[0] = (struct pollfd){.fd = host->socket.fd, .events = POLLIN};
        return 1;
    }
    fds[0] = (struct pollfd){.fd = host->process.status_fd, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = host->process.words_fd, .events = POLLIN};
    return 2;
}

void host_handle(struct host *host)
{
    reap_retired(host);
    if (!host->process.pid) {
        struct pollfd fd = {.fd = host->socket.fd, .events = POLLIN};
        if (poll(&fd, 1, 0) > 0)
            handle_waiting(host);
        return;
    }
    read_words(host);
    bool open = read_status(host);
    if (open && host->retires)
        retire(host);
    if (open)
        return;
    read_words(host); /* its last, written before it closed the status pipe */
    judge_end(host);
    bridge_end(&host->process, END_WAIT_MS);
}

bool host_load(struct host *host, struct err *err)
{
    const struct signals *signals = host->site->signals;
    while (!host->ready) {
        struct pollfd fds[HOST_FDS + 1];
        if (!host->process.pid && host->starts >= HOST_STARTS_MAX)
            return err_set(err, ERR_JOB, "%s",
                           host->words.len ? buf_text(&host->words) : _(no_words));
        if (!host->process.pid && !host_start(host, err))
            return false;
        nfds_t count = (nfds_t)host_poll(host, fds);
        fds[count++] = (struct pollfd){.fd = signals->fd, .events = POLLIN};
        poll(fds, count, -1);
        signals_take(host->site->signals);
        if (signals->stop)
            return err_set(err, ERR_AWAY, "told to stop");
        host_handle(host);
    }
    read_words(host); /* written before it said that it is ready */
    return true;
}

int host_fds(const struct host *host, int fds[HOST_FDS + 1])
{
    int count = 0;
    int all[] = {host->socket.fd, host->process.status_fd, host->process.words_fd};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (all[i] >= 0)
            fds[count++] = all[i];
    return count;
}

void host_close(struct host *host)
{
    if (!host || !host->site)
        return;
    bridge_end(&host->process, END_WAIT_MS);
    for (int i = 0; i < host->retired_count; i++) {
        struct bridge_process last = {.pid = host->retired[i], .status_fd = -1, .words_fd = -1};
        bridge_end(&last, END_WAIT_MS);
    }
    bridge_unlisten(&host->socket);
    buf_release(&host->words);
    buf_release(&host->line);
    buf_release(&host->status);
    *host = (struct host){.socket = BRIDGE_SOCKET_CLOSED, .process = BRIDGE_PROCESS_NONE};
}
