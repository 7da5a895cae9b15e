#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "core/data.h"

static void show_value(struct buf *out, const char *value)
{
    buf_add_text(out, value ? "<" : "~");
    if (value)
        buf_addf(out, "%s>", value);
}

/* a=<1> b=~ c=[<x>~] */
static void show(struct buf *out, const struct data *data)
{
    for (size_t i = 0; i < data->count; i++) {
        const struct data_entry *entry = &data->entries[i];
        buf_addf(out, "%s%s=%s", i ? " " : "", entry->key, entry->is_list ? "[" : "");
        for (size_t k = 0; k < entry->count; k++)
            show_value(out, entry->values[k]);
        buf_add_text(out, entry->is_list ? "]" : "");
    }
}

struct good {
    const char *name;
    const char *text;
    const char *want;
};

static const struct good good[] = {
    {"null", NULL, ""},
    {"empty", "", ""},
    {"zero, which Perl takes for no text", "0", ""},
    {"blanks and comments", "  \n# nothing\n\n", ""},
    {"document start only", "---\n", ""},
    {"document that is null", "--- ~\n", ""},
    {"empty flow map", "{}", ""},
    {"handbook's example", "multiplier: 100", "multiplier=<100>"},
    {"several keys, order kept", "---\nb: 1\na: two words\n", "b=<1> a=<two words>"},
    {"JSON", "{\"a\": 1, \"b\": \"x\", \"c\": [1, 2, null], \"d\": null}",
     "a=<1> b=<x> c=[<1><2>~] d=~"},
    {"JSON booleans as Perl reads them", "{\"a\": true, \"b\": false}", "a=<1> b=<>"},
    {"quoted words stay words", "a: 'true'\nb: \"null\"\nc: '~'", "a=<true> b=<null> c=<~>"},
    {"tagged words stay words", "a: !!str null\nb: !!str true", "a=<null> b=<true>"},
    {"other tags mean nothing", "a: !!int 3\nb: !odd x", "a=<3> b=<x>"},
    {"anchors mean nothing", "a: &x 3", "a=<3>"},
    {"kinds of null", "a: ~\nb: null\nc:\nd: ''\ne: NULL", "a=~ b=~ c=~ d=<> e=<NULL>"},
    {"numbers stay text", "a: 007\nb: 1e3\nc: 0.0", "a=<007> b=<1e3> c=<0.0>"},
    {"list in block style", "a:\n- 1\n- ~\n- x\nb: 2", "a=[<1>~<x>] b=<2>"},
    {"list of more values than one growth step", "a: [1,2,3,4,5]", "a=[<1><2><3><4><5>]"},
    {"empty list", "a: []", "a=[]"},
    {"folded and literal texts", "a: |\n  x\n  y\nb: >\n  x\n  y\n", "a=<x\ny\n> b=<x y\n>"},
    {"umlauts and escapes", "a: Müller\nb: \"\\u00fc\"", "a=<Müller> b=<ü>"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a: 1",
     "a=<1>"},
    {"CRLF", "a: 1\r\nb: 2\r\n", "a=<1> b=<2>"},
    {"document end", "a: 1\n...\n", "a=<1>"},
    {"keys that differ in case", "a: 1\nA: 2", "a=<1> A=<2>"},
    {"a merge key is a key like any other", "<<: 1", "<<=<1>"},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct data data;
        struct err err = {0};
        struct buf out = {0};
        if (!data_parse(&data, good[i].text, &err))
            fail_msg("%s: %s", good[i].name, err.text);
        show(&out, &data);
        if (strcmp(buf_text(&out), good[i].want) != 0)
            fail_msg("%s: got %s", good[i].name, buf_text(&out));
        buf_release(&out);
        data_release(&data);
    }
}

static const struct good bad[] = {
    {"a text", "foo", "data, line 1, column 1: a map (key: value) is expected"},
    {"a quoted nothing", "''", "a map"},
    {"a list", "- 1\n- 2", "data, line 1, column 1: a map"},
    {"map in a map", "a: 1\nb:\n  c: 1", "data, line 3, column 3: a map inside the map"},
    {"map in a list", "a: [{b: 1}]", "data, line 1, column 5: a map inside the map"},
    {"list in a list", "a: [1, [2]]", "data, line 1, column 8: a list inside a list"},
    {"map as a key", "? {a: 1}\n: 2", "data, line 1, column 3: a key must be a simple text"},
    {"list as a key", "? [a]\n: 2", "a key must be a simple text"},
    {"alias as a value", "a: &x 1\nb: *x", "data, line 2, column 4: aliases"},
    {"alias in a list", "a: &x 1\nb: [*x]", "data, line 2, column 5: aliases"},
    {"alias as a key", "a: &x 1\n*x : 2", "data, line 2, column 1: a key"},
    {"alias as the document", "*x", "a map"},
    {"duplicate key", "a: 1\nb: 2\na: 3", "data, line 3, column 1: the key 'a' is a duplicate"},
    {"duplicate key, other spelling", "a: 1\n\"\\x61\": 3", "line 2, column 1: the key 'a'"},
    {"second document", "a: 1\n---\nb: 2", "data, line 2, column 1: a second document"},
    {"NUL in a value", "a: \"x\\0y\"", "data, line 1, column 4: a text contains a NUL"},
    {"NUL in a key", "\"\\0\": 1", "a text contains a NUL"},
    {"open quote", "a: \"x", "data, line 1, column 6: found unexpected end of stream"},
    {"open bracket", "a: [1, 2", "data, line"},
    {"tab as indentation", "a:\n\t- 1", "data, line 2"},
    {"two colons", "a: b: c", "data, line 1, column 5: mapping values are not allowed"},
    {"Latin-1", "a: M\xFCller", "data, byte 5: invalid"},
    {"control character", "a: \x01", "data, byte 4: control characters are not allowed"},
    {"directive of another YAML", "%YAML 9.0\n---\na: 1", "data, line 1"},
};

