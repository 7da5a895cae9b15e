#include "store/busy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/wholefile.h"

enum { RUN_FIELDS = 3, JOB_FIELDS = 8, SECOND_US = 1000000 };

static const char *const words[] = {"native", "command", "perl"};

const char *busy_kind_word(enum busy_kind kind)
{
    return words[kind];
}

static void add_text(struct buf *text, const char *value)
{
    size_t start = text->len;
    buf_add_utf8(text, value, strlen(value));
    for (size_t i = start; i < text->len; i++) {
        unsigned char c = (unsigned char)text->data[i];
        if (c == 0xC2 && ((unsigned char)text->data[i + 1] & 0xE0) == 0x80)
            text->data[i] = text->data[i + 1] = ' '; /* U+0080 to U+009F */
        else if (c < 0x20 || c == 0x7F)
            text->data[i] = ' ';
    }
}

bool busy_save(const struct busy *busy, const char *path, struct err *err)
{
    struct buf text = {0};
    buf_addf(&text, "run\t%d\t%" PRId64 "\n", busy->run_pid, busy->written_us);
    for (size_t i = 0; i < busy->count; i++) {
        const struct busy_job *job = &busy->jobs[i];
        buf_addf(&text, "job\t%" PRId64 "\t%s\t%d\t%d\t%d\t", job->since_us, words[job->kind],
                 job->job_id, job->client_id, job->lane_pid);
        add_text(&text, job->package);
        buf_add_text(&text, "\t");
        add_text(&text, job->client);
        buf_add_text(&text, "\n");
    }
    bool saved = wholefile_replace(path, &text, err);
    buf_release(&text);
    return saved;
}

void busy_remove(const char *path)
{
    unlink(path);
}

/* Returns how many fields there are; never more than `max`. */
static size_t split(char *line, char **fields, size_t max)
{
    size_t count = 0;
    for (char *rest = line; rest && count < max; count++)
        fields[count] = strsep(&rest, "\t");
    return count;
}

static bool read_kind(const char *word, enum busy_kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], word) == 0) {
            *kind = (enum busy_kind)i;
            return true;
        }
    return false;
}

static void read_line(struct busy *busy, char *line)
{
    char *fields[JOB_FIELDS];
    size_t count = split(line, fields, JOB_FIELDS);
    struct busy_job job = {0};
    if (count == RUN_FIELDS && strcmp(fields[0], "run") == 0) {
        busy->run_pid = atoi(fields[1]);
        busy->written_us = strtoll(fields[2], NULL, 10);
    }
    if (count != JOB_FIELDS || strcmp(fields[0], "job") != 0 || !read_kind(fields[2], &job.kind) ||
        busy->count == BUSY_MAX)
        return;
    job.since_us = strtoll(fields[1], NULL, 10);
    job.job_id = atoi(fields[3]);
    job.client_id = atoi(fields[4]);
    job.lane_pid = atoi(fields[5]);
    job.package = fields[6];
    job.client = fields[7];
    busy->jobs[busy->count++] = job;
}

bool busy_load(struct busy *busy, const char *path, struct err *err)
{
    struct buf text = {0};
    *busy = (struct busy){0};
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    bool done = wholefile_read(path, &text, err);
    for (char *rest = done ? text.data : NULL, *line; rest && (line = strsep(&rest, "\n"));)
        read_line(busy, line);
    busy->text = text.data;
    return done;
}

bool busy_is_of(const struct busy *busy, int pid, int64_t since_s)
{
    return busy->run_pid && busy->run_pid == pid && busy->written_us / SECOND_US >= since_s;
}

void busy_release(struct busy *busy)
{
    if (!busy)
        return;
    free(busy->text);
    *busy = (struct busy){0};
}
