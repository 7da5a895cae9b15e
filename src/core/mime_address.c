#include "core/mime_address.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

static bool may_be_in_address(char c)
{
    return c > ' ' && c < 0x7F && !strchr("<>(),;:\"\\[]", c);
}

/* The bytes that ought to be the address, without blanks around them. */
static size_t find_bare(const char **text)
{
    const char *open = strrchr(*text, '<');
    const char *close = open ? strchr(open, '>') : NULL;
    const char *start = close ? open + 1 : *text;
    const char *end = close ? close : start + strlen(start);
    while (start < end && strchr(blanks, *start))
        start++;
    while (end > start && strchr(blanks, end[-1]))
        end--;
    *text = start;
    return (size_t)(end - start);
}

bool mime_address(const char *text, char address[MIME_ADDRESS_MAX + 1])
{
    const char *bare = text;
    size_t len = find_bare(&bare);
    address[0] = '\0';
    if (len == 0 || len > MIME_ADDRESS_MAX || *bare == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!may_be_in_address(bare[i]))
            return false;
    const char *at = memchr(bare, '@', len);
    size_t before = at ? (size_t)(at - bare) : 0;
    if (before == 0 || before + 1 == len || memchr(at + 1, '@', len - before - 1))
        return false;
    memcpy(address, bare, len);
    address[len] = '\0';
    return true;
}

/* How far the first of the list reaches. */
static size_t measure(const char *list)
{
    bool is_quoted = false;
    bool is_bracketed = false;
    const char *p = list;
    for (; *p && (is_quoted || is_bracketed || !strchr(",;", *p)); p++) {
        if (is_quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (*p == '<' || *p == '>'))
            is_bracketed = *p == '<';
    }
    return (size_t)(p - list);
}

bool mime_address_next(const char **list, struct buf *one)
{
    buf_clear(one);
    *list += strspn(*list, " \t\r\n,;");
    if (!**list)
        return false;
    size_t len = measure(*list);
    buf_add(one, *list, len);
    *list += len;
    return true;
}
