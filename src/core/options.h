/* options.h: the settings we read from kivitendo's configuration, typed and with their defaults.
 *
 *     struct options options = {0};
 *     if (!options_init(&options, err)) …
 *     options_set(&options, &setting, &warnings, err)    once per setting, later ones win
 *     size_t at = 0;
 *     while (options_next_fault(&options, &at, &fault))  when all files are read
 *     options_release(&options);
 *
 * Shapes: a text is NULL while it is unset or empty, except where a default is named below.  An
 * empty number means its default too.  A switch is on unless its text is empty or "0", as in Perl.
 * Ownership: the struct owns its texts; release wipes the password first.  {0} may be released.
 * Errors: kind ERR_CONFIG, "FILE:LINE: [section] key: …" with the value unless it is a secret.
 * Warnings go into a buffer, one line each with a newline behind it, in the same form.
 * Source: design.md "New configuration keys" and kivitendo's own kivitendo.conf.default.
 * Not here: which sections are ours (core/options_table.h), reading files (io/config), finding the
 * host's name when node_id is unset (the caller).
 */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/option_fields.h"
#include "core/setting.h"
#include "core/words.h"

/* Sets every default; call it once, on {0}. */
bool options_init(struct options *options, struct err *err) MUST_USE;

/* Takes one setting over.  Settings that are none of our business are accepted in silence. */
bool options_set(struct options *options, const struct setting *setting, struct buf *warnings,
                 struct err *err) MUST_USE;

/* What is wrong with the whole. */
struct options_fault {
    const char *section; /* the setting that would mend it */
    const char *key;     /* borrowed from the options */
    bool is_missing;     /* it stands nowhere, so err names no file */
    struct err err;
};

/* Is what must be set set, and what must be gone gone?  Finds the next fault; *at is 0 at first.
 * False: there is none further. */
bool options_next_fault(const struct options *options, size_t *at,
                        struct options_fault *fault) MUST_USE;

/* The time limit of this package's external jobs in seconds, 0: none.  Its own key in
 * [task_server/timeouts], else none for CreatePeriodicInvoices, else job_timeout. */
int options_timeout_s(const struct options *options, const char *package) MUST_USE;

/* How long an external job of this package may go on after a stop signal, in seconds; -1: until it
 * ends.  That is so for CreatePeriodicInvoices, whose mails cannot be taken back, unless it has a
 * key of its own in [task_server/timeouts]. */
int options_stop_grace_s(const struct options *options, const char *package) MUST_USE;

/* The command for this package, split into words (the caller releases them): the program's absolute
 * path and its arguments.  No command: no words, and true.  false: out of memory. */
bool options_command(const struct options *options, const char *package, struct words *words,
                     struct err *err) MUST_USE;

/* Frees all texts, wipes the password, leaves {0}.  Takes NULL. */
void options_release(struct options *options);

#endif
