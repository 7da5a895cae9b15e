/* identity.h: as whom we run, decided before anything of kivitendo's is touched.
 *
 *     const struct identity_wish wish = {.run_as = options.run_as, .allow_root = …, .files = …};
 *     if (!identity_assume(&wish, &identity, &warnings, err)) …
 *     if (identity.changed) set HOME, USER and LOGNAME      (the caller: it owns the environment)
 *     … users/, lock, state directory, databases …
 *     identity_release(&identity);
 *
 * Not root: run_as is ignored as kivitendo does, with a warning if it names somebody else.
 * Root with run_as: the configuration must belong to root or to that user and nobody else may be
 * able to change it; then supplementary groups, group and user are changed and it is verified that
 * they cannot be had back.
 * Root without run_as: refused, except with allow_root, and then everything must be root's.
 *
 * "Nobody else": no write permission for others, nor for a group other than root (an access list
 * that lets anybody write counts as such), on the files, the links that lead to them and all
 * directories above.
 *
 * Ownership: the texts in struct identity are owned.  {0} may be released.
 * Side effects: user, groups and the umask of the process; the umask becomes 077.
 * Errors: ERR_PERMISSION, ERR_CONFIG for a user that does not exist, ERR_SYSTEM.
 * Source: design.md "Privileges"; credentials(7), initgroups(3), setresuid(2).
 * Not here: the environment, reading the configuration (io/config).
 */
#ifndef IO_IDENTITY_H
#define IO_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* Everything borrowed. */
struct identity_wish {
    const char *run_as;       /* user from the configuration, NULL: none */
    bool allow_root;          /* --allow-root was given */
    const char *const *files; /* the configuration files; a NULL among them is skipped */
    size_t n_files;
};

struct identity {
    uid_t uid;
    gid_t gid;
    char *name;             /* NULL: the uid has no name */
    char *home;             /* home directory, NULL: unknown */
    bool changed;           /* we were root and are not any more */
    mode_t inherited_umask; /* what it was, for programs we start */
};

bool identity_assume(const struct identity_wish *wish, struct identity *identity,
                     struct buf *warnings, struct err *err) MUST_USE;

/* Would root be refused run_as here?  Nothing changes; for those who become that user by other
 * means. */
bool identity_check(const struct identity_wish *wish, struct err *err) MUST_USE;

void identity_release(struct identity *identity);

#endif
