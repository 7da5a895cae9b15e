#include "engine/site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "io/installation.h"
#include "io/nologin.h"
#include "io/pgpass.h"
#include "io/zonefile.h"

bool site_read(struct site *site, const struct site_request *request, struct err *err)
{
    struct installation_hint hint = {
        .directory = request->installation,
        .config_file = request->config,
    };
    site->installation = installation_find(&hint, err);
    return site->installation &&
           config_find(&site->files, site->installation, request->config, err) &&
           options_init(&site->options, err) &&
           config_load(&site->files, &site->options, &site->warnings, err);
}

/* What programs and libraries of the new user look for. */
static bool set_environment(const struct identity *identity, struct err *err)
{
    if (!identity->changed)
        return true;
    const char *name = identity->name ? identity->name : "";
    const char *home = identity->home ? identity->home : "/";
    if (setenv("HOME", home, 1) == 0 && setenv("USER", name, 1) == 0 &&
        setenv("LOGNAME", name, 1) == 0)
        return true;
    return err_set_errno(err, "cannot set the environment");
}

/* Its files are borrowed from the site, and an array of two. */
static struct identity_wish wish_of(const struct site *site, const char *files[2])
{
    files[0] = site->files.defaults;
    files[1] = site->files.local;
    return (struct identity_wish){.run_as = site->options.run_as, .files = files, .n_files = 2};
}

bool site_check_run_as(const struct site *site, struct err *err)
{
    const char *files[2];
    struct identity_wish wish = wish_of(site, files);
    return geteuid() != 0 || !wish.run_as || identity_check(&wish, err);
}

static bool assume_identity(struct site *site, const struct site_request *request,
                            struct buf *warnings, struct err *err)
{
    const char *files[2];
    struct identity_wish wish = wish_of(site, files);
    wish.allow_root = request->allow_root;
    return identity_assume(&wish, &site->identity, warnings, err) &&
           set_environment(&site->identity, err);
}

static bool name_node(struct site *site, struct err *err)
{
    const char *configured = site->options.node_id;
    if (configured && *configured)
        snprintf(site->node_id, sizeof site->node_id, "%s", configured);
    else if (gethostname(site->node_id, sizeof site->node_id - 1) != 0)
        return err_set_errno(err, "cannot read the host's name");
    site->node = (struct node){.id = site->node_id, .only_own = site->options.only_this_node};
    return true;
}

bool site_open(struct site *site, const struct site_request *request, struct err *err)
{
    bool done = site_read(site, request, err) &&
                assume_identity(site, request, &site->warnings, err) &&
                zonefile_load(&site->zone, request->tz, err) && name_node(site, err);
    site->bridge.fd = -1;
    site->upgrades = calloc(1, sizeof *site->upgrades);
    if (done && !site->upgrades)
        done = err_set_nomem(err);
    site->sums = calloc(1, sizeof *site->sums); /* NULL: nothing is remembered, that is all */
    site->perl_dir = request->perl_dir ? request->perl_dir : TASK_SERVER_PERL_DIR;
    snprintf(site->auth_port, sizeof site->auth_port, "%d", site->options.auth_db.port);
    return done;
}

/* What a process left that was killed: names begin with its pid. */
static void sweep_bridge(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        pid_t pid = atoi(entry->d_name);
        if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH)
            unlinkat(fd, entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
    else if (copy >= 0)
        close(copy);
}

