/* clients.h: the enabled clients (tenants), from the auth database.
 *
 *     clients_load(&auth_db, &clients, err)        on a fresh connection
 *     client_target(&clients.items[0])             where its database is
 *     clients_release(&clients)
 *
 * A client travels from the parent to its lanes packed as text fields with a NUL behind each.
 *
 * Ownership: a client owns its strings; release wipes the password.
 * Errors: ERR_AWAY for an unreachable database, ERR_CONFIG where it is not kivitendo's, or too old
 * for a task server.
 * Source: kivitendo.md "Authentication database".
 */
#ifndef STORE_CLIENTS_H
#define STORE_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/db.h"

/* The text fields, in the order in which they are read and packed. */
enum client_field {
    CLIENT_NAME,
    CLIENT_HOST, /* "localhost" where the table has none */
    CLIENT_PORT, /* "5432" where the table has none */
    CLIENT_DBNAME,
    CLIENT_USER,
    CLIENT_PASSWORD,
    CLIENT_LANGUAGE, /* countrycode of its task server user; may be empty */
    CLIENT_FIELDS,
};

struct client {
    int id;
    bool disabled;               /* no task server user; only clients_load_all finds such */
    char *fields[CLIENT_FIELDS]; /* never NULL once loaded */
};

struct clients {
    struct client *items;
    size_t count;
};

bool clients_load(struct db *db, struct clients *clients, struct err *err) MUST_USE;

/* The same with those that are not enabled: for people who wonder. */
bool clients_load_all(struct db *db, struct clients *clients, struct err *err) MUST_USE;

struct db_target client_target(const struct client *client);

void client_pack(const struct client *client, struct buf *out);

/* False: these bytes are no packed client. */
bool client_unpack(struct client *client, const char *bytes, size_t len) MUST_USE;

/* Leaves only the wanted client in the list: the one with this id, else the one of this name.
 * ERR_USAGE: there is none. */
bool clients_choose(struct clients *clients, const char *wanted, struct err *err) MUST_USE;

void client_release(struct client *client);
void clients_release(struct clients *clients);

#endif
