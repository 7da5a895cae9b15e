/* core/html: any text as a text of a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/html.h"

struct row {
    const char *name;
    const char *text;
    const char *html;
};

static const struct row rows[] = {
    {"nothing", NULL, ""},
    {"plain", "Müller €", "Müller €"},
    {"a tag", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"the end of an attribute", "\" onload='x'", "&quot; onload=&#39;x&#39;"},
    {"a reference", "&lt;b&gt;", "&amp;lt;b&amp;gt;"},
    {"lines", "a\r\n\tb", "a   b"},
    {"controls", "a\033[1mb\x7F", "a?[1mb?"},
    {"C1 controls", "a\xC2\x85z\xC2\x9B", "a?z?"},
    {"a no-break space is no control", "a\u00A0b", "a\u00A0b"},
    {"no UTF-8", "a\xFF\xC3", "a??"},
    {"an overlong <", "\xC0\xBC", "??"},
    {"marks of direction", "a\u202Eb\u2066c\u200Fd", "a?b?c?d"},
    {"four bytes", "😀", "😀"},
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        html_add(&out, rows[i].text);
        if (strcmp(buf_text(&out), rows[i].html) != 0)
            fail_msg("%s: %s", rows[i].name, buf_text(&out));
        buf_release(&out);
    }
}

static void formats(void **state)
{
    (void)state;
    struct buf out = {0};
    html_addf(&out, "job %d <%s>", 17, "a & b");
    assert_string_equal(buf_text(&out), "job 17 &lt;a &amp; b&gt;");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
