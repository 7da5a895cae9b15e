/* template_fuzz: any bytes for template_render; an error always says where.
 *
 * Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct template_value values[] = {{"a", "yes"}, {"b.c", ""}};
    struct template_values all = {values, ARRAY_LEN(values)};
    struct buf out = {0};
    struct err err = {0};
    char *text = strndup((const char *)bytes, len);
    if (text && !template_render(text, &all, &out, &err) && strncmp(err.text, "line ", 5) != 0)
        abort();
    buf_release(&out);
    free(text);
    return 0;
}
