#include "store/origins.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "io/lines.h"
#include "io/wholefile.h"
#include "store/fields.h"

enum { FIELD_CLIENT, FIELD_SYSTEM, FIELD_OID, FIELD_HOST, FIELD_PORT, FIELD_DBNAME, FIELDS };

/* ---- the list ---- */

static void home_release(struct origin_home *home)
{
    free(home->host);
    free(home->port);
    free(home->dbname);
}

static bool is_digits(const char *text, size_t max)
{
    size_t len = strspn(text, "0123456789");
    return !text[len] && len < max;
}

/* Fields of a line that is one line. */
static bool split(char *line, char *fields[FIELDS], int64_t *client_id)
{
    return fields_split(line, fields, FIELDS) == FIELDS &&
           fields_number(fields[FIELD_CLIENT], INT_MAX, client_id) &&
           is_digits(fields[FIELD_SYSTEM], ORIGIN_SYSTEM_MAX) &&
           is_digits(fields[FIELD_OID], ORIGIN_OID_MAX) && !strchr(fields[FIELDS - 1], '\t');
}

static bool add_line(struct origins *origins, char *line, struct err *err)
{
    int64_t client_id;
    char *fields[FIELDS];
    if (!split(line, fields, &client_id))
        return true;
    struct origin_home home = {.client_id = (int)client_id};
    snprintf(home.origin.system, sizeof home.origin.system, "%s", fields[FIELD_SYSTEM]);
    snprintf(home.origin.oid, sizeof home.origin.oid, "%s", fields[FIELD_OID]);
    home.origin.untold = !*home.origin.system;
    home.host = strdup(fields[FIELD_HOST]);
    home.port = strdup(fields[FIELD_PORT]);
    home.dbname = strdup(fields[FIELD_DBNAME]);
    struct origin_home *items = realloc(origins->items, (origins->count + 1) * sizeof *items);
    if (items)
        origins->items = items;
    if (!items || !home.host || !home.port || !home.dbname) {
        home_release(&home);
        return err_set_nomem(err);
    }
    origins->items[origins->count++] = home;
    return true;
}

/* Of those that were written whole. */
static bool add_lines(struct origins *origins, struct buf *text, struct err *err)
{
    bool done = true;
    size_t at = 0;
    for (char *end; done && at < text->len; at = (size_t)(end - text->data) + 1) {
        char *line = text->data + at;
        end = memchr(line, '\n', text->len - at);
        if (!end)
            break;
        *end = '\0';
        done = lines_is_cut(line, (size_t)(end - line)) || add_line(origins, line, err);
    }
    return done;
}

static bool load(struct origins *origins, const char *path, struct err *err)
{
    struct buf text = {0};
    origins->path = strdup(path);
    bool done = origins->path ? wholefile_read_if_any(path, &text, err) : err_set_nomem(err);
    done = done && add_lines(origins, &text, err);
    buf_release(&text);
    if (!done)
        origins_release(origins);
    return done;
}

bool origins_load(struct origins *origins, const char *path, struct err *err)
{
    *origins = (struct origins){0};
    return load(origins, path, err);
}

bool origins_open(struct origins *origins, const char *path, struct err *err)
{
    *origins = (struct origins){0};
    return filelock_take(&origins->lock, path, err) && load(origins, path, err);
}

const struct origin_home *origins_find(const struct origins *origins, int client_id)
{
    for (size_t i = 0; i < origins->count; i++)
        if (origins->items[i].client_id == client_id)
            return &origins->items[i];
    return NULL;
}

static void write_line(struct buf *text, const char *const fields[FIELDS])
{
    for (size_t i = 0; i < FIELDS; i++)
        fields_add(text, fields[i]);
    buf_add_text(text, "\n");
}

static bool append(const char *path, const struct buf *line, struct err *err)
{
    int fd = lines_open(path, err);
    bool done = fd >= 0 && lines_append(fd, path, line, err);
    if (fd >= 0)
        close(fd);
    return done;
}

