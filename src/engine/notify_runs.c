/* notify_runs.c: how jobs end becomes incidents and news; see notify.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "core/errorkind.h"
#include "core/fnv.h"
#include "core/walltime.h"
#include "engine/lasting.h"
#include "engine/metrics.h"
#include "engine/notify_parts.h"
#include "io/wholefile.h"

static int64_t now_s(void)
{
    return clock_real_us() / 1000000;
}

/* ---- what makes an incident ---- */

/* Two jobs of one package have nothing to do with each other; but a new row for each print run
 * must not be a new incident. */
static void make_prefix(const struct run_record *record, char key[INCIDENT_KEY_MAX])
{
    snprintf(key, INCIDENT_KEY_MAX, NOTIFY_JOBS "%d/%08x/%d/", record->client_id,
             fnv_text(record->package), record->once ? 0 : record->job_id);
}

static void make_key(const struct run_record *record, char key[INCIDENT_KEY_MAX])
{
    make_prefix(record, key);
    snprintf(key + strlen(key), INCIDENT_KEY_MAX - strlen(key), "%08x",
             errorkind_hash(record->text));
}

bool notify_parse_key(const char *key, struct notify_job *job)
{
    int len = 0;
    *job = (struct notify_job){0};
    if (sscanf(key, NOTIFY_JOBS "%d/%8" SCNx32 "/%d/%n", &job->client_id, &job->package_sum,
               &job->id, &len) < 2)
        return false;
    if (!len) /* an earlier version's, which ends with the kind */
        job->id = 0;
    return true;
}

bool notify_is_about(const struct notify_job *incident, const struct job *job)
{
    if (!job->package || fnv_text(job->package) != incident->package_sum)
        return false;
    return incident->id ? job->id == incident->id : job_is_once(job);
}

/* ---- news ---- */

static struct news make_news(const struct run_record *record, enum news_kind kind, int64_t since_s)
{
    return (struct news){
        .kind = kind,
        .client = record->client,
        .client_id = record->client_id,
        .job_id = record->job_id,
        .package = record->package,
        .description = record->description,
        .text = record->text,
        .since_s = since_s,
    };
}

static void take_failure(struct notify *notify, const struct run_record *record)
{
    char key[INCIDENT_KEY_MAX];
    char run_at[WALLTIME_MAX];
    char text[1024];
    make_key(record, key);
    enum incident_news what = incidents_raise(notify->incidents, key, now_s());
    snprintf(text, sizeof text, _("client '%.200s': job %d (%.255s): %.500s"), record->client,
             record->job_id, record->package, record->text);
    incidents_describe(notify->incidents, key, text);
    if (what == INCIDENT_KNOWN && !notify->site->options.notify.repeats)
        return;
    const struct incident *incident = incidents_find(notify->incidents, key);
    struct news news = make_news(record, what == INCIDENT_REMIND ? NEWS_REMINDER : NEWS_FAILURE,
                                 incident ? incident->since_s : 0);
    walltime_show(&notify->site->zone, record->run_at_us, run_at);
    news.run_at = run_at;
    if (!notify_put(notify, &news))
        incidents_untell(notify->incidents, key, what);
}

static void tell_recovery(const struct run_record *record, int64_t first_s)
{
    char text[1024];
    snprintf(text, sizeof text, _("client '%.200s': job %d (%.255s) succeeds"), record->client,
             record->job_id, record->package);
    lasting_tell_over(text, first_s);
}

/* Since when it has failed; INT64_MAX: it has not.  *was_told: somebody knows of that. */
static int64_t find_first(const struct incidents *incidents, const char *prefix, bool *was_told)
{
    int64_t first_s = INT64_MAX;
    *was_told = false;
    for (size_t i = 0; i < incidents->count; i++) {
        const struct incident *incident = &incidents->items[i];
        if (strncmp(incident->key, prefix, strlen(prefix)) != 0)
            continue;
        *was_told |= incident->told_s != 0;
        if (incident->since_s < first_s)
            first_s = incident->since_s;
    }
    return first_s;
}

/* Whatever kinds of error it had, they are over.  What cannot be told stays, for its next success.
 */
