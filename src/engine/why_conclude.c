#include "engine/why_conclude.h"

#include <string.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/i18n.h"

static const struct why_line *find_first(const struct why *why, enum why_verdict verdict)
{
    for (size_t i = 0; i < why->count; i++)
        if (why->lines[i].verdict == verdict)
            return &why->lines[i];
    return NULL;
}

static const struct why_line *find_line(const struct why *why, const char *what,
                                        enum why_verdict verdict)
{
    for (size_t i = 0; i < why->count; i++)
        if (why->lines[i].verdict == verdict && strcmp(why->lines[i].what, what) == 0)
            return &why->lines[i];
    return NULL;
}

/* What stops it.  The job's own row comes first, for nothing else mends that; and what mends it
 * must come before what it leads to. */
static const struct why_line *find_leading(const struct why *why)
{
    static const char *const own[] = {"type", "active", "node", "cron_spec", "next_run_at"};
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        const struct why_line *line = find_line(why, own[i], WHY_STOPS);
        if (line)
            return line;
    }
    return find_first(why, WHY_STOPS);
}

/* The titles of the other lines with that verdict, in a sentence of their own. */
static void add_others(const struct why *why, const struct why_line *but, enum why_verdict verdict,
                       struct buf *text)
{
    struct buf titles = {0};
    for (size_t i = 0; i < why->count; i++) {
        if (why->lines[i].verdict != verdict || &why->lines[i] == but)
            continue;
        buf_add_text(&titles, titles.len ? ", " : "");
        buf_addf(&titles, _("\"%s\""), _(why->lines[i].title));
    }
    if (titles.len)
        buf_addf(text, verdict == WHY_STOPS ? _(" Also in the way: %s.") : _(" Look at %s, too."),
                 buf_text(&titles));
    text->failed |= titles.failed;
    buf_release(&titles);
}

/* What lets it fail once it is run; NULL: nothing that is known. */
static const struct why_line *find_hopeless(const struct why *why)
{
    const struct why_line *unknown = find_line(why, "handler", WHY_WARNING);
    return unknown ? unknown : find_line(why, "program", WHY_WARNING);
}

/* In few words: what stands in the line of a package that nobody knows is long. */
static const char *reason_of(const struct why_line *hopeless)
{
    return strcmp(hopeless->what, "handler") == 0 ? _("nobody knows its package") : hopeless->value;
}

static void conclude_stopped(const struct why *why, const struct why_line *stops, struct buf *text)
{
    if (stops->advice)
        buf_addf(text, _("It is not run, because of \"%s\": %s; %s."), _(stops->title),
                 stops->value, stops->advice);
    else
        buf_addf(text, _("It is not run, because of \"%s\": %s."), _(stops->title), stops->value);
    add_others(why, stops, WHY_STOPS, text);
    const struct why_line *hopeless = find_hopeless(why);
    if (hopeless)
        buf_addf(text, _(" Even then it would fail: %s."), reason_of(hopeless));
}

/* Nobody can run it, which is no reason for a run to leave it alone. */
static void conclude_hopeless(const struct why_line *hopeless, const struct why_line *waits,
                              struct buf *text)
{
    if (waits)
        buf_addf(text, _("It will fail when its time comes, %s: %s; %s."), waits->value,
                 reason_of(hopeless), hopeless->advice);
    else
        buf_addf(text, _("It is due, and will fail: %s; %s."), reason_of(hopeless),
                 hopeless->advice);
}

/* What an earlier run of it has left comes first, and moves it on. */
static void conclude_unrecorded(const struct why *why, const struct why_line *journal,
                                struct buf *text)
{
    buf_addf(text, _("It is due, but %s; %s."), journal->value, journal->advice);
    add_others(why, journal, WHY_WARNING, text);
}

static void conclude_well(const struct why *why, const struct why_line *waits, bool busy,
                          struct buf *text)
{
    bool warns = find_first(why, WHY_WARNING) != NULL;
    if (waits && warns)
        buf_addf(text, _("It is run when its time comes, %s."), waits->value);
    else if (waits)
        buf_addf(text, _("Nothing is wrong: it is run when its time comes, %s."), waits->value);
    else if (busy)
        buf_add_text(text, _("It is due, and the run that is at work, or the next one, runs it."));
    else
        buf_add_text(text, _("It is due, and the next run runs it."));
    add_others(why, NULL, WHY_WARNING, text);
}

bool why_conclude(struct why *why, bool busy)
{
    struct buf text = {0};
    const struct why_line *running = find_line(why, "claim", WHY_WAITS);
    const struct why_line *stops = find_leading(why);
    const struct why_line *waits = find_first(why, WHY_WAITS);
    const struct why_line *hopeless = find_hopeless(why);
    const struct why_line *unrecorded = find_line(why, "journal", WHY_WARNING);
    if (running)
        buf_addf(&text, _("It is running now, claimed %s."), running->value);
    else if (stops)
        conclude_stopped(why, stops, &text);
    else if (unrecorded && !waits)
        conclude_unrecorded(why, unrecorded, &text);
    else if (hopeless)
        conclude_hopeless(hopeless, waits, &text);
    else
        conclude_well(why, waits, busy, &text);
    why->conclusion = text.failed ? NULL : strdup(buf_text(&text));
    buf_release(&text);
    return why->conclusion != NULL;
}
