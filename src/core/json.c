#include "core/json.h"

#include <inttypes.h>
#include <string.h>

static void add_escaped(struct buf *out, char c)
{
    switch (c) {
    case '"': buf_add_text(out, "\\\""); break;
    case '\\': buf_add_text(out, "\\\\"); break;
    case '\n': buf_add_text(out, "\\n"); break;
    case '\t': buf_add_text(out, "\\t"); break;
    default: buf_addf(out, "\\u%04x", (unsigned)(unsigned char)c); break;
    }
}

static bool needs_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

void json_add_string(struct buf *out, const char *text)
{
    if (!text) {
        buf_add_text(out, "null");
        return;
    }
    buf_add_text(out, "\"");
    while (*text) {
        size_t plain = 0;
        while (text[plain] && !needs_escape(text[plain]))
            plain++;
        buf_add_utf8(out, text, plain);
        text += plain;
        if (*text)
            add_escaped(out, *text++);
    }
    buf_add_text(out, "\"");
}

void json_add_next(struct buf *out)
{
    char last = out->len ? out->data[out->len - 1] : '{';
    if (last != '{' && last != '[' && last != ':')
        buf_add_text(out, ",");
}

void json_add_key(struct buf *out, const char *key)
{
    json_add_next(out);
    json_add_string(out, key);
    buf_add_text(out, ":");
}

void json_add_member(struct buf *out, const char *key, const char *text)
{
    json_add_key(out, key);
    json_add_string(out, text);
}

void json_add_number(struct buf *out, const char *key, int64_t number)
{
    json_add_key(out, key);
    buf_addf(out, "%" PRId64, number);
}

void json_add_bool(struct buf *out, const char *key, bool value)
{
    json_add_key(out, key);
    buf_add_text(out, value ? "true" : "false");
}
