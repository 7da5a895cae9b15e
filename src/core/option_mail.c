#include "core/option_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/option_value.h"

enum { KEY_MAX = 320 }; /* an address and a key */

static const char *const methods[] = {"", "smtp", "sendmail", NULL};
static const char *const securities[] = {"none", "tls", "ssl", NULL};

const char *option_mail_section(const char *section)
{
    size_t len = strlen(OPTION_MAIL_PREFIX);
    return strncmp(section, OPTION_MAIL_PREFIX, len) == 0 && section[len] ? section + len : NULL;
}

/* The word's place in the list, or 0. */
static int find_word(const char *const *words, const char *text)
{
    for (int i = 0; text && words[i]; i++)
        if (strcasecmp(words[i], text) == 0)
            return i;
    return 0;
}

static bool check(const struct setting *setting, struct buf *warnings, struct err *err)
{
    static const struct option_bounds ports = {1, 65535, 0};
    const char *value = setting->value;
    int port = 0;
    if (strchr(value, '\n'))
        return setting_refuse(setting, err, "must be a single line");
    if (strcmp(setting->key, "method") == 0 && *value && !find_word(methods, value))
        return setting_refuse(setting, err, "is neither empty nor smtp or sendmail");
    if (strcmp(setting->key, "security") == 0 && *value && strcasecmp(value, "none") != 0 &&
        !find_word(securities, value))
        return setting_refuse(setting, err, "is none of none, tls, ssl");
    if (strcmp(setting->key, "verify") == 0)
        option_switch(setting, warnings);
    return strcmp(setting->key, "port") != 0 || option_number(setting, &ports, &port, err);
}

bool option_mail(const struct setting *setting, struct option_map *mail, struct buf *warnings,
                 struct err *err)
{
    char key[KEY_MAX];
    const char *address = option_mail_section(setting->section);
    bool is_application = strcmp(setting->section, "applications") == 0;
    const char *whose = is_application ? "*" : address ? address : "";
    /* Words that say "off" warn by themselves where a switch is read; a secret is never shown. */
    if (strcmp(setting->key, "password") != 0 && !check(setting, warnings, err))
        return false;
    if (snprintf(key, sizeof key, "%s/%s", whose, setting->key) >= (int)sizeof key)
        return setting_refuse(setting, err, "belongs to an address that is too long");
    /* An empty value takes a key out; an empty `verify` means something. */
    bool off = strcmp(setting->key, "verify") == 0 && !option_is_true(setting->value);
    return option_map_put(mail, key, off ? "0" : setting->value, err);
}

static const char *find(const struct option_map *mail, const char *whose, const char *key)
{
    char wanted[KEY_MAX];
    snprintf(wanted, sizeof wanted, "%s/%s", whose, key);
    return option_map_find(mail, wanted);
}

static const char *first(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static bool has_section(const struct option_map *mail, const char *sender)
{
    size_t len = strlen(sender);
    for (size_t i = 0; i < mail->count; i++)
        if (strncmp(mail->items[i].key, sender, len) == 0 && mail->items[i].key[len] == '/')
            return true;
    return false;
}

void mail_way_find(const struct option_map *mail, const char *sender, struct mail_way *way)
{
    const char *whose = has_section(mail, sender) ? sender : "";
    const char *port = find(mail, whose, "port");
    const char *verify = find(mail, whose, "verify");
    const char *method = first(find(mail, whose, "method"), find(mail, "", "method"));
    const char *sendmail = first(find(mail, whose, "sendmail"), find(mail, "", "sendmail"));
    const char *login = find(mail, whose, "login");
    *way = (struct mail_way){
        .method = (enum mail_method)find_word(methods, method),
        .security = (enum mail_security)find_word(securities, find(mail, whose, "security")),
        .host = first(find(mail, whose, "host"), "localhost"),
        .login = first(login, find(mail, whose, "user")),
        .password = find(mail, whose, "password"),
        .ehlo = first(find(mail, whose, "ehlo"), "localhost"),
        .sendmail = first(first(find(mail, "*", "sendmail"), sendmail), "sendmail -t"),
        .verifies = !verify || option_is_true(verify),
        .ca_file = find(mail, whose, "ca_file"),
    };
    way->port = port ? atoi(port) : way->security == MAIL_TLS ? 465 : 25;
}

bool mail_uses_sendmail(const struct option_map *mail)
{
    struct mail_way way;
    mail_way_find(mail, "", &way);
    bool uses = way.method == MAIL_SENDMAIL;
    for (size_t i = 0; !uses && i < mail->count; i++) {
        const char *slash = strrchr(mail->items[i].key, '/');
        uses = slash && strcmp(slash, "/method") == 0 &&
               strcmp(mail->items[i].value, "sendmail") == 0;
    }
    return uses;
}
