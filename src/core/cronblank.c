#include "core/cronblank.h"

#include <stdbool.h>
#include <string.h>

#include "base/attr.h"

enum { BLANK_BYTES_MAX = 3 };

/* How many bytes the blank at text takes; 0: it is none. */
static size_t blank_bytes(const char *text)
{
    static const char wide[][BLANK_BYTES_MAX + 1] = {
        "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
        "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
    };
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    for (size_t i = 0; i < ARRAY_LEN(wide); i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    bool spaces = strncmp(text, "\xE2\x80", 2) == 0 && (unsigned char)text[2] >= 0x80 &&
                  (unsigned char)text[2] <= 0x8A; /* U+2000 to U+200A */
    return spaces ? BLANK_BYTES_MAX : 0;
}

const char *cronblank_skip(const char *text)
{
    size_t bytes;
    while ((bytes = blank_bytes(text)))
        text += bytes;
    return text;
}

struct span cronblank_word(const char **text)
{
    struct span word = {cronblank_skip(*text), 0};
    while (word.text[word.len] && !blank_bytes(word.text + word.len))
        word.len++;
    *text = word.text + word.len;
    return word;
}
