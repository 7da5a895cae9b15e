#include "cmd/when.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"

/* 9999-12-31 23:59:59 UTC: later times would not survive conversion to microseconds for long. */
static const int64_t instant_max_s = INT64_C(253402300799);

enum { DISTANCE_MAX = 1000000 }; /* of the largest unit; beyond that it is a slip */

static bool parse_epoch(const struct when *when, const char *text, int64_t *instant_s,
                        struct err *err)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value > instant_max_s || value < -instant_max_s)
        return err_set(err, ERR_USAGE, "%s '@%s': not seconds since 1970", when->option, text);
    *instant_s = value;
    return true;
}

/* "2h" and so on. */
static bool parse_distance(const struct when *when, const char *text, int64_t *instant_s)
{
    static const char units[] = "smhdw";
    static const int seconds[] = {1, 60, 3600, 86400, 604800};
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    const char *unit = *end && !end[1] ? strchr(units, *end) : NULL;
    if (!when->towards || errno || end == text || !unit || value < 0 || value > DISTANCE_MAX)
        return false;
    *instant_s = when->now_s + when->towards * (int64_t)value * seconds[unit - units];
    return true;
}

static bool parse_local(const struct when *when, const char *text, int64_t *instant_s)
{
    char whole[WALLTIME_MAX];
    struct err ignored;
    int64_t instant_us = 0;
    size_t len = strlen(text);
    const char *rest = len == strlen("2026-03-29")         ? " 00:00:00"
                       : len == strlen("2026-03-29 03:00") ? ":00"
                                                           : "";
    if (*text < '0' || *text > '9' || len >= sizeof whole - strlen(rest))
        return false;
    snprintf(whole, sizeof whole, "%s%s", text, rest);
    if (!walltime_parse(when->zone, whole, &instant_us, &ignored))
        return false;
    *instant_s = instant_us / WALLTIME_SECOND_US;
    return true;
}

bool when_parse(const struct when *when, const char *text, int64_t *instant_s, struct err *err)
{
    if (*text == '@')
        return parse_epoch(when, text + 1, instant_s, err);
    if (parse_distance(when, text, instant_s) || parse_local(when, text, instant_s))
        return true;
    if (when->towards)
        return err_set(err, ERR_USAGE,
                       "%s '%.60s': wanted 'YYYY-MM-DD HH:MM[:SS]' in local time, a distance such "
                       "as 30m, 2h or 3d, or @EPOCH",
                       when->option, text);
    return err_set(err, ERR_USAGE,
                   "%s '%.60s': wanted 'YYYY-MM-DD HH:MM[:SS]' in local time, or @EPOCH",
                   when->option, text);
}
