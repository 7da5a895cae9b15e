#include "store/runlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum { FIELDS_OLD = 9, FIELDS = 10 };

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
    if (log->fd >= 0)
        return true;
    log->fd = open(log->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return log->fd >= 0 || err_set_errno(err, "cannot write to %s", log->path);
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
    bool done = !line.failed || err_set_nomem(err);
    done = done && open_to_append(log, err);
    if (done && write(log->fd, line.data, line.len) != (ssize_t)line.len)
        done = err_set_errno(err, "cannot write to %s", log->path);
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

static bool parse(char *line, struct run_record *record)
{
    char *fields[FIELDS];
    size_t count = 0;
    for (char *rest = line; rest && count < FIELDS; count++)
        fields[count] = strsep(&rest, "\t");
    if (count < FIELDS_OLD)
        return false;
    *record = (struct run_record){
        .run_at_us = strtoll(fields[0], NULL, 10),
        .client_id = atoi(fields[1]),
        .job_id = atoi(fields[2]),
        .duration_ms = strtoll(fields[3], NULL, 10),
        .package = fields[5],
        .client = fields[6],
        .description = fields[7],
        .text = fields[8],
        .once = count == FIELDS && strcmp(fields[FIELDS - 1], once) == 0,
    };
    return read_end(fields[4], &record->end);
}

bool runlog_next(struct runlog_reader *reader, struct run_record *record)
{
    ssize_t len;
    while (reader->file && (len = getline(&reader->line, &reader->size, reader->file)) > 0) {
        if (reader->line[len - 1] != '\n')
            return false;
        reader->line[len - 1] = '\0';
        reader->offset += len;
        if (parse(reader->line, record))
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