bool origins_learn(struct origins *origins, const struct client *client, const struct origin *found,
                   struct err *err)
{
    char id[16];
    struct buf line = {0};
    snprintf(id, sizeof id, "%d", client->id);
    const char *texts[FIELDS] = {
        [FIELD_CLIENT] = id,
        [FIELD_SYSTEM] = found->system,
        [FIELD_OID] = found->oid,
        [FIELD_HOST] = client->fields[CLIENT_HOST],
        [FIELD_PORT] = client->fields[CLIENT_PORT],
        [FIELD_DBNAME] = client->fields[CLIENT_DBNAME],
    };
    write_line(&line, texts);
    bool done = append(origins->path, &line, err);
    if (!line.failed) { /* what cannot be written is remembered for this run at least */
        line.data[line.len - 1] = '\0';
        done = add_line(origins, line.data, err) && done;
    }
    buf_release(&line);
    return done;
}

static void write_home(struct buf *text, const struct origin_home *home)
{
    char id[16];
    snprintf(id, sizeof id, "%d", home->client_id);
    const char *texts[FIELDS] = {id,         home->origin.system, home->origin.oid,
                                 home->host, home->port,          home->dbname};
    write_line(text, texts);
}

bool origins_forget(struct origins *origins, int client_id, struct err *err)
{
    struct buf text = {0};
    size_t kept = 0;
    for (size_t i = 0; i < origins->count; i++) {
        if (origins->items[i].client_id == client_id) {
            home_release(&origins->items[i]);
            continue;
        }
        write_home(&text, &origins->items[i]);
        origins->items[kept++] = origins->items[i];
    }
    bool changed = kept != origins->count;
    origins->count = kept;
    bool done = !changed || wholefile_replace(origins->path, &text, err);
    buf_release(&text);
    return done;
}

void origins_release(struct origins *origins)
{
    if (!origins)
        return;
    for (size_t i = 0; i < origins->count; i++)
        home_release(&origins->items[i]);
    free(origins->items);
    free(origins->path);
    filelock_release(&origins->lock);
    *origins = (struct origins){0};
}

/* ---- is it the same ---- */

/* As a field of the file shows it. */
static bool same_text(const char *stored, const char *text)
{
    struct buf field = {0};
    fields_add(&field, text);
    bool same = field.failed || strcmp(stored, buf_text(&field)) == 0;
    buf_release(&field);
    return same;
}

bool origin_is_renamed(const struct origin_home *home, const struct client *client)
{
    if (!same_text(home->dbname, client->fields[CLIENT_DBNAME]))
        return true;
    return home->origin.untold && (!same_text(home->host, client->fields[CLIENT_HOST]) ||
                                   !same_text(home->port, client->fields[CLIENT_PORT]));
}

bool origin_moved(const struct origin_home *home, const struct client *client,
                  const struct origin *found)
{
    return origin_is_renamed(home, client) || origin_differs(&home->origin, found);
}

void origin_describe(const struct origin *origin, const char *host, const char *dbname,
                     struct buf *text)
{
    if (!*origin->oid)
        buf_addf(text, _("'%.100s' on %.100s"), dbname, host);
    else if (*origin->system)
        buf_addf(text, _("'%.100s' on %.100s (oid %s, system %s)"), dbname, host, origin->oid,
                 origin->system);
    else
        buf_addf(text, _("'%.100s' on %.100s (oid %s)"), dbname, host, origin->oid);
}

void origin_describe_move(const struct origin_home *home, const struct client *client,
                          const struct origin *found, struct buf *text)
{
    struct buf now = {0};
    struct buf before = {0};
    origin_describe(found, client->fields[CLIENT_HOST], client->fields[CLIENT_DBNAME], &now);
    origin_describe(&home->origin, home->host, home->dbname, &before);
    buf_addf(text,
             _("its database is not the one it was, but %s instead of %s: a restored copy, or "
               "renamed; nothing is run there until somebody says: task-server release --client "
               "%d"),
             buf_text(&now), buf_text(&before), client->id);
    buf_release(&now);
    buf_release(&before);
}
