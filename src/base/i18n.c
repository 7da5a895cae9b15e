#include "base/i18n.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"

enum { LOCALE_NAME_MAX = 100 };

/* Any locale but C and POSIX makes gettext obey LANGUAGE; this one is on every machine. */
static const char any_locale[] = "C.UTF-8";

static const char domain[] = "task-server";

static const char *spoken;                    /* NULL: the reader's */
static char reader_locale[LOCALE_NAME_MAX];   /* empty: i18n_init has not been called, or failed */
static char reader_language[LOCALE_NAME_MAX]; /* LANGUAGE as it was */

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Of a locale that is not installed we only miss the language, which LANGUAGE can name as well. */
static const char *take_language_alone(const char **language)
{
    static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    *language = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names) && !*language; i++)
        *language = environment(names[i]);
    if (!*language || setenv("LANGUAGE", *language, 1) != 0)
        return setlocale(LC_MESSAGES, "C");
    return setlocale(LC_MESSAGES, any_locale);
}

void i18n_init(const char *directory)
{
    const char *language = getenv("LANGUAGE");
    const char *locale = setlocale(LC_MESSAGES, "");
    if (!locale)
        locale = take_language_alone(&language);
    snprintf(reader_locale, sizeof reader_locale, "%s", locale ? locale : "C");
    snprintf(reader_language, sizeof reader_language, "%s", language ? language : "");
    setlocale(LC_CTYPE, any_locale); /* what libraries say comes in this encoding, too */
    bindtextdomain(domain, directory);
    bind_textdomain_codeset(domain, "UTF-8");
    textdomain(domain);
}

const char *i18n_speak(const char *language)
{
    const char *before = spoken;
    if (language == spoken || !*reader_locale)
        return before;
    spoken = language;
    setenv("LANGUAGE", language ? language : reader_language, 1);
    setlocale(LC_MESSAGES, language ? any_locale : reader_locale);
    textdomain(domain); /* gettext forgets what it has looked up */
    return before;
}

bool i18n_is_german(void)
{
    /* The empty text means the catalogue's head. */
    return strstr(gettext(""), "Language: de") != NULL;
}
