#include "core/mime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    LINE_BYTES = 76, /* of a body, and of a folded header */
    WORD_BYTES = 39, /* of text in one encoded word: 64 letters, with the header's name 73 */
    ID_BYTES = 200,  /* of each half of a message id */
    SOFT_BREAK = LINE_BYTES, /* a "=" at the end belongs to the line */
};

/* ---- headers ---- */

static void add_base64(struct buf *out, const unsigned char *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        unsigned b = (unsigned)bytes[i] << 16;
        b |= i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0;
        b |= i + 2 < len ? (unsigned)bytes[i + 2] : 0;
        const char four[] = {digits[b >> 18], digits[b >> 12 & 63],
                             i + 1 < len ? digits[b >> 6 & 63] : '=',
                             i + 2 < len ? digits[b & 63] : '='};
        buf_add(out, four, sizeof four);
    }
}

/* Valid UTF-8 in one line. */
static void add_harmless(struct buf *out, const char *text, size_t len)
{
    size_t start = out->len;
    buf_add_utf8(out, text, len);
    for (size_t i = start; i < out->len; i++)
        if ((unsigned char)out->data[i] < 0x20 || out->data[i] == 0x7F)
            out->data[i] = ' ';
}

/* Plain ASCII that cannot be taken for an encoded word, and fits into a line. */
static bool is_plain(const struct buf *text)
{
    for (size_t i = 0; i < text->len; i++)
        if ((unsigned char)text->data[i] >= 0x80)
            return false;
    return text->len < LINE_BYTES - 15 && !strstr(buf_text(text), "=?");
}

/* Encoded words, a line each: between two of them the line break vanishes (RFC 2047, 6.2).  No
 * letter is cut in two. */
static void add_encoded(struct buf *out, const struct buf *text)
{
    size_t at = 0;
    while (at < text->len) {
        size_t len = 0;
        while (at + len < text->len) {
            size_t step = utf8_sequence(text->data + at + len, text->len - at - len);
            if (len + step > WORD_BYTES || step == 0)
                break;
            len += step;
        }
        buf_add_text(out, at ? "\n =?UTF-8?B?" : "=?UTF-8?B?");
        add_base64(out, (const unsigned char *)text->data + at, len);
        buf_add_text(out, "?=");
        at += len;
    }
}

static void add_text_header(struct buf *out, const char *name, const char *value)
{
    struct buf text = {0};
    add_harmless(&text, value, strlen(value));
    buf_addf(out, "%s: ", name);
    if (is_plain(&text))
        buf_add(out, buf_text(&text), text.len);
    else
        add_encoded(out, &text);
    buf_add_text(out, "\n");
    out->failed |= text.failed;
    buf_release(&text);
}

/* Without blanks at both ends. */
static void strip(const char **text, const char **end)
{
    while (*end > *text && strchr(" \t\r\n", (*end)[-1]))
        (*end)--;
    while (*text < *end && strchr(" \t\r\n", **text))
        (*text)++;
}

/* The name in front of <address>, without the quotes around it and what escapes in them. */
static void add_name(struct buf *out, const char *value)
{
    struct buf name = {0};
    const char *open = strrchr(value, '<');
    const char *end = open ? open : value;
    strip(&value, &end);
    if (end - value >= 2 && *value == '"' && end[-1] == '"') {
        value++;
        end--;
        strip(&value, &end);
    }
    for (; value < end; value++) {
        if (*value == '\\' && value + 1 < end)
            value++;
        buf_add(&name, value, 1);
    }
    add_harmless(out, buf_text(&name), name.len);
    out->failed |= name.failed;
    buf_release(&name);
}

static void add_quoted(struct buf *out, const struct buf *name)
{
    buf_add_text(out, "\"");
    for (size_t i = 0; i < name->len; i++) {
        if (name->data[i] == '"' || name->data[i] == '\\')
            buf_add_text(out, "\\");
        buf_add(out, &name->data[i], 1);
    }
    buf_add_text(out, "\"");
}

