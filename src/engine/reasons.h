/* reasons.h: what keeps a job from running, or does not: conditions and what follows from them; see
 * engine/why.h. */
#ifndef ENGINE_REASONS_H
#define ENGINE_REASONS_H

#include <stdbool.h>
#include <stddef.h>

enum why_verdict {
    WHY_FINE,
    WHY_STOPS,   /* this keeps the job from being run */
    WHY_WAITS,   /* it is not its time, or it is running; nothing is wrong */
    WHY_WARNING, /* it runs all the same, but somebody should look */
};

enum { WHY_LINES_MAX = 20 };

struct why_line {
    const char *what;  /* for scripts: "active" */
    const char *title; /* for people, not translated yet */
    char *value;
    enum why_verdict verdict;
    char *advice; /* NULL where nothing is to be done */
};

struct why {
    struct why_line lines[WHY_LINES_MAX];
    size_t count;
    char *conclusion;
    bool failed;
};

#endif
