#include "store/clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/session.h"

enum { LIST_STEP = 2 }; /* behind what sets up the session */

#define SELECT_CLIENTS                                                                             \
    "SELECT c.id, coalesce(c.name, ''),"                                                           \
    " coalesce(nullif(c.dbhost, ''), 'localhost'),"                                                \
    " coalesce(nullif(c.dbport::text, ''), '5432'),"                                               \
    " coalesce(c.dbname, ''), coalesce(c.dbuser, ''), coalesce(c.dbpasswd, ''),"                   \
    " coalesce((SELECT u.cfg_value FROM auth.user_config u"                                        \
    "   WHERE u.user_id = c.task_server_user_id AND u.cfg_key = 'countrycode'), ''),"              \
    " c.task_server_user_id IS NULL FROM auth.clients c"

static const struct db_statement list = {
    .sql = SELECT_CLIENTS " WHERE c.task_server_user_id IS NOT NULL ORDER BY c.id",
};

static const struct db_statement list_all = {.sql = SELECT_CLIENTS " ORDER BY c.id"};

static bool read_client(const struct db_reply *reply, int row, struct client *client)
{
    client->id = atoi(db_value(reply, LIST_STEP, row, 0));
    for (int i = 0; i < CLIENT_FIELDS; i++) {
        client->fields[i] = strdup(db_value(reply, LIST_STEP, row, i + 1));
        if (!client->fields[i])
            return false;
    }
    client->disabled = db_true(reply, LIST_STEP, row, CLIENT_FIELDS + 1);
    return true;
}

static bool read_all(const struct db_reply *reply, struct clients *clients)
{
    int count = db_rows(reply, LIST_STEP);
    clients->items = calloc((size_t)count + 1, sizeof *clients->items);
    if (!clients->items)
        return false;
    for (int i = 0; i < count; i++) {
        clients->count++;
        if (!read_client(reply, i, &clients->items[i]))
            return false;
    }
    return true;
}

static bool explain(const struct db_reply *reply, struct err *err)
{
    if (strcmp(reply->sqlstate, "42703") == 0)
        return err_set(
            err, ERR_CONFIG,
            "it has no column auth.clients.task_server_user_id: it belongs to a kivitendo "
            "older than 3.4, or its upgrade was not finished; log in to kivitendo's "
            "administration interface to upgrade it");
    if (strcmp(reply->sqlstate, "42P01") == 0 || strcmp(reply->sqlstate, "3F000") == 0)
        return err_set(
            err, ERR_CONFIG,
            "it has no table auth.clients: it is no authentication database of kivitendo; "
            "check host, port and db in [authentication/database]");
    if (reply->end == DB_REFUSED)
        err->kind = ERR_AWAY;
    return err_wrap(err, "cannot read the clients");
}

static bool load(struct db *db, const struct db_statement *statement, struct clients *clients,
                 struct err *err)
{
    *clients = (struct clients){0};
    struct db_step steps[] = {session_patience(), session_step(db), {.statement = statement}};
    struct db_reply reply;
    bool done = db_run(db, steps, ARRAY_LEN(steps), &reply, err);
    if (!done)
        explain(&reply, err);
    else if (!read_all(&reply, clients))
        done = err_set_nomem(err);
    db_reply_release(&reply);
    if (!done)
        clients_release(clients);
    return done;
}

bool clients_load(struct db *db, struct clients *clients, struct err *err)
{
    return load(db, &list, clients, err);
}

bool clients_load_all(struct db *db, struct clients *clients, struct err *err)
{
    return load(db, &list_all, clients, err);
}

struct db_target client_target(const struct client *client)
{
    return (struct db_target){
        .host = client->fields[CLIENT_HOST],
        .port = client->fields[CLIENT_PORT],
        .name = client->fields[CLIENT_DBNAME],
        .user = client->fields[CLIENT_USER],
        .password = client->fields[CLIENT_PASSWORD],
    };
}

void client_pack(const struct client *client, struct buf *out)
{
    buf_addf(out, "%d", client->id);
    buf_add(out, "", 1);
    for (int i = 0; i < CLIENT_FIELDS; i++)
        buf_add(out, client->fields[i], strlen(client->fields[i]) + 1);
}

/* The next NUL-terminated field of what is left; NULL where there is none. */
static const char *take_field(const char **bytes, size_t *len)
{
    const char *field = *bytes;
    const char *end = memchr(field, '\0', *len);
    if (!end)
        return NULL;
    *len -= (size_t)(end - field) + 1;
    *bytes = end + 1;
    return field;
}

bool client_unpack(struct client *client, const char *bytes, size_t len)
{
    *client = (struct client){0};
    const char *id = take_field(&bytes, &len);
    bool good = id != NULL;
    client->id = id ? atoi(id) : 0;
    for (int i = 0; good && i < CLIENT_FIELDS; i++) {
        const char *field = take_field(&bytes, &len);
        client->fields[i] = field ? strdup(field) : NULL;
        good = client->fields[i] != NULL;
    }
    if (!good)
        client_release(client);
    return good;
}

bool clients_choose(struct clients *clients, const char *wanted, struct err *err)
{
    char id[16];
    struct client *found = NULL;
    for (size_t i = 0; i < clients->count; i++) {
        struct client *client = &clients->items[i];
        snprintf(id, sizeof id, "%d", client->id);
        bool by_id = strcmp(wanted, id) == 0;
        if (by_id || (!found && strcmp(wanted, client->fields[CLIENT_NAME]) == 0))
            found = client;
        if (by_id)
            break;
    }
    if (!found)
        return err_set(err, ERR_USAGE, "no enabled client '%s'", wanted);
    struct client first = clients->items[0];
    clients->items[0] = *found;
    *found = first;
    for (size_t i = 1; i < clients->count; i++)
        client_release(&clients->items[i]);
    clients->count = 1;
    return true;
}

void client_release(struct client *client)
{
    if (!client)
        return;
    char *password = client->fields[CLIENT_PASSWORD];
    if (password)
        explicit_bzero(password, strlen(password));
    for (int i = 0; i < CLIENT_FIELDS; i++)
        free(client->fields[i]);
    *client = (struct client){0};
}

void clients_release(struct clients *clients)
{
    if (!clients)
        return;
    for (size_t i = 0; i < clients->count; i++)
        client_release(&clients->items[i]);
    free(clients->items);
    *clients = (struct clients){0};
}
