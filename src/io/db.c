#include "io/db.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"

enum {
    CANCEL_MS = 2000,     /* how long sending a cancel may take */
    DRAIN_MS = 5000,      /* after a cancel: how long the server may take to answer */
    LAST_WORDS_MS = 2000, /* a db_run begun after the grace period gets at least this */
};

/* One db_run or db_connect while it waits. */
struct flow {
    int64_t started_ms;
    int64_t deadline_ms; /* monotonic; INT64_MAX: none */
    bool cancelled;
    enum db_end why;             /* of the cancel */
    const struct db_step *steps; /* what was sent */
};

static struct flow flow_begin(int64_t timeout_ms)
{
    int64_t now_ms = clock_mono_ms();
    return (struct flow){
        .started_ms = now_ms,
        .deadline_ms = timeout_ms > 0 ? now_ms + timeout_ms : INT64_MAX,
    };
}

static void ignore_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

/* libpq's messages end in a newline and may have several lines. */
static bool set_connection_error(struct err *err, PGconn *conn, const char *what)
{
    char text[ERR_TEXT_MAX];
    snprintf(text, sizeof text, "%s", PQerrorMessage(conn));
    size_t len = strlen(text);
    while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
        text[--len] = '\0';
    for (char *p = text; (p = strpbrk(p, "\n\t"));)
        *p = ' ';
    return err_set(err, ERR_AWAY, "%s: %s", i18n(what), *text ? text : _("no answer"));
}

/* When a stop signal ends the waiting; INT64_MAX while there is none. */
static int64_t stop_deadline_ms(const struct db *db, const struct flow *flow)
{
    const struct signals *signals = db->options.signals;
    if (!signals || !signals->stop)
        return INT64_MAX;
    int64_t grace_ends = signals->stopped_ms + (signals->hurry ? 0 : db->options.stop_grace_ms);
    int64_t last_words = flow->started_ms + LAST_WORDS_MS;
    return grace_ends > last_words ? grace_ends : last_words;
}

/* PQcancel makes a connection of its own and waits for it without any limit: in a child it can be
 * given one. */
static void cancel_statement(struct db *db)
{
    char text[256];
    int64_t until_ms = clock_mono_ms() + CANCEL_MS;
    PGcancel *cancel = PQgetCancel(db->conn);
    pid_t pid = cancel ? fork() : -1;
    if (pid == 0)
        _exit(PQcancel(cancel, text, sizeof text) ? 0 : 1);
    while (pid > 0 && waitpid(pid, NULL, WNOHANG) == 0) {
        if (clock_mono_ms() >= until_ms)
            kill(pid, SIGKILL);
        poll(NULL, 0, 2);
    }
    PQfreeCancel(cancel);
}

/* The time is up.  The first time: cancel, and wait a little longer.  False: give up. */
static bool time_is_up(struct db *db, struct flow *flow, enum db_end why)
{
    if (flow->cancelled)
        return false;
    flow->cancelled = true;
    flow->why = why;
    flow->deadline_ms = clock_mono_ms() + DRAIN_MS;
    cancel_statement(db);
    return true;
}

/* Waits until the socket is ready or something must be decided; false: give the connection up. */
static bool wait_for_server(struct db *db, struct flow *flow, bool writing)
{
    struct signals *signals = db->options.signals;
    int64_t stop_ms = flow->cancelled ? INT64_MAX : stop_deadline_ms(db, flow);
    int64_t until_ms = stop_ms < flow->deadline_ms ? stop_ms : flow->deadline_ms;
    struct pollfd fds[] = {
        {.fd = PQsocket(db->conn), .events = (short)(POLLIN | (writing ? POLLOUT : 0))},
        {.fd = signals ? signals->fd : -1, .events = POLLIN},
    };
    int ready = poll(fds, ARRAY_LEN(fds), until_ms == INT64_MAX ? -1 : clock_left_ms(until_ms));
    if (ready > 0 && fds[1].revents)
        signals_take(signals);
    if (ready > 0 || clock_mono_ms() < until_ms)
        return true;
    return time_is_up(db, flow, until_ms == stop_ms ? DB_STOPPED : DB_TIMED_OUT);
}

/* ---- connecting ---- */

static bool start_connecting(struct db *db, const struct db_target *target, struct err *err)
{
    const char *const keywords[] = {"host",
                                    "port",
                                    "dbname",
                                    "user",
                                    "password",
                                    "client_encoding",
                                    "application_name",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout",
                                    NULL};
    const char *const values[] = {target->host,
                                  target->port,
                                  target->name,
                                  target->user,
                                  target->password,
                                  "UTF8",
                                  db->options.application_name,
                                  "60",
                                  "10",
                                  "3",
                                  "90000",
                                  NULL};
    db->conn = PQconnectStartParams(keywords, values, 0);
    if (!db->conn)
        return err_set_nomem(err);
    PQsetNoticeProcessor(db->conn, ignore_notice, NULL);
    return true;
}

