#include "core/data.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/i18n.h"

/* One event at a time: nothing is built that the text's author could make deep or large. */
struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one; a zeroed event is none */
    struct data *data;
    size_t cap; /* of data->entries */
    struct err *err;
};

static bool fail_at(struct reader *r, yaml_mark_t mark, const char *what)
{
    return err_set(r->err, ERR_JOB, "data, line %zu, column %zu: %s", mark.line + 1,
                   mark.column + 1, i18n(what));
}

static bool fail_here(struct reader *r, const char *what)
{
    return fail_at(r, r->event.start_mark, what);
}

static bool fail_parser(struct reader *r)
{
    const yaml_parser_t *parser = &r->parser;
    const char *problem = parser->problem ? parser->problem : _("cannot be read");
    switch (parser->error) {
    case YAML_MEMORY_ERROR: return err_set_nomem(r->err);
    case YAML_READER_ERROR:
        return err_set(r->err, ERR_JOB, "data, byte %zu: %s", parser->problem_offset + 1, problem);
    case YAML_NO_ERROR:
    case YAML_SCANNER_ERROR:
    case YAML_PARSER_ERROR:
    case YAML_COMPOSER_ERROR:
    case YAML_WRITER_ERROR:
    case YAML_EMITTER_ERROR: break;
    }
    return fail_at(r, parser->problem_mark, problem);
}

static bool next(struct reader *r)
{
    yaml_event_delete(&r->event);
    return yaml_parser_parse(&r->parser, &r->event) ? true : fail_parser(r);
}

static bool is_word(const yaml_event_t *event, const char *word)
{
    return event->data.scalar.length == strlen(word) &&
           memcmp(event->data.scalar.value, word, strlen(word)) == 0;
}

static bool is_plain(const yaml_event_t *event)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.plain_implicit;
}

static bool is_null(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && is_plain(event) &&
           (is_word(event, "") || is_word(event, "~") || is_word(event, "null"));
}

/* The current scalar's text, owned by the caller. */
static bool take_text(struct reader *r, char **text)
{
    const char *value = (const char *)r->event.data.scalar.value;
    size_t len = r->event.data.scalar.length;
    if (memchr(value, '\0', len))
        return fail_here(r, "a text contains a NUL character");
    *text = strndup(value, len);
    return *text ? true : err_set_nomem(r->err);
}

/* As Perl's YAML::XS reads them: a plain true is 1, a plain false is the empty text. */
static bool take_value(struct reader *r, char **text)
{
    const char *known = NULL;
    if (is_null(&r->event)) {
        *text = NULL;
        return true;
    }
    if (is_plain(&r->event) && is_word(&r->event, "true"))
        known = "1";
    else if (is_plain(&r->event) && is_word(&r->event, "false"))
        known = "";
    if (!known)
        return take_text(r, text);
    *text = strdup(known);
    return *text ? true : err_set_nomem(r->err);
}

static bool add_value(struct reader *r, struct data_entry *entry)
{
    /* Doubles at every power of two. */
    if ((entry->count & (entry->count - 1)) == 0) {
        size_t cap = entry->count ? entry->count * 2 : 1;
        char **values = realloc(entry->values, cap * sizeof *values);
        if (!values)
            return err_set_nomem(r->err);
        entry->values = values;
    }
    if (!take_value(r, &entry->values[entry->count]))
        return false;
    entry->count++;
    return true;
}

static const char *too_deep(yaml_event_type_t type)
{
    switch (type) {
    case YAML_ALIAS_EVENT: return N_("aliases are not supported");
    case YAML_MAPPING_START_EVENT: return N_("a map inside the map is not supported");
    case YAML_SEQUENCE_START_EVENT: return N_("a list inside a list is not supported");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SCALAR_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: break;
    }
    return N_("a value is expected");
}

static bool read_list(struct reader *r, struct data_entry *entry)
{
    entry->is_list = true;
    while (next(r)) {
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            return true;
        if (r->event.type != YAML_SCALAR_EVENT)
            return fail_here(r, too_deep(r->event.type));
        if (!add_value(r, entry))
            return false;
    }
    return false;
}

static bool read_value(struct reader *r, struct data_entry *entry)
{
    if (!next(r))
        return false;
    if (r->event.type == YAML_SEQUENCE_START_EVENT)
        return read_list(r, entry);
    if (r->event.type != YAML_SCALAR_EVENT)
        return fail_here(r, too_deep(r->event.type));
    return add_value(r, entry);
}

/* Appends an entry for the key that is the current event; its texts are still to come. */
static struct data_entry *add_entry(struct reader *r)
{
    struct data *data = r->data;
    if (data->count == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 8;
        struct data_entry *entries = realloc(data->entries, cap * sizeof *entries);
        if (!entries) {
            err_set_nomem(r->err);
            return NULL;
        }
        data->entries = entries;
        r->cap = cap;
    }
    struct data_entry *entry = &data->entries[data->count++];
    *entry = (struct data_entry){.line = r->event.start_mark.line + 1,
                                 .column = r->event.start_mark.column + 1};
    return entry;
}

