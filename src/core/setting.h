/* setting.h: one setting as it stands in a file, and how messages about it look.
 *
 *     return setting_refuse(&setting, err, "is not a whole number");
 *     → "FILE:LINE: [section] key: 'value' is not a whole number", kind ERR_CONFIG
 *
 * Everything in the struct is borrowed.
 * Not here: where settings come from (io/config), what they mean (core/options).
 */
#ifndef CORE_SETTING_H
#define CORE_SETTING_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

struct setting {
    const char *file;    /* name for messages */
    int line;            /* counted from 1 */
    const char *section; /* without brackets */
    const char *key;
    const char *value; /* whole, with newlines where it was continued */
};

/* Refuses a value and shows its beginning; returns false. */
bool setting_refuse(const struct setting *setting, struct err *err, const char *text);

/* Appends the warning "FILE:LINE: [section] key: <text>" and a newline. */
void setting_warn(const struct setting *setting, struct buf *warnings, const char *text);

#endif
