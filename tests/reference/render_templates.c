/* Renders the templates of standard input, each ended by a NUL, for template-reference.
 *
 * The answer to each: "=" and the text, or "!" and why it is refused; a NUL.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/template.h"

/* The same as in template-reference. */
static const struct template_value values[] = {
    {"client.name", "Müller & Söhne"},
    {"history.package_name", "Test"},
    {"history.description", ""},
    {"history.error_col", "[% broken %]\nline"},
    {"history.count", "0"},
    {"exception", NULL},
    {"zero", "0"},
    {"double", "0.0"},
    {"blank", " "},
};

static void answer(const char *text)
{
    struct template_values all = {values, ARRAY_LEN(values)};
    struct buf out = {0};
    struct err err = {0};
    bool done = template_render(text, &all, &out, &err);
    printf("%c%s%c", done ? '=' : '!', done ? buf_text(&out) : err.text, '\0');
    buf_release(&out);
}

int main(void)
{
    char *text = NULL;
    size_t size = 0;
    while (getdelim(&text, &size, '\0', stdin) > 0)
        answer(text);
    free(text);
    return 0;
}
