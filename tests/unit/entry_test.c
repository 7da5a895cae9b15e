/* core/entry: what is written can be read again, and what is torn is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/entry.h"

/* Everything set, with texts that nobody should meet. */
static struct entry full_entry(void)
{
    struct entry entry = {
        .installation = "/var/www/kivitendo erp",
        .configuration = "config.kivitendo.conf.pid",
        .node = "büro\n1",
        .client = "end 0000000000000000\nevil \x1b[2J client",
        .client_id = 3,
        .db_host = "",
        .db_port = "5432",
        .db_name = "kivi\\ndb",
        .kind = ENTRY_KIND_COMMAND,
        .run_at_us = 1774746000123456,
        .run_at = "2026-03-29 03:00:00.123456",
        .slot_us = 1774746000000000,
        .on_demand = true,
        .has_child = true,
        .child = {.pid = 4711, .session = 4711, .start_ticks = 8837465, .boot_id = "b00t-id"},
        .has_ending = true,
        .ending = {.ended_us = 1774746060000000, .history_only = true, .data_changed = true},
        .refused = 1,
    };
    entry.job = (struct job){
        .id = 17,
        .type = (char *)"interval",
        .package = (char *)"Backup",
        .spec = (char *)"*/5 * * * *",
        .node = (char *)" leading and trailing ",
        .description = (char *)"bytes: \xff\xfe \xc2\x85 \xed\xa0\x80 ü € 𝄞",
        .data = (char *)"a: 1\r\nb: \\n\t\x7f\n",
        .next_text = (char *)"2026-03-29 03:00:00",
        .active = true,
        .has_next = true,
        .next_us = 1774746000000000,
    };
    entry.ending.data = "";
    outcome_fail(&entry.ending.outcome, "line 1\nline 2\n");
    return entry;
}

static void expect_text(const char *name, const char *got, const char *wanted)
{
    if ((got == NULL) != (wanted == NULL) || (got && strcmp(got, wanted) != 0))
        fail_msg("%s: expected \"%s\", got \"%s\"", name, wanted ? wanted : "NULL",
                 got ? got : "NULL");
}

static void expect_same_start(const struct entry *a, const struct entry *b)
{
    expect_text("installation", b->installation, a->installation);
    expect_text("configuration", b->configuration, a->configuration);
    expect_text("node", b->node, a->node);
    expect_text("client", b->client, a->client);
    expect_text("db_host", b->db_host, a->db_host);
    expect_text("db_port", b->db_port, a->db_port);
    expect_text("db_name", b->db_name, a->db_name);
    expect_text("run_at", b->run_at, a->run_at);
    assert_int_equal(b->client_id, a->client_id);
    assert_int_equal(b->kind, a->kind);
    assert_int_equal(b->run_at_us, a->run_at_us);
    assert_int_equal(b->slot_us, a->slot_us);
    assert_int_equal(b->on_demand, a->on_demand);
    expect_text("type", b->job.type, a->job.type);
    expect_text("package", b->job.package, a->job.package);
    expect_text("spec", b->job.spec, a->job.spec);
    expect_text("row's node", b->job.node, a->job.node);
    expect_text("description", b->job.description, a->job.description);
    expect_text("data", b->job.data, a->job.data);
    expect_text("next_text", b->job.next_text, a->job.next_text);
    assert_int_equal(b->job.id, a->job.id);
    assert_int_equal(b->job.active, a->job.active);
    assert_int_equal(b->job.has_next, a->job.has_next);
    assert_int_equal(b->job.has_last, a->job.has_last);
    assert_int_equal(b->job.next_us, a->job.next_us);
}

