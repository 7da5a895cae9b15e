/* incidents.h: lasting conditions, remembered from run to run, so that they are told when they
 * begin, once a day, and when they end, instead of every minute.
 *
 *     struct incidents incidents = {0};
 *     incidents_load(&incidents, path, err)
 *     switch (incidents_raise(&incidents, "client/3", now_s)) …
 *     if (incidents_end(&incidents, "client/3", &since_s)) …
 *     incidents_describe(&incidents, "client/3", "client 'acme' is not served: …")
 *     incidents_save(&incidents, err)               writes only if something changed
 *     incidents_release(&incidents)
 *
 * Shape of the file: one line each, "key since told text", times in seconds since the epoch.  A key
 * has no blanks; the text, for people who look, may be missing.  A file that cannot be read or
 * understood counts as empty: the worst that happens is
 * that something is told once more.
 *
 * Ownership: the struct owns its entries and the path.  Only the holder of the lockfile saves.
 */
#ifndef STORE_INCIDENTS_H
#define STORE_INCIDENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum { INCIDENT_KEY_MAX = 64, INCIDENT_REMIND_S = 86400 };

struct incident {
    char key[INCIDENT_KEY_MAX];
    int64_t since_s;
    int64_t told_s; /* when it was told the last time; 0: that has not been possible yet */
    char *text;     /* owned; NULL: none */
};

struct incidents {
    char *path;
    struct incident *items;
    size_t count;
    bool changed;
};

enum incident_news {
    INCIDENT_NEW,    /* tell it */
    INCIDENT_REMIND, /* tell it again: a day has passed */
    INCIDENT_KNOWN,  /* told already */
};

bool incidents_load(struct incidents *incidents, const char *path, struct err *err) MUST_USE;

enum incident_news incidents_raise(struct incidents *incidents, const char *key, int64_t now_s);

/* What incidents_raise has answered could not be told after all: it will answer the same again. */
void incidents_untell(struct incidents *incidents, const char *key, enum incident_news what);

/* It began earlier than it was first seen; nothing happens where it is known to be older. */
void incidents_date_back(struct incidents *incidents, const char *key, int64_t since_s);

/* What it is about; newlines become blanks. */
void incidents_describe(struct incidents *incidents, const char *key, const char *text);

/* NULL: there is none with this key. */
const struct incident *incidents_find(const struct incidents *incidents, const char *key);

/* True: there was one; *since_s is when it began. */
bool incidents_end(struct incidents *incidents, const char *key, int64_t *since_s);

/* Forgets all whose key begins with `prefix`, except `key` itself. */
void incidents_forget_others(struct incidents *incidents, const char *prefix, const char *key);

/* Forgets those whose key begins with `prefix` and which were last told of before that time, or
 * began before it and were never told. */
void incidents_forget_old(struct incidents *incidents, const char *prefix, int64_t before_s);

bool incidents_save(struct incidents *incidents, struct err *err) MUST_USE;

void incidents_release(struct incidents *incidents);

#endif
