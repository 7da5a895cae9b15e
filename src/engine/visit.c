#include "engine/visit.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "store/history.h"
#include "store/jobs.h"

enum { RETRY_PAUSE_MS = 250 };

void visit_begin(struct visit *visit, const struct site *site, const struct client *client,
                 struct slot *slot)
{
    *visit = (struct visit){
        .site = site,
        .client = client,
        .slot = slot,
        .auth_target = site_auth_target(site),
    };
    visit->auth.target = &visit->auth_target;
    visit->auth.options = site_db_options(site, "task-server auth");
}

void visit_refuse(struct visit *visit, const struct err *why, const char *fmt, ...)
{
    char what[200];
    if (visit->refused.kind != ERR_NONE)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, i18n(fmt), args);
    va_end(args);
    visit->refused = *why;
    err_wrap(&visit->refused, "%s", what);
}

int64_t visit_ran_ms(const struct visit *visit)
{
    int64_t until_ms = visit->ended_ms ? visit->ended_ms : clock_mono_ms();
    int64_t ran_ms = visit->began_ms ? until_ms - visit->began_ms : 0;
    return ran_ms > 0 ? ran_ms : 0; /* it may have begun by another clock, which was set back */
}

static void add_job(const struct visit *visit, const struct job *job, struct buf *out)
{
    const char *package = job->package ? job->package : _("no package");
    if (visit->began_ms)
        buf_addf(out, _("job %d (%.255s) after %lld ms: "), job->id, package,
                 (long long)visit_ran_ms(visit));
    else
        buf_addf(out, _("job %d (%.255s): "), job->id, package);
}

void visit_log(const struct visit *visit, enum log_level level, const struct job *job,
               const char *fmt, ...)
{
    if (!log_wants(level))
        return;
    struct buf text = {0};
    char message[LOG_LINE_MAX];
    const char *language = i18n_speak(NULL);
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, i18n(fmt), args);
    va_end(args);
    buf_addf(&text, _("client '%s': "), visit->client->fields[CLIENT_NAME]);
    if (job)
        add_job(visit, job, &text);
    i18n_speak(language);
    log_msg(level, "%s%s", buf_text(&text), message);
    buf_release(&text);
}

/* For pg_stat_activity.  PostgreSQL makes "?" of what is not ASCII, and cuts what is long. */
static void name_session(const struct client *client, char *name, size_t size)
{
    enum { NAME_MAX_LEN = 48 };
    const char *text = client->fields[CLIENT_NAME];
    size_t len = 0;
    while (text[len] >= ' ' && text[len] <= '~')
        len++;
    if (text[len] || len > NAME_MAX_LEN)
        snprintf(name, size, "task-server client %d", client->id);
    else
        snprintf(name, size, "task-server %s", text);
}

bool visit_open(struct visit *visit, struct err *err)
{
    char name[64];
    name_session(visit->client, name, sizeof name);
    struct db_options options = site_db_options(visit->site, name);
    struct db_target target = client_target(visit->client);
    options.statement_timeout_ms = VISIT_CONTROL_TIMEOUT_MS;
    return db_connect(&visit->db, &target, &options, err);
}

/* Without a home the first database that is found becomes it: a visit has one. */
static bool take_origin(struct visit *visit, const struct origin *found, struct err *err)
{
    visit->origin = *found;
    if (!*visit->home.oid)
        visit->home = *found;
    visit->moved = visit->renamed || origin_differs(&visit->home, found);
    return !visit->moved || err_set(err, ERR_AWAY, "its database is not the one it was");
}

bool visit_take_list(struct visit *visit, const struct job_list *list, struct err *err)
{
    visit->session = list->session;
    return take_origin(visit, &list->origin, err);
}

static bool start_session(struct visit *visit, struct err *err)
{
    struct db_step steps[] = {{0}, session_step(&visit->db)};
    struct db_reply reply;
    struct origin found = {.untold = visit->home.untold};
    bool done = origin_run(&visit->db, steps, 2, &reply, &found, err) &&
                session_read(&visit->db, &reply, 1, &visit->session, err) &&
                take_origin(visit, &found, err);
    db_reply_release(&reply);
    return done;
}

bool visit_connect(struct visit *visit, struct err *err)
{
    db_close(&visit->db);
    return visit_open(visit, err) && start_session(visit, err);
}

bool visit_know_histories(struct visit *visit, struct err *err)
{
    if (!visit->knows_histories)
        visit->knows_histories = history_describes(&visit->db, &visit->describes, err);
    return visit->knows_histories;
}

bool visit_reconnect(struct visit *visit, struct err *err)
{
    const struct signals *signals = visit->site->signals;
    int64_t until_ms = clock_mono_ms() + visit->site->options.connect_timeout_s * 1000;
    while (!visit_connect(visit, err)) {
        if (visit->moved || signals->stop || clock_mono_ms() >= until_ms)
            return false;
        poll(NULL, 0, RETRY_PAUSE_MS);
    }
    return true;
}

void visit_end(struct visit *visit)
{
    db_close(&visit->db);
    auth_link_close(&visit->auth);
}
