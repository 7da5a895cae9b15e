#include "engine/page_module.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "io/wholefile.h"

static const char mark[] = "# Belongs to task-server,";

/* As page-module has it: at the beginning of a line. */
static bool has_mark(const char *text)
{
    for (const char *at = text; (at = strstr(at, mark)); at++)
        if (at == text || at[-1] == '\n')
            return true;
    return false;
}

enum page_module page_module_look(const char *installation, struct buf *path)
{
    struct buf text = {0};
    struct err ignored = {0};
    enum page_module found = PAGE_MODULE_OTHER;
    buf_addf(path, "%s/modules/override/SL/System/TaskServer.pm", installation);
    if (path->failed)
        found = PAGE_MODULE_UNREADABLE;
    else if (access(buf_text(path), F_OK) != 0)
        found = PAGE_MODULE_MISSING;
    else if (!wholefile_read(buf_text(path), &text, &ignored))
        found = PAGE_MODULE_UNREADABLE;
    else if (has_mark(buf_text(&text)))
        found = PAGE_MODULE_OURS;
    buf_release(&text);
    return found;
}