static void expect_same_rest(const struct entry *a, const struct entry *b)
{
    assert_int_equal(b->has_child, a->has_child);
    assert_int_equal(b->child.pid, a->child.pid);
    assert_int_equal(b->child.session, a->child.session);
    assert_int_equal(b->child.start_ticks, a->child.start_ticks);
    assert_string_equal(b->child.boot_id, a->child.boot_id);
    assert_int_equal(b->has_ending, a->has_ending);
    assert_int_equal(b->ending.ended_us, a->ending.ended_us);
    assert_int_equal(b->ending.history_only, a->ending.history_only);
    assert_int_equal(b->ending.data_changed, a->ending.data_changed);
    expect_text("new data", b->ending.data, a->ending.data);
    assert_int_equal(b->ending.outcome.failed, a->ending.outcome.failed);
    expect_text("text", outcome_text(&b->ending.outcome), outcome_text(&a->ending.outcome));
    assert_int_equal(b->refused, a->refused);
}

/* All parts, one behind the other; ends[i] is where part i ends. */
static void format_all(struct buf *text, const struct entry *entry, size_t ends[4])
{
    struct entry_mark mark = {0};
    static const enum entry_part parts[] = {ENTRY_START, ENTRY_CHILD, ENTRY_ENDING, ENTRY_REFUSED};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        entry_format(text, entry, parts[i], &mark);
        assert_int_equal(mark.len, text->len);
        ends[i] = text->len;
    }
    assert_false(text->failed);
    assert_int_equal(mark.sum, entry_sum(0, text->data, text->len));
}

static void test_round_trip(void **state)
{
    (void)state;
    struct entry entry = full_entry();
    struct entry back;
    struct entry_mark mark;
    struct err err = {0};
    struct buf text = {0};
    size_t ends[4];
    format_all(&text, &entry, ends);
    if (!entry_parse(&back, text.data, text.len, &mark, &err))
        fail_msg("%s", err.text);
    assert_int_equal(mark.len, text.len);
    expect_same_start(&entry, &back);
    expect_same_rest(&entry, &back);
    entry_release(&back);
    entry_release(&back);
    entry_release(NULL);
    outcome_release(&entry.ending.outcome);
    buf_release(&text);
}

/* The same with as little as there may be: nulls stay nulls. */
static void test_nulls(void **state)
{
    (void)state;
    struct entry entry = {.installation = "/k",
                          .client_id = 1,
                          .run_at_us = 1,
                          .kind = ENTRY_KIND_PERL,
                          .has_child = true,
                          .child = {.pid = 1},
                          .has_ending = true,
                          .job = {.id = 1, .package = (char *)"X"}};
    struct entry back;
    struct entry_mark mark;
    struct err err = {0};
    struct buf text = {0};
    size_t ends[4];
    format_all(&text, &entry, ends);
    assert_true(entry_parse(&back, text.data, text.len, &mark, &err));
    expect_same_start(&entry, &back);
    expect_same_rest(&entry, &back);
    entry_release(&back);
    buf_release(&text);
}

/* Lines for people: nothing that moves a cursor, one line per value. */
static void test_is_readable(void **state)
{
    (void)state;
    struct entry entry = full_entry();
    struct buf text = {0};
    size_t ends[4];
    format_all(&text, &entry, ends);
    for (size_t i = 0; i < text.len;) {
        size_t n = utf8_sequence(text.data + i, text.len - i);
        unsigned char c = (unsigned char)text.data[i];
        assert_true(n > 0);
        assert_true(c == '\n' || (c >= 0x20 && c != 0x7f));
        i += n;
    }
    assert_non_null(strstr(text.data, "\npackage Backup\n"));
    assert_non_null(strstr(text.data, "\nrow_data a: 1\\x0d\\nb: \\\\n\\x09\\x7f\\n\n"));
    assert_non_null(strstr(text.data, " \\xc2\\x85 \\xed\\xa0\\x80 ü € 𝄞\n"));
    assert_non_null(strstr(text.data, "\noutcome failure\n"));
    assert_non_null(strstr(text.data, "\ntext line 1\\nline 2\\n\n"));
    outcome_release(&entry.ending.outcome);
    buf_release(&text);
}

