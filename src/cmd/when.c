#include "cmd/when.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"

/* 9999-12-31 23:59:59 UTC: later times would not survive conversion to microseconds for long. */
static const int64_t max_s = INT64_C(253402300799);

static bool refuse(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "'%.60s': wanted 'YYYY-MM-DD HH:MM[:SS]' in local time, @EPOCH, or a span like "
                   "30m, 2h, -7d",
                   text);
}

static bool parse_number(const char *text, const char **end, int64_t *number)
{
    char *behind;
    errno = 0;
    long long value = strtoll(text, &behind, 10);
    *end = behind;
    *number = value;
    return !errno && behind != text && value <= max_s && value >= -max_s;
}

static bool parse_epoch(const char *text, int64_t *at_s, struct err *err)
{
    const char *end;
    if (parse_number(text + 1, &end, at_s) && !*end)
        return true;
    return err_set(err, ERR_USAGE, "'%.60s': not seconds since 1970", text);
}

static bool parse_span(const char *text, int64_t now_s, int64_t *at_s)
{
    const char *end;
    int64_t number = 0;
    int64_t unit_s = 0;
    if (!parse_number(text, &end, &number) || !*end || end[1])
        return false;
    switch (*end) {
    case 'm': unit_s = 60; break;
    case 'h': unit_s = 3600; break;
    case 'd': unit_s = 86400; break;
    default: return false;
    }
    *at_s = now_s + (number < max_s / unit_s ? number * unit_s : max_s);
    return *at_s <= max_s && *at_s >= -max_s;
}

/* What is left out of "YYYY-MM-DD HH:MM:SS". */
static const char *missing(size_t len)
{
    return len == strlen("2026-03-29")         ? " 00:00:00"
           : len == strlen("2026-03-29 03:00") ? ":00"
                                               : "";
}

bool when_parse(const char *text, const struct zone *zone, int64_t now_s, int64_t *at_s,
                struct err *err)
{
    char whole[WALLTIME_MAX];
    struct err why;
    int64_t instant_us = 0;
    if (*text == '@')
        return parse_epoch(text, at_s, err);
    if (parse_span(text, now_s, at_s))
        return true;
    size_t len = strlen(text);
    if (*text < '0' || *text > '9' || len >= sizeof whole - strlen(" 00:00:00"))
        return refuse(text, err);
    snprintf(whole, sizeof whole, "%s%s", text, missing(len));
    if (!walltime_parse(zone, whole, &instant_us, &why))
        return refuse(text, err);
    *at_s = instant_us / WALLTIME_SECOND_US;
    return true;
}
