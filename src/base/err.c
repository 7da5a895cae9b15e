#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    err->kind = kind;
    err->sqlstate[0] = '\0';
    vsnprintf(err->text, sizeof err->text, i18n(fmt), args);
    va_end(args);
    return false;
}

static PRINTF_LIKE(3, 0) void set_errno(struct err *err, int number, const char *fmt, va_list args)
{
    err->kind = ERR_SYSTEM;
    err->sqlstate[0] = '\0';
    vsnprintf(err->text, sizeof err->text, i18n(fmt), args);
    size_t len = strlen(err->text);
    snprintf(err->text + len, sizeof err->text - len, ": %s", strerror(number));
}

bool err_set_errno(struct err *err, const char *fmt, ...)
{
    int number = errno;
    va_list args;
    va_start(args, fmt);
    set_errno(err, number, fmt, args);
    va_end(args);
    return false;
}

bool err_set_access(struct err *err, const char *fmt, ...)
{
    int number = errno;
    va_list args;
    va_start(args, fmt);
    set_errno(err, number, fmt, args);
    va_end(args);
    if (number == EACCES || number == EPERM || number == EROFS)
        err->kind = ERR_PERMISSION;
    return false;
}

static bool is_shortage(int number)
{
    return number == EAGAIN || number == EMFILE || number == ENFILE || number == ENOBUFS ||
           number == ENOMEM || number == ENOSPC;
}

bool err_set_shortage(struct err *err, const char *fmt, ...)
{
    int number = errno;
    va_list args;
    va_start(args, fmt);
    set_errno(err, number, fmt, args);
    va_end(args);
    if (is_shortage(number))
        err->kind = ERR_AWAY;
    return false;
}

bool err_set_nomem(struct err *err)
{
    return err_set(err, ERR_INTERNAL, "out of memory");
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
    char inner[ERR_TEXT_MAX];
    memcpy(inner, err->text, sizeof inner);
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, i18n(fmt), args);
    va_end(args);
    size_t len = strlen(err->text);
    int written = snprintf(err->text + len, sizeof err->text - len, ": %s", inner);
    (void)written; /* a cut at the end is what the header promises */
    return false;
}

int err_exit_code(enum err_kind kind)
{
    switch (kind) {
    case ERR_USAGE: return 64;
    case ERR_INTERNAL: return 70;
    case ERR_SYSTEM: return 71;
    case ERR_AWAY: return 75;
    case ERR_PERMISSION: return 77;
    case ERR_CONFIG: return 78;
    case ERR_NONE:
    case ERR_JOB: return 0;
    }
    return 70;
}
