/* SPDX-License-Identifier: Apache-2.0 */

/* One function for each kind of value, pure; what is known of a single key stands in its row (profile.c). */

#include "setup/flow/profile/keys.h"
#include "proto/base/number.h"
#include "proto/base/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* text */
static int set_text(char **to, const struct profile_key *key, size_t max, const char *value,
                    struct trouble *ret_trouble)
{
        char *copy;

        if (!value[0])
                return trouble_set(ret_trouble, FAULT_CONFIG, "%s is empty", key->key);
        if (strlen(value) > max)
                return trouble_set(ret_trouble, FAULT_CONFIG, "%s is longer than %zu bytes", key->key, max);
        copy = strdup(value);
        if (!copy)
                return -ENOMEM;
        free(*to);
        *to = copy;
        return 0;
}

/* What the cloud keeps: it takes JSON, and would be asked only when the device is set up already. */
static int set_plain(char **to, const struct profile_key *key, const char *value,
                     struct trouble *ret_trouble)
{
        if (!text_is_utf8(value))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "%s is not plain text: UTF-8, no control characters", key->key);
        return set_text(to, key, (size_t)key->limit, value, ret_trouble);
}

#define GROUP_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-_" /* cloud.md 4.4 */

static int check_groups(const char *value, struct trouble *ret_trouble)
{
        char group[PROFILE_NAME_MAX];
        size_t n = 0, commas = 0;
        bool good = true;

        for (const char *at = value; *at; at++)
                commas += *at == ',';
        if (value[strspn(value, GROUP_CHARACTERS ", \t")] && text_is_utf8(value))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "the name of a group has small letters, digits, '-' and '_' only");
        while (profile_group(value, n, group)) {
                good &= group[0] != 0;
                n++;
        }
        if (!good || n != commas + 1 || n > PROFILE_GROUPS_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "groups are 1 to %d names of at most %d bytes, with commas in between",
                                   PROFILE_GROUPS_MAX, PROFILE_NAME_MAX - 1);
        return 0;
}

static int hex_digit(char c)
{
        unsigned digit;

        return number_read_hex((char[]){ '0', 'x', c, 0 }, 0, 15, &digit) < 0 ? -1 : (int)digit;
}

static int check_uuid(const char *value, struct trouble *ret_trouble)
{
        static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        size_t i = 0;

        while (i < sizeof(form) - 1 && value[i] &&
               (form[i] == '-' ? value[i] == '-' : hex_digit(value[i]) >= 0))
                i++;
        if (i < sizeof(form) - 1 || value[i])
                return trouble_set(ret_trouble, FAULT_CONFIG, "'%.60s' is no UUID (%s)", value, form);
        return 0;
}

static int check_version(const struct profile_key *key, const char *value, struct trouble *ret_trouble)
{
        unsigned version[3];

        if (!profile_version(value, version))
                return trouble_set(ret_trouble, FAULT_CONFIG, "%s is a version such as 6.2.0, not '%.40s'",
                                   key->key, value);
        return 0;
}

static int check_email(const struct profile_key *key, const char *value, struct trouble *ret_trouble)
{
        return strchr(value, '@') ? 0
                                  : trouble_set(ret_trouble, FAULT_CONFIG,
                                                "%s is an e-mail address, not '%.40s'", key->key, value);
}

static bool is_letter(char c)
{
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int set_country(char to[static COUNTRY_LEN + 1], const char *value, struct trouble *ret_trouble)
{
        if (strlen(value) != COUNTRY_LEN || !is_letter(value[0]) || !is_letter(value[1]))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "country is two letters such as DE, not '%.40s'", value);
        for (size_t i = 0; i <= COUNTRY_LEN; i++)
                to[i] = (char)(value[i] & ~('a' - 'A'));
        return 0;
}

/* words and numbers */

/* "a|b|c" as people write it: "a, b or c". */
static void list_words(const char *words, size_t size, char *ret)
{
        size_t used = 0;

        for (; *words && used + 5 < size; words++) {
                if (*words != '|')
                        ret[used++] = *words;
                else if (strchr(words + 1, '|'))
                        used += (size_t)(stpcpy(ret + used, ", ") - (ret + used));
                else
                        used += (size_t)(stpcpy(ret + used, " or ") - (ret + used));
        }
        ret[used] = 0;
}

