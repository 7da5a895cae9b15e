#include "core/screen.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

/* The character at text; *len gets its bytes. */
static wchar_t decode(const char *text, size_t len)
{
    const unsigned char *b = (const unsigned char *)text;
    switch (len) {
    case 1: return (wchar_t)b[0];
    case 2: return (wchar_t)((b[0] & 0x1F) << 6 | (b[1] & 0x3F));
    case 3: return (wchar_t)((b[0] & 0x0F) << 12 | (b[1] & 0x3F) << 6 | (b[2] & 0x3F));
    default:
        return (wchar_t)((b[0] & 0x07) << 18 | (b[1] & 0x3F) << 12 | (b[2] & 0x3F) << 6 |
                         (b[3] & 0x3F));
    }
}

static bool turns_direction(wchar_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
           c == 0x200F || c == 0x061C;
}

size_t screen_measure(const char *text, int *columns)
{
    size_t len = utf8_sequence(text, strnlen(text, 4));
    wchar_t c = len ? decode(text, len) : L'\0';
    *columns = len && !turns_direction(c) ? wcwidth(c) : -1;
    return len ? len : 1;
}

struct screen screen_begin(void)
{
    struct screen screen = {.mine = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)};
    if (screen.mine)
        screen.before = uselocale(screen.mine);
    return screen;
}

void screen_end(struct screen screen)
{
    if (!screen.mine)
        return;
    uselocale(screen.before);
    freelocale(screen.mine);
}

int screen_add(struct buf *out, const char *text, int room)
{
    int used = 0;
    while (*text) {
        int columns;
        size_t len = screen_measure(text, &columns);
        if (used + (columns < 0 ? 1 : columns) > room)
            break;
        if (columns < 0)
            buf_add_text(out, "?");
        else
            buf_add(out, text, len);
        used += columns < 0 ? 1 : columns;
        text += len;
    }
    return used;
}

void screen_add_line(struct buf *out, const char *text)
{
    struct buf line = {0};
    size_t len = strlen(text);
    struct screen screen = screen_begin();
    buf_add(&line, text, len && text[len - 1] == '\n' ? len - 1 : len);
    screen_add(out, buf_text(&line), INT_MAX);
    buf_add_text(out, "\n");
    screen_end(screen);
    out->failed |= line.failed;
    buf_release(&line);
}

int screen_width(const char *text)
{
    struct buf ignored = {0};
    struct screen screen = screen_begin();
    int width = screen_add(&ignored, text, INT_MAX);
    screen_end(screen);
    buf_release(&ignored);
    return width;
}
