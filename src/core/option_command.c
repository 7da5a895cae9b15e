#include "core/option_command.h"

#include <string.h>

#include "core/job.h"
#include "core/words.h"

const char *option_command_section(const char *section)
{
    size_t len = strlen(OPTION_COMMAND_PREFIX);
    bool fits = strncmp(section, OPTION_COMMAND_PREFIX, len) == 0 &&
                job_package_is_valid(section + len);
    return fits ? section + len : NULL;
}

static bool check_package(const struct setting *setting, struct err *err)
{
    if (job_package_is_valid(setting->key))
        return true;
    return err_set(err, ERR_CONFIG,
                   "%s:%d: [%s] %s: the key is not the name of a package, a capital letter, then "
                   "letters and digits only",
                   setting->file, setting->line, setting->section, setting->key);
}

bool option_timeout(const struct setting *setting, const struct option_bounds *bounds,
                    struct option_map *timeouts, struct err *err)
{
    int timeout_s = 0;
    return check_package(setting, err) && option_number(setting, bounds, &timeout_s, err) &&
           option_map_put(timeouts, setting->key, setting->value, err);
}

/* The line is kept as it is written, but it must be good.  It may hold a password, so that no
 * message shows it. */
bool option_program(const struct setting *setting, struct buf *warnings, struct err *err)
{
    struct words words;
    if (!words_split(&words, setting->value, err))
        return err_wrap(err, "%s:%d: [%s] %s", setting->file, setting->line, setting->section,
                        setting->key);
    bool ok = true;
    if (words.count && words.items[0][0] != '/')
        ok = err_set(err, ERR_CONFIG, "%s:%d: [%s] %s: the program must be an absolute path",
                     setting->file, setting->line, setting->section, setting->key);
    if (words.looks_like_shell)
        setting_warn(setting, warnings,
                     "no shell reads this: |, &, ;, <, >, $, ` and * are letters like others "
                     "(put them between single quotes if that is meant)");
    words_release(&words);
    return ok;
}

bool option_command(const struct setting *setting, struct option_map *commands,
                    struct buf *warnings, struct err *err)
{
    return check_package(setting, err) && option_program(setting, warnings, err) &&
           option_map_put(commands, setting->key, setting->value, err);
}

bool option_command_database(const struct setting *setting, struct option_map *databases,
                             struct buf *warnings, struct err *err)
{
    struct buf place = {0};
    if (option_switch(setting, warnings))
        buf_addf(&place, "%s:%d", setting->file, setting->line);
    const char *package = option_command_section(setting->section);
    bool ok = place.failed ? err_set_nomem(err)
                           : option_map_put(databases, package, buf_text(&place), err);
    buf_release(&place);
    return ok;
}
