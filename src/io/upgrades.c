#include "io/upgrades.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/dirnames.h"

static const char blanks[] = " \t\r";

/* The value of "-- @key: value" or "# @key: value", with its length; NULL: another line. */
static const char *value_of(const char *line, const char *key, size_t *len)
{
    if (strncmp(line, "--", 2) == 0)
        line += 2;
    else if (*line == '#')
        line += 1;
    else
        return NULL;
    line += strspn(line, blanks);
    size_t key_len = strlen(key);
    if (*line != '@' || strncmp(line + 1, key, key_len) != 0)
        return NULL;
    line += 1 + key_len;
    line += strspn(line, blanks);
    if (*line != ':')
        return NULL;
    line += 1;
    line += strspn(line, blanks);
    *len = strcspn(line, "\n");
    while (*len && strchr(blanks, line[*len - 1]))
        --*len;
    return line;
}

bool upgrades_parse(const char *text, char **tag)
{
    bool ignored = false;
    const char *found = NULL;
    size_t found_len = 0;
    *tag = NULL;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        size_t len = 0;
        line += *line == '\n';
        const char *value = value_of(line, "tag", &len);
        if (value) {
            found = value;
            found_len = len;
        } else if ((value = value_of(line, "ignore", &len))) {
            ignored = len > 0 && !(len == 1 && *value == '0');
        }
    }
    if (found && found_len && !ignored)
        *tag = strndup(found, found_len);
    return !found || !found_len || ignored || *tag;
}

static bool is_upgrade(const char *name)
{
    const char *end = strrchr(name, '.');
    return end && *name != '.' && (strcmp(end, ".sql") == 0 || strcmp(end, ".pl") == 0);
}

static bool read_head(const char *path, struct buf *text, struct err *err)
{
    char bytes[4096];
    ssize_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && text->len < UPGRADE_BYTES && (len = read(fd, bytes, sizeof bytes)) > 0)
        buf_add_utf8(text, bytes, (size_t)len);
    bool done = fd >= 0 && len >= 0;
    if (!done)
        err_set_errno(err, "cannot read %s", path);
    if (fd >= 0)
        close(fd);
    return done && (!text->failed || err_set_nomem(err));
}

static bool read_one(struct upgrades *upgrades, const char *path, struct err *err)
{
    struct buf text = {0};
    char *tag = NULL;
    bool done = read_head(path, &text, err) &&
                (upgrades_parse(buf_text(&text), &tag) || err_set_nomem(err));
    if (tag)
        upgrades->tags[upgrades->count++] = tag;
    buf_release(&text);
    return done;
}

static bool read_all(struct upgrades *upgrades, const char *directory, struct err *err)
{
    struct dirnames names = {0};
    int here = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0)
        return err_set_errno(err, "cannot open %s", directory);
    bool done = dirnames_read(&names, here, ".", err);
    close(here);
    upgrades->tags = calloc(names.count + 1, sizeof *upgrades->tags);
    if (!upgrades->tags)
        done = err_set_nomem(err);
    for (size_t i = 0; done && i < names.count; i++) {
        struct buf path = {0};
        buf_addf(&path, "%s/%s", directory, names.items[i]);
        if (is_upgrade(names.items[i]))
            done = path.failed ? err_set_nomem(err) : read_one(upgrades, buf_text(&path), err);
        buf_release(&path);
    }
    dirnames_release(&names);
    return done;
}

static bool is_current(const struct upgrades *upgrades, const struct stat *now)
{
    return upgrades->tags && upgrades->changed.tv_sec == now->st_mtim.tv_sec &&
           upgrades->changed.tv_nsec == now->st_mtim.tv_nsec;
}

static bool load_folder(struct upgrades *upgrades, const char *installation, const char *folder,
                        struct err *err)
{
    struct buf directory = {0};
    struct stat now;
    buf_addf(&directory, "%s/sql/%s", installation, folder);
    bool done = !directory.failed || err_set_nomem(err);
    if (done && stat(buf_text(&directory), &now) != 0) {
        upgrades_release(upgrades);
        done = errno == ENOENT || err_set_errno(err, "cannot look at %s", buf_text(&directory));
    } else if (done && !is_current(upgrades, &now)) {
        upgrades_release(upgrades);
        done = read_all(upgrades, buf_text(&directory), err);
        upgrades->changed = now.st_mtim;
        if (!done)
            upgrades_release(upgrades);
    }
    buf_release(&directory);
    return done;
}

bool upgrades_load(struct upgrades *upgrades, const char *installation, struct err *err)
{
    return load_folder(upgrades, installation, "Pg-upgrade2", err);
}

bool upgrades_load_auth(struct upgrades *upgrades, const char *installation, struct err *err)
{
    return load_folder(upgrades, installation, "Pg-upgrade2-auth", err);
}

void upgrades_release(struct upgrades *upgrades)
{
    if (!upgrades)
        return;
    for (size_t i = 0; i < upgrades->count; i++)
        free(upgrades->tags[i]);
    free(upgrades->tags);
    *upgrades = (struct upgrades){0};
}
