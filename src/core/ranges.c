#include "core/ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "core/dateformat.h"
#include "core/whole.h"

/* year * multiplier has at most 16 digits. */
#define MULTIPLIER_MAX INT64_C(1000000000000)

static size_t trailing_digits(const char *text)
{
    size_t len = strlen(text);
    size_t count = 0;
    while (count < len && text[len - count - 1] >= '0' && text[len - count - 1] <= '9')
        count++;
    return count;
}

static bool read_year(const struct data *data, const struct civil *slot, int64_t *year,
                      struct err *err)
{
    int64_t digits = 4;
    if (!whole_above_zero(data, "digits_year", WHOLE_MAX, &digits, err))
        return false;
    if (digits != 2 && digits != 4)
        return err_set(err, ERR_JOB, "digits_year: %" PRId64 " is neither 2 nor 4", digits);
    *year = slot->year + (data_truth(data, "current_year") ? 0 : 1);
    if (digits == 2)
        *year %= 100;
    return true;
}

static bool read_yearly(struct ranges_rule *rule, const struct data *data, const struct civil *slot,
                        struct err *err)
{
    int64_t multiplier = 100;
    int64_t year = 0;
    if (!read_year(data, slot, &year, err) ||
        !whole_above_zero(data, "multiplier", MULTIPLIER_MAX, &multiplier, err))
        return false;
    if (multiplier % 10 != 0)
        return err_set(err, ERR_JOB, "multiplier: %" PRId64 " is not a multiple of 10", multiplier);
    rule->number = year * multiplier;
    return true;
}

/* The text under `key`, or `fallback` where Perl would find it false. */
static bool read_text(const struct data *data, const char *key, const char **text, struct err *err)
{
    if (data_is_list(data, key))
        return err_set(err, ERR_JOB, "%s: a list is not a text", key);
    if (data_truth(data, key))
        *text = data_text(data, key);
    return true;
}

static bool keep_monthly(struct ranges_rule *rule, const struct buf *text, struct err *err)
{
    if (text->failed)
        return err_set_nomem(err);
    if (text->len >= RANGE_SIZE)
        return err_set(err, ERR_JOB, "monthly_strftime and monthly_postfix: more than %d bytes",
                       RANGE_SIZE - 1);
    if (memchr(buf_text(text), '\n', text->len))
        return err_set(err, ERR_JOB, "monthly_strftime or monthly_postfix: contains a line break");
    memcpy(rule->text, buf_text(text), text->len + 1);
    return true;
}

static bool read_monthly(struct ranges_rule *rule, const struct data *data,
                         const struct civil *today, struct err *err)
{
    const char *format = "%y-%m-";
    const char *postfix = "000";
    if (!read_text(data, "monthly_strftime", &format, err) ||
        !read_text(data, "monthly_postfix", &postfix, err))
        return false;
    struct buf text = {0};
    bool done = dateformat_add(&text, format, today, err) || err_wrap(err, "monthly_strftime");
    buf_add_text(&text, postfix);
    if (!trailing_digits(postfix))
        buf_add_text(&text, "0");
    done = done && keep_monthly(rule, &text, err);
    buf_release(&text);
    return done;
}

bool ranges_rule_read(struct ranges_rule *rule, const struct data *data,
                      const struct ranges_dates *dates, struct err *err)
{
    *rule = (struct ranges_rule){.is_monthly = data_truth(data, "monthly")};
    if (!read_yearly(rule, data, &dates->slot, err))
        return false;
    return !rule->is_monthly || read_monthly(rule, data, &dates->today, err);
}

static bool next_yearly(int64_t number, const char *old, char out[static RANGE_SIZE],
                        struct err *err)
{
    if (strchr(old, '\n'))
        return err_set(err, ERR_JOB, "contains a line break");
    size_t places = trailing_digits(old);
    size_t prefix = strlen(old) - places;
    if (strlen(old) >= RANGE_SIZE)
        return err_set(err, ERR_JOB, "is longer than %d bytes", RANGE_SIZE - 1);
    int len = snprintf(out, RANGE_SIZE, "%.*s%0*" PRId64, (int)prefix, old, (int)places, number);
    if (len < 0 || len >= RANGE_SIZE)
        return err_set(err, ERR_JOB, "would be longer than %d bytes", RANGE_SIZE - 1);
    return true;
}

bool ranges_next(const struct ranges_rule *rule, const char *old, struct range *next,
                 struct err *err)
{
    *next = (struct range){.is_null = !old && !rule->is_monthly};
    if (next->is_null)
        return true;
    if (!rule->is_monthly)
        return next_yearly(rule->number, old, next->text, err);
    memcpy(next->text, rule->text, RANGE_SIZE);
    return true;
}
