#include "core/scan.h"

#include <string.h>

bool scan_word(const char **text, const char *wanted)
{
    size_t len = strlen(wanted);
    if (strncmp(*text, wanted, len) != 0)
        return false;
    *text += len;
    return true;
}

bool scan_number(const char **text, int min, int max, int *value)
{
    int digits = 0;
    *value = 0;
    while (digits < max && **text >= '0' && **text <= '9') {
        *value = *value * 10 + (*(*text)++ - '0');
        digits++;
    }
    return digits >= min;
}
