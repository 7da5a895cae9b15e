#include "core/outcome.h"

#include <string.h>

static void set(struct outcome *outcome, bool failed, const char *text)
{
    buf_clear(&outcome->text);
    outcome->failed = failed;
    outcome->has_text = text != NULL;
    if (text)
        buf_add_utf8(&outcome->text, text, strlen(text));
}

void outcome_succeed(struct outcome *outcome, const char *result)
{
    set(outcome, false, result);
}

void outcome_fail(struct outcome *outcome, const char *error)
{
    set(outcome, true, error);
}

const char *outcome_status(const struct outcome *outcome)
{
    return outcome->failed ? "failure" : "success";
}

const char *outcome_text(const struct outcome *outcome)
{
    return outcome->has_text ? buf_text(&outcome->text) : NULL;
}

void outcome_release(struct outcome *outcome)
{
    if (!outcome)
        return;
    buf_release(&outcome->text);
    *outcome = (struct outcome){0};
}
