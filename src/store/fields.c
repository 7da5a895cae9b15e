#include "store/fields.h"

#include <string.h>

void fields_add(struct buf *line, const char *text)
{
    if (line->len && line->data[line->len - 1] != '\n')
        buf_add(line, "\t", 1);
    size_t start = line->len;
    if (text)
        buf_add_utf8(line, text, strlen(text));
    for (size_t i = start; i < line->len; i++)
        if ((unsigned char)line->data[i] < 0x20 || line->data[i] == 0x7F)
            line->data[i] = ' ';
}

size_t fields_split(char *line, char **fields, size_t max)
{
    size_t count = 0;
    while (line && count < max) {
        char *tab = count + 1 < max ? strchr(line, '\t') : NULL;
        fields[count++] = line;
        if (tab)
            *tab++ = '\0';
        line = tab;
    }
    return count;
}

bool fields_number(const char *field, int64_t max, int64_t *number)
{
    int64_t value = 0;
    for (const char *at = field; *at; at++) {
        int digit = *at - '0';
        if (digit < 0 || digit > 9 || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return *field != '\0';
}
