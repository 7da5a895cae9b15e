#include "core/template.h"

#include <string.h>

#include "core/template_expr.h"

/* One IF whose END has not come. */
struct branch {
    bool shows; /* what stands here is put out, as far as the outer ones show */
    bool taken; /* one of its branches was true */
    bool last;  /* ELSE has come */
    int line;
};

struct rendering {
    const char *at; /* what has not been read yet */
    int line;
    const struct template_values *values;
    struct buf *out;
    struct branch stack[TEMPLATE_DEPTH_MAX];
    int depth;
};

/* [%- … -%] */
struct tag {
    const char *begin;
    const char *end;
    bool chomps_after;
    bool is_comment;
};

static bool shows(const struct rendering *r)
{
    for (int i = 0; i < r->depth; i++)
        if (!r->stack[i].shows)
            return false;
    return true;
}

static bool place(const struct rendering *r, struct err *err)
{
    return err_wrap(err, "line %d", r->line);
}

static void count_lines(struct rendering *r, const char *end)
{
    for (; r->at < end; r->at++)
        r->line += *r->at == '\n';
}

/* ---- what stands between tags ---- */

/* Blanks at the end of the text, and the newline before them. */
static size_t chomp_before(const char *text, size_t len)
{
    size_t rest = len;
    while (rest && strchr(" \t\r", text[rest - 1]))
        rest--;
    if (rest && text[rest - 1] == '\n')
        return rest - 1;
    return rest == 0 ? 0 : len;
}

static const char *chomp_after(const char *text)
{
    const char *p = text + strspn(text, " \t\r");
    return *p == '\n' ? p + 1 : text;
}

static void put_text(struct rendering *r, const char *end)
{
    size_t len = (size_t)(end - r->at);
    if (end[0] == '[' && end[2] == '-')
        len = chomp_before(r->at, len);
    if (shows(r))
        buf_add(r->out, r->at, len);
    count_lines(r, end);
}

/* ---- tags ---- */

/* Where the tag's text ends, and a sign may stand: blanks behind it do not count, but a comment as
 * a whole has none except a newline. */
static const char *find_end(const char *begin, const char *end, bool is_comment)
{
    if (is_comment)
        return end > begin && end[-1] == '\n' ? end - 1 : end;
    while (end > begin && strchr(" \t\r\n\f\v", end[-1]))
        end--;
    return end;
}

static bool find_tag(const struct rendering *r, struct tag *tag, struct err *err)
{
    const char *begin = r->at + 2;
    const char *close = strstr(begin, "%]");
    bool is_comment = *begin == '#'; /* behind a sign, # ends with its line */
    if (!close) {
        err_set(err, ERR_CONFIG, "a tag [%% has no %%]");
        place(r, err);
        return false;
    }
    if (begin < close && (*begin == '-' || *begin == '+'))
        begin++;
    const char *end = find_end(begin, close, is_comment);
    char sign = end > begin ? end[-1] : '\0';
    if (sign == '~' || sign == '=') {
        err_set(err, ERR_CONFIG, "'%.*s' is not understood", (int)(close + 2 - end + 1), end - 1);
        return place(r, err);
    }
    bool has_sign = sign == '-' || sign == '+';
    *tag = (struct tag){
        .begin = begin,
        .end = has_sign ? end - 1 : close,
        .is_comment = is_comment,
        .chomps_after = sign == '-',
    };
    return true;
}

static bool open_branch(struct rendering *r, struct template_expr *expr, bool wanted,
                        struct err *err)
{
    bool truth = false;
    if (r->depth == TEMPLATE_DEPTH_MAX)
        return err_set(err, ERR_CONFIG, "IFs are nested too deeply");
    if (!template_condition(expr, &truth, err))
        return false;
    r->stack[r->depth++] = (struct branch){
        .shows = truth == wanted,
        .taken = truth == wanted,
        .line = r->line,
    };
    return true;
}

static bool next_branch(struct rendering *r, struct template_expr *expr, bool last, struct err *err)
{
    bool truth = last;
    struct branch *branch = r->depth ? &r->stack[r->depth - 1] : NULL;
    if (!branch || branch->last)
        return err_set(err, ERR_CONFIG, "there is no IF for this %s", last ? "ELSE" : "ELSIF");
    if (!last && !template_condition(expr, &truth, err))
        return false;
    branch->shows = truth && !branch->taken;
    branch->taken |= truth;
    branch->last = last;
    return true;
}

static bool obey(struct rendering *r, struct template_expr *expr, struct err *err)
{
    struct buf ignored = {0};
    if (template_is_done(expr))
        return true;
    if (template_word(expr, "IF"))
        return open_branch(r, expr, true, err);
    if (template_word(expr, "UNLESS"))
        return open_branch(r, expr, false, err);
    if (template_word(expr, "ELSIF"))
        return next_branch(r, expr, false, err);
    if (template_word(expr, "ELSE"))
        return next_branch(r, expr, true, err);
    if (template_word(expr, "END")) {
        if (r->depth == 0)
            return err_set(err, ERR_CONFIG, "there is nothing for this END to end");
        r->depth--;
        return true;
    }
    bool done = template_text(expr, shows(r) ? r->out : &ignored, err);
    buf_release(&ignored);
    return done;
}

static bool do_tag(struct rendering *r, struct err *err)
{
    struct tag tag = {0};
    if (!find_tag(r, &tag, err))
        return false;
    struct template_expr expr = {.at = tag.begin, .end = tag.end, .values = r->values};
    if (!tag.is_comment && !obey(r, &expr, err))
        return place(r, err);
    if (!tag.is_comment && !template_is_done(&expr)) {
        size_t len = (size_t)(expr.end - expr.at);
        err_set(err, ERR_CONFIG, "'%.*s' is not understood", (int)(len < 60 ? len : 60), expr.at);
        return place(r, err);
    }
    const char *behind = strstr(tag.end, "%]") + 2;
    count_lines(r, tag.chomps_after ? chomp_after(behind) : behind);
    return true;
}

bool template_render(const char *text, const struct template_values *values, struct buf *out,
                     struct err *err)
{
    struct rendering r = {.at = text, .line = 1, .values = values, .out = out};
    while (*r.at) {
        const char *tag = strstr(r.at, "[%");
        put_text(&r, tag ? tag : r.at + strlen(r.at));
        if (tag && !do_tag(&r, err))
            return false;
    }
    if (r.depth) {
        err_set(err, ERR_CONFIG, "this IF has no END");
        return err_wrap(err, "line %d", r.stack[r.depth - 1].line);
    }
    return !out->failed || err_set_nomem(err);
}
