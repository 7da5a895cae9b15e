#include "io/installation.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"

#ifndef DEFAULT_KIVITENDO_DIR
#define DEFAULT_KIVITENDO_DIR "/var/www/kivitendo-erp"
#endif

static bool is_installation(const char *directory)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/SL/System/TaskServer.pm", directory);
    return len > 0 && (size_t)len < sizeof path && access(path, F_OK) == 0;
}

/* Notes a place for the message that may have to be made. */
static void note(struct buf *places, const char *how, const char *path)
{
    buf_addf(places, "%s%s %s", places->len ? ", " : "", how, path);
}

/* Looks in the directory and all above it.  The caller frees the answer; NULL: not there. */
static char *find_upwards(const char *directory, struct buf *places)
{
    char *path = directory ? realpath(directory, NULL) : NULL;
    if (!path)
        return NULL;
    note(places, _("upwards from"), path);
    for (char *slash = path; slash;) {
        if (is_installation(path))
            return *path ? path : strcpy(path, "/");
        slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    free(path);
    return NULL;
}

/* The same, from the directory that a file lies in. */
static char *find_above_file(const char *file, struct buf *places)
{
    if (!file)
        return NULL;
    const char *slash = strrchr(file, '/');
    size_t len = slash == file ? 1 : slash ? (size_t)(slash - file) : 0;
    char *directory = slash ? strndup(file, len) : strdup(".");
    char *found = find_upwards(directory, places);
    free(directory);
    return found;
}

/* The current directory is not looked at for a -c file that lies in an installation: two
 * installations on one machine must not be mixed up. */
static char *find_around(const struct installation_hint *hint, struct buf *places)
{
    char *found = find_above_file(hint->config_file, places);
    if (!found && hint->config_file) {
        char *real = realpath(hint->config_file, NULL);
        found = find_above_file(real, places);
        free(real);
    }
    if (!found)
        found = find_upwards(".", places);
    if (!found) {
        const char *fallback = hint->fallback ? hint->fallback : DEFAULT_KIVITENDO_DIR;
        note(places, C_("place", "in"), fallback);
        found = is_installation(fallback) ? realpath(fallback, NULL) : NULL;
    }
    return found;
}

static char *find_given(const char *directory, struct err *err)
{
    char *found = realpath(directory, NULL);
    if (!found) {
        err_set_errno(err, "cannot find kivitendo's directory %s (-C)", directory);
        err->kind = ERR_CONFIG;
    } else if (!is_installation(found)) {
        err_set(err, ERR_CONFIG,
                "%s (-C) is not kivitendo's directory: there is no SL/System/TaskServer.pm in it",
                found);
        free(found);
        found = NULL;
    }
    return found;
}

char *installation_find(const struct installation_hint *hint, struct err *err)
{
    if (hint->directory)
        return find_given(hint->directory, err);
    struct buf places = {0};
    char *found = find_around(hint, &places);
    if (!found)
        err_set(err, ERR_CONFIG,
                "cannot find kivitendo's directory (the one with SL/System/TaskServer.pm), neither "
                "%s; name it with -C",
                buf_text(&places));
    buf_release(&places);
    return found;
}
