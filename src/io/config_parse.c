/* One configuration stream, from bytes to settings: read_line → shape_line → inih → take_setting.
 */
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/options_table.h"
#include "io/config.h"

enum {
    SECTION_MAX = 320,   /* longer than any name we use */
    SETTINGS_MAX = 1000, /* in sections we use, per file */
};

/* One physical line, without its end. */
struct line {
    char text[CONFIG_LINE_MAX + 1]; /* its beginning, if it is longer */
    size_t len;
    bool too_long;
    bool has_nul;
};

/* A key that this file has set, to notice when it does so again. */
struct seen {
    char *name; /* owned, "[section] key" */
    int line;
};

struct reader {
    FILE *stream;
    const struct config_sink *sink;
    struct err *err;
    bool failed; /* err is set */
    bool stop;   /* inih gets no further line */

    struct line ahead; /* the line read last */
    bool ahead_ready;  /* it is still to be looked at */
    int line;          /* its number */
    int padding;       /* empty lines due to inih for continuations already taken */

    bool in_use;               /* the section is one of ours */
    char section[SECTION_MAX]; /* its name, if so */
    bool broken_heading;       /* the last line handed over was meant as a heading */

    char pair[CONFIG_LINE_MAX + 1]; /* "key\0value" of the setting handed over */
    const char *value;              /* inside pair */
    int pair_line;                  /* where it began */

    struct seen seen[SETTINGS_MAX];
    size_t n_seen;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static char *skip_blanks(char *text)
{
    while (is_blank(*text))
        text++;
    return text;
}

/* Reports what is wrong with line `line`; returns false. */
static bool fault(struct reader *reader, int line, const char *text)
{
    reader->failed = reader->stop = true;
    return err_set(reader->err, ERR_CONFIG, "%s:%d: %s", reader->sink->name, line, i18n(text));
}

/* Reads the next line of the file into `ahead`; false at the end.  Keeps what fits. */
static bool read_line(struct reader *reader)
{
    struct line *line = &reader->ahead;
    line->len = 0;
    line->too_long = line->has_nul = false;
    int c = getc_unlocked(reader->stream);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc_unlocked(reader->stream)) {
        if (c == '\0')
            line->has_nul = true;
        if (line->len == CONFIG_LINE_MAX)
            line->too_long = true;
        else
            line->text[line->len++] = (char)c;
    }
    if (line->len && line->text[line->len - 1] == '\r')
        line->len--;
    line->text[line->len] = '\0';
    if (++reader->line == 1 && strncmp(line->text, "\xEF\xBB\xBF", 3) == 0)
        memmove(line->text, line->text + 3, (line->len -= 3) + 1);
    return true;
}

/* Makes sure that `ahead` holds a line that nobody has looked at; false at the end. */
static bool look_ahead(struct reader *reader)
{
    if (!reader->ahead_ready)
        reader->ahead_ready = read_line(reader);
    return reader->ahead_ready;
}

/* Is the line fit for a section of ours?  Says what is wrong with it if not. */
static bool check_line(struct reader *reader)
{
    if (reader->ahead.has_nul)
        return fault(reader, reader->line, "the line contains a NUL byte");
    if (reader->ahead.too_long)
        return fault(reader, reader->line, "the line is longer than 8192 bytes");
    return true;
}

/* The name in a heading, cut out in place; NULL if the line (it begins with '[') is none. */
static char *heading_name(char *text)
{
    char *end = strchr(text, ']');
    if (!end)
        return NULL;
    char *rest = skip_blanks(end + 1);
    if (*rest && *rest != '#' && *rest != ';')
        return NULL;
    *end = '\0';
    return text + 1;
}

static const char *shape_heading(struct reader *reader, char *text)
{
    char *name = reader->ahead.has_nul ? NULL : heading_name(text);
    if (!name) {
        bool harmless = !reader->in_use && strpbrk(text, "=:");
        reader->stop = reader->broken_heading = !harmless;
        return harmless ? "\n" : "[\n";
    }
    const struct setting heading = {
        .file = reader->sink->name, .line = reader->line, .section = name};
    options_judge_section(&heading, reader->sink->warnings);
    reader->in_use = options_use_section(name);
    snprintf(reader->section, sizeof reader->section, "%s", reader->in_use ? name : "");
    return "[s]\n";
}

/* Is the line ahead "= more" for a setting whose separator was this?  If so, where "more" begins:
 * the blanks that stood behind the first separator are no part of it, others are. */
static const char *continuation(struct reader *reader, const char *separator, size_t len)
{
    if (!look_ahead(reader))
        return NULL;
    char *text = skip_blanks(reader->ahead.text);
    if (*text != *separator)
        return NULL;
    return text + (strncmp(text, separator, len) == 0 ? len : 1);
}

/* Appends the continuation lines to the pair; `end` is the value's end so far. */
static bool join_continuations(struct reader *reader, char *end, const char *separator, size_t len)
{
    const char *more;
    while ((more = continuation(reader, separator, len))) {
        if (!check_line(reader))
            return false;
        size_t room = (size_t)(reader->pair + sizeof reader->pair - end);
        size_t more_len = strlen(more);
        if (more_len + 2 > room)
            return fault(reader, reader->pair_line,
                         "the setting is longer than 8192 bytes with its continuation lines");
        *end++ = '\n';
        memcpy(end, more, more_len + 1);
        end += more_len;
        reader->padding++;
        reader->ahead_ready = false;
    }
    return true;
}

static void trim_end(char *start, char *end)
{
    while (end > start && is_blank(end[-1]))
        end--;
    *end = '\0';
}

