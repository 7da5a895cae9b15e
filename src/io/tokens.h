/* tokens.h: so many at once and no more, across processes.
 *
 *     struct token token = {0};
 *     const struct token_kind kind = {.dir_fd = state.fd, .name = "external", .max = 4};
 *     switch (token_take(&token, &kind, err)) …        TOKEN_BUSY: try again in a while
 *     token_release(&token);
 *
 * A token is an exclusive flock on one of the files <name>.0 to <name>.<max-1> in a directory that
 * all processes share.  It is held until it is released or the process is dead, however it dies; so
 * no count can go wrong.  Files stay; they are empty.
 *
 * A forked child inherits the lock with the descriptor and keeps it until both have closed it:
 * io/spawn closes all descriptors before it executes anything.
 *
 * Ownership: the struct owns its descriptor; {0} holds nothing and may be released.
 * Errors: ERR_SYSTEM (ERR_PERMISSION where a file of that name is not ours to open).  "All taken"
 * is no error.  Source: flock(2); design.md "max_external", "max_perl_jobs".
 * Not here: waiting, and who comes first.
 */
#ifndef IO_TOKENS_H
#define IO_TOKENS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

struct token {
    bool is_held;
    int fd; /* valid while it is held */
};

/* Of what there are so many; all borrowed. */
struct token_kind {
    int dir_fd;       /* a directory on a local disk, for us alone to write in */
    const char *name; /* fit for a file name */
    int max;          /* at least 1 */
};

enum token_result {
    TOKEN_HELD,
    TOKEN_BUSY,   /* all are taken */
    TOKEN_FAILED, /* err is set */
};

/* Never waits.  token must hold nothing. */
enum token_result token_take(struct token *token, const struct token_kind *kind,
                             struct err *err) MUST_USE;

/* Takes NULL. */
void token_release(struct token *token);

#endif
