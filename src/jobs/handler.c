#include "jobs/handler.h"

#include <stdlib.h>
#include <string.h>

#include "io/session.h"

bool job_queue(struct job_run *run, const struct db_statement *statement, const char *const *params,
               struct err *err)
{
    if (run->queue_count == JOB_QUEUE_MAX || statement->params > JOB_PARAMS_MAX)
        return err_set(err, ERR_INTERNAL, "too many statements queued by one job");
    char **copies = run->queue_params[run->queue_count];
    for (int i = 0; i < statement->params; i++) {
        copies[i] = params[i] ? strdup(params[i]) : NULL;
        if (params[i] && !copies[i])
            return err_set_nomem(err);
    }
    run->queue[run->queue_count++] = (struct db_step){
        .statement = statement,
        .params = (const char *const *)copies,
    };
    return true;
}

/* A job of many statements must not outlast the grace period one by one. */
static bool may_go_on(const struct job_run *run, struct db_reply *reply, struct err *err)
{
    *reply = (struct db_reply){.failed_step = -1};
    return !db_must_stop(run->db) || err_set(err, ERR_AWAY, "told to stop");
}

bool job_ask(struct job_run *run, const struct db_statement *statement, const char *const *params,
             struct db_reply *reply, struct err *err)
{
    struct db_step step = {.statement = statement, .params = params};
    return may_go_on(run, reply, err) && db_run(run->db, &step, 1, reply, err);
}

/* A client whose own database answers must not count as away because of the other one. */
static bool fail_auth(const struct auth_link *auth, struct err *err)
{
    const struct signals *signals = auth->options.signals;
    if (!(signals && signals->stop))
        err->kind = ERR_JOB;
    return err_wrap(err, "authentication database");
}

struct db *job_auth_db(struct job_run *run, struct err *err)
{
    struct auth_link *auth = run->auth;
    if (!db_lost(&auth->db))
        return &auth->db;
    db_close(&auth->db);
    struct session session;
    if (db_connect(&auth->db, auth->target, &auth->options, err) &&
        session_start(&auth->db, &session, err))
        return &auth->db;
    db_close(&auth->db);
    fail_auth(auth, err);
    return NULL;
}

bool job_auth_run(struct job_run *run, const struct db_step *steps, int count,
                  struct db_reply *reply, struct err *err)
{
    return may_go_on(run, reply, err) &&
           (db_run(&run->auth->db, steps, count, reply, err) || fail_auth(run->auth, err));
}

void job_run_release(struct job_run *run)
{
    for (int i = 0; i < JOB_QUEUE_MAX; i++)
        for (int k = 0; k < JOB_PARAMS_MAX; k++)
            free(run->queue_params[i][k]);
    memset(run->queue_params, 0, sizeof run->queue_params);
    run->queue_count = 0;
}

void auth_link_close(struct auth_link *auth)
{
    db_close(&auth->db);
}
