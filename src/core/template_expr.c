#include "core/template_expr.h"

#include <string.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
/* Template Toolkit's reserved words, none of which is a name: most are statements not understood
 * here, and [% STOP %] must not become an empty place. */
static const char *const reserved[] = {
    "AND",   "BLOCK",   "BREAK",   "CALL",   "CASE",    "CATCH",   "CLEAR",  "DEBUG",   "DEFAULT",
    "DIV",   "ELSE",    "ELSIF",   "END",    "FILTER",  "FINAL",   "FOR",    "FOREACH", "GET",
    "IF",    "IN",      "INCLUDE", "INSERT", "LAST",    "MACRO",   "META",   "MOD",     "NEXT",
    "NOT",   "OR",      "PERL",    "PLUGIN", "PROCESS", "RAWPERL", "RETURN", "SET",     "STEP",
    "STOP",  "SWITCH",  "TAGS",    "THROW",  "TO",      "TRY",     "UNLESS", "USE",     "VIEW",
    "WHILE", "WRAPPER", "_",       "and",    "div",     "mod",     "not",    "or",
};

/* A value while it is compared: some bytes, of the template or of the values. */
struct operand {
    const char *text;
    size_t len;
    bool is_parenthesis;
    bool is_group; /* a name that longer ones begin with */
};

static bool is_letter(char c)
{
    return c && strchr(letters, c);
}

/* Up to the next thing that means something; a comment runs to the end of its line. */
static void skip_blanks(struct template_expr *expr)
{
    while (expr->at < expr->end && strchr(" \t\r\n#", *expr->at)) {
        if (*expr->at == '#')
            while (expr->at < expr->end && *expr->at != '\n')
                expr->at++;
        else
            expr->at++;
    }
}

static size_t left(const struct template_expr *expr)
{
    return (size_t)(expr->end - expr->at);
}

bool template_word(struct template_expr *expr, const char *word)
{
    size_t len = strlen(word);
    skip_blanks(expr);
    if (left(expr) < len || memcmp(expr->at, word, len) != 0)
        return false;
    if (is_letter(word[0]) && left(expr) > len && is_letter(expr->at[len]))
        return false;
    expr->at += len;
    return true;
}

bool template_is_done(struct template_expr *expr)
{
    skip_blanks(expr);
    return expr->at == expr->end;
}

static bool refuse(const struct template_expr *expr, struct err *err)
{
    size_t len = left(expr);
    if (len == 0)
        return err_set(err, ERR_CONFIG, "something is missing at the end of a tag");
    return err_set(err, ERR_CONFIG, "'%.*s' is not understood", (int)(len < 60 ? len : 60),
                   expr->at);
}

/* ---- values ---- */

static bool begins(const char *name, const char *wanted, size_t len)
{
    return strncmp(name, wanted, len) == 0;
}

static struct operand look_up(const struct template_expr *expr, const char *name, size_t len)
{
    struct operand found = {.text = ""};
    for (size_t i = 0; i < expr->values->count; i++) {
        const struct template_value *value = &expr->values->items[i];
        if (!value->text || !begins(value->name, name, len))
            continue;
        if (value->name[len] == '\0')
            return (struct operand){.text = value->text, .len = strlen(value->text)};
        found.is_group |= value->name[len] == '.';
    }
    return found;
}

static bool is_reserved(const char *word, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (strlen(reserved[i]) == len && memcmp(reserved[i], word, len) == 0)
            return true;
    return false;
}

/* One part of a dotted name: a word, or behind a dot the number of an element. */
static bool is_part(const char *part, size_t len, bool is_first)
{
    bool is_number = len && *part >= '0' && *part <= '9';
    if (is_number)
        return !is_first && strspn(part, "0123456789") >= len;
    return len && !is_reserved(part, len);
}

static bool is_name(const char *name, size_t len)
{
    size_t start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && name[i] != '.')
            continue;
        if (!is_part(name + start, i - start, start == 0))
            return false;
        start = i + 1;
    }
    return true;
}

