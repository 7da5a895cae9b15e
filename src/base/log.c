#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"

static enum log_level max_level = LOG_LEVEL_INFO;
static bool prefix_priority;
static enum log_target target;

void log_init(enum log_level level, bool with_priority)
{
    max_level = level;
    prefix_priority = with_priority;
}

void log_to(enum log_target where)
{
    target = where;
}

void log_raise(enum log_level level)
{
    if (level > max_level)
        max_level = level;
}

bool log_wants(enum log_level level)
{
    return level <= max_level;
}

bool log_goes_to_journal(const char *journal_stream)
{
    unsigned long long device = 0;
    unsigned long long inode = 0;
    struct stat st;
    if (!journal_stream || sscanf(journal_stream, "%llu:%llu", &device, &inode) != 2)
        return false;
    return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* U+200E to U+206F: marks that turn the direction of writing, or end a line or a paragraph. */
static bool turns_or_ends(const char *text, size_t step)
{
    const unsigned char *b = (const unsigned char *)text;
    if (step != 3 || b[0] != 0xE2)
        return false;
    return b[1] == 0x80 ? b[2] == 0x8E || b[2] == 0x8F || (b[2] >= 0xA8 && b[2] <= 0xAE)
                        : b[1] == 0x81 && b[2] >= 0xA6 && b[2] <= 0xA9;
}

/* Appends what stands at text to the line, made harmless; returns the bytes it took. */
static size_t add_harmless(struct buf *line, const char *text)
{
    size_t step = utf8_sequence(text, strnlen(text, 4));
    unsigned char byte = (unsigned char)text[0];
    bool c1 = step == 2 && byte == 0xC2 && (unsigned char)text[1] < 0xA0;
    if (byte == '\n') {
        buf_add_text(line, "\\n");
    } else if (step == 0 || byte < 0x20 || byte == 0x7F) {
        buf_addf(line, "\\x%02X", byte);
        return 1;
    } else if (c1) {
        buf_addf(line, "\\x%02X", (unsigned char)text[1]);
    } else if (turns_or_ends(text, step)) {
        buf_addf(line, "\\u20%02X",
                 ((unsigned char)text[1] & 0x3F) << 6 | ((unsigned char)text[2] & 0x3F));
    } else {
        buf_add(line, text, step);
    }
    return step;
}

static void write_all(const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(STDERR_FILENO, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) /* nobody left to tell */
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

/* As kivitendo's own lines begin: date, time, pid, [pid], level. */
static void add_kivitendo_head(struct buf *line, enum log_level level)
{
    const char *name = level <= LOG_LEVEL_ERROR     ? "ERROR"
                       : level == LOG_LEVEL_WARNING ? "WARNING"
                       : level == LOG_LEVEL_DEBUG   ? "debug1"
                                                    : "info";
    struct timespec now;
    struct tm tm;
    char date[32];
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &tm);
    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &tm);
    buf_addf(line, "%s.%03d %d [%d] %s: ", date, (int)(now.tv_nsec / 1000000), (int)getpid(),
             (int)getpid(), name);
}

static void put_line(enum log_level level, const char *text)
{
    struct buf line = {0};
    if (target == LOG_TO_SYSLOG) {
        syslog((int)level, "%s", text);
        return;
    }
    if (target == LOG_TO_FILE)
        add_kivitendo_head(&line, level);
    else if (prefix_priority)
        buf_addf(&line, "<%d>", (int)level);
    buf_addf(&line, "%s\n", text);
    if (!line.failed)
        write_all(line.data, line.len);
    buf_release(&line);
}

void log_msg(enum log_level level, const char *fmt, ...)
{
    if (!log_wants(level))
        return;
    struct buf text = {0};
    char raw[LOG_LINE_MAX];
    va_list args;
    va_start(args, fmt);
    const char *language = i18n_speak(NULL);
    int len = vsnprintf(raw, sizeof raw, i18n(fmt), args);
    i18n_speak(language);
    va_end(args);

    for (const char *p = raw; *p;)
        p += add_harmless(&text, p);
    if (len >= (int)sizeof raw)
        buf_add_text(&text, " … (cut)");
    if (!text.failed)
        put_line(level, buf_text(&text));
    buf_release(&text);
}
