#include "core/html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *reference(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\r':
    case '\t': return " ";
    default: return NULL;
    }
}

/* What a sequence of several bytes must not be: C1 controls, and marks of direction. */
static bool is_harmful(const char *text, size_t len)
{
    static const char *const marks[] = {
        "\u061C", "\u200E", "\u200F", "\u2028", "\u2029", "\u202A", "\u202B",
        "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069",
    };
    if (len == 2 && (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] < 0xA0)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (strlen(marks[i]) == len && memcmp(marks[i], text, len) == 0)
            return true;
    return false;
}

static size_t add_character(struct buf *out, const char *text)
{
    size_t len = utf8_sequence(text, strnlen(text, 4));
    const char *instead = reference(*text);
    if (instead)
        buf_add_text(out, instead);
    else if (len == 0 || (unsigned char)*text < ' ' || *text == 0x7F || is_harmful(text, len))
        buf_add_text(out, "?");
    else
        buf_add(out, text, len);
    return len ? len : 1;
}

void html_add(struct buf *out, const char *text)
{
    while (text && *text)
        text += add_character(out, text);
}

void html_addf(struct buf *out, const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0) {
        text = NULL;
        out->failed = true;
    }
    va_end(args);
    html_add(out, text);
    free(text);
}