static bool open_bridge(struct site *site, struct err *err)
{
    static const char name[] = "bridge";
    struct site_bridge *bridge = &site->bridge;
    if (mkdirat(site->state->fd, name, 0700) != 0 && errno != EEXIST)
        return err_set_errno(err, "cannot make the directory %s/%s", site->state->path, name);
    bridge->fd = openat(site->state->fd, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (bridge->fd < 0)
        return err_set_errno(err, "cannot open the directory %s/%s", site->state->path, name);
    if (asprintf(&bridge->path, "%s/%s", site->state->path, name) < 0) {
        bridge->path = NULL;
        return err_set_nomem(err);
    }
    snprintf(bridge->socket, sizeof bridge->socket, "%d.socket", (int)getpid());
    sweep_bridge(bridge->fd);
    if (!pgpass_sweep(bridge->path)) /* no reason to run nothing; the next run tries again */
        log_msg(LOG_LEVEL_WARNING, "cannot remove old password files below %s", bridge->path);
    return true;
}

bool site_open_journal(const struct site *site, struct journal *journal, struct err *err)
{
    struct buf name = {0};
    bool done = config_pidname(&site->files, &name, err);
    struct journal_place place = {
        .state = site->state,
        .node = site->node.id,
        .installation = site->installation,
        .configuration = buf_text(&name),
        .reserve_bytes = site->options.output_limit_bytes * 4, /* escaped, it may grow */
    };
    done = done && journal_open(journal, &place, err);
    buf_release(&name);
    return done;
}

bool site_open_outside(struct site *site, struct journal *journal, struct err *err)
{
    bool done = site_open_journal(site, journal, err) && open_bridge(site, err);
    site->journal = done ? journal : NULL;
    return done;
}

bool site_environment(const struct site *site, struct environ *environment, struct err *err)
{
    const struct option_map *more = &site->options.environment;
    bool done = environ_start(environment, (const char *const *)environ, err);
    for (size_t i = 0; done && i < more->count; i++)
        done = environ_configure(environment, more->items[i].key, more->items[i].value, err);
    return done;
}

bool site_perl_fill(struct site_perl *perl, const struct site *site, struct err *err)
{
    /* Where the reader's locale is not installed, Perl would say so at length, each time. */
    static const char bad_lang[] = "PERL_BADLANG";
    *perl = (struct site_perl){0};
    buf_addf(&perl->script, "%s/bridge", site->perl_dir);
    const char *config = site->files.local ? site->files.local : site->files.defaults;
    perl->config = realpath(config, NULL); /* the bridge starts in another directory */
    if (!perl->config)
        return err_set_errno(err, "cannot find %s", config);
    const char *argv[] = {site->options.perl, buf_text(&perl->script),
                          "--installation",   site->installation,
                          "--config",         perl->config};
    memcpy(perl->argv, argv, sizeof argv);
    return (!perl->script.failed || err_set_nomem(err)) &&
           site_environment(site, &perl->environment, err) &&
           (environ_find(&perl->environment, bad_lang) ||
            environ_set(&perl->environment, bad_lang, "0", err));
}

void site_perl_release(struct site_perl *perl)
{
    buf_release(&perl->script);
    free(perl->config);
    environ_release(&perl->environment);
}

void site_log_warnings(const struct site *site)
{
    const char *line = buf_text(&site->warnings);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
        log_msg(LOG_LEVEL_WARNING, "%.*s", (int)(end - line), line);
}

bool site_is_unlocked(const struct site *site, struct err *why)
{
    bool locked = true;
    if (!nologin_check(site->installation, &site->options, &locked, why))
        return err_wrap(why, "nothing is run");
    if (locked)
        err_set(why, ERR_AWAY,
                "nothing is run: the installation %s is locked (%s/nologin exists); kivitendo's "
                "administration interface unlocks it",
                site->installation, site->options.userspath);
    return !locked;
}

struct db_options site_db_options(const struct site *site, const char *application_name)
{
    return (struct db_options){
        .connect_timeout_ms = site->options.connect_timeout_s * 1000,
        .statement_timeout_ms = 60000,
        .stop_grace_ms = site->options.stop_grace_s * 1000,
        .application_name = application_name,
        .signals = site->signals,
    };
}

struct db_target site_auth_target(const struct site *site)
{
    const struct options_auth_db *auth = &site->options.auth_db;
    return (struct db_target){
        .host = auth->host,
        .port = site->auth_port,
        .name = auth->db,
        .user = auth->user,
        .password = auth->password,
    };
}

static bool load_clients(const struct site *site, bool all, struct clients *clients,
                         struct err *err)
{
    struct db db = {0};
    struct db_target target = site_auth_target(site);
    struct db_options options = site_db_options(site, "task-server");
    options.stop_grace_ms = 0; /* it only reads, and the lanes must be told to stop */
    bool done = db_connect(&db, &target, &options, err) &&
                (all ? clients_load_all(&db, clients, err) : clients_load(&db, clients, err));
    db_close(&db);
    return done || err_wrap(err, "authentication database '%s'", target.name);
}

bool site_load_clients(const struct site *site, struct clients *clients, struct err *err)
{
    return load_clients(site, false, clients, err);
}

bool site_load_all_clients(const struct site *site, struct clients *clients, struct err *err)
{
    return load_clients(site, true, clients, err);
}

bool site_file_name(const struct site *site, const char *suffix, struct buf *name, struct err *err)
{
    size_t start = name->len;
    buf_add_text(name, site->installation + 1);
    buf_add_text(name, ".");
    for (size_t i = start; i < name->len; i++)
        if (name->data[i] == '/')
            name->data[i] = '.';
    if (!config_pidname(&site->files, name, err))
        return false;
    buf_add_text(name, suffix);
    if (name->failed)
        return err_set_nomem(err);
    if (name->len - start > 255)
        return err_set(err, ERR_CONFIG, "the path of the configuration file is too long");
    return true;
}

bool site_state_path(const struct site *site, const char *suffix, struct buf *path, struct err *err)
{
    if (!site->state)
        return err_set(err, ERR_SYSTEM, "there is no state directory");
    buf_addf(path, "%s/", site->state->path);
    return site_file_name(site, suffix, path, err);
}

static bool find_file(const struct site *site, const char *dir, const char *suffix, char **found,
                      struct err *err)
{
    struct buf path = {0};
    buf_addf(&path, "%s/", dir);
    bool done = site_file_name(site, suffix, &path, err);
    *found = done ? strdup(buf_text(&path)) : NULL;
    buf_release(&path);
    return *found || (done && err_set_nomem(err));
}

/* Jobs run without a state directory, but not where its holds cannot be read. */
static void find_holds_without(struct site *site, const struct statedir_wish *wish)
{
    struct buf dir = {0};
    struct err ignored = {0};
    statedir_place(wish, &dir);
    (void)!find_file(site, buf_text(&dir), ".holds", &site->holds_path, &ignored);
    buf_release(&dir);
}

bool site_open_state(struct site *site, struct statedir *state, struct err *err)
{
    struct statedir_wish wish = {
        .installation = site->installation,
        .configured = site->options.state_dir,
    };
    if (!statedir_open(state, &wish, err)) {
        find_holds_without(site, &wish);
        return false;
    }
    site->state = state;
    return find_file(site, state->path, ".holds", &site->holds_path, err) &&
           find_file(site, state->path, ".databases", &site->origins_path, err);
}

void site_release(struct site *site)
{
    if (!site)
        return;
    options_release(&site->options);
    config_files_release(&site->files);
    identity_release(&site->identity);
    zone_release(&site->zone);
    if (site->bridge.fd > 0)
        close(site->bridge.fd);
    free(site->bridge.path);
    free(site->bridge.trouble);
    free(site->holds_path);
    free(site->origins_path);
    upgrades_release(site->upgrades);
    free(site->upgrades);
    sha256_memory_release(site->sums);
    free(site->sums);
    buf_release(&site->warnings);
    free(site->installation);
    *site = (struct site){0};
}
