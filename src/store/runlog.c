#include "store/runlog.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/walltime.h"
#include "io/lines.h"
#include "store/fields.h"

enum { FIELDS_OLD = 9, FIELDS = 10 };

static const int64_t latest_us = (WALLTIME_LAST_S + 1) * WALLTIME_SECOND_US - 1;
static const int64_t longest_ms = INT64_C(1000000000000); /* thirty years */

static const char once[] = "once";

static const char *const words[] = {"success", "failure", "interrupted", "lost"};

const char *run_end_word(enum run_end end)
{
    return words[end];
}

/* ---- writing ---- */

static void add_text(struct buf *line, const char *text)
{
    size_t start = line->len;
    size_t len = text ? strnlen(text, RUNLOG_TEXT_MAX) : 0;
    buf_add_utf8(line, text ? text : "", len);
    for (size_t i = start; i < line->len; i++)
        if ((unsigned char)line->data[i] < 0x20 || line->data[i] == 0x7F)
            line->data[i] = ' ';
}

static bool open_to_append(struct runlog *log, struct err *err)
{
    if (log->fd < 0)
        log->fd = lines_open(log->path, err);
    return log->fd >= 0;
}

bool runlog_append(struct runlog *log, const struct run_record *record, struct err *err)
{
    struct buf line = {0};
    const char *texts[] = {record->package, record->client, record->description, record->text};
    if (!log->path)
        return true;
    buf_addf(&line, "%" PRId64 "\t%d\t%d\t%" PRId64 "\t%s", record->run_at_us, record->client_id,
             record->job_id, record->duration_ms, words[record->end]);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        buf_add_text(&line, "\t");
        add_text(&line, texts[i]);
    }
    buf_addf(&line, "\t%s\n", record->once ? once : "");
    bool done = open_to_append(log, err) && lines_append(log->fd, log->path, &line, err);
    buf_release(&line);
    return done;
}

void runlog_close(struct runlog *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

bool runlog_rotate(const char *path)
{
    struct stat st;
    struct buf old = {0};
    bool moved = false;
    if (stat(path, &st) == 0 && st.st_size >= RUNLOG_ROTATE_BYTES) {
        buf_addf(&old, "%s.1", path);
        moved = !old.failed && rename(path, buf_text(&old)) == 0;
    }
    buf_release(&old);
    return moved;
}

/* ---- reading ---- */

bool runlog_open(struct runlog_reader *reader, const char *path, int64_t offset, struct err *err)
{
    struct stat st;
    *reader = (struct runlog_reader){.file = fopen(path, "re")};
    if (!reader->file)
        return errno == ENOENT || err_set_errno(err, "cannot read %s", path);
    if (fstat(fileno(reader->file), &st) == 0 && offset > 0 && offset <= st.st_size &&
        fseeko(reader->file, (off_t)offset, SEEK_SET) == 0)
        reader->offset = offset;
    return true;
}

static bool read_end(const char *word, enum run_end *end)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], word) == 0) {
            *end = (enum run_end)i;
            return true;
        }
    return false;
}

static bool read_numbers(char *const *fields, struct run_record *record)
{
    int64_t client_id;
    int64_t job_id;
    bool timed = strcmp(fields[3], "-1") != 0;
    record->duration_ms = -1;
    if (!fields_number(fields[0], latest_us, &record->run_at_us) ||
        !fields_number(fields[1], INT_MAX, &client_id) ||
        !fields_number(fields[2], INT_MAX, &job_id) ||
        (timed && !fields_number(fields[3], longest_ms, &record->duration_ms)))
        return false;
    record->client_id = (int)client_id;
    record->job_id = (int)job_id;
    return true;
}

static bool parse(char *line, struct run_record *record)
{
    char *fields[FIELDS];
    size_t count = 0;
    for (char *rest = line; rest && count < FIELDS; count++)
        fields[count] = strsep(&rest, "\t");
    if (count < FIELDS_OLD)
        return false;
    *record = (struct run_record){
        .package = fields[5],
        .client = fields[6],
        .description = fields[7],
        .text = fields[8],
        .once = count == FIELDS && strcmp(fields[FIELDS - 1], once) == 0,
    };
    return read_numbers(fields, record) && read_end(fields[4], &record->end);
}

bool runlog_next(struct runlog_reader *reader, struct run_record *record)
{
    ssize_t len;
    while (reader->file && (len = getline(&reader->line, &reader->size, reader->file)) > 0) {
        if (reader->line[len - 1] != '\n')
            return false;
        reader->line[len - 1] = '\0';
        reader->offset += len;
        if (!lines_is_cut(reader->line, (size_t)len - 1) && parse(reader->line, record))
            return true;
    }
    return false;
}

void runlog_end(struct runlog_reader *reader)
{
    if (reader->file)
        fclose(reader->file);
    free(reader->line);
    *reader = (struct runlog_reader){0};
}
