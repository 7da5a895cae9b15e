#include "base/i18n.h"

#include <locale.h>

void i18n_init(const char *directory)
{
    static const char domain[] = "task-server";
    if (!setlocale(LC_MESSAGES, "")) /* a locale that is not installed: English */
        return;
    bindtextdomain(domain, directory);
    bind_textdomain_codeset(domain, "UTF-8");
    textdomain(domain);
}

const char *i18n_code(void)
{
    /* TRANSLATORS: the code of your language, "de" */
    return _("en");
}
