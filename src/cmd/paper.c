#include "cmd/paper.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/screen.h"

enum { WIDTH_MIN = 20, LINES_MAX = 8192 };

static int find_width(bool terminal)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = {0};
    int told = columns ? atoi(columns) : 0;
    if (told >= WIDTH_MIN)
        return told;
    if (!terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < WIDTH_MIN)
        return 0;
    return size.ws_col;
}

static bool shows_colours(bool terminal)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

struct table_style paper_style(void)
{
    bool terminal = isatty(STDOUT_FILENO);
    return (struct table_style){
        .width = find_width(terminal),
        .colours = shows_colours(terminal),
    };
}

void paper_add(struct buf *out, const char *fmt, ...)
{
    char text[LINES_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    screen_add_line(out, text);
}

bool paper_write(const struct buf *out, struct err *err)
{
    if (out->failed)
        return err_set_nomem(err);
    if (fwrite(buf_text(out), 1, out->len, stdout) != out->len || fflush(stdout) != 0)
        return err_set_errno(err, "cannot write to standard output");
    return true;
}
