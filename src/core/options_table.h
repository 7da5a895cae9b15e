/* options_table.h: which settings there are, of which kind, and in which sections.
 *
 * Not here: what becomes of a value (core/options.h).
 */
#ifndef CORE_OPTIONS_TABLE_H
#define CORE_OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "core/option_fields.h"
#include "core/option_value.h"
#include "core/setting.h"

enum option_kind {
    KIND_TEXT,    /* one line; empty means unset, or the default */
    KIND_PATH,    /* a text that begins with a slash */
    KIND_SECRET,  /* a text that is wiped and never shown */
    KIND_NUMBER,  /* a whole number within bounds */
    KIND_SIZE,    /* a number of bytes within bounds */
    KIND_MINUTES, /* a number that kivitendo replaces by its default where it is nonsense */
    KIND_SWITCH,  /* true unless empty or 0 */
    KIND_RELIC,   /* must not be set any more */
    KIND_LIST,    /* packages */
    KIND_MAP,     /* any key, any value */
    KIND_NATIVE,
    KIND_POOLER,
    KIND_SCHEDULER,
    KIND_TIMEOUT,
    KIND_COMMAND,
    KIND_COMMAND_DATABASE,
    KIND_MAIL,    /* see core/option_mail.h */
    KIND_PROGRAM, /* a command line */
    KIND_REPEAT,
    KIND_URL,
    KIND_LOG,
};

struct option {
    const char *section;
    const char *key; /* "*": every key that has no row of its own */
    size_t offset;   /* of the field in struct options */
    enum option_kind kind;
    struct option_bounds bounds; /* of numbers and sizes */
    const char *fallback_text;   /* of texts; NULL: unset */
};

/* The table, from its first row; NULL behind its last. */
const struct option *options_table_row(size_t index);

/* The row for a setting, or NULL. */
const struct option *options_table_find(const char *section, const char *key);

/* Does this section hold settings for us?  Then its lines are read strictly. */
bool options_use_section(const char *section) MUST_USE;

/* Warns about a heading that seems to mean a section of ours and is none: other case, blanks inside
 * the brackets, or an unknown name behind "task_server/".  key and value are not looked at. */
void options_judge_section(const struct setting *heading, struct buf *warnings);

/* The table's row number `index`, in the table's order; false behind its end.  "*" as a key stands
 * for every key.  For tests and documentation. */
bool options_row(size_t index, const char **section, const char **key) MUST_USE;

#endif