static void take_success(struct notify *notify, const struct run_record *record)
{
    char prefix[INCIDENT_KEY_MAX];
    char run_at[WALLTIME_MAX];
    bool was_told;
    make_prefix(record, prefix);
    int64_t first_s = find_first(notify->incidents, prefix, &was_told);
    if (first_s == INT64_MAX)
        return;
    struct news news = make_news(record, NEWS_RECOVERY, first_s);
    walltime_show(&notify->site->zone, record->run_at_us, run_at);
    news.run_at = run_at;
    if (was_told && !notify_put(notify, &news))
        return;
    tell_recovery(record, first_s);
    incidents_forget_others(notify->incidents, prefix, "");
}

/* ---- the run log ---- */

void notify_load_offset(struct notify *notify)
{
    struct buf text = {0};
    struct err ignored = {0};
    if (wholefile_read(notify->told, &text, &ignored))
        notify->offset = strtoll(buf_text(&text), NULL, 10);
    buf_release(&text);
}

static void save_offset(struct notify *notify, int64_t offset)
{
    struct buf text = {0};
    struct err err = {0};
    notify->offset = offset;
    buf_addf(&text, "%" PRId64 "\n", offset);
    if (!wholefile_replace(notify->told, &text, &err))
        log_msg(LOG_LEVEL_WARNING, "%s", err.text);
    buf_release(&text);
}

void notify_rotate(struct notify *notify)
{
    if (notify->site->runlog && runlog_rotate(notify->site->runlog->path))
        save_offset(notify, 0);
}

static bool is_failure(const struct run_record *record)
{
    return record->end == RUN_FAILED || record->end == RUN_INTERRUPTED;
}

static void take(struct notify *notify, const struct run_record *record)
{
    if (is_failure(record))
        take_failure(notify, record);
    if (record->end == RUN_SUCCEEDED)
        take_success(notify, record);
    if (notify->metrics)
        metrics_count(notify->metrics, record);
}

/* False: there is none that can be read, which is logged. */
static bool open_runlog(const struct notify *notify, struct runlog_reader *reader, int64_t offset)
{
    struct err err = {0};
    if (runlog_open(reader, notify->site->runlog->path, offset, &err))
        return true;
    log_msg(LOG_LEVEL_WARNING, "%s", err.text);
    return false;
}

void notify_collect(struct notify *notify)
{
    struct runlog_reader reader;
    struct run_record record;
    struct stat st;
    const char *path = notify->site->runlog ? notify->site->runlog->path : NULL;
    if (!path || stat(path, &st) != 0 || st.st_size == notify->offset ||
        !open_runlog(notify, &reader, notify->offset))
        return;
    while (runlog_next(&reader, &record))
        take(notify, &record);
    save_offset(notify, reader.offset);
    runlog_end(&reader);
}

/* ---- what could not be told ---- */

/* Where its last failure stands in the run log; -1: that has been begun anew since. */
static int64_t find_failure(const struct notify *notify, const char *key)
{
    struct runlog_reader reader;
    struct run_record record;
    char other[INCIDENT_KEY_MAX];
    int64_t found = -1;
    if (!open_runlog(notify, &reader, 0))
        return -1;
    for (int64_t at = 0; at < notify->offset && runlog_next(&reader, &record); at = reader.offset) {
        make_key(&record, other);
        if (is_failure(&record) && strcmp(other, key) == 0)
            found = at;
    }
    runlog_end(&reader);
    return found;
}

static void retell(struct notify *notify, const char *key)
{
    struct runlog_reader reader;
    struct run_record record;
    int64_t at = find_failure(notify, key);
    if (at < 0 || !open_runlog(notify, &reader, at))
        return;
    if (runlog_next(&reader, &record))
        take_failure(notify, &record);
    runlog_end(&reader);
}

void notify_retry(struct notify *notify)
{
    for (size_t i = 0; notify->site->runlog && i < notify->incidents->count; i++) {
        const struct incident *incident = &notify->incidents->items[i];
        if (!incident->told_s && strncmp(incident->key, NOTIFY_JOBS, strlen(NOTIFY_JOBS)) == 0)
            retell(notify, incident->key);
    }
}
