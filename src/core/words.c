#include "core/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static bool refuse(struct err *err, const char *text)
{
    return err_set(err, ERR_CONFIG, "%s", i18n(text));
}

/* Takes what stands between quotes; *at is behind the opening one, and afterwards behind the
 * closing one. */
static bool take_quoted(struct buf *word, const char **at, char quote, struct err *err)
{
    const char *p = *at;
    for (; *p != quote; p++) {
        if (quote == '"' && p[0] == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        if (!*p)
            return refuse(err, quote == '"' ? N_("a double quote is not closed")
                                            : N_("a single quote is not closed"));
        buf_add(word, p, 1);
    }
    *at = p + 1;
    return true;
}

/* Takes one word; *at is on its first character, and afterwards behind it. */
static bool take_word(struct words *words, struct buf *word, const char **at, struct err *err)
{
    const char *p = *at;
    while (*p && !is_blank(*p)) {
        char c = *p++;
        if (c == '\'' || c == '"') {
            if (!take_quoted(word, &p, c, err))
                return false;
            continue;
        }
        if (c == '\\')
            c = *p ? *p++ : '\0';
        else if (strchr("|&;<>$`*", c))
            words->looks_like_shell = true;
        if (!c)
            return refuse(err, "there is nothing behind the backslash at the end");
        buf_add(word, &c, 1);
    }
    *at = p;
    return true;
}

/* Moves the word into the list. */
static bool keep_word(struct words *words, struct buf *word, struct err *err)
{
    if (words->count == WORDS_MAX)
        return err_set(err, ERR_CONFIG, "more than %d words", WORDS_MAX);
    buf_add(word, "", 0); /* "" is a word too, and has no memory yet */
    if (word->failed)
        return err_set_nomem(err);
    words->items[words->count++] = word->data;
    *word = (struct buf){0};
    return true;
}

static bool split(struct words *words, const char *line, struct err *err)
{
    bool ok = true;
    struct buf word = {0};
    while (ok && *(line += strspn(line, " \t\n")))
        ok = take_word(words, &word, &line, err) && keep_word(words, &word, err);
    buf_release(&word);
    return ok;
}

bool words_split(struct words *words, const char *line, struct err *err)
{
    *words = (struct words){0};
    if (strlen(line) > WORDS_LINE_MAX)
        return err_set(err, ERR_CONFIG, "longer than %d bytes", WORDS_LINE_MAX);
    words->items = calloc(WORDS_MAX + 1, sizeof words->items[0]);
    if (!words->items)
        return err_set_nomem(err);
    bool ok = split(words, line, err);
    if (!ok || !words->count)
        words_release(words);
    return ok;
}

void words_release(struct words *words)
{
    if (!words)
        return;
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){0};
}
