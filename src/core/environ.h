/* environ.h: the environment of a job, built from nothing.
 *
 *     struct environ env = {0};
 *     environ_start(&env, ours, err)                     what may pass of our own
 *     environ_configure(&env, "path", "/opt/bin", err)   once per key of [environment]
 *     environ_set(&env, "TASK_JOB_ID", "17", err)        last: these win
 *     execve(path, argv, environ_block(&env))
 *     environ_release(&env);
 *
 * A job gets what cron would give it, not what happened to be set when somebody started us: PATH is
 * ENVIRON_PATH; HOME, USER, LOGNAME, TZ, LANG and LC_* pass; nothing else does.
 *
 * Ownership: the struct owns its texts and wipes them (PGPASSWORD might be among them); the block
 * is lent until the next change.  {0} is an empty environment and may be released. Errors:
 * ERR_INTERNAL out of memory; ERR_CONFIG for a name that no environment can hold. Source:
 * environ(7); kivitendo.md "Files", row [environment]. Not here: reading our own environment (the
 * caller passes it).
 */
#ifndef CORE_ENVIRON_H
#define CORE_ENVIRON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

#define ENVIRON_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct environ {
    char **items; /* owned "NAME=value", NULL-terminated; NULL while empty */
    size_t count;
};

/* PATH, and from `ours` ("NAME=value" texts, NULL-terminated, or NULL) what may pass.
 * For an empty struct; a failure leaves it fit for release. */
bool environ_start(struct environ *env, const char *const *ours, struct err *err) MUST_USE;

/* A setting of [environment], with kivitendo's meaning: `path` and `lib` are appended to PATH and
 * PERL5LIB with a colon, any other key is the name of a variable; an empty value and "0" do
 * nothing. */
bool environ_configure(struct environ *env, const char *key, const char *value,
                       struct err *err) MUST_USE;

/* Sets or replaces a variable. */
bool environ_set(struct environ *env, const char *name, const char *value,
                 struct err *err) MUST_USE;

/* The value, or NULL where it is not set. */
const char *environ_find(const struct environ *env, const char *name) MUST_USE;

/* As execve(2) wants it; never NULL. */
const char *const *environ_block(const struct environ *env);

void environ_release(struct environ *env);

#endif
