#include "core/fnv.h"

uint32_t fnv_add(uint32_t sum, char c)
{
    return (sum ^ (unsigned char)c) * UINT32_C(16777619);
}

uint32_t fnv_text(const char *text)
{
    uint32_t sum = FNV_START;
    for (; *text; text++)
        sum = fnv_add(sum, *text);
    return sum;
}