static int read_word(const struct profile_key *key, const char *value, int *ret_index,
                     struct trouble *ret_trouble)
{
        size_t len = strlen(value), n;
        char list[128];
        int i = 0;

        for (const char *word = key->value;; word += n + 1, i++) {
                n = strcspn(word, "|");
                if (n == len && strncasecmp(word, value, len) == 0) {
                        *ret_index = i;
                        return 0;
                }
                if (!word[n])
                        break;
        }
        list_words(key->value, sizeof(list), list);
        return trouble_set(ret_trouble, FAULT_CONFIG, "%s is %s, not '%.40s'", key->key, list, value);
}

static int set_word(void *to, const struct profile_key *key, const char *value, struct trouble *ret_trouble)
{
        int i = 0, e = read_word(key, value, &i, ret_trouble);

        if (e < 0)
                return e;
        if (key->kind == KEY_YES_NO)
                *(bool *)to = i == 0;
        else if (key->kind == KEY_CHOICE)
                *(enum choice *)to = i == 0 ? CHOICE_YES : CHOICE_NO;
        else
                *(int *)to = key->limit + i;
        return 0;
}

static int set_number(unsigned *to, const struct profile_key *key, const char *value,
                      struct trouble *ret_trouble)
{
        if (number_read_hex(value, 1, (unsigned)key->limit, to) == 0)
                return 0;
        return trouble_set(ret_trouble, FAULT_CONFIG, "%s is a number from 1 to %d, not '%.40s'", key->key,
                           key->limit, value);
}

/* networks */
static int set_ssid(struct wifi_network *n, const char *value, struct trouble *ret_trouble)
{
        size_t len = strlen(value);

        if (len == 0 || len > WIFI_SSID_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG, "ssid has %zu bytes; 1 to 32 are possible",
                                   len);
        memcpy(n->ssid, value, len);
        n->ssid_len = len;
        return 0;
}

static int set_ssid_hex(struct wifi_network *n, const char *value, struct trouble *ret_trouble)
{
        size_t len = strlen(value);

        if (len == 0 || len % 2 || len > 2 * WIFI_SSID_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "ssid-hex has 2 to 64 hexadecimal digits, two for each byte");
        for (size_t i = 0; i < len / 2; i++) {
                int high = hex_digit(value[2 * i]), low = hex_digit(value[2 * i + 1]);

                if (high < 0 || low < 0)
                        return trouble_set(ret_trouble, FAULT_CONFIG,
                                           "ssid-hex has a character that is no digit 0-9, a-f");
                n->ssid[i] = (uint8_t)(high << 4 | low);
        }
        n->ssid_len = len / 2;
        return 0;
}

static int network_of(struct profile *p, const char *section, struct wifi_network **ret,
                      struct trouble *ret_trouble)
{
        for (size_t i = 0; i < p->n_networks; i++)
                if (strcmp(p->sections[i], section) == 0) {
                        *ret = &p->networks[i];
                        return 0;
                }
        if (p->n_networks == PROFILE_NETWORKS_MAX)
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "more than %d networks: a device stores no more", PROFILE_NETWORKS_MAX);
        p->sections[p->n_networks] = strdup(section);
        if (!p->sections[p->n_networks])
                return -ENOMEM;
        *ret = &p->networks[p->n_networks++];
        **ret = (struct wifi_network){ .security = WIFI_SECURITY_AUTO };
        return 0;
}

/* any */

/* `holder` is a profile or a network: what the row's section is about. */
static int set_by_kind(void *holder, const struct profile_key *key, const char *value,
                       struct trouble *ret_trouble)
{
        void *to = (char *)holder + key->offset;
        int e = 0;

