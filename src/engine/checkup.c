#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "engine/checkup_parts.h"

enum { TEXT_MAX = 2048, DAY_S = 86400 };

const char *checkup_title(const char *group)
{
    static const struct {
        const char *group;
        const char *title;
    } titles[] = {
        {"configuration", N_("configuration")},
        {"directories", N_("directories")},
        {"old-server", N_("old server")},
        {"schedule", N_("schedule")},
        {"pages", N_("kivitendo's pages")},
        {"perl", N_("Perl jobs")},
        {"mail", N_("mail")},
        {"clients", N_("clients")},
        {"connections", N_("connections")},
        {"clocks", N_("clocks")},
        {"jobs", N_("jobs")},
        {"daylight", N_("clock changes")},
    };
    for (size_t i = 0; i < ARRAY_LEN(titles); i++)
        if (strcmp(titles[i].group, group) == 0)
            return titles[i].title;
    return group;
}

void checkup_add(struct checkup *checkup, const char *group, enum checkup_verdict verdict,
                 const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list args;
    struct checkup_item *items = realloc(checkup->items, (checkup->count + 1) * sizeof *items);
    if (!items) {
        checkup->failed = true;
        return;
    }
    checkup->items = items;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, i18n(fmt), args);
    va_end(args);
    items[checkup->count++] = (struct checkup_item){
        .group = group, .verdict = verdict, .text = strdup(text)};
    checkup->failed |= !items[checkup->count - 1].text;
}

void checkup_advise(struct checkup *checkup, const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list args;
    if (!checkup->count || checkup->items[checkup->count - 1].verdict == CHECKUP_WELL)
        return;
    struct checkup_item *last = &checkup->items[checkup->count - 1];
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    free(last->advice);
    last->advice = strdup(text);
    checkup->failed |= !last->advice;
}

/* Is it a single line that the text quotes anyway? */
static bool is_said(const char *text, const char *lines)
{
    size_t len = strcspn(lines, "\n");
    bool is_single = strspn(lines + len, "\n") == strlen(lines + len);
    len -= len && lines[len - 1] == '.';
    return is_single && memmem(text, strlen(text), lines, len);
}

void checkup_detail(struct checkup *checkup, const char *lines)
{
    if (!checkup->count || is_said(checkup->items[checkup->count - 1].text, lines))
        return;
    struct checkup_item *last = &checkup->items[checkup->count - 1];
    free(last->details);
    last->details = strdup(lines);
}

enum checkup_verdict checkup_worst(const struct checkup *checkup)
{
    enum checkup_verdict worst = CHECKUP_WELL;
    for (size_t i = 0; i < checkup->count; i++)
        if (checkup->items[i].verdict > worst)
            worst = checkup->items[i].verdict;
    return worst;
}

static void look_around(struct checkup *checkup, const struct checkup_wish *wish, struct site *site)
{
    if (!wish->quick) {
        checkup_configuration(checkup, site);
        checkup_directories(checkup, wish, site);
        checkup_old_server(checkup);
    } else {
        checkup_journal(checkup);
    }
    checkup_schedule(checkup, wish, site);
    if (!wish->quick) {
        checkup_pages(checkup, site);
        checkup_perl(checkup, site);
    }
    checkup_mail(checkup, wish, site);
    checkup_told(checkup, wish, site);
    checkup_courier(checkup, site);
}

static void look_at_databases(struct checkup *checkup, const struct checkup_wish *wish,
                              const struct site *site)
{
    if (!wish->quick)
        checkup_auth(checkup, site);
    checkup_clients(checkup);
    checkup_jobs(checkup);
    if (wish->quick)
        return;
    checkup_connections(checkup, site);
    checkup_clocks(checkup, site);
    checkup_daylight(checkup, site);
}

void checkup_run(struct checkup *checkup, const struct checkup_wish *wish, struct site *site)
{
    struct err err = {0};
    struct overview_wish all = {.back_s = DAY_S, .only_failures = true};
    *checkup = (struct checkup){0};
    bool known = overview_collect(&checkup->overview, site, &all, &err);
    const char *trouble = known ? checkup->overview.survey.trouble : err.text;
    look_around(checkup, wish, site);
    if (!trouble) {
        look_at_databases(checkup, wish, site);
    } else {
        checkup_add(checkup, "clients", CHECKUP_CRITICAL, "no client can be looked at: %s",
                    trouble);
        checkup_advise(checkup, known ? _("see [authentication/database] in the configuration")
                                      : _("ask as the user that jobs run as"));
    }
}

static void add_lines(struct checkup *checkup, enum checkup_verdict verdict, const char *lines)
{
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1)
        checkup_add(checkup, "configuration", verdict, "%.*s", (int)(end - lines), lines);
}

static const char *advice_on(const struct err *why)
{
    if (why->kind != ERR_PERMISSION)
        return _("until that is mended nothing runs, and little else can be looked at");
    if (geteuid() != 0)
        return _("ask as the user that jobs run as");
    return _("until that is mended nothing runs that root starts; the user that jobs run as may "
             "ask, too");
}

/* Without a configuration nobody knows the databases, nor as whom to look at files of others. */
void checkup_fail(struct checkup *checkup, const struct site *site, const struct err *why)
{
    struct buf faults = {0};
    struct buf warnings = {0};
    *checkup = (struct checkup){0};
    if (why->kind == ERR_CONFIG && site->files.installation)
        config_faults(&site->files, &faults, &warnings);
    if (!faults.len)
        buf_addf(&faults, "%s\n", why->text);
    add_lines(checkup, CHECKUP_CRITICAL, buf_text(&faults));
    checkup_advise(checkup, "%s", advice_on(why));
    add_lines(checkup, CHECKUP_WARNING, buf_text(&warnings));
    checkup_old_server(checkup);
    buf_release(&faults);
    buf_release(&warnings);
}

void checkup_release(struct checkup *checkup)
{
    if (!checkup)
        return;
    for (size_t i = 0; i < checkup->count; i++) {
        free(checkup->items[i].text);
        free(checkup->items[i].advice);
        free(checkup->items[i].details);
    }
    free(checkup->items);
    overview_release(&checkup->overview);
    *checkup = (struct checkup){0};
}
