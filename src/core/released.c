#include "core/released.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

static const struct released texts[] = {
#include "core/released_table.h"
};

static int compare(const void *wanted, const void *element)
{
    const struct released *a = wanted;
    const struct released *b = element;
    int order = strcmp(a->package, b->package);
    return order ? order : strcmp(a->sha256, b->sha256);
}

const struct released *released_find(const char *package, const char *sha256)
{
    struct released wanted = {.package = package, .sha256 = sha256};
    return bsearch(&wanted, texts, ARRAY_LEN(texts), sizeof texts[0], compare);
}

size_t released_count(void)
{
    return ARRAY_LEN(texts);
}

const struct released *released_at(size_t n)
{
    return n < ARRAY_LEN(texts) ? &texts[n] : NULL;
}
