#include "engine/situation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "io/nologin.h"
#include "io/wholefile.h"
#include "store/outbox.h"

static bool find(const struct site *site, const char *suffix, struct buf *path)
{
    struct err ignored = {0};
    buf_clear(path);
    return site_state_path(site, suffix, path, &ignored);
}

/* "scheduler systemd" */
static void read_armed(struct situation *s, const char *path)
{
    struct buf text = {0};
    struct err ignored = {0};
    if (wholefile_read(path, &text, &ignored))
        (void)sscanf(buf_text(&text), "scheduler %31s", s->scheduler);
    if (strcmp(s->scheduler, "none") == 0)
        *s->scheduler = '\0';
    buf_release(&text);
}

/* A run that was killed leaves its file behind. */
static void read_busy(struct situation *s, const char *path)
{
    struct err ignored = {0};
    if (!s->busy_now || !busy_load(&s->busy, path, &ignored))
        return;
    if (!busy_is_of(&s->busy, (int)s->holder.pid, s->holder.since_s))
        busy_release(&s->busy);
}

static void count_notices(struct situation *s, const char *path)
{
    struct dirnames names = {0};
    struct err ignored = {0};
    if (outbox_list(path, &names, &ignored))
        s->notices = names.count;
    dirnames_release(&names);
}

static bool count_journal(struct situation *s, const struct site *site, struct err *err)
{
    struct journal journal = {0};
    struct err why = {0};
    bool done = site_open_journal(site, &journal, &why) &&
                journal_count(&journal, &s->journal, &why);
    journal_close(&journal);
    if (done)
        return true;
    s->journal = (struct journal_count){0};
    s->journal_trouble = strdup(why.text);
    return s->journal_trouble || err_set_nomem(err);
}

static bool look_into_state(struct situation *s, const struct site *site,
                            const struct statedir *state, struct err *err)
{
    struct buf path = {0};
    bool done = true;
    s->state = strdup(state->path);
    if (!s->state)
        return err_set_nomem(err);
    if (find(site, ".last-run", &path))
        s->has_stamp = stamp_load(&s->stamp, buf_text(&path));
    if (find(site, ".armed", &path))
        read_armed(s, buf_text(&path));
    if (find(site, ".busy", &path))
        read_busy(s, buf_text(&path));
    if (find(site, ".outbox", &path))
        count_notices(s, buf_text(&path));
    if (find(site, ".incidents", &path))
        done = incidents_load(&s->incidents, buf_text(&path), err);
    done = done && count_journal(s, site, err);
    buf_release(&path);
    return done;
}

static void look_at_lock(struct situation *s, const struct site *site)
{
    struct buf name = {0};
    struct err ignored = {0};
    if (config_pidname(&site->files, &name, &ignored)) {
        struct lockfile_where where = {.installation = site->installation, .name = buf_text(&name)};
        s->busy_now = lockfile_look(&where, &s->holder);
    }
    buf_release(&name);
}

static void look_at_nologin(struct situation *s, const struct site *site)
{
    struct err ignored = {0};
    if (!nologin_check(site->installation, &site->options, &s->locked, &ignored))
        s->locked = true;
    if (s->locked)
        s->locked_since_s = nologin_since_s(site->installation, &site->options);
}

bool situation_look(struct situation *s, const struct site *site, struct err *err)
{
    *s = (struct situation){.now_us = clock_real_us()};
    look_at_lock(s, site);
    look_at_nologin(s, site);
    return !site->state || look_into_state(s, site, site->state, err);
}

int64_t situation_hang_s(const struct situation *s)
{
    int64_t silent_s = s->holder.beat_s ? s->now_us / 1000000 - s->holder.beat_s : 0;
    return silent_s > SITUATION_PULSE_S ? silent_s : 0;
}

bool situation_is_served(const struct situation *s)
{
    if (s->busy_now)
        return !s->holder.is_perl_server && situation_hang_s(s) <= SITUATION_SILENCE_S;
    return s->has_stamp && s->now_us - s->stamp.ended_us < SITUATION_SILENCE_S * INT64_C(1000000);
}

static bool find_process(const struct situation *s, int client_id, int job_id,
                         struct situation_work *work)
{
    const struct journal_item *entry = journal_count_find(&s->journal, client_id, job_id);
    for (size_t i = 0; i < s->busy.count; i++) {
        const struct busy_job *job = &s->busy.jobs[i];
        if (job->client_id != client_id || job->job_id != job_id)
            continue;
        *work = (struct situation_work){.pid = job->lane_pid, .since_us = job->since_us};
        return true;
    }
    if (!entry || !entry->owner)
        return false;
    *work = (struct situation_work){.pid = entry->owner, .since_us = entry->run_at_us};
    return true;
}

bool situation_find_work(const struct situation *s, int client_id, const struct inventory_job *job,
                         struct situation_work *work)
{
    const struct job_claim *claim = &job->claim;
    if (find_process(s, client_id, job->job.id, work))
        return true;
    *work = (struct situation_work){.since_us = claim->has_since ? claim->since_us : 0};
    return claim->pid != 0;
}

void situation_release(struct situation *s)
{
    if (!s)
        return;
    free(s->state);
    free(s->journal_trouble);
    incidents_release(&s->incidents);
    journal_count_release(&s->journal);
    busy_release(&s->busy);
    *s = (struct situation){0};
}
