/* option_fields.h: the settings as they have been read; core/options.h says how. */
#ifndef CORE_OPTION_FIELDS_H
#define CORE_OPTION_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/option_map.h"

/* Where the authentication database is; host, db and user are required. */
struct options_auth_db {
    char *host;     /* host name or directory of a socket */
    int port;       /* 1 to 65535, default 5432 */
    char *db;       /* name of the database */
    char *user;     /* role to connect as */
    char *password; /* NULL: none; wiped on release */
};

/* Which jobs with a native handler run in it: design.md "Jobs: three kinds". */
enum options_native {
    OPTIONS_NATIVE_AUTO,
    OPTIONS_NATIVE_ON,
    OPTIONS_NATIVE_OFF,
    OPTIONS_NATIVE_LIST, /* exactly those in native_list */
};

/* Where messages go. */
enum options_log {
    OPTIONS_LOG_STDERR,
    OPTIONS_LOG_SYSLOG,
    OPTIONS_LOG_FILE, /* [debug] file_name, as kivitendo's own */
};

/* Who is told of failed jobs; kivitendo tells nobody unless all four texts are set. */
struct options_notify {
    char *to;   /* an address, or a login */
    char *from; /* "name <address>" */
    char *subject;
    char *template; /* a file, relative to kivitendo's directory */
    bool repeats;   /* `repeat = always`: of every failure, not only of what is news */
};

struct options {
    struct options_auth_db auth_db;
    int session_timeout_min; /* life of a web session in minutes, default 480 */
    char *language;          /* language of the installation, default "de" */
    char *userspath;         /* kivitendo's directory for temporary files, default "users" */
    bool keep_installation_unlocked; /* do not look at <userspath>/nologin */
    bool debug;                      /* as if -v were given */
    char *run_as;                    /* user to become when started as root */
    char *node_id;                   /* name of this node; NULL: the host's name */
    bool only_this_node;             /* leave jobs without a node to others */
    int max_parallel;                /* clients worked on at once, 1 to 32, default 4 */
    int job_timeout_s;               /* time limit of an external job, 0: none, default 14400 */
    int stop_grace_s;                /* time a job gets after a stop signal, default 15 */
    int kill_grace_s;                /* from SIGTERM to SIGKILL, default 10 */
    int connect_timeout_s;           /* for each attempt to connect, default 10 */
    char *state_dir;                 /* NULL: see io/statedir */
    char *scheduler;                 /* for scripts/task_server: auto, systemd, cron.d, crontab */

    /* For scripts/task_server, which tells systemd where jobs write. */
    char *debug_file;    /* kivitendo's log, default "users/kivitendo-debug.log" */
    char *document_path; /* where documents are kept, NULL: nowhere */
    char *spool;         /* print files, default "spool" */

    int max_external;                    /* external jobs at once on this node, default 4 */
    int max_perl_jobs;                   /* of them Perl jobs, default 2 */
    uint64_t output_limit_bytes;         /* kept of what a job prints, default 65536 */
    uint64_t job_memory_limit_bytes;     /* address space of an external job, 0: no limit */
    uint64_t memory_limit_rss_bytes;     /* a Perl process beyond it is not used again, 0: none */
    uint64_t memory_limit_vsz_bytes;     /* the same for its address space */
    enum options_native native_jobs;     /* default OPTIONS_NATIVE_AUTO */
    struct option_map native_list;       /* packages, for OPTIONS_NATIVE_LIST */
    struct option_map rerun_interrupted; /* packages that may be repeated once when interrupted */
    char *perl;                          /* absolute path, default "/usr/bin/perl" */
    bool pooler_keeps_session;  /* `pooler = session`: external jobs in spite of a pooler */
    struct option_map timeouts; /* package → seconds; see options_timeout_s */
    struct option_map commands; /* package → command line; see options_command */
    struct option_map command_databases; /* package → "FILE:LINE", where it gets the database */
    struct option_map environment;       /* as written; see core/environ.h */
    struct option_map mail;              /* see core/option_mail.h */
    struct options_notify notify;
    char *notify_command; /* a command line, absolute; NULL: none */
    char *heartbeat_url;  /* NULL: none */
    enum options_log log;
    char *metrics_file; /* absolute path; NULL: none */
    char *relic_client; /* "FILE:LINE" where the relic `client` is set, else NULL */
    char *relic_login;  /* the same for `login` */
};

#endif
