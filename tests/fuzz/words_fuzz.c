/* words_fuzz: any bytes for words_split; words never hold more than the line did.
 *
 * Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_words(const struct words *words, const char *line)
{
    size_t total = 0;
    for (size_t i = 0; i < words->count; i++)
        total += strlen(words->items[i]);
    if (total > strlen(line) || words->count > WORDS_MAX ||
        (words->count == 0) != (words->items == NULL) ||
        (words->items && words->items[words->count]))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *line = strndup((const char *)bytes, len);
    if (!line)
        return 0;
    struct words words;
    struct err err = {0};
    if (words_split(&words, line, &err))
        check_words(&words, line);
    else if (words.items || words.count || !*err.text || err.kind != ERR_CONFIG)
        abort();
    words_release(&words);
    free(line);
    return 0;
}