        switch (key->kind) {
        case KEY_TEXT: return set_text(to, key, (size_t)key->limit, value, ret_trouble);
        case KEY_FILE:
        case KEY_SECRET_FILE:
        case KEY_WORD_FILE: return set_text(to, key, PROFILE_PATH_MAX, value, ret_trouble);
        case KEY_WORD:
        case KEY_YES_NO:
        case KEY_CHOICE: return set_word(to, key, value, ret_trouble);
        case KEY_NUMBER: return set_number(to, key, value, ret_trouble);
        case KEY_COUNTRY: return set_country(to, value, ret_trouble);
        case KEY_SSID: return set_ssid(holder, value, ret_trouble);
        case KEY_SSID_HEX: return set_ssid_hex(holder, value, ret_trouble);
        case KEY_PLAIN: break;
        case KEY_NAME: e = name_check(value, ret_trouble); break;
        case KEY_EMAIL: e = check_email(key, value, ret_trouble); break;
        case KEY_GROUPS: e = check_groups(value, ret_trouble); break;
        case KEY_VERSION: e = check_version(key, value, ret_trouble); break;
        case KEY_UUID: e = check_uuid(value, ret_trouble); break;
        }
        return e < 0 ? e : set_plain(to, key, value, ret_trouble);
}

static int unknown(const char *section, const char *key, struct trouble *ret_trouble)
{
        const struct profile_key *k;
        char file[64];

        (void)snprintf(file, sizeof(file), "%.58s-file", key);
        k = profile_key_find(section, file);
        if (k && profile_key_is_secret(k))
                return trouble_set(ret_trouble, FAULT_CONFIG,
                                   "'%s' never stands in a profile: put it into a file of its own (mode "
                                   "0600) and name that with %s",
                                   key, k->key);
        return trouble_set(ret_trouble, FAULT_CONFIG, "unknown key '%.60s' in [%s]", key, section);
}

static int check_section(const char *section, struct trouble *ret_trouble)
{
        if (strcmp(profile_section(section), "wifi") == 0 || strcmp(section, "setup") == 0 ||
            strcmp(section, "cellular") == 0 || strcmp(section, "product") == 0)
                return 0;
        return trouble_set(ret_trouble, FAULT_CONFIG,
                           "there is no section [%.60s], only [setup], [wifi ...], [cellular] and [product]",
                           section);
}

/* The profile itself, or the network of that section. */
static int holder_of(struct profile *p, const char *section, void **ret, struct trouble *ret_trouble)
{
        struct wifi_network *network = NULL;
        int e;

        if (strcmp(profile_section(section), "wifi") != 0) {
                *ret = p;
                return 0;
        }
        e = network_of(p, section, &network, ret_trouble);
        if (e == 0)
                *ret = network;
        return e;
}

int profile_set(struct profile *p, const char *section, const char *key, const char *value,
                struct trouble *ret_trouble)
{
        const char *name = profile_section(section);
        const struct profile_key *k = profile_key_find(name, key);
        void *holder;
        int e = check_section(section, ret_trouble);

        if (e < 0)
                return e;
        if (!k)
                return unknown(name, key, ret_trouble);
        e = holder_of(p, section, &holder, ret_trouble);
        return e < 0 ? e : set_by_kind(holder, k, value, ret_trouble);
}

int profile_set_secret(struct profile *p, const char *section, const char *key, const void *data, size_t len,
                       struct trouble *ret_trouble)
{
        const char *name = profile_section(section);
        const struct profile_key *k;
        struct secret *secret, **to;
        char file[64], **path;
        void *holder;
        int e = check_section(section, ret_trouble);

        if (e < 0)
                return e;
        (void)snprintf(file, sizeof(file), "%.58s-file", key);
        k = profile_key_find(name, file);
        if (!k || !profile_key_is_secret(k))
                return trouble_set(ret_trouble, FAULT_CONFIG, "there is no secret '%.60s' in [%s]", key,
                                   name);
        if (len == 0 || len > (size_t)k->limit)
                return trouble_set(ret_trouble, FAULT_CONFIG, "%s has %zu bytes; 1 to %d are possible", key,
                                   len, k->limit);
        e = holder_of(p, section, &holder, ret_trouble);
        if (e == 0)
                e = secret_new(data, len, &secret);
        if (e < 0)
                return e;
        to = (struct secret **)((char *)holder + k->secret);
        path = (char **)((char *)holder + k->offset);
        secret_free(*to);
        *to = secret;
        free(*path);
        *path = NULL;
        return 0;
}
