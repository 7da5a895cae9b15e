#include "core/cronfield.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"

enum { SET_BITS = 64, SUNDAY = 7, SHOWN_MAX = 60 };

struct field_rule {
    const char *label;
    unsigned low;
    unsigned high;
    const char *names; /* three letters each, the first stands for 1; "" when there are none */
};

static const struct field_rule rules[CRONFIELD_COUNT] = {
    [CRONFIELD_MINUTE] = {N_("minute"), 0, 59, ""},
    [CRONFIELD_HOUR] = {N_("hour"), 0, 23, ""},
    [CRONFIELD_DAY] = {N_("day of month"), 1, 31, ""},
    [CRONFIELD_MONTH] = {N_("month"), 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    [CRONFIELD_WEEKDAY] = {N_("day of week"), 1, SUNDAY, "montuewedthufrisatsun"},
};

enum item_kind { ITEM_NOTHING, ITEM_PICK, ITEM_NOT, ITEM_BELOW, ITEM_ABOVE };

struct item {
    enum item_kind kind;
    uint64_t first; /* NOT, BELOW and ABOVE have just this one */
    uint64_t last;
    uint64_t step;
    bool first_named; /* "sun", not 7 */
    bool named;
};

/* What the items of a field come to.  Numbers beyond the set are legal as long as another item
 * removes them, or a step passes over them; so the first one that stays is kept. */
struct picks {
    uint64_t set;
    uint64_t removed;
    uint64_t stray; /* the smallest number beyond the set that some item picks and none removes */
    uint64_t above; /* with has_above: only larger numbers */
    uint64_t below; /* with has_below: only smaller numbers */
    bool has_stray;
    bool has_above;
    bool has_below;
    bool has_not;
    bool any; /* some item picked something */
};

int span_shown(struct span span)
{
    return span.len > SHOWN_MAX ? SHOWN_MAX : (int)span.len;
}

void cronnotes_add(struct cronnotes *notes, const char *fmt, ...)
{
    size_t used = strlen(notes->text);
    size_t left = notes->cap_bytes - used;
    const char *joint = used ? "; " : "";
    char note[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(note, sizeof note, i18n(fmt), args);
    va_end(args);
    if (strlen(joint) + strlen(note) < left)
        snprintf(notes->text + used, left, "%s%s", joint, note);
}

static uint64_t bits(unsigned low, unsigned high)
{
    return (UINT64_MAX >> (SET_BITS - 1 - (high - low))) << low;
}

uint64_t cronfield_all(enum cronfield field)
{
    return bits(rules[field].low, rules[field].high);
}

/* Cuts the next item off the front; false at the end. */
static bool next_item(struct span *rest, struct span *item)
{
    if (!rest->text)
        return false;
    const char *comma = memchr(rest->text, ',', rest->len);
    *item = *rest;
    if (!comma) {
        *rest = (struct span){NULL, 0};
        return true;
    }
    item->len = (size_t)(comma - rest->text);
    rest->text = comma + 1;
    rest->len -= item->len + 1;
    return true;
}

static void skip(struct span *in, size_t bytes)
{
    in->text += bytes;
    in->len -= bytes;
}

static bool take_digits(struct span *in, uint64_t *number)
{
    uint64_t value = 0;
    size_t digits = 0;
    while (digits < in->len && in->text[digits] >= '0' && in->text[digits] <= '9') {
        uint64_t digit = (uint64_t)(in->text[digits++] - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    *number = value;
    skip(in, digits);
    return digits != 0;
}

static bool take_name(const struct field_rule *rule, struct span *in, uint64_t *number)
{
    size_t count = strlen(rule->names) / 3;
    for (size_t i = 0; in->len >= 3 && i < count; i++) {
        if (strncasecmp(in->text, rule->names + i * 3, 3) == 0) {
            *number = i + 1;
            skip(in, 3);
            return true;
        }
    }
    return false;
}

/* A number or a name at the front of `in`; *named says which. */
static bool take_value(const struct field_rule *rule, struct span *in, uint64_t *number,
                       bool *named)
{
    if (take_digits(in, number)) {
        *named = false;
        return true;
    }
    *named = take_name(rule, in, number);
    return *named;
}

/* Cuts "/STEP" off the end; 1 where there is none.  Step 0 is ignored. */
static uint64_t cut_step(struct span *item)
{
    const char *slash = memrchr(item->text, '/', item->len);
    if (!slash)
        return 1;
    size_t before = (size_t)(slash - item->text);
    struct span digits = {slash + 1, item->len - before - 1};
    uint64_t step = 0;
    if (!take_digits(&digits, &step) || digits.len)
        return 1; /* the slash stays and spoils the item */
    item->len = before;
    return step ? step : 1;
}

static enum item_kind prefix_kind(const struct span *item)
{
    switch (item->len ? item->text[0] : '\0') {
    case '!': return ITEM_NOT;
    case '<': return ITEM_BELOW;
    case '>': return ITEM_ABOVE;
    default: return ITEM_PICK;
    }
}

/* "N", "A-B" or "*" for ITEM_PICK, "N" alone for the others. */
static bool parse_values(const struct field_rule *rule, struct span in, struct item *item)
{
    bool last_named = false;
    if (item->kind == ITEM_PICK && in.len == 1 && in.text[0] == '*') {
        item->first = rule->low;
        item->last = rule->high;
        return true;
    }
    if (!take_value(rule, &in, &item->first, &item->first_named))
        return false;
    item->last = item->first;
    if (item->kind == ITEM_PICK && in.len && in.text[0] == '-') {
        skip(&in, 1);
        if (!take_value(rule, &in, &item->last, &last_named))
            return false;
        if (rule->high == SUNDAY && item->first_named && item->first == SUNDAY &&
            item->last < SUNDAY)
            item->first = 0;
    }
    item->named = item->first_named || last_named;
    return in.len == 0;
}

static struct item parse_item(const struct field_rule *rule, struct span text)
{
    struct item item = {.step = cut_step(&text), .kind = prefix_kind(&text)};
    if (item.kind != ITEM_PICK)
        skip(&text, 1);
    if (!parse_values(rule, text, &item))
        item.kind = ITEM_NOTHING;
    return item;
}

/* Does a "!N" item of the field remove this number? */
static bool removes(const struct field_rule *rule, struct span field, uint64_t number)
{
    struct span text;
    while (next_item(&field, &text)) {
        struct item item = parse_item(rule, text);
        if (item.kind == ITEM_NOT && item.first == number)
            return true;
    }
    return false;
}

/* Ends after the last number, or the first stray one, so after as many strays as there are "!N". */
static void pick(const struct field_rule *rule, struct span field, const struct item *item,
                 struct picks *picks)
{
    uint64_t number = item->first;
    for (;;) {
        picks->any = true;
        if (number < SET_BITS) {
            picks->set |= UINT64_C(1) << number;
        } else if (!removes(rule, field, number)) {
            if (!picks->has_stray || number < picks->stray)
                picks->stray = number;
            picks->has_stray = true;
            return;
        }
        if (item->last - number < item->step)
            return;
        number += item->step;
    }
}

static void exclude(const struct field_rule *rule, const struct item *item, struct picks *picks)
{
    picks->has_not = true;
    if (item->first < SET_BITS)
        picks->removed |= UINT64_C(1) << item->first;
    if (rule->high == SUNDAY && item->first_named && item->first == SUNDAY)
        picks->removed |= 1; /* "!sun" means Sunday under both its numbers */
}

static void apply_item(const struct field_rule *rule, struct span field, const struct item *item,
                       struct picks *picks)
{
    switch (item->kind) {
    case ITEM_NOTHING: break;
    case ITEM_PICK:
        if (item->first <= item->last)
            pick(rule, field, item, picks);
        break;
    case ITEM_NOT: exclude(rule, item, picks); break;
    case ITEM_BELOW:
        if (!picks->has_below || item->first < picks->below)
            picks->below = item->first;
        picks->has_below = true;
        break;
    case ITEM_ABOVE:
        if (!picks->has_above || item->first > picks->above)
            picks->above = item->first;
        picks->has_above = true;
        break;
    }
}

/* alone: the item is the whole field.  A name that stands alone makes kivitendo's pages refuse the
 * spec; in a list they pass over it and show other times than ours, which nobody would guess. */
static void note_item(const struct field_rule *rule, const struct item *item, struct span text,
                      bool alone, struct cronnotes *notes)
{
    bool nothing = item->kind == ITEM_NOTHING || item->first > item->last;
    if (nothing && text.len == 0)
        cronnotes_add(notes, "an empty item in the %s field picks nothing", _(rule->label));
    else if (nothing)
        cronnotes_add(notes, "'%.*s' in the %s field picks nothing", span_shown(text), text.text,
                      _(rule->label));
    else if (item->named && !alone)
        cronnotes_add(notes, "kivitendo's own pages pass over '%.*s' in the %s field",
                      span_shown(text), text.text, _(rule->label));
}

/* What all the "<N" and ">N" of a field leave of its range. */
static uint64_t between(const struct field_rule *rule, const struct picks *picks)
{
    uint64_t set = 0;
    if (!picks->has_below && !picks->has_above)
        return 0;
    for (unsigned n = rule->low; n <= rule->high; n++)
        if ((!picks->has_below || n < picks->below) && (!picks->has_above || n > picks->above))
            set |= UINT64_C(1) << n;
    return set;
}

/* The smallest number that is picked but must not be, in *number. */
static bool outside(const struct field_rule *rule, const struct picks *picks, uint64_t *number)
{
    unsigned low = rule->high == SUNDAY ? 0 : rule->low;
    uint64_t wrong = picks->set & ~picks->removed & ~bits(low, rule->high);
    if (!wrong && !picks->has_stray)
        return false;
    *number = wrong ? (uint64_t)__builtin_ctzll(wrong) : picks->stray;
    return true;
}

bool cronfield_parse(enum cronfield field, struct span text, uint64_t *set, struct cronnotes *notes,
                     struct err *err)
{
    const struct field_rule *rule = &rules[field];
    struct picks picks = {0};
    struct span rest = text;
    struct span item_text;
    uint64_t wrong = 0;
    while (next_item(&rest, &item_text)) {
        struct item item = parse_item(rule, item_text);
        note_item(rule, &item, item_text, item_text.len == text.len, notes);
        apply_item(rule, text, &item, &picks);
    }
    picks.set |= between(rule, &picks);
    if (picks.has_not && !picks.any && !picks.set)
        picks.set = bits(rule->low, rule->high);
    if (outside(rule, &picks, &wrong))
        return err_set(err, ERR_JOB, "%s field '%.*s': %llu is not within %u-%u", _(rule->label),
                       span_shown(text), text.text, (unsigned long long)wrong, rule->low,
                       rule->high);
    *set = picks.set & ~picks.removed;
    if (rule->high == SUNDAY && *set & 1)
        *set = (*set | UINT64_C(1) << SUNDAY) & ~UINT64_C(1);
    if (!*set)
        return err_set(err, ERR_JOB, "%s field '%.*s' picks nothing", _(rule->label),
                       span_shown(text), text.text);
    return true;
}
