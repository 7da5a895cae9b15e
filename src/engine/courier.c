#include "engine/courier.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "core/mime.h"
#include "core/option_mail.h"
#include "core/words.h"
#include "engine/ending.h"
#include "engine/heartbeat.h"
#include "engine/lasting.h"
#include "io/mail.h"
#include "io/program.h"
#include "io/spawn.h"
#include "io/supervise.h"
#include "store/outbox.h"
#include "store/users.h"

enum {
    MAIL_MS = 25000,
    COMMAND_MS = 30000,
    KILL_GRACE_MS = 2000,
    KEEP_S = 86400, /* how long it is tried */
    OUTPUT_BYTES = 2048,
    TRIES = 5,      /* so many failures in a row: it is not the notices' fault */
    SLOW_MS = 2000, /* a failure that took so long is not to be had again in this run */
};

/* By enum courier_way: each failing is an incident of its own. */
static const struct {
    const char *key;
    const char *fault; /* for people who look at incidents */
    const char *over;
} ways[] = {
    [COURIER_MAIL] = {"courier/mail", N_("mails cannot be sent"), N_("mails can be sent")},
    [COURIER_PROGRAM] = {"courier/program", N_("notify_command fails"), N_("notify_command works")},
    [COURIER_HEARTBEAT] = {"courier/heartbeat", N_("heartbeat_url cannot be fetched"),
                           N_("heartbeat_url can be fetched")},
};

/* One way for notices to leave. */
struct exit_way {
    int failures;  /* in a row */
    bool is_stuck; /* nothing more leaves by it in this run */
};

/* The courier at work.  What it has learned of the ways is its exit status. */
struct courier {
    const struct site *site;
    const char *outbox;
    struct incidents *incidents; /* the parent's, as they were at the fork */
    struct signals signals;
    struct environ environment;
    struct buf to; /* the addresses, once they are known */
    struct exit_way exits[COURIER_WAYS];
    int failed; /* bits of ways, 1 << way */
    int worked;
};

static void fail_way(struct courier *c, enum courier_way way, const char *text)
{
    c->failed |= 1 << way;
    lasting_warn(c->incidents, ways[way].key, text);
}

/* ---- mails ---- */

/* A login's address is in the auth database. */
static bool find_recipient(struct courier *c, struct err *err)
{
    const char *to = c->site->options.notify.to;
    struct db db = {0};
    struct db_target target = site_auth_target(c->site);
    struct db_options options = site_db_options(c->site, "task-server courier");
    if (c->to.len)
        return true;
    if (strchr(to, '@')) {
        buf_add_text(&c->to, to);
        return !c->to.failed || err_set_nomem(err);
    }
    options.signals = &c->signals;
    bool done = db_connect(&db, &target, &options, err) && users_find_email(&db, to, &c->to, err);
    db_close(&db);
    return done || err_wrap(err, "send_email_to");
}

/* The same for each attempt, so that a mail that arrives twice can be told. */
static void name_message(const char *file, char id[128])
{
    snprintf(id, 128, "task-server.%.100s", file);
}

static bool send_mail(struct courier *c, const char *file, const struct outbox_note *note,
                      struct err *err)
{
    char id[128];
    char from[MIME_ADDRESS_MAX + 1];
    struct mail_way way;
    struct buf message = {0};
    name_message(file, id);
    if (!find_recipient(c, err))
        return false;
    struct mime_mail mail = {
        .from = c->site->options.notify.from,
        .to = buf_text(&c->to),
        .subject = note->subject,
        .body = note->body,
        .id = id,
        .host = c->site->node_id,
        .date_s = note->made_s,
    };
    bool done = mime_build(&mail, &message, err);
    if (done && !mime_address(mail.from, from))
        done = err_set(err, ERR_CONFIG, "'%.200s' is no mail address", mail.from);
    if (done) {
        struct mail_envelope envelope = {.from = from, .to = mail.to};
        struct mail_limits limits = {.timeout_ms = MAIL_MS,
                                     .environment = environ_block(&c->environment),
                                     .signals = &c->signals};
        mail_way_find(&c->site->options.mail, from, &way);
        done = mail_deliver(&way, &envelope, &message, &limits, err);
    }
    buf_release(&message);
    return done;
}

/* ---- notify_command ---- */

