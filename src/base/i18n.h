/* i18n.h: messages in the reader's language, through gettext.
 *
 *     i18n_init(directory)            once, in main: the language of LC_ALL, LC_MESSAGES or LANG
 *     printf(_("%d jobs\n"), n)       a text for people, translated where it is used
 *     static const char *const words[] = {N_("due"), …};   … i18n(words[i])
 *     C_("how", "runs")               a text that is ambiguous by itself
 *     i18n_speak("de")                from now on in German, whoever reads
 *
 * err_set, err_wrap, log_msg and their like translate their format strings by themselves: there the
 * plain literal stands, and xgettext is told where to look (Makefile, po/).  What scripts read
 * (--json, settings, keys and exit codes) is never translated, nor is what goes into a database
 * column that kivitendo interprets.
 *
 * Only LC_MESSAGES is taken from the environment: numbers and sorting stay C's.
 * Texts are UTF-8 whatever the locale's own encoding is.  Without a catalogue everything is
 * English; the locale itself need not be installed on this machine.
 *
 * Source: GNU gettext manual, "The Programmer's View".
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(text)  gettext(text)
#define N_(text) text

/* Translates a text that may be empty (which to gettext means the catalogue's head). */
static inline const char *i18n(const char *text) __attribute__((format_arg(1)));
static inline const char *i18n(const char *text)
{
    return *text ? gettext(text) : text;
}

/* A text of which English has two kinds, told apart by a context that only the catalogue sees. */
#define C_(context, text) i18n_in(context "\004" text, text)
static inline const char *i18n_in(const char *key, const char *text)
{
    const char *found = gettext(key);
    return found == key ? text : found;
}

/* Is it the German catalogue that translates?  For words that no catalogue can hold. */
bool i18n_is_german(void);

/* From now on texts are in this language ("de", "en_US", …), whatever the environment says; NULL:
 * in the reader's again.  Returns what was spoken until now, so that a caller can go back to it.
 *
 * For what is recorded and mailed, which must not depend on who started us.  log_msg translates its
 * own format for the reader all the same.
 *
 * language: borrowed for as long as it is spoken.  Sets LANGUAGE in our own environment, which jobs
 * do not get (core/environ.h). */
const char *i18n_speak(const char *language);

/* directory: where the catalogues lie, <language>/LC_MESSAGES/task-server.mo below it. */
void i18n_init(const char *directory);

#endif
