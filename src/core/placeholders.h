/* placeholders.h: what a template may speak of; see core/template.h. */
#ifndef CORE_PLACEHOLDERS_H
#define CORE_PLACEHOLDERS_H

#include <stddef.h>

enum { TEMPLATE_DEPTH_MAX = 32 }; /* of IFs, and of parentheses */

struct template_value {
    const char *name; /* "history.error_col" */
    const char *text; /* NULL: as if it were not there */
};

struct template_values {
    const struct template_value *items;
    size_t count;
};

#endif
