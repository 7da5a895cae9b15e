#include "core/entry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/entry_fields.h"

#define FIELD(key, part, shape, member)                                                            \
    {                                                                                              \
        key, part, ENTRY_##shape, offsetof(struct entry, member)                                   \
    }

/* Not sorted: in the order in which a person wants to read them. */
const struct entry_field entry_fields[] = {
    FIELD("package", ENTRY_START, TEXT, job.package),
    FIELD("run_at", ENTRY_START, TEXT, run_at),
    FIELD("client", ENTRY_START, TEXT, client),
    FIELD("client_id", ENTRY_START, NUMBER, client_id),
    FIELD("job_id", ENTRY_START, NUMBER, job.id),
    FIELD("kind", ENTRY_START, KIND, kind),
    FIELD("on_demand", ENTRY_START, FLAG, on_demand),
    FIELD("installation", ENTRY_START, TEXT, installation),
    FIELD("configuration", ENTRY_START, TEXT, configuration),
    FIELD("node", ENTRY_START, TEXT, node),
    FIELD("db_host", ENTRY_START, TEXT, db_host),
    FIELD("db_port", ENTRY_START, TEXT, db_port),
    FIELD("db_name", ENTRY_START, TEXT, db_name),
    FIELD("run_at_us", ENTRY_START, BIG, run_at_us),
    FIELD("slot_us", ENTRY_START, BIG, slot_us),
    FIELD("row_type", ENTRY_START, TEXT, job.type),
    FIELD("row_active", ENTRY_START, FLAG, job.active),
    FIELD("row_cron_spec", ENTRY_START, TEXT, job.spec),
    FIELD("row_next_run_at", ENTRY_START, TEXT, job.next_text),
    FIELD("row_has_next", ENTRY_START, FLAG, job.has_next),
    FIELD("row_next_us", ENTRY_START, BIG, job.next_us),
    FIELD("row_has_last", ENTRY_START, FLAG, job.has_last),
    FIELD("row_node_id", ENTRY_START, TEXT, job.node),
    FIELD("row_description", ENTRY_START, TEXT, job.description),
    FIELD("row_data", ENTRY_START, TEXT, job.data),
    FIELD("child_pid", ENTRY_CHILD, NUMBER, child.pid),
    FIELD("child_session", ENTRY_CHILD, NUMBER, child.session),
    FIELD("child_start_ticks", ENTRY_CHILD, BIG, child.start_ticks),
    FIELD("child_boot_id", ENTRY_CHILD, BOOT, child.boot_id),
    FIELD("outcome", ENTRY_ENDING, VERDICT, ending.outcome),
    FIELD("ended_us", ENTRY_ENDING, BIG, ending.ended_us),
    FIELD("history_only", ENTRY_ENDING, FLAG, ending.history_only),
    FIELD("text", ENTRY_ENDING, WORDS, ending.outcome),
    FIELD("data_changed", ENTRY_ENDING, FLAG, ending.data_changed),
    FIELD("data", ENTRY_ENDING, TEXT, ending.data),
    FIELD("refused", ENTRY_REFUSED, NUMBER, refused),
};

const size_t entry_field_count = ARRAY_LEN(entry_fields);

const char *const entry_kinds[] = {"", "command", "perl"};

uint64_t entry_sum(uint64_t sum, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return sum;
}

/* ---- writing ---- */

/* U+0080 to U+009F, which some terminals obey as they do control characters. */
static bool is_c1(const char *bytes, size_t len)
{
    return len == 2 && bytes[0] == '\xc2' && (unsigned char)bytes[1] < 0xa0;
}

static void add_escaped(struct buf *text, const char *value, size_t len)
{
    while (len) {
        unsigned char c = (unsigned char)*value;
        size_t n = utf8_sequence(value, len);
        if (c == '\n')
            buf_add_text(text, "\\n");
        else if (c == '\\')
            buf_add_text(text, "\\\\");
        else if (n == 0 || c < 0x20 || c == 0x7f || is_c1(value, n))
            buf_addf(text, "\\x%02x", c);
        else
            buf_add(text, value, n);
        if (n == 0 || is_c1(value, n))
            n = 1; /* the second byte of a C1 character is no UTF-8 by itself */
        value += n;
        len -= n;
    }
}

static void add_text(struct buf *text, const char *key, const char *value, size_t len)
{
    buf_addf(text, "%s ", key);
    add_escaped(text, value, len);
    buf_add_text(text, "\n");
}

static void add_words(struct buf *text, const char *key, const struct outcome *outcome)
{
    if (outcome->has_text)
        add_text(text, key, buf_text(&outcome->text), outcome->text.len);
}

static void add_field(struct buf *text, const struct entry_field *field, const struct entry *entry)
{
    const void *at = (const char *)entry + field->offset;
    const char *const *value = at;
    switch (field->shape) {
    case ENTRY_FLAG: buf_addf(text, "%s %d\n", field->key, *(const bool *)at); break;
    case ENTRY_NUMBER: buf_addf(text, "%s %d\n", field->key, *(const int *)at); break;
    case ENTRY_BIG: buf_addf(text, "%s %" PRId64 "\n", field->key, *(const int64_t *)at); break;
    case ENTRY_TEXT:
        if (*value)
            add_text(text, field->key, *value, strlen(*value));
        break;
    case ENTRY_BOOT: add_text(text, field->key, at, strnlen(at, ENTRY_BOOT_MAX - 1)); break;
    case ENTRY_KIND: buf_addf(text, "%s %s\n", field->key, entry_kinds[entry->kind]); break;
    case ENTRY_VERDICT: buf_addf(text, "%s %s\n", field->key, outcome_status(at)); break;
    case ENTRY_WORDS: add_words(text, field->key, at); break;
    }
}

void entry_format(struct buf *text, const struct entry *entry, enum entry_part part,
                  struct entry_mark *mark)
{
    size_t begin = text->len;
    if (mark->len == 0)
        buf_add_text(text, ENTRY_MAGIC);
    for (size_t i = 0; i < entry_field_count; i++)
        if (entry_fields[i].part == part)
            add_field(text, &entry_fields[i], entry);
    if (text->failed)
        return;
    uint64_t sum = entry_sum(mark->sum, text->data + begin, text->len - begin);
    size_t end = text->len;
    buf_addf(text, "end %016" PRIx64 "\n", sum);
    if (text->failed)
        return;
    mark->sum = entry_sum(sum, text->data + end, text->len - end);
    mark->len += text->len - begin;
}

void entry_release(struct entry *entry)
{
    if (!entry)
        return;
    for (size_t i = 0; i < entry_field_count; i++)
        if (entry_fields[i].shape == ENTRY_TEXT)
            free(*(char **)((char *)entry + entry_fields[i].offset));
    outcome_release(&entry->ending.outcome);
    *entry = (struct entry){0};
}
