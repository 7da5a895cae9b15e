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

/* U+0080 to U+009F: a terminal may obey them as it does those below a blank. */
static bool is_high_control(const char *text)
{
    return text[0] == '\xC2' && ((unsigned char)text[1] & 0xE0) == 0x80;
}

static bool needs_escape(const char *text)
{
    char c = *text;
    return (unsigned char)c < 0x20 || c == '"' || c == '\\' || c == 0x7F || is_high_control(text);
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
        while (text[plain] && !needs_escape(text + plain))
            plain++;
        buf_add_utf8(out, text, plain);
        text += plain;
        text += is_high_control(text); /* its second byte is its number */
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