/* Waits for what PQconnectPoll asked for; false: the deadline passed, or a stop signal came. */
static bool wait_to_connect(struct db *db, const struct flow *flow, PostgresPollingStatusType want)
{
    struct signals *signals = db->options.signals;
    struct pollfd fds[] = {
        {.fd = PQsocket(db->conn), .events = want == PGRES_POLLING_WRITING ? POLLOUT : POLLIN},
        {.fd = signals ? signals->fd : -1, .events = POLLIN},
    };
    poll(fds, ARRAY_LEN(fds), clock_left_ms(flow->deadline_ms));
    if (signals)
        signals_take(signals);
    return !(signals && signals->stop) && clock_mono_ms() < flow->deadline_ms;
}

static bool finish_connecting(struct db *db, struct err *err)
{
    struct flow flow = flow_begin(db->options.connect_timeout_ms);
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    while (PQstatus(db->conn) != CONNECTION_BAD && want != PGRES_POLLING_OK) {
        if (!wait_to_connect(db, &flow, want)) {
            if (db->options.signals && db->options.signals->stop)
                return err_set(err, ERR_AWAY, "cannot connect: told to stop");
            return err_set(err, ERR_AWAY, "cannot connect: no answer within %d seconds",
                           db->options.connect_timeout_ms / 1000);
        }
        want = PQconnectPoll(db->conn);
        if (want == PGRES_POLLING_FAILED)
            break;
    }
    if (PQstatus(db->conn) != CONNECTION_OK)
        return set_connection_error(err, db->conn, "cannot connect");
    if (PQsetnonblocking(db->conn, 1) != 0 || !PQenterPipelineMode(db->conn))
        return set_connection_error(err, db->conn, "cannot use the connection");
    return true;
}

bool db_connect(struct db *db, const struct db_target *target, const struct db_options *options,
                struct err *err)
{
    *db = (struct db){.options = *options};
    if (start_connecting(db, target, err) && finish_connecting(db, err)) {
        db->options.application_name = NULL;
        return true;
    }
    db_close(db);
    return false;
}

/* ---- sending ---- */

static bool is_prepared(const struct db *db, const struct db_statement *statement)
{
    for (int i = 0; i < db->prepared_count; i++)
        if (db->prepared[i] == statement)
            return true;
    return false;
}

static bool can_prepare(const struct db *db, const struct db_statement *statement)
{
    return statement->name && !db->pooled && db->prepared_count < DB_PREPARED_MAX;
}

/* Sends one step; *prepares says whether a Parse of its own went ahead of it. */
static bool send_step(struct db *db, const struct db_step *step, bool *prepares)
{
    const struct db_statement *s = step->statement;
    bool known = is_prepared(db, s);
    *prepares = !known && can_prepare(db, s);
    if (*prepares) {
        if (!PQsendPrepare(db->conn, s->name, s->sql, 0, NULL))
            return false;
        db->prepared[db->prepared_count++] = s;
    }
    if (known || *prepares)
        return PQsendQueryPrepared(db->conn, s->name, s->params, step->params, NULL, NULL, 0);
    return PQsendQueryParams(db->conn, s->sql, s->params, NULL, step->params, NULL, NULL, 0);
}

static void forget_prepared(struct db *db, const struct db_statement *statement)
{
    for (int i = 0; i < db->prepared_count; i++)
        if (db->prepared[i] == statement)
            db->prepared[i] = db->prepared[--db->prepared_count];
}

/* ---- collecting ---- */

static bool lose(struct db *db, struct db_reply *reply, struct err *err)
{
    if (err->kind == ERR_NONE)
        set_connection_error(err, db->conn, "connection lost");
    snprintf(db->last_state, sizeof db->last_state, "%s", reply->sqlstate);
    err->kind = ERR_AWAY; /* a last FATAL message of the server is no failure of the statement */
    reply->end = DB_LOST;
    PQfinish(db->conn);
    db->conn = NULL;
    return false;
}

/* The next result; NULL also where libpq has none.  False: the connection must be given up. */
static bool next_result(struct db *db, struct flow *flow, PGresult **result)
{
    *result = NULL;
    for (;;) {
        int flushed = PQflush(db->conn);
        if (!PQisBusy(db->conn)) {
            *result = PQgetResult(db->conn);
            return true;
        }
        if (flushed < 0 || !wait_for_server(db, flow, flushed == 1))
            return false;
        if (!PQconsumeInput(db->conn) && PQisBusy(db->conn))
            return false;
    }
}

static void set_server_error(struct err *err, const PGresult *result)
{
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    err_set(err, ERR_JOB, "%s%s%s (SQLSTATE %s)", text ? text : _("the database gave no reason"),
            detail ? ": " : "", detail ? detail : "", state ? state : _("unknown"));
    snprintf(err->sqlstate, sizeof err->sqlstate, "%s", state ? state : "");
}

static void note_failure(struct db_reply *reply, int step, const PGresult *result, struct err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (reply->failed_step >= 0)
        return;
    reply->failed_step = step;
    snprintf(reply->sqlstate, sizeof reply->sqlstate, "%s", state ? state : "");
    set_server_error(err, result);
}

