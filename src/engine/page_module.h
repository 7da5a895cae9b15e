/* page_module.h: our module for kivitendo's web pages, in its modules/override.
 *
 *     struct buf path = {0};
 *     switch (page_module_look(site.installation, &path)) …       path: where it lies, for messages
 *     buf_release(&path)
 *
 * Without it the pages use kivitendo's own, whose buttons start the old server.
 * Source: scripts/perl/page-module, which installs and removes it.
 * Not here: whether the module is the newest, or works.
 */
#ifndef ENGINE_PAGE_MODULE_H
#define ENGINE_PAGE_MODULE_H

#include "base/buf.h"

enum page_module {
    PAGE_MODULE_OURS,
    PAGE_MODULE_OTHER, /* somebody else's */
    PAGE_MODULE_MISSING,
    PAGE_MODULE_UNREADABLE, /* for us: the web server may be able to */
};

/* installation: kivitendo's directory.  The path is appended to `path`. */
enum page_module page_module_look(const char *installation, struct buf *path);

#endif
