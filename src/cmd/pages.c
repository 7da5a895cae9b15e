#include "cmd/pages.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "engine/page_module.h"
#include "io/wholefile.h"

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
    struct buf path = {0};
    enum page_module found = page_module_look(watch->installation, &path);
    bool gone = found == PAGE_MODULE_MISSING || found == PAGE_MODULE_OTHER;
    bool noted = access(watch->note, F_OK) == 0;
    if (found == PAGE_MODULE_OURS && !noted)
        note(watch, buf_text(&path));
    if (gone && noted)
        complain(watch, buf_text(&path));
    else if (found != PAGE_MODULE_UNREADABLE && incidents_end(watch->incidents, "pages", &since_s))
        log_msg(LOG_LEVEL_NOTICE,
                gone ? N_("our module for kivitendo's pages is not missed any more")
                     : N_("our module for kivitendo's pages is there again"));
    buf_release(&path);
}
