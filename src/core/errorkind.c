#include "core/errorkind.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/fnv.h"

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The part in quotes at the beginning of text, or 0. */
static size_t quoted_len(const char *text)
{
    const char *end = *text == '\'' || *text == '"' ? strchr(text + 1, *text) : NULL;
    return end ? (size_t)(end - text) + 1 : 0;
}

/* The word at the beginning of text, up to a blank or a quoted part. */
static size_t word_len(const char *text)
{
    size_t len = 0;
    while (text[len] && !is_blank(text[len]) && !quoted_len(text + len))
        len++;
    return len;
}

static bool is_hexadecimal(const char *text, size_t len)
{
    bool has_digit = false;
    if (len > 2 && text[0] == '0' && text[1] == 'x') {
        text += 2;
        len -= 2;
        has_digit = true;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return false;
        has_digit |= isdigit((unsigned char)text[i]) != 0;
    }
    return has_digit;
}

static size_t alnum_len(const char *text, size_t max)
{
    size_t len = 0;
    while (len < max && isalnum((unsigned char)text[len]))
        len++;
    return len;
}

static uint32_t add_word(uint32_t sum, const char *text, size_t len)
{
    if (memchr(text, '/', len))
        return sum;
    for (size_t i = 0; i < len;) {
        size_t run = alnum_len(text + i, len - i);
        size_t end = i + (run ? run : 1);
        if (is_hexadecimal(text + i, run))
            i = end;
        for (; i < end; i++)
            if (!isdigit((unsigned char)text[i]))
                sum = fnv_add(sum, text[i]);
    }
    return sum;
}

uint32_t errorkind_hash(const char *text)
{
    uint32_t sum = FNV_START;
    while (*text) {
        size_t len = quoted_len(text);
        if (!len && (len = word_len(text)))
            sum = add_word(sum, text, len);
        else if (!len)
            sum = fnv_add(sum, text[len++]);
        text += len;
    }
    return sum;
}
