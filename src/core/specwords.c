#include "core/specwords.h"

#include <stdio.h>
#include <string.h>

#include "core/specwords_language.h"

enum {
    HOURS = 24,
    MINUTES = 60,
    TIMES_MAX = 6, /* how many times of day, or minutes of an hour, are listed */
    DAYS_MAX = 6,  /* how many days of the month, or months */
    RANGE_MIN = 3, /* shorter ranges are listed */
    TIMES_FEW = 4, /* … where there may be a shorter way */
};

/* ---- texts ---- */

static void fill(struct buf *out, const char *pattern, const char *first, const char *second)
{
    for (; *pattern; pattern++) {
        if (*pattern == '@')
            buf_add_text(out, first);
        else if (*pattern == '#')
            buf_add_text(out, second);
        else
            buf_add(out, pattern, 1);
    }
}

static void fill_number(struct buf *out, const char *pattern, int first, int second)
{
    char texts[2][16];
    snprintf(texts[0], sizeof texts[0], "%d", first);
    snprintf(texts[1], sizeof texts[1], "%d", second);
    fill(out, pattern, texts[0], texts[1]);
}

static void write_time(char text[16], int hour, int minute)
{
    snprintf(text, 16, "%02d:%02d", hour, minute);
}

/* Between the items of a list: "a, b and c". */
static void join(const struct language *lang, int index, int count, struct buf *out)
{
    if (index && index == count - 1)
        buf_addf(out, " %s ", lang->and);
    else if (index)
        buf_add_text(out, ", ");
}

static void blank(struct buf *out)
{
    if (out->len && out->data[out->len - 1] != ' ')
        buf_add_text(out, " ");
}

/* ---- sets ---- */

static int count_bits(uint64_t set)
{
    return __builtin_popcountll(set);
}

static int first_bit(uint64_t set)
{
    return __builtin_ctzll(set);
}

static int last_bit(uint64_t set)
{
    return 63 - __builtin_clzll(set);
}

static bool is_range(uint64_t set)
{
    return last_bit(set) - first_bit(set) + 1 == count_bits(set);
}

/* The step with which the set goes round a dial of `size` without a seam; 0: with none. */
static int even_step(uint64_t set, int size)
{
    int count = count_bits(set);
    if (count < 2 || size % count)
        return 0;
    int step = size / count;
    for (int n = first_bit(set); n < size; n += step)
        if (!(set >> n & 1))
            return 0;
    return first_bit(set) < step ? step : 0;
}

static bool is_all(uint64_t set, int size)
{
    return count_bits(set) == size;
}

/* ---- times of day ---- */

/* "at 03:00 and 15:00", if they are few. */
static bool add_times(const struct cronspec *spec, const struct language *lang, int max,
                      struct buf *out)
{
    struct buf list = {0};
    int count = count_bits(spec->minutes) * count_bits(spec->hours);
    int index = 0;
    for (int n = 0; count <= max && n < HOURS * MINUTES; n++) {
        char time[16];
        if (!(spec->hours >> n / MINUTES & 1) || !(spec->minutes >> n % MINUTES & 1))
            continue;
        join(lang, index++, count, &list);
        write_time(time, n / MINUTES, n % MINUTES);
        buf_add_text(&list, time);
    }
    if (list.len)
        fill(out, lang->at, buf_text(&list), "");
    buf_release(&list);
    return count <= max;
}

static void add_minutes(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    struct buf list = {0};
    int count = count_bits(spec->minutes);
    int index = 0;
    for (int n = 0; n < MINUTES; n++) {
        if (!(spec->minutes >> n & 1))
            continue;
        join(lang, index++, count, &list);
        buf_addf(&list, "%d", n);
    }
    fill(out, count == 1 ? lang->hourly_at_minute : lang->hourly_at_minutes, buf_text(&list), "");
    buf_release(&list);
}

/* "every 5 minutes", "every hour at minute 17": what it does in each of its hours. */
static bool add_in_hour(const struct cronspec *spec, const struct language *lang, bool bare,
                        struct buf *out)
{
    int first = first_bit(spec->minutes);
    int step = even_step(spec->minutes, MINUTES);
    if (step == 1)
        buf_add_text(out, lang->every_minute);
    else if (step && (first == 0 || bare))
        fill_number(out, lang->minutes, step, 0);
    else if (step)
        fill_number(out, lang->minutes_from, step, first);
    else if (count_bits(spec->minutes) == 1 && (first == 0 || bare))
        buf_add_text(out, lang->hourly);
    else if (count_bits(spec->minutes) <= TIMES_MAX && !bare)
        add_minutes(spec, lang, out);
    else
        return false;
    return true;
}

