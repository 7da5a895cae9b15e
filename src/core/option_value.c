#include "core/option_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"

/* The number that the first `len` bytes are; false unless they are digits, and for more than max.
 */
static bool parse_digits(const char *text, size_t len, int64_t max, int64_t *number)
{
    int64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = text[i] - '0';
        if (digit < 0 || digit > 9 || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return len > 0;
}

static bool is_within(int64_t number, const struct option_bounds *bounds)
{
    return number == bounds->fallback || (number >= bounds->min && number <= bounds->max);
}

bool option_number(const struct setting *setting, const struct option_bounds *bounds, int *number,
                   struct err *err)
{
    const char *text = setting->value;
    int64_t value = bounds->fallback;
    if (*text &&
        (!parse_digits(text, strlen(text), INT32_MAX, &value) || !is_within(value, bounds))) {
        char why[80];
        snprintf(why, sizeof why, _("is not a whole number from %" PRId64 " to %" PRId64),
                 bounds->min, bounds->max);
        return setting_refuse(setting, err, why);
    }
    *number = (int)value;
    return true;
}

/* How many bytes the unit behind a number stands for; 0 where it is none. */
static int64_t unit_bytes(const char *unit)
{
    static const struct {
        const char *name;
        int64_t bytes;
    } units[] = {{"", 1}, {"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}};
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strcasecmp(unit, units[i].name) == 0)
            return units[i].bytes;
    return 0;
}

static bool parse_size(const char *text, int64_t *size_bytes)
{
    size_t digits = strspn(text, "0123456789");
    int64_t unit = unit_bytes(text + digits + strspn(text + digits, " \t"));
    int64_t number = 0;
    if (!unit || !parse_digits(text, digits, INT64_MAX / unit, &number))
        return false;
    *size_bytes = number * unit;
    return true;
}

bool option_size(const struct setting *setting, const struct option_bounds *bounds,
                 uint64_t *size_bytes, struct err *err)
{
    int64_t value = bounds->fallback;
    if (*setting->value && (!parse_size(setting->value, &value) || !is_within(value, bounds))) {
        char why[120];
        snprintf(why, sizeof why,
                 _("is not a size like 500MB, 2 GB, 300000KB or 1048576, from %" PRId64
                   " to %" PRId64 " bytes"),
                 bounds->min, bounds->max);
        return setting_refuse(setting, err, why);
    }
    *size_bytes = (uint64_t)value;
    return true;
}

int option_minutes(const struct setting *setting, const struct option_bounds *bounds,
                   struct buf *warnings)
{
    const char *text = setting->value;
    size_t digits = strspn(text, "0123456789");
    int64_t number = 0;
    bool fits = parse_digits(text, digits, INT32_MAX, &number) && number >= bounds->min &&
                number <= bounds->max;
    int minutes = (int)(fits ? number : bounds->fallback);

    char why[80];
    bool zero = strspn(text, "0") == digits; /* or empty: both mean the default */
    snprintf(why, sizeof why, _("is not a whole number of minutes; %d is used"), minutes);
    if (text[digits] || (!fits && !zero))
        setting_warn(setting, warnings, why);
    return minutes;
}

bool option_is_true(const char *value)
{
    return *value && strcmp(value, "0") != 0;
}

bool option_switch(const struct setting *setting, struct buf *warnings)
{
    static const char *const misleading[] = {"disabled", "f",  "false", "n",  "never",
                                             "nein",     "no", "none",  "off"};
    for (size_t i = 0; i < ARRAY_LEN(misleading); i++)
        if (strcasecmp(setting->value, misleading[i]) == 0)
            setting_warn(setting, warnings,
                         "this word switches it on, as in kivitendo; write 0 for off");
    return option_is_true(setting->value);
}
