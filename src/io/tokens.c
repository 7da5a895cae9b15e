#include "io/tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Tries the file with this number. */
static enum token_result try_file(struct token *token, const struct token_kind *kind, int number,
                                  struct err *err)
{
    char file[NAME_MAX + 1];
    snprintf(file, sizeof file, "%s.%d", kind->name, number);
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = openat(kind->dir_fd, file, flags, 0600);
    if (fd < 0) {
        bool is_link = errno == ELOOP; /* put there by somebody, to have us write elsewhere */
        err_set_access(err, "cannot open %s", file);
        if (is_link)
            err->kind = ERR_PERMISSION;
        return TOKEN_FAILED;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *token = (struct token){.is_held = true, .fd = fd};
        return TOKEN_HELD;
    }
    enum token_result result = errno == EWOULDBLOCK ? TOKEN_BUSY : TOKEN_FAILED;
    if (result == TOKEN_FAILED)
        err_set_access(err, "cannot lock %s", file);
    close(fd);
    return result;
}

enum token_result token_take(struct token *token, const struct token_kind *kind, struct err *err)
{
    enum token_result result = TOKEN_BUSY;
    for (int i = 0; i < kind->max && result == TOKEN_BUSY; i++)
        result = try_file(token, kind, i, err);
    return result;
}

void token_release(struct token *token)
{
    if (!token || !token->is_held)
        return;
    close(token->fd);
    *token = (struct token){0};
}
