/* data.h: a job row's `data`: YAML (or JSON), a flat map of scalars and lists of scalars.
 *
 *     struct data data = {0};
 *     if (!data_parse(&data, job->data, err)) …        ERR_JOB: says what is wrong and where
 *     data_text(&data, "result")
 *     data_release(&data);
 *
 * NULL, "", "0" and an empty document are the empty map.  Anything deeper than a list of scalars, a
 * key that stands twice, an alias, a second document, a NUL character in a text, or more than
 * DATA_MAX bytes is an error with line and column.  Scalars stay text, but a plain `~`, `null` or
 * nothing is null, a plain `true` is "1" and a plain `false` is "".  Tags and anchors mean nothing.
 *
 * Truth is Perl's: null, "" and "0" are false, everything else is true.
 *
 * Ownership: the struct owns everything; texts are lent until release.
 * Source: kivitendo.md "data"; YAML 1.1 as libyaml reads it, plain words as Perl's YAML::XS does.
 */
#ifndef CORE_DATA_H
#define CORE_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

enum { DATA_MAX = 1024 * 1024 };

struct data_entry {
    char *key;
    char **values; /* owned texts; a NULL element is null */
    size_t count;  /* 1 for a scalar */
    bool is_list;
    size_t line; /* where the key stands, from 1 */
    size_t column;
};

/* In the order of the text; no key twice. */
struct data {
    struct data_entry *entries;
    size_t count;
};

/* After false the data is {0}. */
bool data_parse(struct data *data, const char *text, struct err *err) MUST_USE;

/* The same with a cap of its own: also reads the JSON that our Perl half writes. */
bool data_parse_capped(struct data *data, const char *text, size_t cap_bytes,
                       struct err *err) MUST_USE;

/* Is it well-formed YAML whose top is a map, however deep?  What Perl's jobs get. */
bool data_check(const char *text, struct err *err) MUST_USE;

/* The key is there, even if its value is null. */
bool data_has(const struct data *data, const char *key);

/* The key is there and its value is a list, even an empty one. */
bool data_is_list(const struct data *data, const char *key);

/* The scalar's text; NULL where the key is missing, null, or a list. */
const char *data_text(const struct data *data, const char *key);

/* Perl's truth of the value; a list is true. */
bool data_truth(const struct data *data, const char *key);

void data_release(struct data *data);

#endif
