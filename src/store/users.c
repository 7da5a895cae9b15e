#include "store/users.h"

#include "io/session.h"

static const struct db_statement find_email = {
    .params = 1,
    .sql = "SELECT c.cfg_value FROM auth.\"user\" u JOIN auth.user_config c ON c.user_id = u.id"
           " WHERE u.login = $1 AND c.cfg_key = 'email' AND c.cfg_value LIKE '%@%'",
};

bool users_find_email(struct db *db, const char *login, struct buf *email, struct err *err)
{
    const char *params[] = {login};
    struct session session;
    struct db_step step = {.statement = &find_email, .params = params};
    struct db_reply reply = {0};
    if (!session_start(db, &session, err))
        return false;
    bool done = db_run(db, &step, 1, &reply, err);
    const char *found = db_value(&reply, 0, 0, 0);
    if (done && !found)
        done = err_set(err, ERR_CONFIG, "there is no user '%s' with a mail address", login);
    buf_add_text(email, found ? found : "");
    db_reply_release(&reply);
    return done;
}