static bool run_program(struct courier *c, const struct words *words,
                        const struct outbox_note *note, struct err *err)
{
    struct ownership_rule rule = {.uid = c->site->identity.uid, .name = c->site->identity.name};
    struct spawn spawn = {0};
    struct spawn_end end = {0};
    struct spawn_plan plan = {
        .argv = (const char *const *)words->items,
        .envp = environ_block(&c->environment),
        .cwd = c->site->installation,
        .input = note->body,
        .input_len = strlen(note->body),
        .umask = c->site->identity.inherited_umask,
        .output_cap_bytes = OUTPUT_BYTES,
    };
    struct spawn_watch watch = {
        .timeout_ms = COMMAND_MS, .kill_grace_ms = KILL_GRACE_MS, .signals = &c->signals};
    bool done = program_check(words->items[0], &rule, err) && spawn_start(&spawn, &plan, err) &&
                spawn_go(&spawn, err) && spawn_supervise(&spawn, &watch, &end, err) &&
                spawn_judge(&end, err);
    spawn_end_release(&end);
    spawn_release(&spawn);
    return done;
}

static bool tell_program(struct courier *c, const struct outbox_note *note, struct err *err)
{
    struct words words = {0};
    const char *line = c->site->options.notify_command;
    bool done = words_split(&words, line, err) && run_program(c, &words, note, err);
    words_release(&words);
    return done || err_wrap(err, "notify_command");
}

/* ---- one notice ---- */

static enum courier_way way_of(const struct outbox_note *note)
{
    return note->is_mail ? COURIER_MAIL : COURIER_PROGRAM;
}

/* Nobody wants it any more: the configuration has changed since. */
static bool is_unwanted(const struct courier *c, const struct outbox_note *note)
{
    const struct options_notify *wish = &c->site->options.notify;
    return note->is_mail ? !wish->to || !wish->from : !c->site->options.notify_command;
}

static bool is_old(const struct outbox_note *note)
{
    return clock_real_us() / 1000000 - note->made_s >= KEEP_S;
}

static void tell_undelivered(struct courier *c, const char *file, const struct outbox_note *note,
                             const struct err *err)
{
    char text[ERR_TEXT_MAX];
    if (!is_old(note)) {
        snprintf(text, sizeof text,
                 _("a notice cannot be sent, and is tried again for a day: %.1500s"), err->text);
        fail_way(c, way_of(note), text);
        return;
    }
    c->failed |= 1 << way_of(note);
    log_msg(LOG_LEVEL_ERROR, "a notice could not be sent for a day, and is given up: %s: %s",
            note->subject, err->text);
    outbox_remove(c->outbox, file);
}

/* A notice that alone is refused does not keep the others. */
static void attempt(struct courier *c, const char *file, const struct outbox_note *note)
{
    struct err err = {0};
    struct exit_way *way = &c->exits[way_of(note)];
    int64_t began_ms = clock_mono_ms();
    if (note->is_mail ? send_mail(c, file, note, &err) : tell_program(c, note, &err)) {
        way->failures = 0;
        c->worked |= 1 << way_of(note);
        outbox_remove(c->outbox, file);
        return;
    }
    if (!c->signals.stop)
        tell_undelivered(c, file, note, &err);
    way->failures++;
    way->is_stuck = way->failures >= TRIES || clock_mono_ms() - began_ms >= SLOW_MS;
}

static void deliver(struct courier *c, const char *file)
{
    struct outbox_note note;
    struct err err = {0};
    if (!outbox_read(c->outbox, file, &note, &err)) {
        log_msg(LOG_LEVEL_ERROR, "%s", err.text);
        outbox_remove(c->outbox, file);
        return;
    }
    if (is_unwanted(c, &note))
        outbox_remove(c->outbox, file);
    else if (!c->exits[way_of(&note)].is_stuck || is_old(&note))
        attempt(c, file, &note);
    outbox_note_release(&note);
}

static void deliver_all(struct courier *c)
{
    struct dirnames names;
    struct err err = {0};
    if (!outbox_waits(c->outbox))
        return;
    if (!outbox_list(c->outbox, &names, &err))
        log_msg(LOG_LEVEL_ERROR, "%s", err.text);
    for (size_t i = 0; i < names.count && !c->signals.stop; i++)
        deliver(c, names.items[i]);
    if (names.count == 0)
        rmdir(c->outbox);
    dirnames_release(&names);
}