static void check_refused(const char *name, const char *text, const char *want)
{
    struct data data;
    struct err err = {0};
    if (data_parse(&data, text, &err))
        fail_msg("%s: accepted", name);
    if (!strstr(err.text, want) || err.kind != ERR_JOB)
        fail_msg("%s: got '%s'", name, err.text);
    assert_null(data.entries);
    assert_int_equal(data.count, 0);
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        check_refused(bad[i].name, bad[i].text, bad[i].want);
}

/* `count` times `piece` between `head` and `tail`; the caller frees it. */
static char *repeat(const char *head, const char *piece, size_t count, const char *tail)
{
    struct buf buf = {0};
    buf_add_text(&buf, head);
    for (size_t i = 0; i < count; i++)
        buf_add_text(&buf, piece);
    buf_add_text(&buf, tail);
    assert_false(buf.failed);
    return buf.data;
}

static void test_large(void **state)
{
    (void)state;
    static const struct {
        const char *name, *head, *piece, *tail;
        size_t count;
        const char *want;
    } rows[] = {
        {"one byte too many", "a: ", "x", "", DATA_MAX - 2, "data is larger than 1048576 bytes"},
        {"deep flow list", "a: ", "[", "", 500000, "a list inside a list"},
        {"deep flow map", "", "{", "", 500000, "a key must be"},
        {"deep block list", "a:\n ", "- ", "1", 250000, "a list inside a list"},
        {"deep question marks", "", "? ", "", 250000, "a key must be"},
        {"the same key over and over", "", "k:\n", "", 300000, "line 2, column 1: the key 'k'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *text = repeat(rows[i].head, rows[i].piece, rows[i].count, rows[i].tail);
        check_refused(rows[i].name, text, rows[i].want);
        free(text);
    }
}

static void test_as_large_as_allowed(void **state)
{
    (void)state;
    char *text = repeat("a: ", "x", DATA_MAX - 3, "");
    struct data data;
    struct err err = {0};
    assert_true(data_parse(&data, text, &err));
    assert_int_equal(strlen(data_text(&data, "a")), DATA_MAX - 3);
    data_release(&data);
    free(text);
}

static void test_many_keys(void **state)
{
    (void)state;
    struct buf buf = {0};
    for (int i = 0; i < 90000; i++)
        buf_addf(&buf, "k%d:\n", i);
    struct data data;
    struct err err = {0};
    assert_true(data_parse(&data, buf_text(&buf), &err));
    assert_int_equal(data.count, 90000);
    data_release(&data);
    buf_release(&buf);
}

static void test_access(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        bool has, list, truth;
        const char *text;
    } rows[] = {
        {"missing", false, false, false, NULL}, {"null", true, false, false, NULL},
        {"empty", true, false, false, ""},      {"zero", true, false, false, "0"},
        {"zeros", true, false, true, "00"},     {"real", true, false, true, "0.0"},
        {"no", true, false, true, "no"},        {"false", true, false, false, ""},
        {"list", true, true, true, NULL},       {"nolist", true, true, true, NULL},
    };
    struct data data;
    struct err err = {0};
    assert_true(data_parse(&data,
                           "null: ~\nempty: ''\nzero: 0\nzeros: 00\nreal: 0.0\nno: no\n"
                           "false: false\nlist: [0]\nnolist: []\n",
                           &err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *text = data_text(&data, rows[i].key);
        bool same = text ? rows[i].text && strcmp(text, rows[i].text) == 0 : !rows[i].text;
        if (!same || data_has(&data, rows[i].key) != rows[i].has ||
            data_is_list(&data, rows[i].key) != rows[i].list ||
            data_truth(&data, rows[i].key) != rows[i].truth)
            fail_msg("%s", rows[i].key);
    }
    data_release(&data);
    data_release(NULL);
}

static void test_any_depth_is_yaml(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {NULL, true},
        {"", true},
        {"0", true},
        {"# only a comment", true},
        {"a: {b: [1, {c: &x 2}, *x]}\nd: e\n", true},
        {"{\"json\": [true, null]}", true},
        {"just a text", false},
        {"- a list", false},
        {"a: [1", false},
        {"a: b: c", false},
        {"a: \xFF", false},
        {"a: 1\n}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        if (data_check(rows[i].text, &err) != rows[i].good)
            fail_msg("'%s': %s", rows[i].text, rows[i].good ? err.text : "accepted");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_as_large_as_allowed),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_access),
        cmocka_unit_test(test_any_depth_is_yaml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
