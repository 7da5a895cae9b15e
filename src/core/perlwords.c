#include "core/perlwords.h"

#include <string.h>

static const char locate[] = "Can't locate ";

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* What Perl adds about itself, or about what the first line has caused. */
static bool is_follow_up(const char *line)
{
    static const char *const starts[] = {
        "perl: warning:", "BEGIN failed", "Compilation failed", "cannot load ", "\t", " ", "\n"};
    for (size_t i = 0; i < ARRAY_LEN(starts); i++)
        if (begins(line, starts[i]))
            return true;
    return false;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

/* Where there are nothing but follow-ups, the first that says something. */
static const char *find_line(const char *words)
{
    const char *line = words;
    while (*line && is_follow_up(line))
        line = next_line(line);
    return *line ? line : words + strspn(words, " \t\n");
}

/* "Can't locate X in @INC (…) (@INC …: …) at FILE line N." loses what stands between X and "at". */
static void add_shortened(const char *line, size_t len, struct buf *out)
{
    const char *end = line + len;
    const char *list = memmem(line, len, " in @INC (", 10);
    const char *rest = list ? list : end;
    for (const char *at = rest; (at = memmem(at, (size_t)(end - at), ") at ", 5)); at += 5)
        rest = at + 1;
    if (list && rest == list)
        rest = end;
    buf_add(out, line, (size_t)((list ? list : end) - line));
    buf_add(out, rest, (size_t)(end - rest));
}

void perlwords_sum_up(const char *words, struct buf *sentence)
{
    const char *line = find_line(words);
    size_t len = strcspn(line, "\n");
    if (len && line[len - 1] == '.')
        len--;
    add_shortened(line, len, sentence);
}

bool perlwords_lacks(const char *words, const char *folder)
{
    const char *line = find_line(words);
    return begins(line, locate) && begins(line + strlen(locate), folder) &&
           memmem(line, strcspn(line, "\n"), " in @INC", 8);
}
