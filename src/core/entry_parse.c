#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/entry_fields.h"

/* One line: key, value (still escaped), without its newline. */
struct line {
    const char *key;
    size_t key_len;
    const char *value;
    size_t value_len;
};

static struct line split(const char *bytes, size_t len)
{
    const char *blank = memchr(bytes, ' ', len);
    size_t key_len = blank ? (size_t)(blank - bytes) : len;
    size_t skipped = blank ? key_len + 1 : len;
    return (struct line){
        .key = bytes, .key_len = key_len, .value = bytes + skipped, .value_len = len - skipped};
}

static bool key_is(const struct line *line, const char *key)
{
    return strlen(key) == line->key_len && memcmp(key, line->key, line->key_len) == 0;
}

static bool complain(struct err *err, const struct line *line, const char *what)
{
    int len = line->key_len < 40 ? (int)line->key_len : 40;
    return err_set(err, ERR_JOB, "its line '%.*s' %s", len, line->key, i18n(what));
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Takes one escaped sequence or character; 0: there is none that we write. */
static size_t unescape_one(struct buf *text, const char *value, size_t len)
{
    char c = *value;
    if ((unsigned char)c < 0x20 || c == 0x7f)
        return 0;
    if (c != '\\') {
        buf_add(text, value, 1);
        return 1;
    }
    if (len >= 2 && (value[1] == '\\' || value[1] == 'n')) {
        buf_add_text(text, value[1] == 'n' ? "\n" : "\\");
        return 2;
    }
    if (len < 4 || value[1] != 'x')
        return 0;
    int high = hex_digit(value[2]);
    int low = hex_digit(value[3]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) /* a NUL would end the text */
        return 0;
    char byte = (char)(high * 16 + low);
    buf_add(text, &byte, 1);
    return 4;
}

static bool unescape(struct buf *text, const struct line *line, struct err *err)
{
    const char *value = line->value;
    size_t left = line->value_len;
    while (left) {
        size_t n = unescape_one(text, value, left);
        if (n == 0)
            return complain(err, line, "holds what we do not write");
        value += n;
        left -= n;
    }
    return !text->failed || err_set_nomem(err);
}

static bool read_text(const char **value, const struct line *line, struct err *err)
{
    struct buf text = {0};
    buf_add_text(&text, ""); /* "", not NULL, for an empty value */
    if (!unescape(&text, line, err)) {
        buf_release(&text);
        return false;
    }
    char *copy = text.data ? text.data : strdup("");
    if (!copy)
        return err_set_nomem(err);
    free((char *)*value);
    *value = copy;
    return true;
}

static bool read_boot(char *boot_id, const struct line *line, struct err *err)
{
    struct buf text = {0};
    bool fine = unescape(&text, line, err);
    if (fine && text.len >= ENTRY_BOOT_MAX)
        fine = complain(err, line, "is too long");
    if (fine)
        memcpy(boot_id, buf_text(&text), text.len + 1);
    buf_release(&text);
    return fine;
}

static bool read_number(int64_t *number, const struct line *line, struct err *err)
{
    char digits[24];
    char *end;
    if (line->value_len == 0 || line->value_len >= sizeof digits)
        return complain(err, line, "holds no number");
    memcpy(digits, line->value, line->value_len);
    digits[line->value_len] = '\0';
    errno = 0;
    *number = strtoll(digits, &end, 10);
    if (errno || end != digits + line->value_len || *digits == ' ' || *digits == '+')
        return complain(err, line, "holds no number");
    return true;
}

static bool read_int(int *number, const struct line *line, struct err *err)
{
    int64_t big;
    if (!read_number(&big, line, err))
        return false;
    *number = (int)big;
    return (big >= INT_MIN && big <= INT_MAX) || complain(err, line, "holds no number");
}

static bool read_flag(bool *flag, const struct line *line, struct err *err)
{
    int number;
    if (!read_int(&number, line, err))
        return false;
    *flag = number == 1;
    return number == 0 || number == 1 || complain(err, line, "is neither 0 nor 1");
}

static bool value_is(const struct line *line, const char *word)
{
    return strlen(word) == line->value_len && memcmp(word, line->value, line->value_len) == 0;
}

static bool read_kind(struct entry *entry, const struct line *line, struct err *err)
{
    if (value_is(line, entry_kinds[ENTRY_KIND_COMMAND]))
        entry->kind = ENTRY_KIND_COMMAND;
    else if (value_is(line, entry_kinds[ENTRY_KIND_PERL]))
        entry->kind = ENTRY_KIND_PERL;
    else
        return complain(err, line, "names no kind of job");
    return true;
}

static bool read_verdict(struct entry *entry, const struct line *line, struct err *err)
{
    entry->has_ending = true;
    entry->ending.outcome.failed = value_is(line, "failure");
    return entry->ending.outcome.failed || value_is(line, "success") ||
           complain(err, line, "is neither success nor failure");
}

static bool read_words(struct outcome *outcome, const struct line *line, struct err *err)
{
    buf_clear(&outcome->text);
    outcome->has_text = true;
    return unescape(&outcome->text, line, err);
}

static bool read_field(struct entry *entry, const struct entry_field *field,
                       const struct line *line, struct err *err)
{
    void *at = (char *)entry + field->offset;
    switch (field->shape) {
    case ENTRY_FLAG: return read_flag(at, line, err);
    case ENTRY_NUMBER: return read_int(at, line, err);
    case ENTRY_BIG: return read_number(at, line, err);
    case ENTRY_TEXT: return read_text(at, line, err);
    case ENTRY_BOOT: return read_boot(at, line, err);
    case ENTRY_KIND: return read_kind(entry, line, err);
    case ENTRY_VERDICT: return read_verdict(entry, line, err);
    case ENTRY_WORDS: return read_words(at, line, err);
    }
    return false;
}

/* The first part says whose run it is: a later one must not change that. */
static bool read_line(struct entry *entry, const struct line *line, bool first, struct err *err)
{
    for (size_t i = 0; i < entry_field_count; i++) {
        if (!key_is(line, entry_fields[i].key))
            continue;
        if ((entry_fields[i].part == ENTRY_START) != first)
            return complain(err, line, "stands in the wrong part");
        return read_field(entry, &entry_fields[i], line, err);
    }
    return true;
}

static bool end_is_right(const struct line *line, uint64_t sum)
{
    char wanted[20];
    int len = snprintf(wanted, sizeof wanted, "%016" PRIx64, sum);
    return key_is(line, "end") && (size_t)len == line->value_len && value_is(line, wanted);
}

/* The length of the part that begins at the mark, and its sum in *sum; 0: it has no right end. */
static size_t part_len(const char *bytes, size_t len, const struct entry_mark *mark, uint64_t *sum)
{
    size_t at = mark->len;
    *sum = mark->sum;
    while (at < len) {
        const char *newline = memchr(bytes + at, '\n', len - at);
        if (!newline)
            break;
        size_t line_len = (size_t)(newline - (bytes + at));
        struct line line = split(bytes + at, line_len);
        bool ends = end_is_right(&line, *sum);
        *sum = entry_sum(*sum, bytes + at, line_len + 1);
        at += line_len + 1;
        if (ends)
            return at - mark->len;
    }
    return 0;
}

/* Reads the lines of a part that is whole. */
static bool read_part(struct entry *entry, const char *part, size_t len, bool first,
                      struct err *err)
{
    while (len) {
        size_t line_len = (size_t)((const char *)memchr(part, '\n', len) - part);
        struct line line = split(part, line_len);
        if (!read_line(entry, &line, first, err))
            return false;
        part += line_len + 1;
        len -= line_len + 1;
    }
    return true;
}

static bool read_parts(struct entry *entry, const char *bytes, size_t len, struct entry_mark *mark,
                       struct err *err)
{
    uint64_t sum;
    size_t part;
    while ((part = part_len(bytes, len, mark, &sum)) > 0) {
        if (!read_part(entry, bytes + mark->len, part, mark->len == 0, err))
            return false;
        *mark = (struct entry_mark){.len = mark->len + part, .sum = sum};
    }
    return mark->len > 0 || err_set(err, ERR_JOB, "it was not written to its end");
}

static bool is_complete(const struct entry *entry, struct err *err)
{
    if (entry->installation && entry->job.package && entry->kind != ENTRY_KIND_NONE &&
        entry->client_id > 0 && entry->job.id > 0 && entry->run_at_us > 0)
        return true;
    return err_set(err, ERR_JOB, "it does not say whose run of what it is");
}

bool entry_parse(struct entry *entry, const char *bytes, size_t len, struct entry_mark *mark,
                 struct err *err)
{
    *entry = (struct entry){0};
    *mark = (struct entry_mark){0};
    bool ours = len >= strlen(ENTRY_MAGIC) && memcmp(bytes, ENTRY_MAGIC, strlen(ENTRY_MAGIC)) == 0;
    if (!ours)
        err_set(err, ERR_JOB, "it does not begin with '%.*s'", (int)strlen(ENTRY_MAGIC) - 1,
                ENTRY_MAGIC);
    if (ours && read_parts(entry, bytes, len, mark, err) && is_complete(entry, err)) {
        entry->has_child = entry->child.pid > 0;
        return true;
    }
    entry_release(entry);
    *mark = (struct entry_mark){0};
    return false;
}
