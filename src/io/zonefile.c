#include "io/zonefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
#define LOCAL_ZONE     "/etc/localtime"

enum { PATH_BYTES = 512 };

enum found { FOUND, MISSING, FAILED };

/* Reads up to len bytes, across short reads; -1 with errno set. */
static ssize_t read_all(int fd, char *bytes, size_t len)
{
    size_t used = 0;
    while (used < len) {
        ssize_t n = read(fd, bytes + used, len - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        used += (size_t)n;
    }
    return (ssize_t)used;
}

static bool read_zone(struct zone *zone, int fd, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set_errno(err, "cannot look at it");
    if (!S_ISREG(st.st_mode) || st.st_size > ZONEFILE_MAX)
        return err_set(err, ERR_CONFIG, "not a regular file of at most %d bytes", ZONEFILE_MAX);
    char *bytes = malloc(ZONEFILE_MAX);
    if (!bytes)
        return err_set_nomem(err);
    ssize_t len = read_all(fd, bytes, ZONEFILE_MAX);
    bool ok = len >= 0 ? zone_parse(zone, bytes, (size_t)len, err)
                       : err_set_errno(err, "cannot read it");
    free(bytes);
    return ok;
}

static enum found load_path(struct zone *zone, const char *path, struct err *err)
{
    /* non-blocking: opening a fifo must not wait for its other end */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
        return MISSING;
    bool ok = fd >= 0 ? read_zone(zone, fd, err) : err_set_errno(err, "cannot open it");
    if (fd >= 0)
        close(fd);
    if (ok)
        return FOUND;
    err_wrap(err, "time zone file '%s'", path);
    return FAILED;
}

static enum found load_name(struct zone *zone, const char *name, struct err *err)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s%s", *name == '/' ? "" : ZONE_DIRECTORY "/", name);
    if (len < 0 || (size_t)len >= sizeof path)
        return MISSING;
    return load_path(zone, path, err);
}

/* Without tzdata installed, UTC is still what it is. */
static bool is_utc(const char *name)
{
    return strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0;
}

static bool has_dots(const char *name)
{
    for (const char *dots = strstr(name, ".."); dots; dots = strstr(dots + 1, ".."))
        if ((dots == name || dots[-1] == '/') && (dots[2] == '/' || dots[2] == '\0'))
            return true;
    return false;
}

static bool load_tz(struct zone *zone, const char *tz, struct err *err)
{
    struct err no_rule;
    const char *name = *tz == ':' ? tz + 1 : tz;
    if (*name == '\0')
        return true;
    if (has_dots(name))
        return err_set(err, ERR_CONFIG, "TZ='%.100s' leads out of its directory", tz);
    enum found found = load_name(zone, name, err);
    if (found != MISSING)
        return found == FOUND;
    if (is_utc(name) || zone_parse_posix(zone, name, &no_rule))
        return true;
    return err_set(err, ERR_CONFIG, "TZ='%.100s' is neither a known time zone nor a rule", tz);
}

bool zonefile_load(struct zone *zone, const char *tz, struct err *err)
{
    *zone = (struct zone){0};
    if (tz)
        return load_tz(zone, tz, err);
    return load_path(zone, LOCAL_ZONE, err) != FAILED;
}