static bool read_name(struct template_expr *expr, struct operand *operand, struct err *err)
{
    const char *start = expr->at;
    while (expr->at < expr->end && (is_letter(*expr->at) || *expr->at == '.'))
        expr->at++;
    size_t len = (size_t)(expr->at - start);
    if (!is_name(start, len)) {
        expr->at = start;
        return refuse(expr, err);
    }
    *operand = look_up(expr, start, len);
    return true;
}

static bool read_operand(struct template_expr *expr, struct operand *operand, struct err *err)
{
    skip_blanks(expr);
    char quote = expr->at < expr->end ? *expr->at : '\0';
    if (quote != '\'' && quote != '"')
        return read_name(expr, operand, err);
    const char *close = memchr(expr->at + 1, quote, left(expr) - 1);
    if (!close)
        return refuse(expr, err);
    *operand = (struct operand){.text = expr->at + 1, .len = (size_t)(close - expr->at - 1)};
    if (memchr(operand->text, '\\', operand->len) ||
        (quote == '"' && memchr(operand->text, '$', operand->len)))
        return refuse(expr, err);
    expr->at = close + 1;
    return true;
}

bool template_text(struct template_expr *expr, struct buf *out, struct err *err)
{
    struct operand operand;
    if (!read_operand(expr, &operand, err))
        return false;
    buf_add(out, operand.text, operand.len);
    return true;
}

/* ---- conditions ---- */

static bool is_true(const struct operand *operand)
{
    return operand->is_group || (operand->len && !(operand->len == 1 && operand->text[0] == '0'));
}

static bool same(const struct operand *a, const struct operand *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* What a condition is as a value: Perl's. */
static struct operand truth_value(bool truth)
{
    return truth ? (struct operand){.text = "1", .len = 1} : (struct operand){.text = ""};
}

static bool next_is_not(struct template_expr *expr)
{
    if (template_word(expr, "NOT"))
        return true;
    bool is_unequal = left(expr) > 1 && expr->at[1] == '=';
    return !is_unequal && template_word(expr, "!");
}

/* An operand, a parenthesis, or NOT and one of these: it binds closer than a comparison does. */
static bool read_factor(struct template_expr *expr, struct operand *operand, struct err *err)
{
    if (expr->depth >= TEMPLATE_DEPTH_MAX)
        return err_set(err, ERR_CONFIG, "an expression is nested too deeply");
    expr->depth++;
    bool done;
    bool truth = false;
    if (next_is_not(expr)) {
        done = read_factor(expr, operand, err);
        if (done)
            *operand = truth_value(!is_true(operand));
    } else if (template_word(expr, "(")) {
        done = template_condition(expr, &truth, err) &&
               (template_word(expr, ")") || refuse(expr, err));
        *operand = truth_value(truth);
        operand->is_parenthesis = true;
    } else {
        done = read_operand(expr, operand, err);
    }
    expr->depth--;
    return done;
}

/* What is compared with a parenthesis would be the value of its last operand: that is refused. */
static bool read_comparison(struct template_expr *expr, bool *truth, struct err *err)
{
    struct operand one = {0};
    struct operand other = {0};
    if (!read_factor(expr, &one, err))
        return false;
    const char *at = expr->at;
    bool equal = template_word(expr, "==");
    if (!equal && !template_word(expr, "!=")) {
        *truth = is_true(&one);
        return true;
    }
    if (!one.is_parenthesis && !read_factor(expr, &other, err))
        return false;
    if (one.is_parenthesis || other.is_parenthesis) {
        expr->at = at;
        return refuse(expr, err);
    }
    *truth = same(&one, &other) == equal;
    return true;
}

static bool read_all_of(struct template_expr *expr, bool *truth, struct err *err)
{
    bool next = false;
    if (!read_comparison(expr, truth, err))
        return false;
    while (template_word(expr, "AND") || template_word(expr, "&&")) {
        if (!read_comparison(expr, &next, err))
            return false;
        *truth = *truth && next;
    }
    return true;
}

bool template_condition(struct template_expr *expr, bool *truth, struct err *err)
{
    bool next = false;
    if (!read_all_of(expr, truth, err))
        return false;
    while (template_word(expr, "OR") || template_word(expr, "||")) {
        if (!read_all_of(expr, &next, err))
            return false;
        *truth = *truth || next;
    }
    return true;
}
