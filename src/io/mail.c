#include "io/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/words.h"
#include "io/mail_smtp.h"
#include "io/spawn.h"
#include "io/supervise.h"

enum { OUTPUT_BYTES = 2048, KILL_GRACE_MS = 2000 };

/* ---- sendmail's command line ---- */

/* As kivitendo does: these, and nothing a shell, or sendmail, could take for something else. */
static void add_email(struct buf *line, const char *email)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_.-+=@";
    for (; *email; email++)
        if (strchr(allowed, *email))
            buf_add(line, email, 1);
}

static bool is_tag(const char *tag, size_t len, const char *wanted)
{
    while (len && *tag == ' ') {
        tag++;
        len--;
    }
    while (len && tag[len - 1] == ' ')
        len--;
    return strlen(wanted) == len && memcmp(tag, wanted, len) == 0;
}

bool mail_command_line(const char *template, const char *email, struct buf *line, struct err *err)
{
    const char *at = template;
    bool hidden = false; /* in an <%if%> whose value is empty */
    struct buf ignored = {0};
    for (const char *tag; (tag = strstr(at, "<%")); at = strstr(tag, "%>") + 2) {
        const char *end = strstr(tag, "%>");
        size_t len = end ? (size_t)(end - tag - 2) : 0;
        buf_add(hidden ? &ignored : line, at, (size_t)(tag - at));
        buf_clear(&ignored);
        if (end && is_tag(tag + 2, len, "if myconfig_email"))
            hidden = !*email;
        else if (end && is_tag(tag + 2, len, "end"))
            hidden = false;
        else if (end && is_tag(tag + 2, len, "myconfig_email"))
            add_email(hidden ? &ignored : line, email);
        else {
            buf_release(&ignored);
            return err_set(err, ERR_CONFIG, "sendmail's command line: '%.40s' is not understood",
                           tag);
        }
    }
    if (!hidden)
        buf_add_text(line, at);
    buf_release(&ignored);
    return !(line->failed || ignored.failed) || err_set_nomem(err);
}

static bool is_program(const char *path)
{
    struct stat st;
    return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The absolute path of the program, owned by the caller. */
static char *find_program(const char *name, struct err *err)
{
    static const char *const places[] = {"/usr/local/sbin", "/usr/sbin", "/usr/lib",
                                         "/usr/local/bin",  "/usr/bin",  "/bin"};
    char path[1024];
    if (*name == '/' && is_program(name))
        return strdup(name);
    for (size_t i = 0; i < ARRAY_LEN(places) && !strchr(name, '/'); i++) {
        snprintf(path, sizeof path, "%s/%s", places[i], name);
        if (is_program(path))
            return strdup(path);
    }
    if (*name != '/' && strchr(name, '/'))
        err_set(err, ERR_CONFIG, "the path of the program '%.200s' is not absolute", name);
    else
        err_set(err, ERR_CONFIG, "the program '%.200s' is not there, or may not be executed", name);
    return NULL;
}

static bool split(const struct mail_way *way, const char *from, struct words *words,
                  struct err *err)
{
    struct buf line = {0};
    bool done = mail_command_line(way->sendmail, from, &line, err) &&
                words_split(words, buf_text(&line), err);
    buf_release(&line);
    if (!done)
        return false;
    char *program = words->count ? find_program(words->items[0], err) : NULL;
    if (!words->count)
        return err_set(err, ERR_CONFIG, "sendmail's command line is empty");
    if (!program)
        return false;
    free(words->items[0]);
    words->items[0] = program;
    return true;
}

/* ---- sendmail itself ---- */

static bool run_sendmail(const struct words *words, const struct buf *message,
                         const struct mail_limits *limits, struct err *err)
{
    static const char *const nothing[] = {NULL};
    struct spawn spawn = {0};
    struct spawn_end end = {0};
    struct spawn_plan plan = {
        .argv = (const char *const *)words->items,
        .envp = limits->environment ? limits->environment : nothing,
        .cwd = "/",
        .input = buf_text(message),
        .input_len = message->len,
        .umask = 022,
        .output_cap_bytes = OUTPUT_BYTES,
    };
    struct spawn_watch watch = {
        .timeout_ms = limits->timeout_ms,
        .kill_grace_ms = KILL_GRACE_MS,
        .signals = limits->signals,
    };
    bool done = spawn_start(&spawn, &plan, err) && spawn_go(&spawn, err) &&
                spawn_supervise(&spawn, &watch, &end, err) &&
                (spawn_judge(&end, err) || err_wrap(err, "%s", words->items[0]));
    spawn_end_release(&end);
    spawn_release(&spawn);
    return done;
}

static bool send_by_program(const struct mail_way *way, const struct mail_envelope *envelope,
                            const struct buf *message, const struct mail_limits *limits,
                            struct err *err)
{
    struct words words = {0};
    bool done = split(way, envelope->from, &words, err) &&
                run_sendmail(&words, message, limits, err);
    words_release(&words);
    return done;
}

bool mail_check(const struct mail_way *way, const char *sender, struct err *err)
{
    struct words words = {0};
    if (way->method != MAIL_SENDMAIL)
        return true;
    bool done = split(way, sender, &words, err);
    if (done && words.looks_like_shell)
        done = err_set(err, ERR_CONFIG,
                       "sendmail's command line: no shell reads it, so |, &, ;, <, >, $, ` and * "
                       "mean nothing in it");
    words_release(&words);
    return done;
}

bool mail_deliver(const struct mail_way *way, const struct mail_envelope *envelope,
                  const struct buf *message, const struct mail_limits *limits, struct err *err)
{
    struct mail_smtp smtp = {.way = way,
                             .from = envelope->from,
                             .to = envelope->to,
                             .message = message,
                             .timeout_ms = limits->timeout_ms};
    switch (way->method) {
    case MAIL_SMTP: return mail_smtp_send(&smtp, err);
    case MAIL_SENDMAIL: return send_by_program(way, envelope, message, limits, err);
    case MAIL_OFF: break;
    }
    return err_set(err, ERR_CONFIG, "[mail_delivery] method is empty: mail is switched off");
}
