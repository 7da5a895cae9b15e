/* outbox.h: what people are still to be told: a file per notice, until it has been delivered.
 *
 *     outbox_put(dir, &note, err)
 *     outbox_list(dir, &names, err)             the oldest first; no directory, no names
 *     outbox_read(dir, names.items[0], &note, err)
 *     outbox_remove(dir, names.items[0])        delivered, or given up
 *     outbox_note_release(&note)
 *
 * The directory exists only while something is in it, so that asking is cheap (outbox_waits).
 * Notices are written beside and renamed, so one that can be seen is whole; a draft that has been
 * left for an hour goes when the directory is listed.  One process may put while another removes.
 *
 * Ownership: a note that was read owns its texts; one that is put borrows them.
 * Errors: ERR_SYSTEM, ERR_INTERNAL.
 * Not here: who is told, and how (engine/courier.h).
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/dirnames.h"

struct outbox_note {
    bool is_mail;   /* else: for notify_command, the body being its JSON */
    int64_t made_s; /* since the epoch */
    char *subject;
    char *body;
};

bool outbox_put(const char *dir, const struct outbox_note *note, struct err *err) MUST_USE;

/* Is there anything to deliver, perhaps? */
bool outbox_waits(const char *dir);

bool outbox_list(const char *dir, struct dirnames *names, struct err *err) MUST_USE;

bool outbox_read(const char *dir, const char *name, struct outbox_note *note,
                 struct err *err) MUST_USE;

/* Removes the directory too, once it is empty. */
void outbox_remove(const char *dir, const char *name);

void outbox_note_release(struct outbox_note *note);

#endif
