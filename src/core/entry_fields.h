/* entry_fields.h: which lines an entry of the journal has; private to entry.c and entry_parse.c. */
#ifndef CORE_ENTRY_FIELDS_H
#define CORE_ENTRY_FIELDS_H

#include "core/entry.h"

#define ENTRY_MAGIC "task-server-journal 1\n"

/* What stands behind a key, and where it lives in struct entry. */
enum entry_shape {
    ENTRY_FLAG,    /* bool */
    ENTRY_NUMBER,  /* int */
    ENTRY_BIG,     /* int64_t */
    ENTRY_TEXT,    /* char *, NULL: no line */
    ENTRY_BOOT,    /* char[ENTRY_BOOT_MAX] */
    ENTRY_KIND,    /* enum entry_kind */
    ENTRY_VERDICT, /* of an outcome: success or failure; its presence makes an ending */
    ENTRY_WORDS,   /* an outcome's text */
};

struct entry_field {
    const char *key;
    enum entry_part part;
    enum entry_shape shape;
    size_t offset; /* in struct entry */
};

/* In the order in which they are written. */
extern const struct entry_field entry_fields[];
extern const size_t entry_field_count;

/* "command", "perl"; indexed by enum entry_kind. */
extern const char *const entry_kinds[];

#endif
