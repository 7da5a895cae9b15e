#include "engine/lane.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/bury.h"
#include "engine/ending.h"
#include "engine/serve.h"

enum { ORDER_MAX = 128 * 1024 };

/* ---- the lane's side ---- */

static void report_visit(const struct visit *visit, struct lane_report *report)
{
    report->tally = visit->tally;
    report->origin = visit->origin;
    report->moved = visit->moved;
    report->refused = visit->refused;
}

static void visit_client(const struct site *site, const struct client *client, struct slot *slot,
                         const struct lane_order *order, struct lane_report *report)
{
    struct visit visit;
    visit_begin(&visit, site, client, slot);
    visit.home = order->home;
    visit.renamed = order->renamed;
    report->served = serve_client(&visit, &report->err);
    report_visit(&visit, report);
    report->finished = visit.finished;
    report->overdue_s = visit.overdue_s;
    report->waits_for = visit.waits_for;
    report->perl = visit.perl;
    memcpy(report->held, visit.held, sizeof report->held);
    visit_end(&visit);
}

static void bury(const struct site *site, const struct client *client, struct slot *slot,
                 const struct lane_order *order, struct lane_report *report)
{
    struct visit visit;
    visit_begin(&visit, site, client, slot);
    visit.home = order->home;
    visit.renamed = order->renamed;
    const char *language = i18n_speak(site->options.language);
    const char *what = _("its process died while it ran");
    i18n_speak(language);
    bool reached = visit_reconnect(&visit, &report->err);
    bool buried = reached && bury_job(&visit, &order->notice, what, &report->err);
    report->served = buried || (reached && !db_lost(&visit.db));
    if (report->served && !buried)
        visit_refuse(&visit, &report->err, N_("job %d cannot be recorded, and was undone"),
                     order->notice.job_id);
    report_visit(&visit, report);
    visit_end(&visit);
}

static bool obey(const struct site *site, struct slot *slot, const char *bytes, size_t len,
                 struct lane_report *report)
{
    struct lane_order order;
    struct client client;
    if (len < sizeof order || !client_unpack(&client, bytes + sizeof order, len - sizeof order))
        return false;
    memcpy(&order, bytes, sizeof order);
    if (order.buries)
        bury(site, &client, slot, &order, report);
    else
        visit_client(site, &client, slot, &order, report);
    client_release(&client);
    return true;
}

/* Waits for an order; 0 when there will be none: the parent is gone, or says stop. */
static ssize_t wait_for_order(struct signals *signals, int fd, char *bytes, size_t size)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = signals->fd, .events = POLLIN}};
        if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
            return 0;
        signals_take(signals);
        if (signals->stop)
            return 0;
        if (fds[0].revents)
            return recv(fd, bytes, size, MSG_DONTWAIT);
    }
}

static int lane_main(struct site *site, struct slot *slot, int fd)
{
    struct err err = {0};
    char *bytes = malloc(ORDER_MAX);
    if (!bytes || !signals_open(site->signals, &err))
        return 1;
    ssize_t len;
    while ((len = wait_for_order(site->signals, fd, bytes, ORDER_MAX)) > 0) {
        struct lane_report report = {0};
        if (!obey(site, slot, bytes, (size_t)len, &report))
            break;
        explicit_bzero(bytes, (size_t)len);
        if (send(fd, &report, sizeof report, MSG_NOSIGNAL) < 0)
            break;
    }
    free(bytes);
    signals_release(site->signals);
    return 0;
}

/* First act of a lane: what is its parent's alone goes. */
static void leave_parent(const struct lane_start *start, pid_t parent)
{
    signals_release(start->site->signals);
    for (int i = 0; i < start->close_count; i++)
        close(start->close_fds[i]);
    prctl(PR_SET_PDEATHSIG, SIGUSR1); /* without grace: another run may begin any moment */
    if (getppid() != parent)          /* it died before that */
        raise(SIGUSR1);
}

/* ---- the parent's side ---- */

bool lane_start(struct lane *lane, const struct lane_start *start, struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set_errno(err, "cannot make a socket pair for a lane");
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        leave_parent(start, parent);
        end_process(lane_main(start->site, lane->slot, pair[1]));
    }
    close(pair[1]);
    if (pid < 0) {
        err_set_errno(err, "cannot fork a lane");
        close(pair[0]);
        return false;
    }
    lane->pid = pid;
    lane->fd = pair[0];
    return true;
}

bool lane_send(struct lane *lane, const struct lane_order *order, const struct client *client,
               struct err *err)
{
    struct buf bytes = {0};
    buf_add(&bytes, (const char *)order, sizeof *order);
    client_pack(client, &bytes);
    bool sent = false;
    if (bytes.failed || bytes.len > ORDER_MAX)
        err_set(err, ERR_INTERNAL, "its record in auth.clients is too large");
    else if (send(lane->fd, bytes.data, bytes.len, MSG_NOSIGNAL) < 0)
        err_set_errno(err, "cannot send an order to a lane");
    else
        sent = true;
    if (bytes.data)
        explicit_bzero(bytes.data, bytes.len);
    buf_release(&bytes);
    return sent;
}

bool lane_receive(struct lane *lane, struct lane_report *report)
{
    ssize_t len = recv(lane->fd, report, sizeof *report, MSG_DONTWAIT);
    return len == (ssize_t)sizeof *report;
}

void lane_close(struct lane *lane)
{
    if (lane->fd >= 0)
        close(lane->fd);
    lane->fd = -1;
    lane->pid = 0;
}