/* Cut anywhere, or with any byte changed: parts that are whole count, the rest does not. */
static void test_torn(void **state)
{
    (void)state;
    struct entry entry = full_entry();
    struct buf text = {0};
    size_t ends[4];
    format_all(&text, &entry, ends);
    char *copy = malloc(text.len);
    assert_non_null(copy);
    for (size_t at = 0; at < 2 * text.len; at++) {
        bool cut = at < text.len;
        size_t spot = cut ? at : at - text.len;
        size_t whole = 0;
        for (size_t i = 0; i < 4; i++)
            whole += ends[i] <= spot;
        struct entry back;
        struct entry_mark mark;
        struct err err = {0};
        memcpy(copy, text.data, text.len);
        copy[spot] ^= 1;
        bool parsed = entry_parse(&back, copy, cut ? spot : text.len, &mark, &err);
        assert_int_equal(parsed, whole > 0);
        if (!parsed) {
            assert_true(*err.text && err.kind == ERR_JOB);
            assert_int_equal(mark.len, 0);
            continue;
        }
        assert_int_equal(mark.len, ends[whole - 1]);
        assert_int_equal(back.has_child, whole >= 2);
        assert_int_equal(back.has_ending, whole >= 3);
        assert_int_equal(back.refused, whole >= 4);
        expect_same_start(&entry, &back);
        entry_release(&back);
    }
    free(copy);
    outcome_release(&entry.ending.outcome);
    buf_release(&text);
}

/* Parts written again: the last one counts, as after a second refusal. */
static void test_repeated_parts(void **state)
{
    (void)state;
    struct entry entry = full_entry();
    struct entry back;
    struct entry_mark mark = {0};
    struct err err = {0};
    struct buf text = {0};
    entry_format(&text, &entry, ENTRY_START, &mark);
    entry_format(&text, &entry, ENTRY_ENDING, &mark);
    entry_format(&text, &entry, ENTRY_REFUSED, &mark);
    outcome_succeed(&entry.ending.outcome, "well");
    entry.ending.data = "b: 2";
    entry.refused = 2;
    entry_format(&text, &entry, ENTRY_ENDING, &mark);
    entry_format(&text, &entry, ENTRY_REFUSED, &mark);
    assert_true(entry_parse(&back, text.data, text.len, &mark, &err));
    assert_int_equal(back.refused, 2);
    assert_false(back.ending.outcome.failed);
    expect_text("text", outcome_text(&back.ending.outcome), "well");
    expect_text("data", back.ending.data, "b: 2");
    assert_false(back.has_child);
    entry_release(&back);
    outcome_release(&entry.ending.outcome);
    buf_release(&text);
}

#define HEAD  "task-server-journal 1\n"
#define WHOLE "package X\nclient_id 1\njob_id 1\nkind perl\ninstallation /k\nrun_at_us 1\n"

