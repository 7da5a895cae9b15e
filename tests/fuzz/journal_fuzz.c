/* journal_fuzz: any bytes as an entry of the journal, once as they are and once with a right end
 * behind them, so that the lines are read too.  What is accepted must survive being written again.
 *
 * Source: libFuzzer, https://llvm.org/docs/LibFuzzer.html */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void write_again(struct buf *text, const struct entry *entry)
{
    struct entry_mark mark = {0};
    entry_format(text, entry, ENTRY_START, &mark);
    if (entry->has_child)
        entry_format(text, entry, ENTRY_CHILD, &mark);
    if (entry->has_ending)
        entry_format(text, entry, ENTRY_ENDING, &mark);
    entry_format(text, entry, ENTRY_REFUSED, &mark);
    if (text->failed || mark.len != text->len)
        abort();
}

static void check_stable(const struct entry *entry)
{
    struct buf once = {0};
    struct buf twice = {0};
    struct entry back;
    struct entry_mark mark;
    struct err err = {0};
    write_again(&once, entry);
    if (!entry_parse(&back, once.data, once.len, &mark, &err) || mark.len != once.len)
        abort();
    write_again(&twice, &back);
    if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
        abort();
    entry_release(&back);
    buf_release(&once);
    buf_release(&twice);
}

static void check(const char *bytes, size_t len)
{
    struct entry entry;
    struct entry_mark mark;
    struct err err = {0};
    if (entry_parse(&entry, bytes, len, &mark, &err)) {
        if (mark.len > len || mark.sum != entry_sum(0, bytes, mark.len))
            abort();
        check_stable(&entry);
    } else if (!*err.text || entry.job.package || mark.len) {
        abort();
    }
    entry_release(&entry);
}

/* Ends a part at each line "end". */
static void seal(struct buf *text, const char *bytes, size_t len)
{
    buf_add_text(text, "task-server-journal 1\n");
    while (len) {
        const char *newline = memchr(bytes, '\n', len);
        size_t line = newline ? (size_t)(newline - bytes) + 1 : len;
        if (line == 4 && memcmp(bytes, "end\n", 4) == 0)
            buf_addf(text, "end %016llx\n",
                     (unsigned long long)entry_sum(0, text->data, text->len));
        else
            buf_add(text, bytes, line);
        bytes += line;
        len -= line;
    }
    if (text->data[text->len - 1] != '\n')
        buf_add_text(text, "\n");
    buf_addf(text, "end %016llx\n", (unsigned long long)entry_sum(0, text->data, text->len));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct buf text = {0};
    check((const char *)bytes, len);
    seal(&text, (const char *)bytes, len);
    check(text.data, text.len);
    buf_release(&text);
    return 0;
}