static void send_heartbeat(struct courier *c, const struct courier_errand *errand)
{
    struct err err = {0};
    if (heartbeat_send(errand->heartbeat, errand->good, &err))
        c->worked |= 1 << COURIER_HEARTBEAT;
    else
        fail_way(c, COURIER_HEARTBEAT, err.text);
}

static int run_errand(const struct courier_errand *errand)
{
    struct courier c = {.site = errand->site,
                        .outbox = errand->outbox,
                        .incidents = errand->incidents,
                        .signals = SIGNALS_CLOSED};
    struct err err = {0};
    if (errand->heartbeat)
        send_heartbeat(&c, errand);
    if (!signals_open(&c.signals, &err) || !site_environment(c.site, &c.environment, &err))
        log_msg(LOG_LEVEL_ERROR, "%s", err.text);
    else if (errand->outbox)
        deliver_all(&c);
    environ_release(&c.environment);
    buf_release(&c.to);
    signals_release(&c.signals);
    return c.failed | (c.worked & ~c.failed) << COURIER_WAYS;
}

void courier_learn(struct incidents *incidents, int wait_status)
{
    int status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0;
    for (int way = 0; way < COURIER_WAYS; way++) {
        if (status & 1 << way) { /* the courier itself has told it */
            incidents_raise(incidents, ways[way].key, clock_real_us() / 1000000);
            incidents_describe(incidents, ways[way].key, i18n(ways[way].fault));
        } else if (status & 1 << (way + COURIER_WAYS)) {
            lasting_over(incidents, ways[way].key, i18n(ways[way].over));
        }
    }
}

void courier_forget(struct incidents *incidents, enum courier_way way)
{
    int64_t since_s;
    incidents_end(incidents, ways[way].key, &since_s);
}

const struct incident *courier_trouble(const struct incidents *incidents, enum courier_way way)
{
    return incidents_find(incidents, ways[way].key);
}

const char *courier_fault(enum courier_way way)
{
    return i18n(ways[way].fault);
}

static void write_test(const struct site *site, struct buf *subject, struct buf *body)
{
    const char *before = i18n_speak(site->options.language);
    const char *usual = site->options.notify.subject;
    buf_addf(subject, _("test mail of task-server check --send-test-mail: %s"), usual);
    buf_addf(body,
             _("This is a test mail, made by: task-server check --send-test-mail\n"
               "Node: %s\n"
               "Installation: %s\n"
               "\n"
               "No job has failed. Mails about jobs that fail come to this address, with the "
               "subject: %s\n"),
             site->node_id, site->installation, usual);
    i18n_speak(before);
}

bool courier_send_test(const struct site *site, struct err *err)
{
    struct courier c = {.site = site, .signals = SIGNALS_CLOSED};
    struct buf subject = {0};
    struct buf body = {0};
    char name[64];
    const struct options_notify *wish = &site->options.notify;
    if (!wish->to || !wish->from || !wish->subject)
        return err_set(err, ERR_CONFIG,
                       "send_email_to, email_from and email_subject must be set in "
                       "[task_server/notify_on_failure]");
    snprintf(name, sizeof name, "test.%lld", (long long)clock_real_us());
    write_test(site, &subject, &body);
    struct outbox_note note = {.is_mail = true,
                               .made_s = clock_real_us() / 1000000,
                               .subject = subject.data,
                               .body = body.data};
    bool done = (!subject.failed && !body.failed) || err_set_nomem(err);
    done = done && site_environment(site, &c.environment, err) && send_mail(&c, name, &note, err);
    environ_release(&c.environment);
    buf_release(&c.to);
    buf_release(&subject);
    buf_release(&body);
    return done;
}

bool courier_start(const struct courier_errand *errand, pid_t *pid, struct err *err)
{
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0) {
        signals_release(errand->site->signals);
        spawn_close_listed(STDERR_FILENO + 1); /* the lock and the lanes' sockets above all */
        prctl(PR_SET_PDEATHSIG, SIGTERM);      /* the next run sends its own */
        end_process(getppid() == parent ? run_errand(errand) : 0);
    }
    return *pid > 0 || err_set_errno(err, "cannot fork a courier");
}