/* Whole by their sum, but not what we write. */
static void test_refused_lines(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *first;  /* the first part */
        const char *second; /* another one, or NULL */
        const char *words;  /* in the error; NULL: accepted */
    } rows[] = {
        {"the least there may be", HEAD WHOLE, NULL, NULL},
        {"an unknown key", HEAD WHOLE "colour green\n", NULL, NULL},
        {"a line without a value", HEAD WHOLE "node\nclient \n", NULL, NULL},
        {"an empty line", HEAD WHOLE "\n", NULL, NULL},
        {"another version", "task-server-journal 2\n" WHOLE, NULL, "does not begin with"},
        {"no head", WHOLE, NULL, "does not begin with"},
        {"no package", HEAD "client_id 1\njob_id 1\nkind perl\ninstallation /k\nrun_at_us 1\n",
         NULL, "does not say whose run"},
        {"client 0", HEAD WHOLE "client_id 0\n", NULL, "does not say whose run"},
        {"a word for a number", HEAD WHOLE "job_id one\n", NULL, "'job_id' holds no number"},
        {"no number", HEAD WHOLE "job_id \n", NULL, "'job_id' holds no number"},
        {"a blank before it", HEAD WHOLE "job_id  1\n", NULL, "'job_id' holds no number"},
        {"a sign before it", HEAD WHOLE "job_id +1\n", NULL, "'job_id' holds no number"},
        {"one that overflows", HEAD WHOLE "job_id 4294967297\n", NULL, "'job_id' holds no number"},
        {"one that overflows 64 bits", HEAD WHOLE "slot_us 9223372036854775808\n", NULL,
         "'slot_us' holds no number"},
        {"an endless one", HEAD WHOLE "slot_us 000000000000000000000000000001\n", NULL,
         "'slot_us' holds no number"},
        {"a flag of 2", HEAD WHOLE "on_demand 2\n", NULL, "'on_demand' is neither 0 nor 1"},
        {"an unknown kind", HEAD WHOLE "kind native\n", NULL, "'kind' names no kind of job"},
        {"an unknown escape", HEAD WHOLE "node \\t\n", NULL, "'node' holds what we do not write"},
        {"half an escape", HEAD WHOLE "node \\x1\n", NULL, "'node' holds what we do not write"},
        {"a backslash at the end", HEAD WHOLE "node \\\n", NULL, "'node' holds what"},
        {"an escaped NUL", HEAD WHOLE "node \\x00\n", NULL, "'node' holds what we do not write"},
        {"a control character", HEAD WHOLE "node a\tb\n", NULL, "'node' holds what we do not"},
        {"capital digits", HEAD WHOLE "node \\xFF\n", NULL, "'node' holds what we do not write"},
        {"a child in the first part", HEAD WHOLE "child_pid 1\n", NULL,
         "'child_pid' stands in the wrong part"},
        {"another package in the second", HEAD WHOLE, "package Y\n",
         "'package' stands in the wrong part"},
        {"a verdict of neither kind", HEAD WHOLE, "outcome maybe\n",
         "'outcome' is neither success nor failure"},
        {"a boot id without end", HEAD WHOLE,
         "child_boot_id 0123456789012345678901234567890123456789012345678901234567890123\n",
         "'child_boot_id' is too long"},
        {"a child without a pid", HEAD WHOLE, "child_pid 0\n", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = {0};
        struct entry entry;
        struct entry_mark mark;
        struct err err = {0};
        for (int part = 0; part < 2; part++) {
            buf_add_text(&text, part == 0 ? rows[i].first : rows[i].second ? rows[i].second : "");
            if (part == 0 || rows[i].second)
                buf_addf(&text, "end %016llx\n",
                         (unsigned long long)entry_sum(0, text.data, text.len));
        }
        bool parsed = entry_parse(&entry, text.data, text.len, &mark, &err);
        if (parsed != (rows[i].words == NULL) || (!parsed && !strstr(err.text, rows[i].words)))
            fail_msg("%s: %s", rows[i].name, parsed ? "accepted" : err.text);
        if (parsed)
            assert_false(entry.has_child);
        else
            assert_null(entry.job.package);
        entry_release(&entry);
        buf_release(&text);
    }
}

static void test_raw_nul(void **state)
{
    (void)state;
    static const char bytes[] = HEAD WHOLE "node a\0b\n";
    struct buf text = {0};
    struct entry entry;
    struct entry_mark mark;
    struct err err = {0};
    buf_add(&text, bytes, sizeof bytes - 1);
    buf_addf(&text, "end %016llx\n", (unsigned long long)entry_sum(0, text.data, text.len));
    assert_false(entry_parse(&entry, text.data, text.len, &mark, &err));
    assert_non_null(strstr(err.text, "'node' holds what we do not write"));
    assert_false(entry_parse(&entry, "", 0, &mark, &err));
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_is_readable),    cmocka_unit_test(test_torn),
        cmocka_unit_test(test_repeated_parts), cmocka_unit_test(test_refused_lines),
        cmocka_unit_test(test_raw_nul),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
