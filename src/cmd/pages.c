#include "cmd/pages.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "io/wholefile.h"

static const char mark[] = "# Belongs to task-server,";

enum module_state { MODULE_OURS, MODULE_GONE, MODULE_UNKNOWN };

/* A file that cannot be read is no reason to complain: the web server may be able to. */
static enum module_state look(const char *path)
{
    struct buf text = {0};
    struct err err = {0};
    enum module_state state = MODULE_GONE;
    if (access(path, F_OK) == 0) {
        if (!wholefile_read(path, &text, &err))
            state = MODULE_UNKNOWN;
        else if (strstr(buf_text(&text), mark))
            state = MODULE_OURS;
    }
    buf_release(&text);
    return state;
}

static void note(const struct pages_watch *watch, const char *module)
{
    struct buf text = {0};
    struct err err = {0};
    buf_addf(&text, "module %s\n", module);
    if (!wholefile_replace(watch->note, &text, &err))
        log_msg(LOG_LEVEL_WARNING, "%s", err.text);
    buf_release(&text);
}

static void complain(const struct pages_watch *watch, const char *module)
{
    if (incidents_raise(watch->incidents, "pages", watch->now_s) != INCIDENT_KNOWN)
        log_msg(LOG_LEVEL_ERROR,
                "our module for kivitendo's pages is gone, and their buttons start the old server: "
                "%s; put it there again with page-module, or remove %s",
                module, watch->note);
    incidents_describe(watch->incidents, "pages",
                       _("our module for kivitendo's pages is gone, and their buttons start the "
                         "old server"));
}

void pages_check(const struct pages_watch *watch)
{
    int64_t since_s;
    struct buf module = {0};
    buf_addf(&module, "%s/modules/override/SL/System/TaskServer.pm", watch->installation);
    enum module_state state = module.failed ? MODULE_UNKNOWN : look(buf_text(&module));
    bool noted = access(watch->note, F_OK) == 0;
    if (state == MODULE_OURS && !noted)
        note(watch, buf_text(&module));
    if (state == MODULE_GONE && noted)
        complain(watch, buf_text(&module));
    else if (state != MODULE_UNKNOWN && incidents_end(watch->incidents, "pages", &since_s))
        log_msg(LOG_LEVEL_NOTICE,
                state == MODULE_OURS
                    ? N_("our module for kivitendo's pages is there again")
                    : N_("our module for kivitendo's pages is not missed any more"));
    buf_release(&module);
}
