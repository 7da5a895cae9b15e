#include "core/dateformat.h"

#include <string.h>

static int hour_12(const struct civil *date)
{
    return (date->hour + 11) % 12 + 1;
}

/* 1 to 366. */
static int year_day(const struct civil *date)
{
    return (int)(civil_days(date->year, date->month, date->day) - civil_days(date->year, 1, 1)) + 1;
}

/* 0 Monday to 6 Sunday. */
static int weekday(const struct civil *date)
{
    return civil_weekday(civil_days(date->year, date->month, date->day));
}

/* The Thursday of an ISO week decides to which year the week belongs. */
static struct civil thursday(const struct civil *date)
{
    int64_t days = civil_days(date->year, date->month, date->day) - weekday(date) + 3;
    return civil_from_local_s(days * CIVIL_DAY_S);
}

static int iso_year(const struct civil *date)
{
    return thursday(date).year;
}

static int iso_week(const struct civil *date)
{
    struct civil middle = thursday(date);
    return (year_day(&middle) - 1) / 7 + 1;
}

/* Weeks begin on the weekday `first` (0 Monday); days before the year's first are in week 0. */
static int week_from(const struct civil *date, int first)
{
    return (year_day(date) + 6 - (weekday(date) - first + 7) % 7) / 7;
}

struct number {
    int value;
    int width;
    char pad;
};

static bool find_time(char letter, const struct civil *date, struct number *out)
{
    switch (letter) {
    case 'H': *out = (struct number){date->hour, 2, '0'}; return true;
    case 'I': *out = (struct number){hour_12(date), 2, '0'}; return true;
    case 'k': *out = (struct number){date->hour, 2, ' '}; return true;
    case 'l': *out = (struct number){hour_12(date), 2, ' '}; return true;
    case 'M': *out = (struct number){date->minute, 2, '0'}; return true;
    case 'S': *out = (struct number){date->second, 2, '0'}; return true;
    default: return false;
    }
}

static bool find_week(char letter, const struct civil *date, struct number *out)
{
    switch (letter) {
    case 'g': *out = (struct number){iso_year(date) % 100, 2, '0'}; return true;
    case 'G': *out = (struct number){iso_year(date), 1, ' '}; return true;
    case 'u': *out = (struct number){weekday(date) + 1, 1, ' '}; return true;
    case 'U': *out = (struct number){week_from(date, 6), 2, '0'}; return true;
    case 'V': *out = (struct number){iso_week(date), 2, '0'}; return true;
    case 'w': *out = (struct number){(weekday(date) + 1) % 7, 1, ' '}; return true;
    case 'W': *out = (struct number){week_from(date, 0), 2, '0'}; return true;
    default: return false;
    }
}

static bool find_day(char letter, const struct civil *date, struct number *out)
{
    switch (letter) {
    case 'C': *out = (struct number){date->year / 100, 2, '0'}; return true;
    case 'd': *out = (struct number){date->day, 2, '0'}; return true;
    case 'e': *out = (struct number){date->day, 2, ' '}; return true;
    case 'j': *out = (struct number){year_day(date), 3, '0'}; return true;
    case 'm': *out = (struct number){date->month, 2, '0'}; return true;
    case 'y': *out = (struct number){date->year % 100, 2, '0'}; return true;
    case 'Y': *out = (struct number){date->year, 1, ' '}; return true;
    default: return false;
    }
}

static const char *find_text(char letter, const struct civil *date)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    switch (letter) {
    case 'a':
    case 'A': return days[weekday(date)];
    case 'b':
    case 'B':
    case 'h': return months[date->month - 1];
    case 'n': return "\n";
    case 'p': return date->hour < 12 ? "AM" : "PM";
    case 'P': return date->hour < 12 ? "am" : "pm";
    case 't': return "\t";
    case '%': return "%";
    default: return NULL;
    }
}

/* Directives that stand for several others. */
static const char *find_format(char letter)
{
    switch (letter) {
    case 'D': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'r': return "%I:%M:%S %p";
    case 'R': return "%H:%M";
    case 'T': return "%H:%M:%S";
    default: return NULL;
    }
}

static bool add_simple(struct buf *out, char letter, const struct civil *date)
{
    struct number number;
    const char *text = find_text(letter, date);
    if (text) {
        bool is_short = strchr("abh", letter) != NULL;
        buf_add(out, text, is_short ? 3 : strlen(text));
        return true;
    }
    if (!find_day(letter, date, &number) && !find_time(letter, date, &number) &&
        !find_week(letter, date, &number))
        return false;
    if (number.pad == '0')
        buf_addf(out, "%0*d", number.width, number.value);
    else
        buf_addf(out, "%*d", number.width, number.value);
    return true;
}

static bool add_directive(struct buf *out, char letter, const struct civil *date)
{
    const char *format = find_format(letter);
    if (!format)
        return add_simple(out, letter, date);
    for (; *format; format++) {
        if (*format != '%')
            buf_add(out, format, 1);
        else if (!add_simple(out, *++format, date))
            return false;
    }
    return true;
}

static bool refuse(const char *directive, struct err *err)
{
    if (!*directive)
        return err_set(err, ERR_JOB, "a single %% at the end");
    return err_set(err, ERR_JOB, "the directive %%%.*s is not supported",
                   (int)utf8_sequence(directive, strlen(directive)), directive);
}

bool dateformat_add(struct buf *out, const char *format, const struct civil *date, struct err *err)
{
    for (; *format; format++) {
        if (*format != '%') {
            buf_add(out, format, 1);
            continue;
        }
        format++;
        if (!*format || !add_directive(out, *format, date))
            return refuse(format, err);
    }
    return true;
}
