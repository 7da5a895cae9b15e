/* Perl jobs: who runs as Perl, whether kivitendo can be loaded, and which job classes cannot. */
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "core/perlwords.h"
#include "engine/catalogue.h"
#include "engine/checkup_parts.h"
#include "engine/handlers.h"
#include "engine/host.h"

static void check_classes(struct checkup *checkup, const struct site *site)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *package = catalogue_at(i)->package;
        struct handler_choice choice = handlers_choose(site, package);
        if (choice.kind != BOARD_NATIVE)
            checkup_add(checkup, "perl", CHECKUP_WELL, "%s runs %.1000s", package, choice.why);
    }
}

/* Is there an active Perl job, of this package or, where it is NULL, of any? */
static bool is_needed(const struct overview *o, const char *package)
{
    for (size_t c = 0; c < o->survey.count; c++)
        for (size_t i = 0; i < o->survey.clients[c].count; i++) {
            const struct survey_job *job = &o->survey.clients[c].jobs[i];
            if (job->kind == BOARD_PERL && job->row->job.active &&
                (!package || strcmp(job->row->job.package, package) == 0))
                return true;
        }
    return false;
}

static bool has_own_half(struct checkup *checkup, const struct site *site)
{
    struct buf path = {0};
    buf_addf(&path, "%s/bridge", site->perl_dir);
    bool there = access(buf_text(&path), R_OK) == 0;
    if (!there) {
        checkup_add(checkup, "perl",
                    is_needed(&checkup->overview, NULL) ? CHECKUP_CRITICAL : CHECKUP_WARNING,
                    "Perl jobs cannot run: a file of our own cannot be read: %s", buf_text(&path));
        checkup_advise(checkup, _("make install puts it there, or TASK_SERVER_PERL names its "
                                  "directory"));
    }
    buf_release(&path);
    return there;
}

/* ---- what Perl says ---- */

static const char *advice_on(const char *words)
{
    if (perlwords_lacks(words, "TaskServer/"))
        return _("a file of our own is missing: make install puts it there");
    if (perlwords_lacks(words, "SL/"))
        return _("a file of kivitendo's is missing, or cannot be read by us");
    if (perlwords_lacks(words, ""))
        return _("scripts/installation_check.pl of kivitendo names what is missing");
    return NULL;
}

static void tell_failure(struct checkup *checkup, const struct host *host, const struct err *err)
{
    const char *words = host->words.len ? buf_text(&host->words) : err->text;
    const char *advice = advice_on(words);
    struct buf sentence = {0};
    perlwords_sum_up(words, &sentence);
    if (!sentence.len)
        buf_add_text(&sentence, err->text);
    checkup_add(checkup, "perl",
                is_needed(&checkup->overview, NULL) ? CHECKUP_CRITICAL : CHECKUP_WARNING,
                "Perl jobs cannot run: %s", buf_text(&sentence));
    if (advice)
        checkup_advise(checkup, "%s", advice);
    checkup_detail(checkup, words);
    buf_release(&sentence);
}

static void tell_class(struct checkup *checkup, const char *name, const char *why)
{
    struct buf sentence = {0};
    perlwords_sum_up(why, &sentence);
    checkup_add(checkup, "perl", CHECKUP_WARNING, "the job class %s cannot be loaded: %s", name,
                buf_text(&sentence));
    checkup_advise(checkup, _("its jobs fail until that is mended"));
    buf_release(&sentence);
}

/* "cannot load the job class X: …" is how the bridge says it.  Classes that nobody needs may well
 * lack modules. */
static void tell_classes(struct checkup *checkup, const char *words)
{
    static const char start[] = "cannot load the job class ";
    struct buf others = {0};
    for (const char *at = words; (at = strstr(at, start)); at++) {
        const char *name = at + strlen(start);
        size_t len = strcspn(name, ":\n");
        struct buf package = {0};
        buf_add(&package, name, len);
        if (name[len] == ':' && is_needed(&checkup->overview, buf_text(&package)))
            tell_class(checkup, buf_text(&package), name + len + strspn(name + len, ": "));
        else
            buf_addf(&others, "%s%s", others.len ? ", " : "", buf_text(&package));
        buf_release(&package);
    }
    if (others.len)
        checkup_add(checkup, "perl", CHECKUP_WELL,
                    "job classes that cannot be loaded, and that no active job needs: %s",
                    buf_text(&others));
    buf_release(&others);
}

static void load(struct checkup *checkup, struct site *site)
{
    struct journal journal = {0};
    struct host host = {0};
    struct err err = {0};
    bool done = site_open_outside(site, &journal, &err) && host_open(&host, site, &err);
    host.is_quiet = true;
    if (done && host_load(&host, &err)) {
        checkup_add(checkup, "perl", CHECKUP_WELL, "kivitendo and its Perl modules can be loaded");
        tell_classes(checkup, buf_text(&host.words));
    } else {
        tell_failure(checkup, &host, &err);
    }
    host_close(&host);
    journal_close(&journal);
    site->journal = NULL;
}

void checkup_perl(struct checkup *checkup, struct site *site)
{
    check_classes(checkup, site);
    bool has_journal = site->state && !checkup->overview.situation.journal_trouble;
    if (has_journal && has_own_half(checkup, site)) /* without the first: has been told */
        load(checkup, site);
}
