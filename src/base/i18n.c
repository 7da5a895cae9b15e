#include "base/i18n.h"

#include <locale.h>
#include <string.h>

void i18n_init(const char *directory)
{
    static const char domain[] = "task-server";
    if (!setlocale(LC_MESSAGES, "")) /* a locale that is not installed: English */
        return;
    setlocale(LC_CTYPE, "C.UTF-8"); /* what libraries say comes in this encoding, too */
    bindtextdomain(domain, directory);
    bind_textdomain_codeset(domain, "UTF-8");
    textdomain(domain);
}

bool i18n_is_german(void)
{
    /* The empty text means the catalogue's head. */
    return strstr(gettext(""), "Language: de") != NULL;
}