static void add_span(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    char from[16];
    char to[16];
    write_time(from, first_bit(spec->hours), first_bit(spec->minutes));
    write_time(to, last_bit(spec->hours), last_bit(spec->minutes));
    blank(out);
    fill(out, lang->from_to, from, to);
}

/* "every minute from 03:10 to 03:20": a range of minutes in one hour. */
static bool add_minute_span(const struct cronspec *spec, const struct language *lang,
                            struct buf *out)
{
    if (count_bits(spec->hours) != 1 || !is_range(spec->minutes))
        return false;
    buf_add_text(out, lang->every_minute);
    add_span(spec, lang, out);
    return true;
}

static bool add_hour_span(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    if (!is_range(spec->hours) || !add_in_hour(spec, lang, true, out))
        return false;
    add_span(spec, lang, out);
    return true;
}

/* "every 2 hours": one minute, hours that go round evenly. */
static bool add_hour_step(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    int step = even_step(spec->hours, HOURS);
    int hour = first_bit(spec->hours);
    int minute = first_bit(spec->minutes);
    char from[16];
    char number[16];
    if (count_bits(spec->minutes) != 1 || !step)
        return false;
    write_time(from, hour, minute);
    snprintf(number, sizeof number, "%d", step);
    fill(out, hour || minute ? lang->hours_from : lang->hours, number, from);
    return true;
}

enum clock { CLOCK_TIMES, CLOCK_INTERVAL, CLOCK_WORDLESS };

static enum clock add_clock(const struct cronspec *spec, const struct language *lang,
                            struct buf *out)
{
    if (is_all(spec->hours, HOURS))
        return add_in_hour(spec, lang, false, out) ? CLOCK_INTERVAL : CLOCK_WORDLESS;
    if (add_times(spec, lang, TIMES_FEW, out))
        return CLOCK_TIMES;
    if (add_hour_step(spec, lang, out) || add_hour_span(spec, lang, out) ||
        add_minute_span(spec, lang, out))
        return CLOCK_INTERVAL;
    return add_times(spec, lang, TIMES_MAX, out) ? CLOCK_TIMES : CLOCK_WORDLESS;
}

/* ---- days ---- */

static const char *day_name(const struct language *lang, int day, char text[16])
{
    const char *ending = "th";
    if (lang == &specwords_german)
        ending = ".";
    else if (day / 10 != 1)
        ending = day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
    snprintf(text, 16, "%d%s", day, ending);
    return text;
}

/* "Mondays and Thursdays", "Monday to Friday": names of what is in the set. */
static void add_names(uint64_t set, const char *const *names, const struct language *lang,
                      struct buf *out)
{
    int count = count_bits(set);
    int index = 0;
    for (int n = first_bit(set); n <= last_bit(set); n++) {
        if (!(set >> n & 1))
            continue;
        join(lang, index++, count, out);
        buf_add_text(out, names[n]);
    }
}

static bool is_long_range(uint64_t set)
{
    return is_range(set) && count_bits(set) >= RANGE_MIN;
}

static void add_weekdays(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    struct buf names = {0};
    uint64_t set = spec->weekdays;
    if (is_long_range(set)) {
        fill(out, lang->weekday_range, lang->days_of_week[first_bit(set)],
             lang->days_of_week[last_bit(set)]);
        return;
    }
    add_names(set, lang->days_of_week, lang, &names);
    fill(out, lang->on_weekdays, buf_text(&names), "");
    buf_release(&names);
}

/* "on the 1st and 15th", "from the 1st to the 7th". */
static bool add_days(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    char texts[2][16];
    struct buf list = {0};
    uint64_t set = spec->days;
    int count = count_bits(set);
    int index = 0;
    if (is_long_range(set)) {
        fill(out, lang->day_range, day_name(lang, first_bit(set), texts[0]),
             day_name(lang, last_bit(set), texts[1]));
        return true;
    }
    for (int n = 1; count <= DAYS_MAX && n <= 31; n++) {
        if (!(set >> n & 1))
            continue;
        join(lang, index++, count, &list);
        buf_add_text(&list, day_name(lang, n, texts[0]));
    }
    if (list.len)
        fill(out, lang->on_days, buf_text(&list), "");
    buf_release(&list);
    return count <= DAYS_MAX;
}

