/* data_fuzz: any bytes for data_parse; a failure must leave nothing and say something.
 *
 * Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_texts(const struct data *data)
{
    for (size_t i = 0; i < data->count; i++) {
        const struct data_entry *entry = &data->entries[i];
        if (!entry->key || (!entry->is_list && entry->count != 1))
            abort();
        const char *text = data_text(data, entry->key);
        if (!entry->is_list && text != entry->values[0]) /* a duplicate would be found first */
            abort();
        if (!data_has(data, entry->key) ||
            (data_truth(data, entry->key) && !text && !entry->is_list))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = strndup((const char *)bytes, len);
    if (!text)
        return 0;
    struct data data;
    struct err err = {0};
    if (data_parse(&data, text, &err))
        check_texts(&data);
    else if (data.entries || data.count || !*err.text || err.kind != ERR_JOB)
        abort();
    data_release(&data);
    free(text);
    return 0;
}
