/* site.h: the installation that is being served: configuration, zone, node, and who we are.
 *
 *     struct site site = {0};
 *     site_open(&site, &where, err)          finds and reads the configuration, drops privileges
 *     site_is_unlocked(&site)                before every pass and every claim
 *     site_release(&site)
 *
 * One site per process; a lane works with its parent's copy and signals of its own.
 *
 * Ownership: the site owns its parts; `signals` and `board` are lent to it.
 * Source: design.md "Command line", "Privileges"; kivitendo.md "Files".
 */
#ifndef ENGINE_SITE_H
#define ENGINE_SITE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/environ.h"
#include "core/job.h"
#include "core/options.h"
#include "core/zone.h"
#include "engine/board.h"
#include "io/config.h"
#include "io/db.h"
#include "io/identity.h"
#include "io/sha256.h"
#include "io/signals.h"
#include "io/statedir.h"
#include "io/upgrades.h"
#include "store/clients.h"
#include "store/journal.h"
#include "store/runlog.h"

/* What the command line says. */
struct site_request {
    const char *config;       /* -c, or NULL */
    const char *installation; /* -C, or NULL */
    const char *tz;           /* the environment's TZ, or NULL */
    bool allow_root;
    const char *perl_dir; /* the environment's TASK_SERVER_PERL, or NULL: where it is installed */
};

/* Where lanes, bridge and jobs meet: a directory below the state directory, for us alone. */
struct site_bridge {
    int fd;          /* -1: there is none */
    char *path;      /* owned, absolute */
    char socket[24]; /* name of this process's socket in it */
    char *trouble;   /* owned; why there is no Perl, where that is known already; else NULL */
};

struct site {
    struct options options;
    struct config_files files;
    char *installation; /* kivitendo's directory, absolute */
    struct zone zone;
    struct identity identity;
    char auth_port[8];
    char node_id[256];
    struct node node;
    const char *perl_dir;    /* where our Perl half lies; borrowed */
    struct statedir *state;  /* lent; NULL: there is none, and no external job can run */
    struct journal *journal; /* lent; the same */
    struct runlog *runlog;   /* lent; NULL: nobody remembers what ended */
    char *holds_path;        /* store/holds.h; owned; known also without a usable state directory */
    char *origins_path;      /* store/origins.h; owned; NULL: the same */
    struct site_bridge bridge;
    struct upgrades *upgrades;  /* of this process; owned */
    struct sha256_memory *sums; /* of kivitendo's job classes, as this process needs them; owned */
    struct buf warnings;        /* about the configuration, a line each */
    struct signals *signals;    /* of this process */
    struct board *board;
};

/* Warnings about the configuration go into site->warnings: the caller tells them. */
bool site_open(struct site *site, const struct site_request *request, struct err *err) MUST_USE;

/* Only finds and reads the configuration; we stay who we are, and zone and node are not known. */
bool site_read(struct site *site, const struct site_request *request, struct err *err) MUST_USE;

/* Of a site that was read: may root become the user that run_as names (io/identity.h)?  True where
 * we are not root, or it names nobody. */
bool site_check_run_as(const struct site *site, struct err *err) MUST_USE;

/* Logs the warnings, a message each. */
void site_log_warnings(const struct site *site);

/* Opens the state directory, lends it to the site, and finds the files in it that every command
 * looks at.  False: there is none that could be used; holds_path is set all the same, for what
 * cannot be read may hold somebody. */
bool site_open_state(struct site *site, struct statedir *state, struct err *err) MUST_USE;

/* Appends the path of a file of this installation in the state directory: ".last-run" and so on.
 * ERR_SYSTEM where there is no such directory. */
bool site_state_path(const struct site *site, const char *suffix, struct buf *path,
                     struct err *err) MUST_USE;

/* The journal below the state directory, without making anything. */
bool site_open_journal(const struct site *site, struct journal *journal, struct err *err) MUST_USE;

/* Opens the journal and the bridge's directory below the state directory.  False: there can be no
 * external jobs; err says why. */
bool site_open_outside(struct site *site, struct journal *journal, struct err *err) MUST_USE;

/* The environment of every external job: built from nothing, with [environment] (core/environ.h).
 */
bool site_environment(const struct site *site, struct environ *environment,
                      struct err *err) MUST_USE;

/* How the Perl bridge is started. */
struct site_perl {
    struct buf script;
    char *config; /* owned, absolute */
    const char *argv[8];
    struct environ environment;
};

bool site_perl_fill(struct site_perl *perl, const struct site *site, struct err *err) MUST_USE;
void site_perl_release(struct site_perl *perl);

/* False while kivitendo's installation is locked (users/nologin), or when that cannot be told; then
 * `why` says so. */
bool site_is_unlocked(const struct site *site, struct err *why) MUST_USE;

/* Options for a connection; `name` goes behind "task-server" in application_name. */
struct db_options site_db_options(const struct site *site, const char *application_name);

/* Where the auth database is. */
struct db_target site_auth_target(const struct site *site);

/* Reads the enabled clients, over a connection of its own.  A stop signal ends it at once. */
bool site_load_clients(const struct site *site, struct clients *clients, struct err *err) MUST_USE;

/* The same with those that are not enabled (client.disabled). */
bool site_load_all_clients(const struct site *site, struct clients *clients,
                           struct err *err) MUST_USE;

/* Appends a file name, without directory, for what this site keeps between runs: unique on this
 * machine for each installation and configuration file. */
bool site_file_name(const struct site *site, const char *suffix, struct buf *name,
                    struct err *err) MUST_USE;

void site_release(struct site *site);

#endif
