#include "io/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "io/ownership.h"

/* Copies what a passwd entry says, or only the id where there is none. */
static bool fill(struct identity *identity, const struct passwd *entry, struct err *err)
{
    if (!entry)
        return true;
    identity->uid = entry->pw_uid;
    identity->gid = entry->pw_gid;
    identity->name = strdup(entry->pw_name);
    identity->home = strdup(entry->pw_dir);
    return (identity->name && identity->home) || err_set_nomem(err);
}

static bool fill_current(struct identity *identity, struct err *err)
{
    identity->uid = geteuid();
    identity->gid = getegid();
    const struct passwd *entry = getpwuid(identity->uid);
    return fill(identity, entry, err);
}

static bool find_user(const char *name, struct identity *identity, struct err *err)
{
    errno = 0;
    const struct passwd *entry = getpwnam(name);
    if (!entry && errno && errno != ENOENT && errno != ESRCH)
        return err_set_errno(err, "cannot look up the user '%s' (run_as)", name);
    if (!entry)
        return err_set(err, ERR_CONFIG, "[task_server] run_as: there is no user '%s'", name);
    return fill(identity, entry, err);
}

static bool check_files(const struct identity_wish *wish, const struct identity *identity,
                        struct err *err)
{
    const struct ownership_rule rule = {.uid = identity->uid, .name = identity->name};
    for (size_t i = 0; i < wish->n_files; i++)
        if (wish->files[i] && !ownership_check(wish->files[i], &rule, err))
            return err_wrap(err, "started as root, but the configuration file %s is not safe",
                            wish->files[i]);
    return true;
}

/* Is every one of the process's ids the new one, and is the way back shut? */
static bool is_for_good(const struct identity *identity)
{
    uid_t r, e, s;
    gid_t gr, ge, gs;
    if (getresuid(&r, &e, &s) < 0 || getresgid(&gr, &ge, &gs) < 0)
        return false;
    if (r != identity->uid || e != identity->uid || s != identity->uid)
        return false;
    if (gr != identity->gid || ge != identity->gid || gs != identity->gid)
        return false;
    return setresuid(0, 0, 0) < 0 && seteuid(0) < 0 && setgroups(0, NULL) < 0;
}

static bool become(const struct identity *identity, struct err *err)
{
    uid_t uid = identity->uid;
    gid_t gid = identity->gid;
    if (initgroups(identity->name, gid) < 0)
        return err_set_errno(err, "cannot take over the groups of '%s'", identity->name);
    if (setresgid(gid, gid, gid) < 0)
        return err_set_errno(err, "cannot take over the group of '%s'", identity->name);
    if (setresuid(uid, uid, uid) < 0)
        return err_set_errno(err, "cannot become '%s'", identity->name);
    if (!is_for_good(identity))
        return err_set(err, ERR_PERMISSION, "became '%s', but root's rights are still there",
                       identity->name);
    return true;
}

static bool stay(const struct identity_wish *wish, struct identity *identity, struct buf *warnings,
                 struct err *err)
{
    if (!fill_current(identity, err))
        return false;
    const char *name = identity->name ? identity->name : _("a user without a name");
    if (wish->run_as && strcmp(wish->run_as, name) != 0)
        buf_addf(warnings,
                 _("[task_server] run_as = %s has no effect: not started as root, but as %s\n"),
                 wish->run_as, name);
    return true;
}

static bool remain_root(const struct identity_wish *wish, struct identity *identity,
                        struct err *err)
{
    if (!wish->allow_root)
        return err_set(err, ERR_PERMISSION,
                       "started as root: set [task_server] run_as to the web server's user, or "
                       "start it as that user");
    return fill_current(identity, err) && check_files(wish, identity, err);
}

/* Finds whom root is to become, and makes sure that only root or he could have said so. */
static bool find_safe_user(const struct identity_wish *wish, struct identity *identity,
                           struct err *err)
{
    if (!find_user(wish->run_as, identity, err))
        return false;
    if (identity->uid == 0)
        return err_set(err, ERR_PERMISSION,
                       "[task_server] run_as must not be root: name the web server's user");
    return check_files(wish, identity, err);
}

static bool leave_root(const struct identity_wish *wish, struct identity *identity, struct err *err)
{
    if (!find_safe_user(wish, identity, err) || !become(identity, err))
        return false;
    identity->changed = true;
    return true;
}

bool identity_check(const struct identity_wish *wish, struct err *err)
{
    struct identity identity = {0};
    bool ok = find_safe_user(wish, &identity, err);
    identity_release(&identity);
    return ok;
}

bool identity_assume(const struct identity_wish *wish, struct identity *identity,
                     struct buf *warnings, struct err *err)
{
    *identity = (struct identity){0};
    bool ok;
    if (getuid() != geteuid() || getgid() != getegid())
        ok = err_set(err, ERR_PERMISSION, "must not be installed with the setuid or setgid bit");
    else if (geteuid() != 0)
        ok = stay(wish, identity, warnings, err);
    else if (!wish->run_as)
        ok = remain_root(wish, identity, err);
    else
        ok = leave_root(wish, identity, err);
    if (ok)
        identity->inherited_umask = umask(077);
    else
        identity_release(identity);
    return ok;
}

void identity_release(struct identity *identity)
{
    if (!identity)
        return;
    free(identity->name);
    free(identity->home);
    *identity = (struct identity){0};
}
