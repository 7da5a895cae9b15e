/* Measures cronspec_next: median and 99th percentile over some thousand specs and starting points.
 *
 * One line per kind of spec: "next ordinary: median 0.15 us, p99 0.40 us (target: median < 2 us)".
 * Each sample is the mean of a few calls, because a clock reading costs as much as a call.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/attr.h"
#include "core/cronspec.h"
#include "io/zonefile.h"

enum { SPECS = 4000, CALLS = 8 };

static uint32_t state = 1;

static int chance(int below)
{
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)below);
}

static const char *field(char out[32], int low, int high)
{
    int from = low + chance(high - low + 1);
    int to = from + chance(high - from + 1);
    switch (chance(6)) {
    case 0: snprintf(out, 32, "%d", from); break;
    case 1: snprintf(out, 32, "%d-%d", from, to); break;
    case 2: snprintf(out, 32, "%d,%d,%d", from, to, low + chance(high - low + 1)); break;
    case 3: snprintf(out, 32, "*/%d", 1 + chance(high)); break;
    default: snprintf(out, 32, "*"); break;
    }
    return out;
}

static void ordinary(char out[192])
{
    char f[5][32];
    snprintf(out, 192, "%s %s %s %s %s", field(f[0], 0, 59), field(f[1], 0, 23), field(f[2], 1, 31),
             field(f[3], 1, 12), field(f[4], 0, 6));
}

static void daily(char out[192])
{
    snprintf(out, 192, "%d %d * * *", chance(60), chance(24));
}

static void yearly(char out[192])
{
    snprintf(out, 192, "%d %d %d %d *", chance(60), chance(24), 1 + chance(28), 1 + chance(12));
}

static void leap_day(char out[192])
{
    snprintf(out, 192, "%d %s 29 2 *", chance(60), chance(2) ? "*" : "3");
}

static void never(char out[192])
{
    static const char *const days[] = {"30 2", "31 2", "31 4", "31 2,4,6,9,11", "30,31 2"};
    snprintf(out, 192, "%d * %s *", chance(60), days[chance(ARRAY_LEN(days))]);
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One spec, asked from CALLS points between 2000 and 2098. */
static double sample_us(const struct zone *zone, const struct cronspec *spec)
{
    int64_t at_s[CALLS];
    for (int i = 0; i < CALLS; i++)
        at_s[i] = INT64_C(946684800) + (int64_t)chance(1 << 24) * 184;
    double start = now_us();
    for (int i = 0; i < CALLS; i++)
        if (!cronspec_next(spec, zone, at_s[i], &at_s[i]) && spec->fires)
            abort();
    return (now_us() - start) / CALLS;
}

static void measure(const struct zone *zone, const char *name, void (*make)(char out[192]),
                    const char *target)
{
    static double samples[SPECS];
    for (int i = 0; i < SPECS;) {
        char text[192];
        struct cronspec spec;
        struct err err;
        make(text);
        if (cronspec_parse(&spec, text, &err) && spec.fires == (make != never))
            samples[i++] = sample_us(zone, &spec);
    }
    qsort(samples, SPECS, sizeof *samples, by_size);
    printf("next %s: median %.3f us, p99 %.3f us, worst %.3f us (%s)\n", name, samples[SPECS / 2],
           samples[SPECS / 100 * 99], samples[SPECS - 1], target);
}

int main(void)
{
    struct zone zone;
    struct err err;
    if (!zonefile_load(&zone, "Europe/Berlin", &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    double start = now_us();
    for (int i = 0; i < 100; i++) {
        zone_release(&zone);
        if (!zonefile_load(&zone, "Europe/Berlin", &err))
            return 1;
    }
    printf("zone file read and parsed: mean %.1f us\n", (now_us() - start) / 100);
    measure(&zone, "ordinary", ordinary, "target: median < 2 us");
    measure(&zone, "daily", daily, "target: median < 2 us");
    measure(&zone, "yearly", yearly, "target: median < 2 us");
    measure(&zone, "leap day", leap_day, "no target");
    measure(&zone, "never", never, "target: < 1000 us");
    zone_release(&zone);
    return 0;
}
