#include "core/cronperl.h"

#include <stdint.h>
#include <string.h>

#include "base/i18n.h"
#include "core/cronblank.h"

enum {
    FIELDS = 5,
    DAY = 2,
    MONTH = 3,
    WEEKDAY = 4,
    NUMBERS = 128, /* beyond that no field reaches; larger numbers count as the largest */
    ALL_DAYS = 31,
    ALL_WEEKDAYS = 7,
};

static const struct {
    const char *label;
    int low;
    int high;
} ranges[FIELDS] = {{N_("minute"), 0, 59},
                    {N_("hour"), 0, 23},
                    {N_("day of month"), 1, 31},
                    {N_("month"), 1, 12},
                    {N_("day of week"), 1, 7}};

/* A field as a list that may hold a number several times, which matters to that parser. */
struct list {
    int times[NUMBERS];
    int count;
};

/* What the prefixes <, > and ! come to. */
struct filters {
    bool any_bound;
    bool any_not;
    bool broken_bound; /* "<08": read as octal, which it is not; then all of them fail */
    bool broken_not;
    int below; /* only smaller numbers */
    int above; /* only larger ones */
    bool removed[NUMBERS];
};

static void put(struct list *list, int number)
{
    list->times[number]++;
    list->count++;
}

/* Cuts digits off the front; false where there are none. */
static bool take_number(const char **text, const char *end, int base, int *number)
{
    const char *start = *text;
    *number = 0;
    while (*text < end && **text >= '0' && **text <= '9') {
        int digit = *(*text)++ - '0';
        *number = *number * base + digit;
        if (*number >= NUMBERS)
            *number = NUMBERS - 1;
    }
    return *text > start;
}

/* It ends in "/STEP": cuts that off; 1 where there is none, and for 0. */
static int cut_step(const char *text, const char **end)
{
    const char *digits = *end;
    int step = 0;
    while (digits > text && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    if (digits == *end || digits == text || digits[-1] != '/')
        return 1;
    const char *rest = digits;
    (void)take_number(&rest, *end, 10, &step);
    *end = digits - 1;
    return step ? step : 1;
}

static void put_range(struct list *list, int from, int to, int step)
{
    for (int number = from; number <= to; number += step)
        put(list, number);
}

/* Behind <, > and ! a number is evaluated as Perl: with 0 in front it is octal. */
static bool take_perl_number(const char *text, const char *end, int *number, bool *broken)
{
    const char *rest = text;
    bool octal = end - text > 1 && *text == '0';
    *broken = octal &&
              (memchr(text, '8', (size_t)(end - text)) || memchr(text, '9', (size_t)(end - text)));
    return take_number(&rest, end, octal ? 8 : 10, number) && rest == end;
}

static void filter(const char *text, const char *end, struct filters *filters)
{
    int number;
    bool broken;
    if (!take_perl_number(text + 1, end, &number, &broken))
        return;
    if (*text == '!') {
        filters->any_not = true;
        filters->broken_not |= broken;
        filters->removed[number] = true;
        return;
    }
    filters->any_bound = true;
    filters->broken_bound |= broken;
    if (*text == '<' && number < filters->below)
        filters->below = number;
    if (*text == '>' && number > filters->above)
        filters->above = number;
}

static void read_item(int field, const char *text, const char *end, struct list *list,
                      struct filters *filters)
{
    int step = cut_step(text, &end);
    int from;
    int to;
    if (end > text && strchr("!<>", *text)) {
        filter(text, end, filters);
    } else if (end - text == 1 && *text == '*') {
        put_range(list, ranges[field].low, ranges[field].high, step);
    } else if (take_number(&text, end, 10, &from)) {
        to = from;
        bool whole = text == end || (*text++ == '-' && take_number(&text, end, 10, &to));
        if (whole && text == end)
            put_range(list, from, to, step);
    }
}

static void apply(int field, const struct filters *filters, struct list *list)
{
    int low = ranges[field].low;
    int high = ranges[field].high;
    for (int n = low; filters->any_bound && !filters->broken_bound && n <= high; n++)
        if (n > filters->above && n < filters->below)
            put(list, n);
    if (!filters->any_not)
        return;
    if (!list->count)
        put_range(list, low, high, 1);
    for (int n = 0; n < NUMBERS; n++)
        if (filters->removed[n] || filters->broken_not) {
            list->count -= list->times[n];
            list->times[n] = 0;
        }
}

static int smallest(const struct list *list)
{
    int number = 0;
    while (!list->times[number])
        number++;
    return number;
}

static int largest(const struct list *list)
{
    int number = NUMBERS - 1;
    while (!list->times[number])
        number--;
    return number;
}

/* A Sunday as 0, if there is just one of them, becomes a 7. */
static void move_sunday(struct list *list)
{
    if (list->times[0] != 1)
        return;
    list->times[0] = 0;
    list->count--;
    if (!list->times[ALL_WEEKDAYS])
        put(list, ALL_WEEKDAYS);
}

static bool read_field(int field, struct span text, struct list *list, struct err *why)
{
    struct filters filters = {.below = NUMBERS, .above = -1};
    const char *end = text.text + text.len;
    *list = (struct list){0};
    for (const char *item = text.text; item < end;) {
        const char *comma = memchr(item, ',', (size_t)(end - item));
        read_item(field, item, comma ? comma : end, list, &filters);
        item = comma ? comma + 1 : end;
    }
    apply(field, &filters, list);
    if (!list->count)
        return err_set(why, ERR_JOB, "%s field '%.*s' picks nothing", _(ranges[field].label),
                       (int)text.len, text.text);
    int high = largest(list);
    if (field == WEEKDAY && high <= ranges[field].high)
        move_sunday(list);
    int low = smallest(list);
    if (high > ranges[field].high || low < ranges[field].low)
        return err_set(why, ERR_JOB, "%s field '%.*s': %d is not within %d-%d",
                       _(ranges[field].label), (int)text.len, text.text,
                       low < ranges[field].low ? low : high, ranges[field].low, ranges[field].high);
    return true;
}

/* Also where weekdays decide as well. */
static bool days_exist(const struct list lists[FIELDS])
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int first = smallest(&lists[DAY]);
    if (lists[DAY].count == ALL_DAYS && lists[WEEKDAY].count != ALL_WEEKDAYS)
        return true;
    for (int month = 1; month <= (int)ARRAY_LEN(lengths); month++)
        if (lists[MONTH].times[month] && first <= lengths[month - 1])
            return true;
    return false;
}

bool cronperl_accepts(const char *spec, struct err *why)
{
    struct list lists[FIELDS];
    struct span words[FIELDS];
    const char *rest = spec;
    if (!spec || !*spec || strcmp(spec, "0") == 0) /* what Perl takes for nothing */
        return true;
    for (int field = 0; field < FIELDS; field++)
        if (!(words[field] = cronblank_word(&rest)).len)
            return err_set(why, ERR_JOB, "only %d of 5 fields", field);
    for (int field = 0; field < FIELDS; field++)
        if (!read_field(field, words[field], &lists[field], why))
            return false;
    return days_exist(lists) || err_set(why, ERR_JOB, "no month it names has such a day of month");
}
