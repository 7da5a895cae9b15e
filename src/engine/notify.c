#include "engine/notify.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "engine/courier.h"
#include "engine/notify_parts.h"
#include "store/outbox.h"

enum {
    FINISH_MS = 30000, /* what the courier gets at the end of a run */
    COURIER_MS = 120000,
    STOP_MS = 3000, /* … and when we are told to stop */
    DIE_MS = 5000,
    PAUSE_MS = 5,
};

/* Of a job that is gone, or has been switched off, nobody hears any more; one that comes once a
 * year has had its turn by then. */
enum { FORGET_S = 400 * 86400 };

static int64_t now_s(void)
{
    return clock_real_us() / 1000000;
}

/* ---- notices ---- */

static bool put(struct notify *notify, bool is_mail, struct buf *subject, struct buf *body,
                struct err *err)
{
    struct outbox_note note = {
        .is_mail = is_mail,
        .made_s = now_s(),
        .subject = subject->data,
        .body = body->data,
    };
    if (subject->failed || body->failed)
        return err_set_nomem(err);
    const char *language = i18n_speak(NULL); /* why not goes to the log */
    bool done = outbox_put(notify->outbox, &note, err);
    i18n_speak(language);
    return done;
}

/* Returns how many of the ways have it; *wanted says how many there are. */
static int put_all(struct notify *notify, const struct news *news, int *wanted, struct err *err)
{
    struct news_writer writer = {.site = notify->site, .template_dir = notify->templates};
    struct buf subject = {0};
    struct buf body = {0};
    int kept = 0;
    const char *language = i18n_speak(notify->site->options.language);
    news_subject(news, &writer, &subject);
    if (notify->by_mail) {
        news_body(news, &writer, &body);
        kept += put(notify, true, &subject, &body, err);
        buf_clear(&body);
    }
    if (notify->site->options.notify_command) {
        news_json(news, &writer, &body);
        kept += put(notify, false, &subject, &body, err);
    }
    i18n_speak(language);
    buf_release(&subject);
    buf_release(&body);
    *wanted = notify->by_mail + (notify->site->options.notify_command != NULL);
    return kept;
}

/* What one way has is told: told again, it would come every minute while there is no room for the
 * other's. */
bool notify_put(struct notify *notify, const struct news *news)
{
    struct err err = {0};
    int wanted = 0;
    int kept = put_all(notify, news, &wanted, &err);
    notify->put_some |= kept > 0;
    if (kept < wanted)
        log_msg(LOG_LEVEL_ERROR,
                kept ? N_("a notice is lost: %s")
                     : N_("a notice cannot be written, and is left to a later run: %s"),
                err.text);
    return kept > 0 || wanted == 0;
}

/* ---- the courier ---- */

static bool courier_is_back(struct notify *notify)
{
    int status = 0;
    pid_t back = notify->courier ? waitpid(notify->courier, &status, WNOHANG) : 0;
    if (back > 0)
        courier_learn(notify->incidents, status);
    if (back != 0)
        notify->courier = 0;
    return notify->courier == 0;
}

/* good: what the heartbeat tells. */
static void start_courier(struct notify *notify, const char *heartbeat, bool good)
{
    struct err err = {0};
    bool delivers = notify->put_some || !notify->tried;
    struct courier_errand errand = {
        .site = notify->site,
        .incidents = notify->incidents,
        .outbox = delivers ? notify->outbox : NULL,
        .heartbeat = heartbeat,
        .good = good,
    };
    notify->put_some = false;
    notify->tried = true;
    notify->began_ms = clock_mono_ms();
    if (!courier_start(&errand, &notify->courier, &err)) {
        notify->courier = 0;
        log_msg(LOG_LEVEL_ERROR, "%s", err.text);
    }
}

/* It has had its time. */
static void stop_courier(struct notify *notify)
{
    int64_t until_ms = clock_mono_ms() + DIE_MS;
    kill(notify->courier, SIGTERM);
    while (!courier_is_back(notify) && clock_mono_ms() < until_ms)
        poll(NULL, 0, PAUSE_MS);
    if (notify->courier) {
        kill(notify->courier, SIGKILL);
        waitpid(notify->courier, NULL, 0);
        notify->courier = 0;
    }
}

void notify_deliver(struct notify *notify)
{
    if (!courier_is_back(notify) && clock_mono_ms() - notify->began_ms > COURIER_MS)
        stop_courier(notify);
    if (notify->courier == 0 && notify->put_some)
        start_courier(notify, NULL, false);
}

/* Told to stop, we leave what takes time to the next run: systemd does not wait for ever. */
static bool has_had_its_time(const struct notify *notify, int64_t until_ms)
{
    const struct signals *signals = notify->site->signals;
    int64_t now_ms = clock_mono_ms();
    return now_ms >= until_ms || signals->hurry ||
           (signals->stop && now_ms >= notify->began_ms + STOP_MS);
}

static void wait_for_courier(struct notify *notify, int64_t until_ms)
{
    while (!courier_is_back(notify)) {
        if (has_had_its_time(notify, until_ms)) {
            stop_courier(notify);
            return;
        }
        poll(NULL, 0, PAUSE_MS);
        signals_take(notify->site->signals);
    }
}

void notify_finish(struct notify *notify, bool succeeded)
{
    const char *url = notify->site->options.heartbeat_url;
    int64_t until_ms = clock_mono_ms() + FINISH_MS;
    wait_for_courier(notify, until_ms);
    if (url || notify->put_some || (!notify->tried && outbox_waits(notify->outbox)))
        start_courier(notify, url, succeeded);
    wait_for_courier(notify, until_ms);
    notify_rotate(notify);
}

/* ---- opening and closing ---- */

static char *make_path(const struct site *site, const char *suffix)
{
    struct buf path = {0};
    struct err ignored = {0};
    bool done = site_state_path(site, suffix, &path, &ignored);
    char *copy = done ? strdup(buf_text(&path)) : NULL;
    buf_release(&path);
    return copy;
}

static void forget_unconfigured(struct notify *notify)
{
    const struct options *options = &notify->site->options;
    if (!notify->by_mail)
        courier_forget(notify->incidents, COURIER_MAIL);
    if (!options->notify_command)
        courier_forget(notify->incidents, COURIER_PROGRAM);
    if (!options->heartbeat_url)
        courier_forget(notify->incidents, COURIER_HEARTBEAT);
}

bool notify_open(struct notify *notify, const struct site *site, struct incidents *incidents,
                 struct err *err)
{
    const struct options_notify *wish = &site->options.notify;
    struct buf templates = {0};
    *notify = (struct notify){
        .site = site,
        .incidents = incidents,
        .told = make_path(site, ".told"),
        .outbox = make_path(site, ".outbox"),
        .by_mail = wish->to && wish->from && wish->subject,
    };
    buf_addf(&templates, "%s/../templates", site->perl_dir);
    notify->templates = templates.failed ? NULL : strdup(buf_text(&templates));
    buf_release(&templates);
    if (!notify->told || !notify->outbox || !notify->templates) {
        notify_close(notify);
        return err_set_nomem(err);
    }
    notify_load_offset(notify);
    forget_unconfigured(notify);
    incidents_forget_old(incidents, NOTIFY_JOBS, now_s() - FORGET_S);
    return true;
}

void notify_close(struct notify *notify)
{
    if (!notify)
        return;
    free(notify->told);
    free(notify->outbox);
    free(notify->templates);
    *notify = (struct notify){0};
}