static bool add_address(struct buf *out, const char *value, struct err *err)
{
    char address[MIME_ADDRESS_MAX + 1];
    struct buf name = {0};
    if (!mime_address(value, address))
        return err_set(err, ERR_CONFIG, "'%.200s' is no mail address", value);
    add_name(&name, value);
    if (name.len && is_plain(&name))
        add_quoted(out, &name);
    else
        add_encoded(out, &name);
    buf_addf(out, name.len ? "\n <%s>" : "%s", address);
    out->failed |= name.failed;
    buf_release(&name);
    return true;
}

static bool add_sender(struct buf *out, const char *value, struct err *err)
{
    buf_add_text(out, "From: ");
    bool done = add_address(out, value, err);
    buf_add_text(out, "\n");
    return done;
}

static bool add_recipients(struct buf *out, const char *list, struct err *err)
{
    struct buf one = {0};
    const char *at = list;
    int count = 0;
    bool done = true;
    buf_add_text(out, "To: ");
    while (done && mime_address_next(&at, &one)) {
        buf_add_text(out, count++ ? ",\n " : "");
        done = add_address(out, buf_text(&one), err);
    }
    buf_add_text(out, "\n");
    out->failed |= one.failed;
    buf_release(&one);
    return done && (count || err_set(err, ERR_CONFIG, "'%.200s' is no mail address", list));
}

static void add_date_header(struct buf *out, int64_t date_s)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)date_s;
    struct tm tm;
    gmtime_r(&seconds, &tm);
    buf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n", days[tm.tm_wday], tm.tm_mday,
             months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Only what may stand in a message id, on both sides of the @, and something. */
static void add_id_header(struct buf *out, const char *id, const char *host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    const char *parts[] = {id, host};
    buf_add_text(out, "Message-ID: <");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (i)
            buf_add_text(out, "@");
        size_t len = strnlen(parts[i], ID_BYTES);
        for (size_t at = 0; at < len; at++)
            buf_add(out, strchr(allowed, parts[i][at]) ? &parts[i][at] : "-", 1);
        buf_add_text(out, len ? "" : "-");
    }
    buf_add_text(out, ">\n");
}

/* ---- the body ---- */

static bool needs_quoting(const char *at, const char *end)
{
    unsigned char c = (unsigned char)*at;
    bool at_end = at + 1 == end || at[1] == '\n';
    return c >= 0x7F || c == '=' || (c < 0x20 && c != '\t') || ((c == ' ' || c == '\t') && at_end);
}

/* Quoted-printable.  "From " and a dot at the beginning of a line are quoted too: some transports
 * alter them. */
static void add_body(struct buf *out, const char *body, size_t len)
{
    const char *end = body + len;
    int column = 0;
    for (const char *p = body; p < end; p++) {
        char quoted[4];
        if (*p == '\n') {
            buf_add_text(out, "\n");
            column = 0;
            continue;
        }
        bool risky = column == 0 && (*p == '.' || *p == 'F');
        bool quotes = risky || needs_quoting(p, end);
        int width = quotes ? 3 : 1;
        if (column + width >= SOFT_BREAK) {
            buf_add_text(out, "=\n");
            column = 0;
        }
        snprintf(quoted, sizeof quoted, quotes ? "=%02X" : "%c", (unsigned char)*p);
        buf_add_text(out, quoted);
        column += width;
    }
    if (column)
        buf_add_text(out, "\n");
}

static void add_text_body(struct buf *out, const char *body)
{
    struct buf text = {0};
    size_t kept = 0;
    buf_add_utf8(&text, body, strlen(body));
    for (size_t i = 0; i < text.len; i++) /* line ends are LF here */
        if (text.data[i] != '\r')
            text.data[kept++] = text.data[i];
    add_body(out, buf_text(&text), kept);
    out->failed |= text.failed;
    buf_release(&text);
}

bool mime_build(const struct mime_mail *mail, struct buf *out, struct err *err)
{
    add_date_header(out, mail->date_s);
    if (!add_sender(out, mail->from, err) || !add_recipients(out, mail->to, err))
        return false;
    add_text_header(out, "Subject", mail->subject);
    add_id_header(out, mail->id, mail->host);
    buf_add_text(out, "Auto-Submitted: auto-generated\n"
                      "MIME-Version: 1.0\n"
                      "Content-Type: text/plain; charset=UTF-8\n"
                      "Content-Transfer-Encoding: quoted-printable\n"
                      "\n");
    add_text_body(out, mail->body);
    return !out->failed || err_set_nomem(err);
}