static void add_months(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    struct buf names = {0};
    uint64_t set = (uint64_t)spec->months >> 1;
    blank(out);
    if (is_long_range(set)) {
        fill(out, lang->month_range, lang->months[first_bit(set)], lang->months[last_bit(set)]);
        return;
    }
    add_names(set, lang->months, lang, &names);
    fill(out, lang->in_months, buf_text(&names), "");
    buf_release(&names);
}

static bool all_months(const struct cronspec *spec)
{
    return is_all(spec->months, 12);
}

/* One day of the year, whatever its weekday. */
static bool is_one_date(const struct cronspec *spec)
{
    return !spec->weekdays && count_bits(spec->days) == 1 && count_bits(spec->months) == 1;
}

static void add_day_of_year(const struct cronspec *spec, const struct language *lang,
                            struct buf *out)
{
    char day[16];
    int number = first_bit(spec->days);
    if (lang == &specwords_german)
        day_name(lang, number, day);
    else
        snprintf(day, sizeof day, "%d", number);
    fill(out, lang->yearly, day, lang->months[first_bit(spec->months) - 1]);
}

/* Days of the month, with the months they are of. */
static bool add_dates(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    if (is_one_date(spec)) {
        add_day_of_year(spec, lang, out);
        return true;
    }
    if (!add_days(spec, lang, out))
        return false;
    if (all_months(spec))
        buf_addf(out, " %s", lang->of_each_month);
    return true;
}

/* Whether a date or a weekday decides, or either of them; nothing where all days are meant. */
static bool add_which_days(const struct cronspec *spec, const struct language *lang,
                           struct buf *out)
{
    struct buf parts[2] = {{0}, {0}};
    bool all = is_all(spec->days, 31) && is_all(spec->weekdays, 7);
    bool done = all || !spec->days || add_dates(spec, lang, &parts[0]);
    if (!all && spec->weekdays)
        add_weekdays(spec, lang, &parts[1]);
    if (parts[0].len && parts[1].len)
        fill(out, lang->or_days, buf_text(&parts[0]), buf_text(&parts[1]));
    else if (!all)
        buf_add_text(out, buf_text(parts[0].len ? &parts[0] : &parts[1]));
    else if (!all_months(spec))
        buf_add_text(out, lang->daily);
    if (!all_months(spec) && !is_one_date(spec))
        add_months(spec, lang, out);
    buf_release(&parts[0]);
    buf_release(&parts[1]);
    return done;
}

/* ---- the whole ---- */

static void put_together(const struct language *lang, enum clock kind, const struct buf *days,
                         const struct buf *clock, struct buf *out)
{
    const char *day = days->len ? buf_text(days) : lang->daily;
    if (kind == CLOCK_TIMES || (lang->days_first && days->len))
        buf_addf(out, "%s %s", day, buf_text(clock));
    else if (days->len)
        buf_addf(out, "%s, %s", buf_text(clock), day);
    else
        buf_add_text(out, buf_text(clock));
}

static bool add_words(const struct cronspec *spec, const struct language *lang, struct buf *out)
{
    struct buf days = {0};
    struct buf clock = {0};
    enum clock kind = add_clock(spec, lang, &clock);
    bool done = kind != CLOCK_WORDLESS && add_which_days(spec, lang, &days);
    if (done)
        put_together(lang, kind, &days, &clock, out);
    buf_release(&days);
    buf_release(&clock);
    return done;
}

void specwords_add(const struct cronspec *spec, const char *text, enum specwords_language language,
                   struct buf *out)
{
    const struct language *lang = language == SPECWORDS_GERMAN ? &specwords_german
                                                               : &specwords_english;
    if (!spec->fires || !spec->minutes || !spec->hours || !spec->months)
        buf_add_text(out, lang->never);
    else if (!add_words(spec, lang, out))
        buf_addf(out, "'%s'", text ? text : "* * * * *");
}