static const char *shape_pair(struct reader *reader, const char *text)
{
    memcpy(reader->pair, text, strlen(text) + 1);
    char *at = strpbrk(reader->pair, "=:");
    if (!at) {
        reader->stop = true;
        return "k\n";
    }
    char *value = skip_blanks(at + 1);
    char separator[CONFIG_LINE_MAX + 1];
    size_t separator_len = (size_t)(value - at);
    memcpy(separator, at, separator_len);
    trim_end(reader->pair, at);

    reader->value = value;
    reader->pair_line = reader->line;
    if (!join_continuations(reader, value + strlen(value), separator, separator_len))
        return "k\n";
    if (!reader->padding)
        trim_end(value, value + strlen(value));
    return "k=v\n";
}

/* A line of the same shape as the line ahead, short and harmless: heading, setting, or nothing. */
static const char *shape_line(struct reader *reader)
{
    char *text = skip_blanks(reader->ahead.text);
    reader->ahead_ready = false;
    if (*text == '[')
        return shape_heading(reader, text);
    if (!reader->in_use)
        return "\n";
    if (reader->ahead.has_nul && !check_line(reader))
        return "k\n";
    if (!*text || *text == '#' || *text == ';')
        return "\n";
    return check_line(reader) ? shape_pair(reader, text) : "k\n";
}

/* inih's reader: like fgets. */
static char *next_line(char *out, int size, void *stream)
{
    struct reader *reader = stream;
    const char *shape = "\n";
    if (reader->padding)
        reader->padding--;
    else if (reader->stop || !look_ahead(reader))
        return NULL;
    else
        shape = shape_line(reader);
    snprintf(out, (size_t)size, "%s", shape);
    return out;
}

static bool is_utf8(const char *text, size_t len)
{
    while (len) {
        size_t step = utf8_sequence(text, len);
        if (!step)
            return false;
        text += step;
        len -= step;
    }
    return true;
}

void config_name_setting(const char *section, const char *key, struct buf *name)
{
    buf_addf(name, "[%s] %s", section, key);
}

/* Remembers the key; an error if this file has set it before. */
static bool note_key(struct reader *reader)
{
    struct buf name = {0};
    config_name_setting(reader->section, reader->pair, &name);
    if (name.failed)
        goto fail;
    for (size_t i = 0; i < reader->n_seen; i++)
        if (strcmp(reader->seen[i].name, name.data) == 0) {
            struct buf text = {0};
            buf_addf(&text, _("%s is set again, first in line %d"), name.data,
                     reader->seen[i].line);
            fault(reader, reader->pair_line, buf_text(&text));
            buf_release(&text);
            goto fail;
        }
    if (reader->n_seen == SETTINGS_MAX) {
        fault(reader, reader->pair_line, "more than 1000 settings");
        goto fail;
    }
    reader->seen[reader->n_seen++] = (struct seen){.name = name.data, .line = reader->pair_line};
    return true;
fail:
    if (name.failed)
        err_set_nomem(reader->err);
    buf_release(&name);
    return false;
}

/* Where every fault is wanted: tells this one, and goes on. */
static bool pass_over(struct reader *reader)
{
    const struct config_sink *sink = reader->sink;
    struct buf name = {0};
    if (!sink->faults || reader->err->kind != ERR_CONFIG)
        return false;
    buf_addf(sink->faults, "%s\n", reader->err->text);
    config_name_setting(reader->section, reader->pair, &name);
    bool done = option_map_put(sink->refused, buf_text(&name), "1", reader->err);
    buf_release(&name);
    return done;
}

/* inih's handler.  Its own idea of section, name and value is the shape's; the truth is ours. */
static int take_setting(void *user, const char *section, const char *name, const char *value)
{
    (void)section, (void)name, (void)value;
    struct reader *reader = user;
    const struct setting setting = {.file = reader->sink->name,
                                    .line = reader->pair_line,
                                    .section = reader->section,
                                    .key = reader->pair,
                                    .value = reader->value};
    bool ok = true;
    if (!*setting.key)
        ok = fault(reader, setting.line, "no key in front of the separator");
    else if (!is_utf8(setting.key, strlen(setting.key)) ||
             !is_utf8(setting.value, strlen(setting.value)))
        ok = fault(reader, setting.line, "the line is not valid UTF-8");
    else
        ok = note_key(reader) &&
             options_set(reader->sink->options, &setting, reader->sink->warnings, reader->err);
    ok = ok || pass_over(reader);
    reader->failed = !ok;
    reader->stop = !ok;
    return ok;
}

static bool judge(struct reader *reader, int bad_line)
{
    if (reader->failed)
        return false;
    if (bad_line && reader->broken_heading)
        return fault(reader, bad_line,
                     "a heading needs a ']', and nothing but a comment may stand behind it");
    if (bad_line)
        return fault(reader, bad_line, "neither a setting (there is no '=' or ':') nor a comment");
    if (ferror(reader->stream))
        return err_set_errno(reader->err, "cannot read %s", reader->sink->name);
    if (reader->sink->warnings->failed)
        return err_set_nomem(reader->err);
    return true;
}

bool config_parse_stream(FILE *stream, const struct config_sink *sink, struct err *err)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return err_set_nomem(err);
    reader->stream = stream;
    reader->sink = sink;
    reader->err = err;
    int bad_line = ini_parse_stream(next_line, reader, take_setting, reader);
    bool ok = judge(reader, bad_line);
    for (size_t i = 0; i < reader->n_seen; i++)
        free(reader->seen[i].name);
    explicit_bzero(reader, sizeof *reader);
    free(reader);
    return ok;
}