static bool read_map(struct reader *r)
{
    while (next(r)) {
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return true;
        if (r->event.type != YAML_SCALAR_EVENT)
            return fail_here(r, "a key must be a simple text");
        struct data_entry *entry = add_entry(r);
        if (!entry || !take_text(r, &entry->key) || !read_value(r, entry))
            return false;
    }
    return false;
}

static bool read_root(struct reader *r)
{
    if (!next(r))
        return false;
    if (r->event.type == YAML_MAPPING_START_EVENT)
        return read_map(r);
    return is_null(&r->event) ? true : fail_here(r, "a map (key: value) is expected");
}

static bool read_stream(struct reader *r)
{
    if (!next(r) || !next(r)) /* the stream's start, and what follows */
        return false;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return true;
    if (!read_root(r) || !next(r) || !next(r)) /* the document's end, and what follows */
        return false;
    return r->event.type == YAML_STREAM_END_EVENT
               ? true
               : fail_here(r, "a second document is not supported");
}

static int compare_entries(const void *a, const void *b)
{
    const struct data_entry *left = *(struct data_entry *const *)a;
    const struct data_entry *right = *(struct data_entry *const *)b;
    int order = strcmp(left->key, right->key);
    return order != 0 ? order : (left > right) - (left < right);
}

/* Sorted rather than compared pairwise: 1 MiB holds a quarter of a million keys. */
static bool check_unique(const struct data *data, struct err *err)
{
    if (data->count < 2)
        return true;
    struct data_entry **sorted = malloc(data->count * sizeof(struct data_entry *));
    if (!sorted)
        return err_set_nomem(err);
    for (size_t i = 0; i < data->count; i++)
        sorted[i] = &data->entries[i];
    qsort(sorted, data->count, sizeof(struct data_entry *), compare_entries);
    bool unique = true;
    for (size_t i = 1; i < data->count && unique; i++)
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            unique = err_set(err, ERR_JOB,
                             "data, line %zu, column %zu: the key '%.60s' is a duplicate",
                             sorted[i]->line, sorted[i]->column, sorted[i]->key);
    free(sorted);
    return unique;
}

bool data_parse(struct data *data, const char *text, struct err *err)
{
    return data_parse_capped(data, text, DATA_MAX, err);
}

bool data_parse_capped(struct data *data, const char *text, size_t cap_bytes, struct err *err)
{
    *data = (struct data){0};
    size_t len = text ? strnlen(text, cap_bytes + 1) : 0;
    if (len == 0 || strcmp(text, "0") == 0) /* no text at all, in Perl's view */
        return true;
    if (len > cap_bytes)
        return err_set(err, ERR_JOB, "data is larger than %zu bytes", cap_bytes);
    struct reader r = {.data = data, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        return err_set_nomem(err);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    bool ok = read_stream(&r) && check_unique(data, err);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (!ok)
        data_release(data);
    return ok;
}

/* Everything up to the stream's end; its first node is a map, or nothing. */
static bool skim(struct reader *r)
{
    if (!next(r) || !next(r)) /* the stream's start, and what follows */
        return false;
    if (r->event.type == YAML_DOCUMENT_START_EVENT) {
        if (!next(r))
            return false;
        if (r->event.type != YAML_MAPPING_START_EVENT && !is_null(&r->event))
            return fail_here(r, "a map (key: value) is expected");
    }
    while (r->event.type != YAML_STREAM_END_EVENT)
        if (!next(r))
            return false;
    return true;
}

bool data_check(const char *text, struct err *err)
{
    size_t len = text ? strnlen(text, DATA_MAX + 1) : 0;
    struct reader r = {.err = err};
    if (len == 0 || strcmp(text, "0") == 0)
        return true;
    if (len > DATA_MAX)
        return err_set(err, ERR_JOB, "data is larger than %d bytes", DATA_MAX);
    if (!yaml_parser_initialize(&r.parser))
        return err_set_nomem(err);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    bool ok = skim(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return ok;
}

static const struct data_entry *find(const struct data *data, const char *key)
{
    for (size_t i = 0; i < data->count; i++)
        if (strcmp(data->entries[i].key, key) == 0)
            return &data->entries[i];
    return NULL;
}

bool data_has(const struct data *data, const char *key)
{
    return find(data, key) != NULL;
}

bool data_is_list(const struct data *data, const char *key)
{
    const struct data_entry *entry = find(data, key);
    return entry && entry->is_list;
}

const char *data_text(const struct data *data, const char *key)
{
    const struct data_entry *entry = find(data, key);
    return entry && !entry->is_list ? entry->values[0] : NULL;
}

bool data_truth(const struct data *data, const char *key)
{
    const char *text = data_text(data, key);
    if (!text)
        return data_is_list(data, key);
    return *text && strcmp(text, "0") != 0;
}

void data_release(struct data *data)
{
    if (!data)
        return;
    for (size_t i = 0; i < data->count; i++) {
        struct data_entry *entry = &data->entries[i];
        for (size_t k = 0; k < entry->count; k++)
            free(entry->values[k]);
        free(entry->values);
        free(entry->key);
    }
    free(data->entries);
    *data = (struct data){0};
}
