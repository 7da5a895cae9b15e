/* Answers "AFTER SPEC" lines with the next fire time in UTC, for cron-reference.
 *
 * AFTER is in seconds since 1970; the answer is that too, or "never", or "refused: why"; and in
 * front of it "+" where we think that the reference accepts the spec, else "-".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cronperl.h"
#include "core/cronspec.h"

static void answer(const char *line)
{
    static const struct zone utc = {0};
    struct cronspec spec;
    struct err err;
    char *text;
    int64_t at_s = 0;
    int64_t after_s = strtoll(line, &text, 10);
    text += *text == ' ';
    putchar(cronperl_accepts(text, &err) ? '+' : '-');
    if (!cronspec_parse(&spec, text, &err))
        printf("refused: %s\n", err.text);
    else if (cronspec_next(&spec, &utc, after_s, &at_s))
        printf("%" PRId64 "\n", at_s);
    else
        printf("never\n");
}

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        answer(line);
    }
    return 0;
}
