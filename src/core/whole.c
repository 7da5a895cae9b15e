#include "core/whole.h"

#include <inttypes.h>
#include <string.h>

static bool too_large(const char *key, const char *text, int64_t max, struct err *err)
{
    return err_set(err, ERR_JOB, "%s: '%.60s' is more than %" PRId64, key, text, max);
}

static bool parse(const char *key, const char *text, int64_t max, int64_t *value, struct err *err)
{
    if (!*text || text[strspn(text, "0123456789")])
        return err_set(err, ERR_JOB, "%s: '%.60s' is not a whole number", key, text);
    int64_t number = 0;
    for (const char *at = text; *at; at++) {
        number = number * 10 + (*at - '0');
        if (number > max)
            return too_large(key, text, max, err);
    }
    *value = number;
    return true;
}

bool whole_number(const struct data *data, const char *key, int64_t max, int64_t *value,
                  struct err *err)
{
    if (data_is_list(data, key))
        return err_set(err, ERR_JOB, "%s: a list is not a whole number", key);
    const char *text = data_text(data, key);
    return text ? parse(key, text, max, value, err) : true;
}

bool whole_above_zero(const struct data *data, const char *key, int64_t max, int64_t *value,
                      struct err *err)
{
    int64_t number = 0;
    if (!data_truth(data, key))
        return true;
    if (!whole_number(data, key, max, &number, err))
        return false;
    if (number)
        *value = number;
    return true;
}