/* Reads one answer and the end mark behind it (a sync point has none). */
static bool read_answer(struct db *db, struct flow *flow, PGresult **answer)
{
    PGresult *end = NULL;
    if (!next_result(db, flow, answer) || !*answer)
        return false;
    if (PQresultStatus(*answer) == PGRES_PIPELINE_SYNC)
        return true;
    bool arrived = next_result(db, flow, &end) && !end;
    PQclear(end);
    return arrived;
}

/* Reads the answer to one thing that was sent; *kept takes it if it is a good one, else NULL. */
static bool collect(struct db *db, struct flow *flow, struct db_reply *reply, int step,
                    PGresult **kept, struct err *err)
{
    PGresult *answer = NULL;
    bool arrived = read_answer(db, flow, &answer);
    ExecStatusType status = PQresultStatus(answer);
    if (answer && status == PGRES_FATAL_ERROR)
        note_failure(reply, step, answer, err);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        *kept = answer;
    } else {
        *kept = NULL;
        PQclear(answer);
    }
    return arrived;
}

/* The answer to a Parse: a statement whose Parse failed, or was skipped, is not there. */
static bool collect_parse(struct db *db, struct flow *flow, struct db_reply *reply, int step,
                          struct err *err)
{
    PGresult *parsed = NULL;
    bool arrived = collect(db, flow, reply, step, &parsed, err);
    if (!parsed)
        forget_prepared(db, flow->steps[step].statement);
    PQclear(parsed);
    return arrived;
}

static void judge(const struct db *db, const struct flow *flow, struct db_reply *reply,
                  struct err *err)
{
    if (reply->failed_step < 0)
        return;
    reply->end = DB_REFUSED;
    if (!flow->cancelled || strcmp(reply->sqlstate, "57014") != 0)
        return;
    reply->end = flow->why;
    if (flow->why == DB_STOPPED)
        err_set(err, ERR_AWAY, "cancelled, because we were told to stop");
    else
        err_set(err, ERR_JOB, "cancelled after %lld seconds",
                (long long)db->options.statement_timeout_ms / 1000);
}

/* prepares[i] comes back as: a Parse went ahead of step i. */
static bool send_all(struct db *db, const struct db_step *steps, int count, bool *prepares)
{
    for (int i = 0; i < count; i++)
        if (!send_step(db, &steps[i], &prepares[i]))
            return false;
    return PQpipelineSync(db->conn);
}

static bool collect_all(struct db *db, const struct db_step *steps, const bool *prepares,
                        struct db_reply *reply, struct err *err)
{
    PGresult *end = NULL;
    struct flow flow = flow_begin(db->options.statement_timeout_ms);
    flow.steps = steps;
    for (int i = 0; i < reply->count; i++) {
        if (prepares[i] && !collect_parse(db, &flow, reply, i, err))
            return false;
        if (!collect(db, &flow, reply, i, &reply->rows[i], err))
            return false;
    }
    if (!collect(db, &flow, reply, reply->count - 1, &end, err))
        return false;
    judge(db, &flow, reply, err);
    return true;
}

bool db_run(struct db *db, const struct db_step *steps, int count, struct db_reply *reply,
            struct err *err)
{
    bool prepares[DB_STEPS_MAX] = {false};
    *reply = (struct db_reply){.failed_step = -1, .count = count};
    *err = (struct err){0};
    if (!db->conn || count > DB_STEPS_MAX) {
        reply->end = DB_LOST;
        return err_set(err, db->conn ? ERR_INTERNAL : ERR_AWAY, "no connection");
    }
    if (!send_all(db, steps, count, prepares) || !collect_all(db, steps, prepares, reply, err))
        return lose(db, reply, err);
    if (reply->end == DB_REFUSED && db_lost(db)) /* what was refused is the session */
        return lose(db, reply, err);
    db->refused_lock = db->refused_lock || db_refuses_lock(err);
    return reply->end == DB_DONE;
}

bool db_exec(struct db *db, const struct db_statement *statement, const char *const *params,
             struct err *err)
{
    struct db_step step = {.statement = statement, .params = params};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    db_reply_release(&reply);
    return done;
}

bool db_must_stop(const struct db *db)
{
    const struct signals *signals = db->options.signals;
    if (!signals || !signals->stop)
        return false;
    return signals->hurry || clock_mono_ms() >= signals->stopped_ms + db->options.stop_grace_ms;
}

bool db_lost(const struct db *db)
{
    return !db->conn || PQstatus(db->conn) == CONNECTION_BAD;
}

int db_backend_pid(const struct db *db)
{
    return db->conn ? PQbackendPID(db->conn) : 0;
}

bool db_holds_bytes(const struct db *db)
{
    const char *encoding = db->conn ? PQparameterStatus(db->conn, "server_encoding") : NULL;
    return encoding && strcmp(encoding, "SQL_ASCII") == 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    PQfinish(db->conn);
    *db = (struct db){0};
}
