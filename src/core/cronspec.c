#include "core/cronspec.h"

#include <string.h>
#include <strings.h>

#include "core/cronblank.h"
#include "core/cronfield.h"

static const uint32_t all_hours = 0xFFFFFF;

/* The five fields an "@word" stands for; NULL for an unknown one. */
static const char *nickname_fields(struct span word)
{
    static const struct {
        const char *name;
        const char *fields;
    } nicknames[] = {
        {"@annually", "0 0 1 1 *"}, {"@daily", "0 0 * * *"},   {"@hourly", "0 * * * *"},
        {"@midnight", "0 0 * * *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
        {"@yearly", "0 0 1 1 *"},
    };
    for (size_t i = 0; i < ARRAY_LEN(nicknames); i++)
        if (strlen(nicknames[i].name) == word.len &&
            strncasecmp(nicknames[i].name, word.text, word.len) == 0)
            return nicknames[i].fields;
    return NULL;
}

static void note_rest(const char *rest, struct cronnotes *notes)
{
    rest = cronblank_skip(rest);
    struct span span = {rest, strlen(rest)};
    if (span.len)
        cronnotes_add(notes, "what follows the schedule is ignored: '%.*s'", span_shown(span),
                      rest);
}

/* Reads the five fields at text into their sets. */
static bool parse_fields(const char *text, uint64_t sets[CRONFIELD_COUNT], struct cronnotes *notes,
                         struct err *err)
{
    struct span words[CRONFIELD_COUNT];
    for (size_t i = 0; i < CRONFIELD_COUNT; i++) {
        words[i] = cronblank_word(&text);
        if (!words[i].len)
            return err_set(err, ERR_JOB, "only %zu of 5 fields", i);
    }
    for (size_t i = 0; i < CRONFIELD_COUNT; i++)
        if (!cronfield_parse((enum cronfield)i, words[i], &sets[i], notes, err))
            return false;
    note_rest(text, notes);
    return true;
}

static bool parse_text(const char *text, uint64_t sets[CRONFIELD_COUNT], struct cronnotes *notes,
                       struct err *err)
{
    const char *rest = text;
    struct span word = cronblank_word(&rest);
    if (!word.len)
        return parse_fields("* * * * *", sets, notes, err);
    if (*word.text != '@')
        return parse_fields(text, sets, notes, err);
    const char *fields = nickname_fields(word);
    if (!fields)
        return err_set(err, ERR_JOB, "'%.*s' is not a known schedule", span_shown(word), word.text);
    note_rest(rest, notes);
    return parse_fields(fields, sets, notes, err);
}

/* Is there such a day in one of the months, in a leap year at least? */
static bool days_exist(uint32_t days, uint32_t months)
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; month++)
        if (months >> month & 1 && days & ((UINT64_C(2) << lengths[month - 1]) - 1))
            return true;
    return false;
}

/* If exactly one of the two fields restricts anything, it alone decides; otherwise either does. */
static void set_days(struct cronspec *spec, uint64_t days, uint64_t weekdays)
{
    bool all_days = days == cronfield_all(CRONFIELD_DAY);
    bool all_weekdays = weekdays == cronfield_all(CRONFIELD_WEEKDAY);
    if (!all_days || all_weekdays)
        spec->days = (uint32_t)days;
    if (!all_weekdays || all_days)
        spec->weekdays = (uint8_t)(weekdays >> 1);
}

static void set_all(struct cronspec *spec, const uint64_t sets[CRONFIELD_COUNT])
{
    spec->minutes = sets[CRONFIELD_MINUTE];
    spec->hours = (uint32_t)sets[CRONFIELD_HOUR];
    spec->months = (uint16_t)sets[CRONFIELD_MONTH];
    set_days(spec, sets[CRONFIELD_DAY], sets[CRONFIELD_WEEKDAY]);
    spec->every_hour = spec->hours == all_hours;
    spec->fires = spec->weekdays || days_exist(spec->days, spec->months);
}

bool cronspec_parse(struct cronspec *spec, const char *text, struct err *err)
{
    *spec = (struct cronspec){0};
    struct cronspec parsed = {0};
    struct cronnotes notes = {parsed.warning, sizeof parsed.warning};
    uint64_t sets[CRONFIELD_COUNT];
    if (!text)
        text = "";
    struct span shown = {text, strlen(text)};
    if (shown.len > CRONSPEC_TEXT_MAX)
        return err_set(err, ERR_JOB, "cron spec '%.*s…': longer than %d bytes", span_shown(shown),
                       text, CRONSPEC_TEXT_MAX);
    if (!parse_text(text, sets, &notes, err))
        return err_wrap(err, "cron spec '%s'", text);
    set_all(&parsed, sets);
    *spec = parsed;
    return true;
}
