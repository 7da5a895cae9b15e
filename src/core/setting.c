#include "core/setting.h"

#include <string.h>

#include "base/i18n.h"

/* Appends a value fit for one line of a message: quoted, without control characters, not long. */
static void add_shown(struct buf *buf, const char *value)
{
    enum { SHOWN_MAX = 80 };
    size_t used = 0;
    buf_add_text(buf, "'");
    while (used < SHOWN_MAX && value[used]) {
        size_t step = utf8_sequence(value + used, strlen(value + used));
        bool plain = step && (unsigned char)value[used] >= ' ' && value[used] != 0x7F;
        buf_add(buf, plain ? value + used : "?", plain ? step : 1);
        used += step ? step : 1;
    }
    buf_add_text(buf, value[used] ? "…'" : "'");
}

bool setting_refuse(const struct setting *setting, struct err *err, const char *text)
{
    struct buf shown = {0};
    add_shown(&shown, setting->value);
    err_set(err, ERR_CONFIG, "%s:%d: [%s] %s: %s %s", setting->file, setting->line,
            setting->section, setting->key, buf_text(&shown), i18n(text));
    buf_release(&shown);
    return false;
}

void setting_warn(const struct setting *setting, struct buf *warnings, const char *text)
{
    buf_addf(warnings, "%s:%d: [%s] %s: %s\n", setting->file, setting->line, setting->section,
             setting->key, i18n(text));
}
