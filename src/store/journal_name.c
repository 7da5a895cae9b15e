#include "store/journal_name.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void journal_name_format(const char *site, const struct journal_name *name,
                         char text[JOURNAL_NAME_MAX])
{
    snprintf(text, JOURNAL_NAME_MAX, "%s-%d-%d-%" PRId64 "-%d", site, name->client_id, name->job_id,
             name->run_at_us, name->pid);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* Exactly as we write it: writing what was read must give the same again. */
static bool is_well_formed(const char *text, char site[JOURNAL_SITE_MAX], struct journal_name *name)
{
    char again[JOURNAL_NAME_MAX];
    if (sscanf(text, "%8[0-9a-f]-%d-%d-%" SCNd64 "-%d", site, &name->client_id, &name->job_id,
               &name->run_at_us, &name->pid) != 5 ||
        strlen(site) != JOURNAL_SITE_MAX - 1)
        return false;
    journal_name_format(site, name, again);
    size_t len = strlen(again);
    return strncmp(text, again, len) == 0 &&
           (strcmp(text + len, ".entry") == 0 || strcmp(text + len, ".draft") == 0);
}

enum journal_name_kind journal_name_parse(const char *site, const char *text,
                                          struct journal_name *name)
{
    char its_site[JOURNAL_SITE_MAX];
    bool draft = ends_with(text, ".draft");
    if (!draft && !ends_with(text, ".entry"))
        return JOURNAL_NAME_NONE;
    if (!is_well_formed(text, its_site, name))
        return draft ? JOURNAL_NAME_NONE : JOURNAL_NAME_STRANGE;
    bool ours = strcmp(its_site, site) == 0;
    if (draft)
        return ours ? JOURNAL_NAME_DRAFT : JOURNAL_NAME_NONE;
    return ours ? JOURNAL_NAME_OURS : JOURNAL_NAME_FOREIGN;
}
